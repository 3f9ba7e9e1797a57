"""A commit that fails: what it told is told once it succeeds, once to everybody, and again after a kill."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.domain.errors import StoreError
from core.domain.events import NOT_JSON, Quarantined, Record
from core.domain.freshness import FeedState
from core.domain.issues import Change
from core.domain.outbox import OutboxState
from core.station.station import Station
from core.store.store import Store
from core.store.unread_table import UnreadTable
from tests.unit.making import NOW, payload, record
from tests.unit.station_making import become, make_station, read_back, say_live, take


@pytest.fixture
def station(tmp_path: Path) -> Station:
    return make_station(tmp_path)


def told_by(station: Station) -> list[str]:
    """What listeners are told from now on: an issue and what became of it, or why it is quarantined."""
    told: list[str] = []

    def listen(item: Change | Quarantined) -> None:
        told.append(f"{item.issue.id} {item.kind}" if isinstance(item, Change) else item.reason)

    station.intake.listeners.append(listen)
    return told


def fail_once(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next batch cannot be committed."""
    commit = station.store.commit_batch
    failures = [StoreError("disk full")]

    def commit_batch(*given: object) -> None:
        if failures:
            raise failures.pop()
        commit(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(station.store, "commit_batch", commit_batch)


def fails(station: Station, *records: Record) -> None:
    with pytest.raises(StoreError):
        take(station, *records)


async def test_what_a_failed_commit_told_is_told_when_it_comes_again(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = told_by(station)
    fail_once(station, monkeypatch)
    batch = (record(payload("A")), record(b"no json", offset=1), record(payload("B"), offset=2))
    fails(station, *batch)
    assert not told, "nothing is told that is not kept"
    take(station, *batch)
    assert sorted(told) == sorted(["A opened", "B opened", NOT_JSON])
    assert station.state.quarantine_count == 1
    take(station, *batch)
    assert len(told) == 3 + 1, "only the record that is no event is news whenever it comes"


async def test_another_batch_that_is_committed_first_tells_it_too(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = told_by(station)
    fail_once(station, monkeypatch)
    fails(station, record(payload("A")), record(b"no json", offset=1))
    station.intake.ingest([record(payload("B"), partition=1)], {1: 1})
    take(station, record(payload("A")), record(b"no json", offset=1))
    assert told == ["A opened", "B opened", NOT_JSON]


async def test_a_reopening_counts_as_unread_though_it_comes_again_in_a_replay(
    station: Station, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    take(station, record(payload("A"), at=NOW - 90_000), record(payload("A", isSolved=True), at=NOW - 80_000))
    say_live(station)
    fail_once(station, monkeypatch)
    fails(station, record(payload("A"), at=NOW))
    become(station, FeedState.CATCHING_UP)
    take(station, record(payload("A"), at=NOW))
    assert station.state.unread.counts == {"A": 1}
    assert Store(tmp_path, read_only=True).unread("cluster/t").counts() == {"A": 1}


async def test_unread_counts_are_kept_with_the_batch_or_not_at_all(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(station, record(payload("A"), at=NOW - 90_000), record(payload("A", isSolved=True), at=NOW - 80_000))
    say_live(station)

    def full(*_: object) -> None:
        raise StoreError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(UnreadTable, "save", full)
        fails(station, record(payload("A"), at=NOW))
    assert not station.state.unread.counts
    assert not station.store.load_snapshot("cluster/t").issues[0].is_open, "the batch is committed whole or not at all"
    take(station, record(payload("A"), at=NOW))
    assert station.state.unread.counts == {"A": 1}


async def test_what_was_not_committed_before_a_kill_is_news_again(
    station: Station, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    solved = (record(payload("A"), at=NOW - 90_000), record(payload("A", isSolved=True), at=NOW - 80_000, offset=1))
    take(station, *solved)
    say_live(station)
    fail_once(station, monkeypatch)
    fails(station, record(payload("A"), at=NOW, offset=2))
    restarted = make_station(tmp_path)
    told = told_by(restarted)
    assert restarted.dispatch.next_offset(0) == 2, "the failed batch comes again"
    take(restarted, record(payload("A"), at=NOW, offset=2))
    assert told == ["A reopened"]
    assert restarted.state.unread.counts == {"A": 1}


async def test_a_first_replay_leaves_nothing_unread(station: Station) -> None:
    take(
        station,
        record(payload("A"), at=NOW - 90_000),
        record(payload("A", isSolved=True), at=NOW - 80_000),
        record(payload("A"), at=NOW),
    )
    assert not station.state.unread.counts


async def test_a_confirmation_is_journaled_once(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    take(station, record(payload("A"), at=NOW - 1000))
    entry = await station.commands.resolve("A", "note")
    fail_once(station, monkeypatch)
    fails(station, read_back(entry))
    assert station.outbox, "not confirmed before that is kept"
    station.intake.ingest([record(payload("B"), partition=1)], {1: 1})
    take(station, read_back(entry))
    assert not station.outbox
    kept = station.store.outbox.get(entry.record.event_id)
    assert kept is not None
    assert kept.state is OutboxState.CONFIRMED
    assert [e.action for e in station.store.journal.entries("A")] == ["resolved", "confirmed"]


async def test_a_store_that_cannot_be_read_after_the_commit_keeps_no_news_back(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(station, record(payload("A"), at=NOW - 1000))
    entry = await station.commands.resolve("A", "note")
    told = told_by(station)

    def locked() -> None:
        raise StoreError("locked")

    with monkeypatch.context() as patch:
        patch.setattr(station.store.outbox, "unconfirmed", locked)
        patch.setattr(station.store.quarantine, "count", locked)
        fails(station, read_back(entry), record(b"no json", offset=10))
    assert told == ["A solved", NOT_JSON]
    assert not station.outbox


async def test_a_first_replay_that_was_interrupted_leaves_nothing_unread(station: Station, tmp_path: Path) -> None:
    take(station, record(payload("A"), at=NOW - 90_000), record(payload("A", isSolved=True), at=NOW - 80_000))
    restarted = make_station(tmp_path)
    take(restarted, record(payload("A"), at=NOW, offset=2))
    assert not restarted.state.unread.counts, "it was never complete: nobody could look at it"


async def test_a_disk_that_was_full_for_a_while_loses_no_news(station: Station) -> None:
    """SQLite's own word for it: the file may not grow."""
    told = told_by(station)
    take(station, record(payload("A")))
    say_live(station)
    with limited(station):
        fails(station, *many("X"))
        fails(station, *many("X"))
    take(station, *many("X"))
    assert told == ["A opened", *(f"X{n} opened" for n in range(40))]


def many(prefix: str) -> list[Record]:
    """A batch that needs room."""
    return [record(payload(f"{prefix}{n}", description="x" * 4000), offset=n + 1) for n in range(40)]


class limited:  # noqa: N801 - reads as a word
    """While it lasts, the store's file may not grow."""

    def __init__(self, station: Station) -> None:
        self._pragma: Callable[[int], object] = lambda pages: station.store.database.rows(
            f"PRAGMA max_page_count = {pages}"
        )
        self._pages = int(station.store.database.rows("PRAGMA page_count")[0][0])

    def __enter__(self) -> None:
        self._pragma(self._pages + 1)

    def __exit__(self, *_: object) -> None:
        self._pragma(1_000_000)
