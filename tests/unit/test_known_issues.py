"""Solved issues leave memory, and nobody notices."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import StoreError
from core.domain.events import IssueEvent, Record
from core.domain.freshness import FeedState
from core.domain.issue_register import IssueRegister
from core.domain.issues import Issue, issue_of, merge
from core.domain.known_issues import KnownIssues
from core.store.store import Batch, Store
from tests.unit.making import NOW, event, payload, record
from tests.unit.station_making import TOPIC, become, make_station, say_live, take

SCOPE = "c/t"
WINDOW = 30_000

events = st.builds(
    lambda at, kind, issue: event(NOW + at, kind, issue=issue),
    st.integers(0, 2 * WINDOW),
    st.sampled_from(["open", "solved", "reopen"]),
    st.sampled_from(["A", "B", "a b", "a  b"]),
)


def archiving(found: list[IssueEvent], store: Store) -> IssueRegister:
    """A register that lets go of what is solved after each event."""
    register = IssueRegister(WINDOW, store.archive(SCOPE))
    for one in found:
        register.apply(one)
        store.commit_batch(SCOPE, Batch([register.issues[one.issue]], {0: 1}))
        register.issues.archive([one.issue])
    return register


@given(st.lists(events, max_size=14))
def test_the_register_folds_the_same_whatever_was_archived_meanwhile(found: list[IssueEvent]) -> None:
    store, plain = Store(None, reopen_after_ms=WINDOW), IssueRegister(WINDOW)
    for one in found:
        plain.apply(one)
    register = archiving(found, store)
    assert {one.id: one for one in register.issues.everything()} == dict(plain.issues)
    assert dict(register.issues) == dict(plain.issues)
    assert register.open_issues() == plain.open_issues()
    assert all(one.is_open for one in register.issues.held())
    assert {name: register.names.shown(name) for name in plain.issues} == {
        name: plain.names.shown(name) for name in plain.issues
    }
    again = IssueRegister(WINDOW, store.archive(SCOPE))
    snapshot = store.load_snapshot(SCOPE, open_only=True)
    again.restore(snapshot.issues)
    again.note_names(store.issues.lookalikes(SCOPE))
    assert {name: again.names.shown(name) for name in plain.issues} == {
        name: plain.names.shown(name) for name in plain.issues
    }
    assert dict(again.issues) == dict(plain.issues)
    assert all(one.is_open for one in snapshot.issues), "a start reads what is open"


def test_another_window_reads_every_row_anew() -> None:
    store = Store(None, reopen_after_ms=WINDOW)
    archiving([event(NOW), event(NOW + 1, "solved"), event(NOW + 20_000)], store)
    store.reopen_after_ms = 10_000
    snapshot = store.load_snapshot(SCOPE, open_only=True)
    assert [one.is_open for one in snapshot.issues] == [True]


def _churn(count: int) -> list[Record]:
    """So many issues, each raised and solved."""
    return [
        record(payload(f"PRESS-{number}", isSolved=solved), at=NOW + number * 2 + solved, offset=number * 2 + solved)
        for number in range(count)
        for solved in (False, True)
    ]


def test_churn_leaves_nothing_behind(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    say_live(station)
    for one in _churn(200):
        take(station, one)
    assert station.register.issues.held() == []
    kept = [value for value in vars(station.register.issues).values() if isinstance(value, (dict, set, frozenset))]
    assert sum(map(len, kept)) <= 64, "not even the ids"
    assert len(station.register.issues) == 200
    found = station.issue("PRESS-7")
    assert found is not None
    assert found.mode_type == "프레스"
    assert station.state.exact_id("PRESS-7") == "PRESS-7"


def test_a_replay_is_committed_by_the_second_and_whole_once_it_is_live(tmp_path: Path) -> None:
    station, commits = make_station(tmp_path), list[object]()
    become(station, FeedState.CATCHING_UP)
    commit = station.store.commit_batch
    with mock.patch.object(station.store, "commit_batch", side_effect=lambda *args: commits.append(commit(*args))):
        for one in _churn(100):
            take(station, one)
        assert len(commits) < 20, "not one for each record"
        say_live(station)
    kept = Store(tmp_path, read_only=True).load_snapshot("cluster/t")
    assert (len(kept.issues), kept.offsets) == (100, {0: 200})


def test_a_replay_that_is_broken_off_goes_on_where_it_was_committed(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    become(station, FeedState.CATCHING_UP)
    with mock.patch("core.station.intake.COMMIT_EVERY_S", 3600.0):
        take(station, record(payload("A"), offset=4))
        become(station, FeedState.LOST)
        assert Store(tmp_path, read_only=True).load_snapshot("cluster/t").offsets == {}
        assert station.intake.saved_offsets(TOPIC) == {0: 5}, "the next connection goes on behind what it commits now"
    assert Store(tmp_path, read_only=True).load_snapshot("cluster/t").offsets == {0: 5}


def test_a_batch_costs_the_same_statements_whatever_it_holds(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    say_live(station)

    def statements(records: list[Record]) -> int:
        told: list[str] = []
        station.store.database._connection.set_trace_callback(told.append)
        take(station, *records)
        station.store.database._connection.set_trace_callback(None)
        return sum(not one.lstrip().startswith("INSERT OR REPLACE INTO issues") for one in told)

    churn = _churn(150)
    take(station, *churn[:100])
    assert statements(churn[100:110]) == statements(churn[110:300])


def test_the_solved_issues_that_a_batch_names_are_read_with_one_statement(tmp_path: Path) -> None:
    station, told = make_station(tmp_path), list[str]()
    say_live(station)
    take(station, *_churn(100))
    again = [record(payload(f"PRESS-{n}"), at=NOW + WINDOW * 9 + n, offset=300 + n) for n in range(100)]
    station.store.database._connection.set_trace_callback(told.append)
    take(station, *again)
    station.store.database._connection.set_trace_callback(None)
    assert len(station.register.open_issues()) == 100
    # Once to fold, and once for the sum over what the new rows replace.
    assert sum("FROM issues" in one for one in told) == 2


class _Overtaken:
    """An archive whose answer is out of date when it comes: meanwhile another thread changes and archives the issue."""

    def __init__(self, old: Issue, new: Issue) -> None:
        self._rows = [new, old]
        self.issues = KnownIssues(self)

    def get(self, issue: str) -> Issue | None:
        row = self._rows[-1]
        if len(self._rows) > 1:
            self._rows.pop()
            self.issues[issue] = self._rows[-1]
            self.issues.archive([issue])
        return row

    def some(self, issues: Iterable[str]) -> Iterator[Issue]:
        return (found for issue in issues if (found := self.get(issue)) is not None)

    def has(self, issue: str) -> bool:
        return issue == "A"

    def ids(self) -> list[str]:
        return ["A"]

    def is_empty(self) -> bool:
        return False

    def newest_solved(self, most: int) -> list[Issue]:
        return self._rows[-most:]


def test_what_another_thread_read_too_early_is_folded_into_nothing() -> None:
    old = issue_of(event(NOW, "solved"))
    new = merge(old, issue_of(event(NOW + 1, "solved")), WINDOW)
    archive = _Overtaken(old, new)
    assert archive.issues["A"] == old, "what was there when it was asked for"
    assert archive.issues["A"] == new


def test_a_row_that_cannot_be_read_any_more_is_an_issue_that_is_not_known() -> None:
    store = Store(None, reopen_after_ms=WINDOW)
    register = archiving([event(NOW), event(NOW + 1, "solved")], store)
    with store.database.transaction() as db:
        db.execute("UPDATE issues SET data = '00000000{}'")
    assert register.issues.get("A") is None
    assert list(register.issues.everything()) == []


def test_a_store_that_is_away_is_told_and_changes_nothing() -> None:
    store = Store(None, reopen_after_ms=WINDOW)
    register = archiving([event(NOW), event(NOW + 1, "solved")], store)
    store.close()
    with pytest.raises(StoreError):
        register.apply(event(NOW + WINDOW * 3))
    assert register.issues.held() == []
