"""The register folds as the contract's own words do (``fold_model``): in any order, any number of times, in parts."""

import random
from collections.abc import Iterable, Sequence
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from core.domain.events import IssueEvent, Record, read_event, read_leniently
from core.domain.issue_register import IssueRegister
from core.domain.issues import ChangeKind, Issue
from core.domain.overruled import OverruledRaises
from core.store.codec import issue_from_json, issue_to_json
from core.store.store import Batch, Store
from tests.unit.fold_model import PlainIssue, Said, fold, raised_again
from tests.unit.wire import WINDOW, said_records

SCOPE = "c/t"
Told = tuple[Said, Record]

told_lists = st.lists(said_records(), min_size=1, max_size=10)
of_one_issue = st.lists(said_records(ids=["A"]), min_size=1, max_size=10)
of_few_issues = st.lists(said_records(ids=["A", "A "]), min_size=1, max_size=10)
windows = st.sampled_from([WINDOW, WINDOW, 0, None])


def read(record: Record) -> IssueEvent:
    event = read_event(record)
    assert isinstance(event, IssueEvent), event
    assert record.value is not None
    assert event == read_leniently(record, record.value)
    return event


def assert_same(issue: Issue, plain: PlainIssue) -> None:
    """The program's issue is the one that the contract's words make."""
    assert issue.id == plain.id
    assert (issue.is_open, issue.episode, issue.occurrences) == (plain.is_open, plain.episode, plain.occurrences)
    assert (issue.opened_ms, issue.solved_ms, issue.newest_ms) == (plain.opened_ms, plain.solved_ms, plain.newest_ms)
    assert tuple(issue.facts) in plain.facts
    if issue.solved_as is None:
        assert not plain.solved_as or plain.solved_as & plain.facts
    else:
        assert tuple(issue.solved_as.facts) in plain.solved_as
    if issue.resolution is None:
        assert not plain.resolved_by
    else:
        assert (issue.resolution.operator, issue.resolution.note) in plain.resolved_by


def assert_all_same(issues: Iterable[Issue], plain: dict[str, PlainIssue]) -> None:
    found = {issue.id: issue for issue in issues}
    assert found.keys() == plain.keys()
    for issue in found.values():
        assert_same(issue, plain[issue.id])


@given(told=told_lists, window=windows, rng=st.randoms(use_true_random=False))
def test_the_register_folds_as_the_contract_says(told: list[Told], window: int | None, rng: random.Random) -> None:
    plain = fold([said for said, _record in told], window)
    delivered = [record for _said, record in told]
    delivered += rng.choices(delivered, k=4)
    rng.shuffle(delivered)
    register = IssueRegister(window)
    for record in delivered:
        register.apply(read(record))
    assert_all_same(register.issues.values(), plain)
    openings = sorted((one.opened_ms, one.id) for one in plain.values() if one.is_open)
    assert [(one.opened_ms, one.id) for one in register.open_issues()] == openings
    assert register.newest_ms == max(one.newest_ms for one in plain.values())


@given(told=of_one_issue, window=windows)
def test_it_does_so_after_every_single_event(told: list[Told], window: int | None) -> None:
    register = IssueRegister(window)
    for at, (_said, record) in enumerate(told, 1):
        register.apply(read(record))
        assert_all_same(register.issues.values(), fold([said for said, _record in told[:at]], window))


@given(told=of_one_issue, window=windows)
def test_in_the_order_of_time_too(told: list[Told], window: int | None) -> None:
    """The short ways of a repeat and of a solve are gone along only by what is newer than all before."""
    register = IssueRegister(window)
    for _said, record in sorted(told, key=lambda one: one[0].at_ms):
        register.apply(read(record))
    assert_all_same(register.issues.values(), fold([said for said, _record in told], window))


@given(told=of_one_issue, window=windows)
def test_each_change_is_told_as_what_it_is(told: list[Told], window: int | None) -> None:
    register, before = IssueRegister(window), None
    for at, (_said, record) in enumerate(told, 1):
        change = register.apply(read(record))
        after = fold([said for said, _record in told[:at]], window)["A"]
        if change is not None:
            was_open = before is not None and before.is_open
            expected = {
                (True, True): ChangeKind.UPDATED,
                (True, False): ChangeKind.SOLVED,
                (False, True): ChangeKind.OPENED if before is None else ChangeKind.REOPENED,
                (False, False): ChangeKind.SOLVED if before is None else ChangeKind.UPDATED,
            }
            assert change.kind is expected[was_open, after.is_open]
        else:
            assert before == after, "only what says nothing new is no change"
        before = after


@given(told=told_lists, window=windows, data=st.data())
def test_with_an_archive_and_restarts_in_between(told: list[Told], window: int | None, data: st.DataObject) -> None:
    store = Store(None, reopen_after_ms=window)
    register = IssueRegister(window, store.archive(SCOPE))
    for _said, record in told:
        event = read(record)
        register.apply(event)
        happens = data.draw(st.sampled_from(["nothing", "commit", "archive", "restart"]))
        if happens == "nothing":
            continue
        _commit(store, register)
        if happens == "archive":
            register.issues.archive(list(register.issues))
        elif happens == "restart":
            snapshot = store.load_snapshot(SCOPE, open_only=True)
            register = IssueRegister(window, store.archive(SCOPE))
            register.restore(snapshot.issues)
            register.note_names(store.issues.lookalikes(SCOPE))
    plain = fold([said for said, _record in told], window)
    assert_all_same(register.issues.values(), plain)
    names = [register.names.shown(issue) for issue in register.issues]
    assert len(set(names)) == len(names), "two issues that look the same are told apart"
    store.close()


def _commit(store: Store, register: IssueRegister) -> None:
    store.commit_batch(SCOPE, Batch(register.issues.held(), {0: 1}))


@given(told=of_one_issue, window=windows, other=windows)
def test_what_was_kept_folds_by_the_window_of_today(told: list[Told], window: int | None, other: int | None) -> None:
    register = IssueRegister(window)
    for _said, record in told:
        register.apply(read(record))
    kept = issue_from_json(issue_to_json(register.issues["A"], window), other)
    assert_same(kept, fold([said for said, _record in told], other)["A"])


@given(told=of_one_issue, window=windows)
def test_however_few_marks_are_kept_it_is_open_or_not_as_the_contract_says(
    told: list[Told], window: int | None
) -> None:
    """And what it is: the newest opening's word. Only what is counted may be less."""
    plain = fold([said for said, _record in told], window)["A"]
    with mock.patch("core.domain.issues.MAX_MARKS", 2):
        register = IssueRegister(window)
        for _said, record in told:
            register.apply(read(record))
    issue = register.issues["A"]
    assert (issue.is_open, issue.solved_ms, issue.newest_ms) == (plain.is_open, plain.solved_ms, plain.newest_ms)
    assert tuple(issue.facts) in plain.facts


@given(told=of_few_issues, window=windows, rng=st.randoms(use_true_random=False))
def test_no_live_alarm_is_folded_away_in_silence(told: list[Told], window: int | None, rng: random.Random) -> None:
    """What comes one by one, and some of it again."""
    delivered = told + rng.choices(told, k=3)
    register, overruled = IssueRegister(window), OverruledRaises()
    for at, (_said, record) in enumerate(delivered, 1):
        event = read(record)
        before = register.issues.get(event.issue)
        register.apply(event)
        overruled.settle()
        overruled.read(before, register.issues[event.issue], event, 0)
        assert set(overruled.raises) == raised_again(_said_of(delivered[:at]), window)


def _said_of(told: Sequence[Told]) -> list[Said]:
    return [said for said, _record in told]
