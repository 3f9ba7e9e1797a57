"""A lockout is a fact of one episode: no record in any order takes it from its episode or gives it to another."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.events import IssueEvent
from core.domain.issue_register import IssueRegister
from core.domain.issues import MAX_MARKS, Issue
from core.domain.lockout import Lockout, current_lockout, lockout_of
from core.domain.safety_checks import SECURING, checked
from core.store.database import SCHEMA_VERSION
from core.store.row_checks import is_whole
from core.store.store import FILE_NAME, Store
from tests.unit.making import NOW, event

SECOND, HOUR = 1_000, 3_600_000
ALL = checked(SECURING, set(SECURING))


def folded(*events: IssueEvent) -> Issue:
    register = IssueRegister()
    for one in events:
        register.apply(one)
    return register.issues["A"]


def lockout(issue: Issue) -> Lockout:
    return lockout_of(issue, ALL, at_ms=NOW, by="kim")


offsets = st.integers(-600, 600).map(lambda seconds: seconds * SECOND)


@given(st.lists(offsets, max_size=6), st.lists(offsets, max_size=12), st.randoms())
def test_repeats_before_and_after_it_leave_a_lockout_as_it_is(
    known: list[int], late: list[int], random: object
) -> None:
    """Earlier and later raises of the same episode, in any order, after an earlier episode that was solved."""
    earlier = [event(NOW - 3 * HOUR), event(NOW - 2 * HOUR, "solved")]
    before = [event(NOW + one) for one in (0, *known)]
    made = lockout(folded(*earlier, *before))
    events = [*earlier, *before, *(event(NOW + one) for one in late)]
    random.shuffle(events)  # type: ignore[attr-defined]
    assert made.covers(folded(*events))


@given(offsets, st.sampled_from(["open", "reopen"]), st.lists(offsets, max_size=6), st.randoms())
def test_a_reopening_ends_it_in_whatever_order_it_is_told(
    after: int, kind: str, late: list[int], random: object
) -> None:
    known = [event(NOW), *(event(NOW + one) for one in late)]
    made = lockout(folded(*known))
    solved_ms = NOW + HOUR
    events = [*known, event(solved_ms, "solved"), event(solved_ms + HOUR + after, kind)]
    random.shuffle(events)  # type: ignore[attr-defined]
    issue = folded(*events)
    assert (issue.is_open, issue.episode) == (True, 2)
    assert not made.covers(issue)
    assert lockout(issue).covers(issue)


def test_an_earlier_episode_that_is_told_late_changes_nothing() -> None:
    made = lockout(folded(event(NOW)))
    assert made.covers(folded(event(NOW), event(NOW - 2 * HOUR), event(NOW - HOUR, "solved")))


def test_a_solve_that_is_told_late_between_two_raises_ends_it() -> None:
    made = lockout(folded(event(NOW), event(NOW + HOUR)))
    assert not made.covers(folded(event(NOW), event(NOW + HOUR), event(NOW + HOUR // 2, "solved")))


def test_an_explicit_reopening_ends_it_even_where_its_stamp_is_earlier() -> None:
    known = [event(NOW - HOUR, "solved"), event(NOW)]
    made = lockout(folded(*known))
    assert not made.covers(folded(*known, event(NOW - HOUR // 2, "reopen")))


def test_another_log_of_the_same_name_gives_nobody_a_lockout() -> None:
    made = lockout(folded(event(NOW)))
    assert not made.covers(folded(event(NOW - HOUR)))
    assert not made.covers(folded(event(NOW, description="another fault")))
    assert not replace(made, issue="B").covers(folded(event(NOW)))


def test_chattering_pushes_no_lockout_out() -> None:
    register = IssueRegister()
    register.apply(event(NOW))
    made = lockout(register.issues["A"])
    register.apply(event(NOW - SECOND))
    for number in range(MAX_MARKS + 9):
        register.apply(event(NOW + (1 + number) * SECOND))
    assert register.issues["A"].opened_ms == NOW - SECOND
    assert made.covers(register.issues["A"])


def test_the_last_that_counts_is_the_one() -> None:
    issue = folded(event(NOW))
    first, second = lockout(issue), replace(lockout(issue), by="lee", done=("power",), missing=("lock",))
    other = replace(lockout(issue), opened_ms=NOW - 1)
    assert current_lockout(issue, [first, second, other]) == second
    assert current_lockout(issue, [other]) is None
    assert current_lockout(issue, ()) is None


def test_they_are_kept_by_scope_and_issue_oldest_first(tmp_path: Path) -> None:
    store = Store(tmp_path)
    issue = folded(event(NOW))
    partly = checked(SECURING, {"power", "lock"}, "only a look: 밖에서 봄")
    made = [lockout(issue), lockout_of(issue, partly, at_ms=NOW + 1, by="이영희")]
    for one in (*made, replace(made[0], issue="B")):
        store.lockouts("s").add(one)
    store.close()
    again = Store(tmp_path)
    assert again.lockouts("s").of_issue("A") == tuple(made)
    assert again.lockouts("s").by_issue() == {"A": tuple(made), "B": (replace(made[0], issue="B"),)}
    assert again.lockouts("other").by_issue() == {}


MEMOS = {
    "whole": (f'{{"secured": "{NOW + SECOND}", "unchecked": "", "why": ""}}', (tuple(SECURING), (), "")),
    "partly": (
        f'{{"secured": "{NOW + SECOND}", "unchecked": "lock zero", "why": "밖에서 봄"}}',
        (("power", "tag"), ("lock", "zero"), "밖에서 봄"),
    ),
    "oldest": (f'{{"secured": "{NOW + SECOND}"}}', (tuple(SECURING), (), "")),
}


def _of_version_3(folder: Path, *rows: tuple[str, str]) -> None:
    """A store as it was before there was a table of lockouts, with messages (author, memo)."""
    with sqlite3.connect(folder / FILE_NAME) as file:
        file.executescript((Path(__file__).parent / "schema_3.sql").read_text())
        for number, (author, memo) in enumerate(rows):
            file.execute(
                "INSERT INTO messages VALUES (?, ?, 's', 'A', ?, '김민수', '', ?, 'sent', '[]', NULL, ?, '', '', 0)",
                (number, f"m{number}", author, NOW + 2 * SECOND, memo),
            )
    file.close()


@pytest.mark.parametrize("memo", MEMOS)
def test_a_check_of_an_older_andon_is_a_lockout_after_the_upgrade(tmp_path: Path, memo: str) -> None:
    kept, (done, missing, why_not) = MEMOS[memo]
    _of_version_3(tmp_path, ("system", kept))
    store = Store(tmp_path)
    [made] = store.lockouts("s").of_issue("A")
    assert (made.by, made.at_ms, made.done, made.missing, made.why_not) == (
        "김민수",
        NOW + 2 * SECOND,
        done,
        missing,
        why_not,
    )
    assert made.covers(folded(event(NOW)))
    assert made.covers(folded(event(NOW), event(NOW + SECOND)))
    assert not made.covers(folded(event(NOW), event(NOW + HOUR, "solved"), event(NOW + 2 * HOUR)))
    assert len(store.conversations("s").of_issue("A")) == 1, "who checked is told in the transcript as before"
    assert int(store.database.rows("PRAGMA user_version")[0][0]) == SCHEMA_VERSION


def test_nothing_else_becomes_a_lockout_by_the_upgrade(tmp_path: Path) -> None:
    told = MEMOS["whole"][0]
    rows = [("person", told), ("chatbot", told), ("builtin", told), ("system", "{}"), ("system", "no JSON")]
    _of_version_3(tmp_path, *rows, ("system", '{"secured": "x"}'), ("system", '{"secured": null}'))
    assert Store(tmp_path).lockouts("s").by_issue() == {}


@pytest.mark.parametrize(
    "damage", [{"opened_ms": "x"}, {"at_ms": None}, {"done": "", "missing": ""}, {"done": 7}, {"opened_digest": b"x"}]
)
def test_a_damaged_row_is_no_lockout(damage: dict[str, object]) -> None:
    row = {"issue": "A", "opened_ms": 1, "opened_digest": 2, "at_ms": 3, "operator": "kim", "done": "power"}
    row |= {"missing": "", "why_not": ""}
    assert is_whole("lockouts", row)
    assert not is_whole("lockouts", row | damage)
