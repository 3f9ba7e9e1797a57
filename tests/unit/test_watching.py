"""Which of the flow is shown: filters combine, and nothing but ``*`` means more than itself."""

import re

from hypothesis import given
from hypothesis import strategies as st

from core.domain.events import IssueEvent, Quarantined, Record
from core.domain.issue_filter import Wanted, fits
from core.domain.issues import Change, ChangeKind, issue_of
from tests.unit import making

ids = st.text("ab*?[]._", max_size=8)


@given(ids, ids)
def test_a_star_stands_for_any_text_and_all_else_for_itself(pattern: str, text: str) -> None:
    as_regex = ".*".join(map(re.escape, pattern.split("*")))
    assert fits(pattern, text) == (re.fullmatch(as_regex, text, re.DOTALL) is not None)


@given(st.text(max_size=30), st.integers(0, 30))
def test_a_beginning_with_a_star_fits(text: str, length: int) -> None:
    assert fits(text[:length] + "*", text)
    assert fits("*", text)
    assert fits(text, text)


def test_a_pattern_of_many_stars_is_answered_at_once() -> None:
    assert not fits("*a" * 500 + "b", "a" * 100_000)


changes = st.builds(
    lambda issue, equipment, solved: Change(
        ChangeKind.UPDATED, issue_of(event(issue, equipment, solved=solved)), 1_000
    ),
    st.sampled_from(["PRESS_1", "PRESS_2", "WELD_1"]),
    st.sampled_from(["프레스", "용접기"]),
    st.booleans(),
)
patterns = st.lists(st.sampled_from(["PRESS_1", "PRESS*", "*_1", "NOBODY"]), max_size=3)
equipment = st.lists(st.sampled_from(["프레스", "용*", "도장설비"]), max_size=3)
states = st.frozensets(st.booleans())


def event(issue: str, mode_type: str, *, solved: bool) -> IssueEvent:
    return making.event(kind="solved" if solved else "open", issue=issue, modeType=mode_type)


@given(changes, patterns, equipment, states)
def test_one_of_each_kind_must_fit_and_every_kind(
    change: Change, issues: list[str], modes: list[str], open_states: frozenset[bool]
) -> None:
    wanted = Wanted(tuple(issues), tuple(modes), open_states).lets_change(change)
    apart = [
        [Wanted(issues=(one,)).lets_change(change) for one in issues],
        [Wanted(equipment=(one,)).lets_change(change) for one in modes],
        [Wanted(open_states=frozenset({one})).lets_change(change) for one in open_states],
    ]
    assert wanted == all(any(kind) for kind in apart if kind)


@given(patterns, equipment, states)
def test_what_is_no_issue_is_shown_by_no_filter(
    issues: list[str], modes: list[str], open_states: frozenset[bool]
) -> None:
    wanted = Wanted(tuple(issues), tuple(modes), open_states)
    quarantined = Quarantined(Record("t", 0, 0, 1_000, None, b"nope"), "NOT_JSON")
    assert wanted.lets_change(quarantined) == wanted.is_everything
    assert wanted.lets_record(quarantined.record, None) == wanted.is_everything


def test_a_raw_record_is_found_by_its_key_or_its_json() -> None:
    keyed = Record("t", 0, 0, 1_000, b"PRESS_1", b"nope")
    assert Wanted(issues=("PRESS_*",)).lets_record(keyed, None)
    assert not Wanted(issues=("WELD_*",)).lets_record(keyed, None)
    assert not Wanted(issues=("PRESS_*",), equipment=("*",)).lets_record(keyed, None)
    solved = event("PRESS_1", "프레스", solved=True)
    other_key = Record("t", 0, 0, 1_000, b"K", solved.value)
    for wanted in (Wanted(issues=("PRESS_1",)), Wanted(issues=("K",)), Wanted(open_states=frozenset({False}))):
        assert wanted.lets_record(other_key, solved)
    assert not Wanted(open_states=frozenset({True})).lets_record(other_key, solved)


def test_equipment_is_found_however_its_hangul_is_composed() -> None:
    change = Change(ChangeKind.OPENED, issue_of(event("A", "프레스", solved=False)), 1_000)
    assert Wanted(equipment=("\u1111\u1173\u1105\u1166\u1109\u1173",)).lets_change(change)
