"""The ladder: what is late, what rests, what needs someone, and rows that do not jump under a finger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.alarms import AlarmState, Handling, Limits, by_urgency, due_ms, held_order, limits_for, state_of
from core.issues import Issue, issue_of
from tests.unit.making import NOW, event

MINUTE = 60_000
LIMITS = Limits(acknowledge=5, claim=15, resolve=60)
FAULT = issue_of(event(NOW))
TASK = issue_of(event(NOW, processType="정기점검"))


def state(handling: Handling | None, minutes: float, issue: Issue = FAULT, limits: Limits = LIMITS) -> AlarmState:
    return state_of(issue, handling, NOW + round(minutes * MINUTE), limits)


def test_each_step_has_a_timer_of_its_own_from_the_step_before() -> None:
    acknowledged = Handling(NOW, acknowledged_ms=NOW + 4 * MINUTE)
    claimed = Handling(NOW, acknowledged_ms=NOW, claimed_ms=NOW + 10 * MINUTE)
    assert due_ms(FAULT, None, LIMITS) == NOW + 5 * MINUTE
    assert due_ms(FAULT, acknowledged, LIMITS) == NOW + 19 * MINUTE
    assert due_ms(FAULT, claimed, LIMITS) == NOW + 70 * MINUTE
    assert state(acknowledged, 18.9) is AlarmState.ACKNOWLEDGED
    assert state(acknowledged, 19) is AlarmState.OVERDUE
    assert state(claimed, 69) is AlarmState.CLAIMED
    assert state(claimed, 71) is AlarmState.OVERDUE
    assert state(claimed, 7100, limits=Limits(resolve=0)) is AlarmState.CLAIMED, "0 sets no limit"


def test_unacknowledged_stays_so_however_late() -> None:
    assert state(None, 600) is AlarmState.UNACKNOWLEDGED


def test_inspections_are_tasks_and_never_late() -> None:
    assert state(None, 6000, TASK) is AlarmState.INSPECTION
    assert due_ms(TASK, None, LIMITS) is None
    assert state(Handling(NOW, acknowledged_ms=NOW, claimed_ms=NOW), 6000, TASK) is AlarmState.CLAIMED


def test_shelving_ends_by_itself_and_with_the_episode() -> None:
    shelved = Handling(NOW, acknowledged_ms=NOW, shelved_until_ms=NOW + 30 * MINUTE)
    assert state(shelved, 29) is AlarmState.SHELVED
    assert state(shelved, 30) is AlarmState.OVERDUE
    assert state(shelved, 1, issue_of(event(NOW + 1))) is AlarmState.UNACKNOWLEDGED


def test_limits_by_equipment_then_default_then_built_in() -> None:
    press, other = Limits(acknowledge=1), Limits(acknowledge=2)
    assert limits_for(FAULT, {"프레스": press, "default": other}) is press
    assert limits_for(FAULT, {"default": other}) is other
    assert limits_for(FAULT, {}) == Limits()


def test_most_urgent_first_then_longest_open() -> None:
    issues = [issue_of(event(NOW + n, issue=f"I{n}")) for n in range(len(AlarmState))]
    states = dict(zip((issue.id for issue in issues), reversed(AlarmState), strict=True))
    states["I0"] = AlarmState.UNACKNOWLEDGED
    assert [issue.id for issue in by_urgency(issues, states)] == [
        "I0",
        *(f"I{n}" for n in range(len(issues) - 1, 0, -1)),
    ]


@given(st.permutations("abcdef"), st.lists(st.sampled_from("abcdef"), unique=True))
def test_held_rows_keep_their_order_and_none_is_lost(wanted: list[str], shown: list[str]) -> None:
    held = held_order(wanted, [*shown, "gone"])
    assert sorted(held) == sorted(wanted)
    assert held[: len(shown)] == shown
    assert held[len(shown) :] == [one for one in wanted if one not in shown]


@pytest.mark.parametrize("issue", [FAULT, TASK])
def test_resolved_is_resolved_whatever_was_done(issue: Issue) -> None:
    solved = issue_of(event(NOW, "solved"))
    assert state(Handling(NOW, claimed_ms=NOW), 1, solved) is AlarmState.RESOLVED
