"""No live alarm is folded away in silence."""

import sqlite3
from pathlib import Path

import pytest

from core.domain.alarms import AlarmState
from core.domain.errors import CommandError
from core.domain.events import Record, utc_text
from core.domain.freshness import FeedState, Freshness
from core.domain.issues import Change, ChangeKind
from core.kafka.cluster import TopicInfo
from core.settings import load_settings
from core.station.station import Station
from core.store.database import SCHEMA_VERSION
from core.store.store import Store
from tests.unit.making import NOW, payload
from tests.unit.station_making import listed
from tests.unit.test_station import Echo

HOUR = 3_600_000


class Terminal:
    """A station that is given records, and what it told of them."""

    def __init__(self, folder: Path, *, live: bool = True, reopen_after: str = "30") -> None:
        settings = load_settings(data_dir=folder, operator="kim", terminal_id="T", reopen_after=reopen_after)
        self.station = Station(settings, Store(folder), Echo(), now_ms=lambda: NOW)
        self.station.intake.saved_offsets(TopicInfo("cluster", "t", (0, 1)))
        if live:
            self.live()
        self.told: list[ChangeKind] = []
        self.station.intake.listeners.append(lambda change: self._tell(change))
        self._offset = len(self.station.register.issues) * 100

    def live(self) -> None:
        self.station.feed.freshness = Freshness(FeedState.LIVE, 0.0, contact_at=0.0)

    def _tell(self, change: object) -> None:
        if isinstance(change, Change):
            self.told.append(change.kind)

    def take(self, *records: Record) -> None:
        self.station.intake.ingest(records, {0: self._offset, 1: self._offset})

    @property
    def overruled(self) -> list[str]:
        return list(self.station.overruled)


def raised(at: int, *, partition: int = 0, **fields: object) -> Record:
    value = payload("A", **{"timestamp": utc_text(at), **fields})
    return Record("t", partition, 0, at, None, value)


def solved(at: int, *, partition: int = 0) -> Record:
    return raised(at, partition=partition, isSolved=True)


@pytest.mark.parametrize(
    ("records", "why"),
    [
        ([raised(NOW), solved(NOW + HOUR), raised(NOW + 60_000)], "a solve stamped an hour ahead"),
        ([raised(NOW + HOUR), solved(NOW + HOUR + 1), raised(NOW + 60_000)], "opened with a stamp an hour ahead"),
        ([raised(NOW), solved(NOW + 1000), raised(NOW + 4000)], "three seconds after the solve"),
        ([raised(NOW), solved(NOW + 1000), raised(5000, timestamp=None)], "a stamp of no use at all"),
        ([solved(NOW + HOUR), raised(NOW + 60_000)], "the opening is no longer on the log"),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_a_live_raise_that_loses_by_the_clocks_is_told_and_reopened_by_one_act(
    tmp_path: Path, records: list[Record], why: str, together: bool
) -> None:
    terminal = Terminal(tmp_path)
    for batch in [records] if together else [[one] for one in records]:
        terminal.take(*batch)
    issue = terminal.station.register.issues["A"]
    assert not issue.is_open, why
    assert terminal.overruled == ["A"], why
    assert terminal.told[-1] is ChangeKind.OVERRULED
    assert terminal.station.standing(issue).state is AlarmState.OVERRULED
    assert listed(terminal.station) == [issue]
    assert terminal.station.state.unread.counts["A"] == 1


async def test_one_reopening_opens_it_and_ends_the_telling(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.take(raised(NOW), solved(NOW + HOUR))
    terminal.take(raised(NOW + 60_000, description="다시"))
    entry = await terminal.station.commands.reopen("A")
    assert "다시" in entry.record.value.decode(), "it says what raised it last"
    sent = entry.record
    terminal.take(Record("t", 1, 1, sent.timestamp_ms, sent.key, sent.value, sent.headers))
    assert terminal.station.register.issues["A"].is_open
    assert terminal.overruled == []


def test_it_is_told_after_a_restart_too_until_it_is_dealt_with(tmp_path: Path) -> None:
    Terminal(tmp_path).take(raised(NOW), solved(NOW + HOUR), raised(NOW + 60_000))
    again = Terminal(tmp_path, live=False)
    assert again.overruled == ["A"]
    again.take(solved(NOW + 120_000))
    assert again.overruled == [], "the plant says itself that it is over"
    assert Terminal(tmp_path, live=False).overruled == []


async def test_a_person_may_leave_it_solved(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.take(raised(NOW), solved(NOW + HOUR), raised(NOW + 60_000))
    await terminal.station.commands.leave_solved("A")
    assert terminal.overruled == []
    assert [*terminal.station.store.journal.entries("A")][-1].action == "left solved"
    with pytest.raises(CommandError):
        await terminal.station.commands.leave_solved("A")
    terminal.take(raised(NOW + 60_000))
    assert Terminal(tmp_path, live=False).overruled == [], "the same record is no news"
    terminal.take(raised(NOW + 90_000))
    assert terminal.overruled == ["A"], "another one is"


@pytest.mark.parametrize(
    "records",
    [
        [raised(NOW), solved(NOW + 1000), raised(NOW)],
        [raised(NOW), solved(NOW + 1000), raised(NOW + 60_000)],
        [raised(NOW), raised(NOW + 500), solved(NOW + 1000)],
        [raised(NOW, timestamp=None), solved(NOW + 1000), raised(NOW, timestamp=None)],
    ],
    ids=["a repeat", "it reopens by itself", "before the solve", "a repeat without a time"],
)
def test_what_is_no_lost_alarm_is_not_told(tmp_path: Path, records: list[Record]) -> None:
    terminal = Terminal(tmp_path)
    for one in records:
        terminal.take(one)
    assert terminal.overruled == []


def test_the_same_value_at_another_time_is_a_raise_where_it_tells_no_time(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    for one in (raised(NOW, timestamp=None), solved(NOW + 1000), raised(NOW + 4000, timestamp=None)):
        terminal.take(one)
    assert terminal.overruled == ["A"]


def test_never_reopening_by_itself_does_not_mean_in_silence(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, reopen_after="never")
    for one in (raised(NOW), solved(NOW + 1000), raised(NOW + HOUR)):
        terminal.take(one)
    assert terminal.overruled == ["A"]


@pytest.mark.parametrize("solve_first", [True, False])
def test_what_a_replay_reads_from_another_partition_is_not_known_to_come_later(
    tmp_path: Path, solve_first: bool
) -> None:
    terminal = Terminal(tmp_path, live=False)
    opening, solve = raised(NOW), solved(NOW + 1000, partition=1)
    for one in (solve, opening) if solve_first else (opening, solve):
        terminal.take(one)
    assert terminal.overruled == []
    terminal.live()
    terminal.take(raised(NOW + 3000))
    assert terminal.overruled == ["A"]


def test_what_came_while_this_terminal_was_off_is_told(tmp_path: Path) -> None:
    Terminal(tmp_path).take(raised(NOW), solved(NOW + HOUR, partition=1))
    later = Terminal(tmp_path, live=False)
    later.take(raised(NOW + 60_000))
    assert later.overruled == ["A"]


def test_the_fold_itself_does_not_depend_on_it(tmp_path: Path) -> None:
    records = [raised(NOW), solved(NOW + HOUR), raised(NOW + 60_000)]
    one, other = Terminal(tmp_path / "one"), Terminal(tmp_path / "other")
    one.take(*records)
    other.take(*reversed(records))
    assert one.station.register.issues == other.station.register.issues


def test_a_store_of_schema_3_gets_the_table(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "andon.db") as old:
        old.executescript((Path(__file__).parent / "schema_3.sql").read_text("utf-8"))
    old.close()
    store = Store(tmp_path)
    assert store.overruled.load("s") == {}
    assert store.database.rows("PRAGMA user_version")[0][0] == SCHEMA_VERSION


def _life(number: int, partition: int) -> tuple[Record, Record]:
    """An issue's raise and solve, one issue a second."""
    at = NOW + number * 1000
    return tuple(  # type: ignore[return-value]
        Record("t", partition, number, at + solved, None, payload(f"PRESS-{number}", isSolved=bool(solved)))
        for solved in (0, 1)
    )


def test_of_a_long_replay_only_the_solves_are_remembered_that_still_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.domain.overruled.MANY", 50)
    monkeypatch.setattr("core.domain.overruled.FARTHEST_APART_MS", 20_000)
    terminal = Terminal(tmp_path, live=False)
    for number in range(500):
        terminal.take(*_life(number, number % 2))
    assert len(terminal.station.state.overruled._solved_from) < 150
    assert terminal.overruled == []
    late = raised(NOW + 490_000, partition=0)
    terminal.take(solved(NOW + 499_000, partition=1))
    terminal.take(late)
    assert terminal.overruled == [], "read from another partition: it may have come before"


def test_while_a_partition_was_not_read_so_far_nothing_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.domain.overruled.MANY", 50)
    terminal = Terminal(tmp_path, live=False)
    for number in range(100):
        terminal.take(*_life(number, 1))
    terminal.take(raised(NOW - 2 * HOUR, partition=0), solved(NOW - 2 * HOUR + 1, partition=0))
    for number in range(100, 200):
        terminal.take(*_life(number, 1))
    assert len(terminal.station.state.overruled._solved_from) == 201
