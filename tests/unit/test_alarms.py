"""The ladder: what is late, what rests, what needs someone, and rows that do not jump under a finger."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.alarms import (
    AlarmState,
    Concern,
    Handling,
    Limits,
    Standing,
    by_urgency,
    concerns_of,
    due_ms,
    held_order,
    limits_for,
    standing_of,
)
from core.domain.issues import Issue, issue_of
from tests.unit.making import NOW, event

MINUTE = 60_000
LIMITS = Limits(acknowledge=5, claim=15, resolve=60)
FAULT = issue_of(event(NOW))
TASK = issue_of(event(NOW, processType="정기점검"))
UNACKNOWLEDGED, ACKNOWLEDGED, CLAIMED = AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED, AlarmState.CLAIMED


def standing(handling: Handling | None, minutes: float, issue: Issue = FAULT, limits: Limits = LIMITS) -> Standing:
    return standing_of(issue, handling, NOW + round(minutes * MINUTE), limits)


def test_each_step_has_a_timer_of_its_own_from_the_step_before() -> None:
    acknowledged = Handling(NOW, acknowledged_ms=NOW + 4 * MINUTE)
    claimed = Handling(NOW, acknowledged_ms=NOW, claimed_ms=NOW + 10 * MINUTE)
    assert due_ms(FAULT, None, LIMITS) == NOW + 5 * MINUTE
    assert due_ms(FAULT, acknowledged, LIMITS) == NOW + 19 * MINUTE
    assert due_ms(FAULT, claimed, LIMITS) == NOW + 70 * MINUTE
    assert standing(None, 4.9) == Standing(UNACKNOWLEDGED)
    assert standing(None, 5) == Standing(UNACKNOWLEDGED, is_overdue=True)
    assert standing(acknowledged, 18.9) == Standing(ACKNOWLEDGED)
    assert standing(acknowledged, 19) == Standing(ACKNOWLEDGED, is_overdue=True)
    assert standing(claimed, 69) == Standing(CLAIMED)
    assert standing(claimed, 71) == Standing(CLAIMED, is_overdue=True)


@pytest.mark.parametrize("step", ["acknowledge", "claim", "resolve"])
def test_a_step_without_a_limit_is_never_late(step: str) -> None:
    handling = {
        "acknowledge": None,
        "claim": Handling(NOW, acknowledged_ms=NOW),
        "resolve": Handling(NOW, acknowledged_ms=NOW, claimed_ms=NOW),
    }[step]
    assert standing(handling, 7100).is_overdue
    assert not standing(handling, 7100, limits=replace(LIMITS, **{step: 0})).is_overdue


def test_a_step_that_is_done_is_late_no_more() -> None:
    late = standing(None, 600)
    assert late == Standing(UNACKNOWLEDGED, is_overdue=True)
    assert standing(Handling(NOW, acknowledged_ms=NOW + 600 * MINUTE), 600) == Standing(ACKNOWLEDGED)


def test_inspections_are_tasks_and_never_late() -> None:
    assert standing(None, 6000, TASK) == Standing(AlarmState.INSPECTION)
    assert due_ms(TASK, None, LIMITS) is None
    assert standing(Handling(NOW, acknowledged_ms=NOW, claimed_ms=NOW), 6000, TASK) == Standing(CLAIMED)


@pytest.mark.parametrize("seen", [True, False])
def test_shelving_ends_by_itself_and_with_the_episode(seen: bool) -> None:
    shelved = Handling(NOW, acknowledged_ms=NOW if seen else None, shelved_until_ms=NOW + 30 * MINUTE)
    state = ACKNOWLEDGED if seen else UNACKNOWLEDGED
    assert standing(shelved, 29) == Standing(AlarmState.SHELVED), "what rests is not late"
    assert standing(shelved, 30) == Standing(state, is_overdue=True)
    assert standing(shelved, 1, issue_of(event(NOW + 1))) == Standing(UNACKNOWLEDGED)


def test_limits_by_equipment_then_default_then_built_in() -> None:
    press, other = Limits(acknowledge=1), Limits(acknowledge=2)
    assert limits_for(FAULT, {"프레스": press, "default": other}) is press
    assert limits_for(FAULT, {"default": other}) is other
    assert limits_for(FAULT, {}) == Limits()


def test_most_urgent_first_then_longest_open() -> None:
    order = [
        Standing(UNACKNOWLEDGED, is_overdue=True),
        Standing(UNACKNOWLEDGED),
        Standing(AlarmState.OVERRULED),
        Standing(ACKNOWLEDGED, is_overdue=True),
        Standing(CLAIMED, is_overdue=True),
        *(Standing(state) for state in AlarmState if state not in (UNACKNOWLEDGED, AlarmState.OVERRULED)),
    ]
    issues = [issue_of(event(NOW + n, issue=f"I{n}")) for n in range(2 * len(order))]
    standings = {issue.id: one for issue, one in zip(issues, [*reversed(order)] * 2, strict=True)}
    sorted_issues = by_urgency(issues, standings)
    assert [standings[issue.id] for issue in sorted_issues] == [one for one in order for _twice in range(2)]
    assert all(a.opened_ms < b.opened_ms for a, b in zip(sorted_issues[::2], sorted_issues[1::2], strict=True))


def test_a_row_keeps_its_place_while_those_of_its_kind_become_overdue_one_after_another() -> None:
    issues = [issue_of(event(NOW + n * MINUTE, issue=f"I{n}")) for n in range(6)]
    orders = [
        [issue.id for issue in by_urgency(issues, {issue.id: standing(None, minutes, issue) for issue in issues})]
        for minutes in range(12)
    ]
    assert orders == [[f"I{n}" for n in range(6)]] * 12


@given(st.sampled_from(list(AlarmState)), st.booleans())
def test_an_issue_counts_as_everything_that_it_is(state: AlarmState, is_overdue: bool) -> None:
    concerns = concerns_of(Standing(state, is_overdue))
    assert (Concern.OVERDUE in concerns) is is_overdue
    assert (Concern.UNACKNOWLEDGED in concerns) is (state is UNACKNOWLEDGED)
    assert (Concern.SHELVED in concerns) is (state is AlarmState.SHELVED)


@given(st.permutations("abcdef"), st.lists(st.sampled_from("abcdef"), unique=True))
def test_held_rows_keep_their_order_and_none_is_lost(wanted: list[str], shown: list[str]) -> None:
    held = held_order(wanted, [*shown, "gone"])
    assert sorted(held) == sorted(wanted)
    assert held[: len(shown)] == shown
    assert held[len(shown) :] == [one for one in wanted if one not in shown]


@pytest.mark.parametrize("issue", [FAULT, TASK])
def test_resolved_is_resolved_whatever_was_done(issue: Issue) -> None:
    solved = issue_of(event(NOW, "solved"))
    assert standing(Handling(NOW, claimed_ms=NOW), 6000, solved) == Standing(AlarmState.RESOLVED)
