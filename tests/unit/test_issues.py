"""Folding: any order, any repetition, same register."""

import random
from collections.abc import Mapping
from functools import reduce
from itertools import accumulate
from unittest import mock

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.events import IssueEvent, Kind
from core.domain.issue_register import IssueRegister
from core.domain.issues import MAX_MARKS, ChangeKind, Issue, issue_of, merge, preceded
from core.store.codec import issue_from_json, issue_to_json
from tests.unit.making import NOW, event

WINDOW = 30_000
# Few times around the window, so that ties and edges are hit often.
times = st.sampled_from([0, 1, 2, WINDOW - 1, WINDOW, WINDOW + 1, 2 * WINDOW, 2 * WINDOW + 2, 5 * WINDOW])
kinds = st.sampled_from(["open", "open", "solved", "reopen"])
events = st.builds(
    lambda at, kind, text, who, why: event(
        NOW + at, kind, description=text, headers=(("ce_operator", who), ("ce_cause", why))
    ),
    times,
    kinds,
    st.sampled_from(["a", "b"]),
    st.sampled_from([b"", b"kim", b"lee"]),
    st.sampled_from([b"", b"press-burr.3"]),
)
after = st.sampled_from([WINDOW, 0, None])


def fold(found: list[IssueEvent], reopen_after_ms: int | None) -> Mapping[str, Issue]:
    register = IssueRegister(reopen_after_ms)
    for one in found:
        register.apply(one)
    return register.issues


@given(st.lists(events, min_size=1, max_size=8), after, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(found: list[IssueEvent], window: int | None, rng: random.Random) -> None:
    other = found + rng.choices(found, k=3)
    rng.shuffle(other)
    assert fold(found, window) == fold(other, window)


@given(st.lists(events, min_size=2, max_size=8), after, st.data())
def test_parts_may_be_folded_apart(found: list[IssueEvent], window: int | None, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(found) - 1))
    one, other = (
        reduce(lambda a, b: merge(a, b, window), (issue_of(e) for e in part)) for part in (found[:cut], found[cut:])
    )
    assert merge(one, other, window) == merge(other, one, window) == fold(found, window)["A"]


@given(st.lists(events, min_size=1, max_size=8), after)
def test_open_or_solved_by_the_rule_of_the_design(found: list[IssueEvent], window: int | None) -> None:
    opens = [e.time_ms for e in found if not e.is_solved]
    reopens = [e.time_ms for e in found if e.kind == 1]
    solves = [e.time_ms for e in found if e.is_solved]
    stands = bool(opens) and (
        not solves
        or (window is not None and max(opens) > max(solves) + window)
        or (bool(reopens) and max(reopens) > max(solves))
    )
    assert fold(found, window)["A"].is_open is stands


@given(st.lists(events, min_size=1, max_size=8), after)
def test_a_snapshot_gives_the_same_issue(found: list[IssueEvent], window: int | None) -> None:
    issue = fold(found, window)["A"]
    assert issue_from_json(issue_to_json(issue), window) == issue


@given(st.lists(events, min_size=1, max_size=12), after, st.randoms(use_true_random=False))
def test_beyond_what_is_told_apart_open_and_newest_still_fold_in_any_order(
    found: list[IssueEvent], window: int | None, rng: random.Random
) -> None:
    other = list(found)
    rng.shuffle(other)
    with mock.patch("core.domain.issues.MAX_MARKS", 2):
        one, two = fold(found, window)["A"], fold(other, window)["A"]
    assert (one.is_open, one.latest, one.latest_solved) == (two.is_open, two.latest, two.latest_solved)


@given(st.lists(st.tuples(st.integers(1, 2 * WINDOW), kinds), min_size=1, max_size=14), after)
def test_the_short_ways_are_the_merge(steps: list[tuple[int, str]], window: int | None) -> None:
    found = [
        event(NOW + at, kind)
        for at, kind in zip(accumulate(step for step, _kind in steps), (kind for _step, kind in steps), strict=True)
    ]
    with mock.patch("core.domain.issues.MAX_MARKS", 3):
        merged = reduce(lambda a, b: merge(a, b, window), (issue_of(e) for e in found))
        assert fold(found, window)["A"] == merged


@given(st.lists(events, min_size=1, max_size=14), after)
def test_what_was_kept_folds_to_itself(found: list[IssueEvent], window: int | None) -> None:
    with mock.patch("core.domain.issues.MAX_MARKS", 2):
        issue = fold(found, window)["A"]
        assert merge(issue, issue, window) == issue
        assert issue_from_json(issue_to_json(issue), window) == issue


def test_chatter_pushes_out_neither_the_opening_nor_a_turn() -> None:
    by = (("ce_operator", b"kim"),)
    before = [event(NOW), event(NOW + 10, "solved", headers=by), event(NOW + WINDOW * 2)]
    chatter = [event(NOW + WINDOW * 2 + n, description=str(n)) for n in range(1, MAX_MARKS * 3)]
    issue = fold(before + chatter, WINDOW)["A"]
    assert (issue.episode, issue.opened_ms, issue.is_open) == (2, NOW + WINDOW * 2, True)
    assert [mark.operator for mark in issue.turns if mark.kind is Kind.SOLVED] == ["kim"]
    assert MAX_MARKS <= issue.occurrences <= MAX_MARKS + 1
    assert len(issue.marks) <= MAX_MARKS + 3


def test_a_flood_of_solves_keeps_the_one_who_did_it() -> None:
    by = event(NOW + 10, "solved", headers=(("ce_operator", b"kim"),))
    issue = fold([event(NOW), by, *(event(NOW + 20 + n, "solved") for n in range(MAX_MARKS * 2))], WINDOW)["A"]
    assert issue.resolution is not None
    assert issue.resolution.operator == "kim"


@pytest.mark.parametrize(("later", "is_open"), [(WINDOW, False), (WINDOW + 1, True)])
def test_the_window_ends_after_thirty_seconds(later: int, is_open: bool) -> None:
    issue = fold([event(NOW), event(NOW + 100, "solved"), event(NOW + 100 + later)], WINDOW)["A"]
    assert issue.is_open is is_open
    assert issue.episode == (2 if is_open else 1)


def test_never_means_only_our_own_header_reopens() -> None:
    solved = [event(NOW), event(NOW + 1, "solved"), event(NOW + 10**9)]
    assert not fold(solved, None)["A"].is_open
    assert fold([*solved, event(NOW + 2, "reopen")], None)["A"].is_open


def test_repeated_opens_count_and_a_late_duplicate_does_not() -> None:
    issue = fold([event(NOW), event(NOW + 1000), event(NOW + 2000), event(NOW)], WINDOW)["A"]
    assert (issue.occurrences, issue.episode, issue.opened_ms) == (3, 1, NOW)
    closed = fold([event(NOW), event(NOW + 1000, "solved"), event(NOW + 5000)], WINDOW)["A"]
    assert (closed.is_open, closed.occurrences) == (False, 1)


def test_changes_are_told_once() -> None:
    register = IssueRegister()
    first, solve = event(NOW), event(NOW + 10, "solved")
    kinds_told = [
        change.kind if (change := register.apply(one)) else None
        for one in (first, first, event(NOW + 5), solve, solve, event(NOW + 20, "reopen"))
    ]
    assert kinds_told == [
        ChangeKind.OPENED,
        None,
        ChangeKind.UPDATED,
        ChangeKind.SOLVED,
        None,
        ChangeKind.REOPENED,
    ]


def test_who_resolved_is_the_person_not_the_echo() -> None:
    person = event(NOW + 20, "solved", headers=(("ce_operator", b"kim"), ("ce_note", b"fuse")))
    issue = fold([event(NOW), event(NOW + 10, "solved"), person, event(NOW + 30, "solved")], WINDOW)["A"]
    assert issue.resolution is not None
    assert (issue.resolution.operator, issue.resolution.note) == ("kim", "fuse")


def test_the_cause_is_the_persons_whatever_the_plant_echoes() -> None:
    told = (("ce_operator", b"kim"), ("ce_id", b"1"), ("ce_cause", b"press-burr.3"))
    solves = [event(NOW + 20, "solved", headers=told), event(NOW + 30, "solved")]
    assert fold([event(NOW), *solves], WINDOW)["A"].cause == "press-burr.3"
    assert fold([event(NOW), *solves, event(NOW + 40, "reopen")], WINDOW)["A"].cause == "", "an open one has none yet"


def test_a_mark_that_an_older_andon_kept_without_its_cause_hides_none() -> None:
    told = (("ce_operator", b"kim"), ("ce_id", b"1"), ("ce_cause", b"press-burr.3"))
    now = fold([event(NOW), event(NOW + 20, "solved", headers=told)], WINDOW)["A"]
    assert now.resolution is not None
    older = msgspec.structs.replace(now.resolution, cause="")
    before = msgspec.structs.replace(now, turns=tuple(sorted({*now.turns, older} - {now.resolution})))
    assert merge(before, now, WINDOW).cause == "press-burr.3"


def test_the_newest_event_gives_the_fields() -> None:
    issue = fold([event(NOW + 5, description="new"), event(NOW, description="old")], WINDOW)["A"]
    assert issue.latest.description == "new"


def test_thousands_of_issues_in_any_order() -> None:
    rng = random.Random(11)
    found = [event(NOW + rng.randrange(10**6), rng.choice(["open", "solved"]), f"I{n % 2000}") for n in range(6000)]
    expected = fold(found, WINDOW)
    other = found + rng.sample(found, 1000)
    rng.shuffle(other)
    assert fold(other, WINDOW) == expected


@given(st.lists(events, min_size=1, max_size=8), events, after)
def test_the_way_of_a_late_open_is_the_merge(found: list[IssueEvent], late: IssueEvent, window: int | None) -> None:
    with mock.patch("core.domain.issues.MAX_MARKS", 3):
        known = reduce(lambda a, b: merge(a, b, window), (issue_of(e) for e in found))
        short = preceded(known, late)
        assert short is None or short == merge(known, issue_of(late), window)


def test_a_late_open_goes_the_short_way() -> None:
    solve, repeat, raised = event(NOW + 9, "solved"), event(NOW + 5, description="b"), event(NOW, description="a")
    known = issue_of(solve)
    for late in (repeat, raised):
        after_it = preceded(known, late)
        assert after_it == merge(known, issue_of(late))
        assert after_it is not None
        known = after_it
    assert (known.opened_ms, known.occurrences, known.is_open) == (NOW, 2, False)
