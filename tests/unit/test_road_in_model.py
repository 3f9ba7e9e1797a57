"""The road in, with a real store, ends where the contract's words do (``fold_model``), whatever happens on the way.

Batches are cut anywhere, commits fail, the terminal is killed and reads on from what it committed, partitions are read
in any order, records come ahead of an undecided transaction and again, offsets are lost, the log is doubted and read
anew.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.chat.playbook.assistant import PlaybookAssistant
from core.domain.errors import StoreError
from core.domain.events import Quarantined, Record
from core.domain.freshness import FeedState
from core.domain.issues import Change
from core.kafka.cluster import TopicInfo
from core.settings import load_settings
from core.station.station import Station
from core.store.store import Store
from tests.unit.fold_model import PlainIssue, Said, fold
from tests.unit.making import NOW
from tests.unit.station_making import become, say_live
from tests.unit.test_fold_model import assert_all_same, assert_same
from tests.unit.wire import said_records

PARTITIONS = 3
TOPIC = TopicInfo("cluster", "t", tuple(range(PARTITIONS)))
NO_EVENT = Record("t", 0, 0, NOW, None, b"[1, 2]")
WINDOWS = {"30": 30_000, "0": 0, "never": None}

Log = list[list[tuple[Said | None, Record]]]
"""By partition what is on it, in the order of the offsets; nothing is said by what is no event."""

on_the_log = st.lists(
    st.tuples(st.one_of(said_records(), said_records(), said_records(), st.just((None, NO_EVENT))), st.integers(0, 2)),
    min_size=1,
    max_size=14,
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.integers(0, PARTITIONS - 1), st.integers(1, 5)),
        st.tuples(st.just("read"), st.integers(0, PARTITIONS - 1), st.integers(1, 5)),
        st.tuples(st.just("read_ahead"), st.integers(0, PARTITIONS - 1), st.integers(1, 5)),
        st.tuples(st.just("fail"), st.integers(0, PARTITIONS - 1), st.integers(1, 5)),
        st.tuples(st.sampled_from(["kill", "stop", "live", "catch_up", "lose_offsets", "doubt", "look"])),
    ),
    max_size=14,
)


def log_of(drawn: list[tuple[tuple[Said | None, Record], int]]) -> Log:
    log: Log = [[] for _number in range(PARTITIONS)]
    for (said, record), number in drawn:
        offset = len(log[number])
        log[number].append((said, msgspec.structs.replace(record, partition=number, offset=offset)))
    return log


class Terminal:
    """A terminal that reads a log, and what happens to it."""

    def __init__(self, folder: Path, log: Log, reopen_after: str) -> None:
        self._folder, self._log, self._reopen_after = folder, log, reopen_after
        self.told: dict[str, Change] = {}
        """The last change of each issue that listeners were told since the start."""
        self.start()

    def start(self) -> None:
        flags = {"operator": "kim", "terminal_id": "T", "reopen_after": self._reopen_after}
        chosen = load_settings(data_dir=self._folder, **flags)
        store = Store(self._folder, reopen_after_ms=chosen.reopen_after_ms)
        self.station = Station(chosen, store, PlaybookAssistant(), now_ms=lambda: NOW)
        self.station.intake.listeners.append(self._listen)
        self.connect()

    def _listen(self, item: Change | Quarantined) -> None:
        if isinstance(item, Change):
            self.told[item.issue.id] = item

    def connect(self) -> None:
        """A session begins where the store says."""
        become(self.station, FeedState.CATCHING_UP)
        saved = self.station.intake.saved_offsets(TOPIC)
        self.next = {number: saved.get(number, 0) for number in range(PARTITIONS)}

    def do(self, name: str, *given: int) -> None:
        getattr(self, name)(*given)

    def read_ahead(self, number: int, count: int) -> None:
        """Behind an undecided transaction: the offsets stay where they are."""
        if records := self._records(number, count):
            self.station.intake.ingest(records, self.next)

    def fail(self, number: int, count: int) -> None:
        """A batch whose commit fails; the feed connects anew after that."""
        with failing(self.station.store), contextlib.suppress(StoreError):
            self.read(number, count)
        self.connect()

    def kill(self) -> None:
        """What is in no commit is gone."""
        self.station.store.close()
        self.told.clear()
        self.start()

    def stop(self) -> None:
        become(self.station, FeedState.LOST)
        self.connect()

    def live(self) -> None:
        say_live(self.station)

    def catch_up(self) -> None:
        become(self.station, FeedState.CATCHING_UP)

    def lose_offsets(self) -> None:
        self.station.store.forget_offsets(self.station.scope)
        self.kill()

    def doubt(self) -> None:
        self.station.intake.distrust(TOPIC)
        self.connect()

    def look(self) -> None:
        self.station.views.publish()

    def read(self, number: int, count: int) -> None:
        records = self._records(number, count)
        if records:
            offsets = self.next | {number: records[-1].offset + 1}
            self.station.intake.ingest(records, offsets)
            self.next = offsets

    def read_all(self) -> None:
        for number in range(PARTITIONS):
            self.read(number, len(self._log[number]))
        say_live(self.station)

    def _records(self, number: int, count: int) -> list[Record]:
        at = self.next[number]
        return [record for _said, record in self._log[number][at : at + count]]

    def said(self) -> list[Said]:
        return [said for partition in self._log for said, _record in partition if said is not None]


@contextlib.contextmanager
def failing(store: Store) -> Iterator[None]:
    """The disk is full: within the transaction, after the issues were written."""
    real = store.log.remember

    def remember(*given: Any) -> None:
        real(*given)
        raise StoreError("disk full")

    with mock.patch.object(store.log, "remember", remember):
        yield


@settings(max_examples=50)
@given(drawn=on_the_log, done=steps, reopen_after=st.sampled_from(list(WINDOWS)), seldom=st.booleans())
def test_whatever_happens_on_the_way_the_register_ends_as_the_contract_says(
    drawn: list[tuple[tuple[Said | None, Record], int]],
    done: list[tuple[Any, ...]],
    reopen_after: str,
    seldom: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """``seldom``: a replay is committed at its end alone."""
    log = log_of(drawn)
    with mock.patch("core.station.intake.COMMIT_EVERY_S", 3600.0 if seldom else 0.0):
        terminal = Terminal(tmp_path_factory.mktemp("store"), log, reopen_after)
        for step in done:
            terminal.do(*step)
        terminal.read_all()
        plain = fold(terminal.said(), WINDOWS[reopen_after])
        assert_station(terminal, plain)
        for issue, change in terminal.told.items():
            assert_same(change.issue, plain[issue])
        terminal.kill()
        assert terminal.next == {number: len(log[number]) for number in range(PARTITIONS)}, "all is committed"
        assert_station(terminal, plain)
        terminal.station.store.close()


def assert_station(terminal: Terminal, plain: dict[str, PlainIssue]) -> None:
    """Register, store and view say what the contract does."""
    station = terminal.station
    assert_all_same(station.register.issues.values(), plain)
    assert not station.state.unconfirmed.issues, "the log confirmed all that was doubted"
    kept = station.store.load_snapshot(station.scope)
    assert kept.is_whole
    assert_all_same(kept.issues, plain)
    station.views.publish()
    wanted = {issue for issue, one in plain.items() if one.is_open}
    raised = {one.id for one in station.view.listed if one.is_overruled}
    assert {one.id for one in station.view.listed} == wanted | raised
    assert not wanted & raised
    assert station.view.open_issues == len(wanted)
    shown = [one.shown_id for one in station.view.listed]
    assert len(set(shown)) == len(shown)
