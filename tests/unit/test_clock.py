"""This terminal's clock beside the broker's: what a record is stamped with, and from when on it is told."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.domain.events import utc_text
from core.domain.freshness import FeedState
from core.kafka.cluster import TopicInfo
from core.station.clock import StationClock
from core.station.station import Station
from core.support import i18n
from tests.unit.making import NOW, payload, record
from tests.unit.station_making import become, make_station, say_live, take
from tui.view.notices import clock_words, span_words

MINUTE = 60_000


@dataclass
class Clocks:
    """A terminal's two clocks, to be turned by hand."""

    now_ms: int = NOW
    monotonic: float = 1000.0

    def pass_by(self, seconds: float) -> None:
        self.now_ms += round(seconds * 1000)
        self.monotonic += seconds

    def station_clock(self) -> StationClock:
        return StationClock(lambda: self.now_ms, lambda: self.monotonic)


def test_where_no_broker_tells_its_time_the_own_clock_counts() -> None:
    clock = Clocks().station_clock()
    assert (clock.stamp_ms(), clock.ahead_ms(), clock.wrong_ms()) == (NOW, None, 0)


def test_nothing_is_stamped_later_than_the_brokers_now() -> None:
    clocks = Clocks(now_ms=NOW + 50 * MINUTE)
    clock = clocks.station_clock()
    clock.told(NOW)
    clocks.pass_by(90)
    assert clock.stamp_ms() == NOW + 90_000
    assert clock.wrong_ms() == 50 * MINUTE


def test_a_clock_that_is_behind_stamps_its_own_time() -> None:
    clocks = Clocks(now_ms=NOW - 50 * MINUTE)
    clock = clocks.station_clock()
    clock.told(NOW)
    assert clock.stamp_ms() == NOW - 50 * MINUTE
    assert clock.wrong_ms() == -50 * MINUTE


def test_a_clock_that_is_set_right_is_right_at_once() -> None:
    clocks = Clocks(now_ms=NOW + 50 * MINUTE)
    clock = clocks.station_clock()
    clock.told(NOW)
    clocks.now_ms = NOW
    assert clock.wrong_ms() == 0
    clocks.now_ms = NOW + 3 * MINUTE
    assert clock.wrong_ms() == 3 * MINUTE


@pytest.mark.parametrize(("apart_ms", "told"), [(59_999, False), (60_000, True), (-59_999, False), (-60_000, True)])
def test_it_is_told_from_a_minute_on(apart_ms: int, told: bool) -> None:
    clocks = Clocks(now_ms=NOW + apart_ms)
    clock = clocks.station_clock()
    clock.told(NOW)
    assert bool(clock.wrong_ms()) is told


def test_a_record_that_the_broker_stamped_tells_its_time() -> None:
    clocks = Clocks(now_ms=NOW + 50 * MINUTE)
    clock = clocks.station_clock()
    clock.saw_written(NOW)
    clock.saw_written(NOW - 1000)
    assert clock.stamp_ms() == NOW, "the later one is nearer to now"
    clocks.pass_by(1)
    clock.saw_written(NOW + 2000)
    assert clock.stamp_ms() == NOW + 2000


@given(
    ours=st.integers(-(10**9), 10**9),
    told=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 500)), min_size=1, max_size=8),
)
def test_no_stamp_is_later_than_the_brokers_now_or_our_own(ours: int, told: list[tuple[int, int]]) -> None:
    """Whatever the ways of the answers took."""
    clocks = Clocks(now_ms=NOW + ours)
    clock, broker_ms = clocks.station_clock(), NOW
    for passed_ms, way_ms in told:
        clocks.pass_by(passed_ms / 1000)
        broker_ms += passed_ms
        said = broker_ms
        clocks.pass_by(way_ms / 1000)
        broker_ms += way_ms
        clock.told(said)
        assert clock.stamp_ms() <= min(broker_ms, clocks.now_ms) + 1


@pytest.mark.parametrize(
    ("span_ms", "words"),
    [(MINUTE, "1 min"), (50 * MINUTE, "50 min"), (119 * MINUTE, "119 min"), (26 * 60 * MINUTE, "26 h")],
)
def test_the_span_is_told_in_whole_units(span_ms: int, words: str) -> None:
    i18n.use("en")
    assert span_words(span_ms) == words


def test_the_words_name_the_clock_that_is_wrong_in_both_languages() -> None:
    i18n.use("en")
    assert clock_words(0) == ""
    assert clock_words(50 * MINUTE).startswith("This terminal's clock is 50 min ahead of the broker's")
    assert clock_words(-50 * MINUTE).startswith("This terminal's clock is 50 min behind the broker's")
    i18n.use("ko")
    assert "브로커보다 50분 빠릅니다" in clock_words(50 * MINUTE)


# --- at the Station


@pytest.fixture
def ahead(tmp_path: Path) -> Station:
    """A terminal whose clock is 50 minutes ahead of the plant's."""
    return make_station(tmp_path, now_ms=lambda: NOW + 50 * MINUTE)


async def test_a_resolve_is_stamped_with_the_brokers_time(ahead: Station) -> None:
    take(ahead, record(payload("A"), at=NOW - MINUTE))
    ahead.clock.told(NOW)
    entry = await ahead.commands.resolve("A", "")
    assert NOW <= entry.record.timestamp_ms < NOW + MINUTE
    assert f'"timestamp": "{utc_text(entry.record.timestamp_ms)}"'.encode() in entry.record.value


async def test_but_never_older_than_what_was_seen_of_the_issue(ahead: Station) -> None:
    take(ahead, record(payload("A"), at=NOW + 10 * MINUTE))
    ahead.clock.told(NOW)
    entry = await ahead.commands.resolve("A", "")
    assert entry.record.timestamp_ms == NOW + 10 * MINUTE + 1


async def test_a_retry_is_stamped_so_too(ahead: Station) -> None:
    take(ahead, record(payload("A"), at=NOW - MINUTE))
    entry = await ahead.commands.resolve("A", "")
    ahead.dispatch.parked(entry, ClusterProblem(ClusterProblemKind.CLOCK))
    ahead.clock.told(NOW)
    await ahead.commands.retry("A")
    assert ahead.outbox[0].record.timestamp_ms < NOW + MINUTE


async def test_what_was_typed_without_contact_gets_the_brokers_time_before_it_goes_out(ahead: Station) -> None:
    take(ahead, record(payload("A"), at=NOW - MINUTE))
    become(ahead, FeedState.LOST, contact_age=60)
    entry = await ahead.commands.resolve("A", "메모")
    assert entry.record.timestamp_ms == NOW + 50 * MINUTE, "nobody knows better"
    ahead.clock.told(NOW)
    become(ahead, FeedState.CATCHING_UP)
    say_live(ahead)
    [sent] = ahead.dispatch.sendable()
    assert NOW <= sent.record.timestamp_ms < NOW + MINUTE
    assert (sent.record.event_id, sent.record.note) == (entry.record.event_id, "메모")
    assert dict(sent.record.headers)["ce_time"] == utc_text(sent.record.timestamp_ms).encode()
    [journal] = [e for e in ahead.store.journal.entries("A") if e.action == "restamped"]
    assert journal.detail["before"] == entry.record.timestamp_ms


async def test_what_may_be_on_its_way_keeps_its_bytes(ahead: Station) -> None:
    take(ahead, record(payload("A"), at=NOW - MINUTE))
    entry = await ahead.commands.resolve("A", "")
    ahead.dispatch.waiting(entry, ClusterProblem(ClusterProblemKind.SILENT))
    ahead.clock.told(NOW)
    become(ahead, FeedState.CATCHING_UP)
    say_live(ahead)
    assert ahead.dispatch.sendable()[0].record == entry.record


async def test_records_that_the_broker_stamps_are_witnesses_only_while_live(ahead: Station) -> None:
    written = msgspec.structs.replace(record(payload("A"), at=NOW), log_append=True)
    become(ahead, FeedState.CATCHING_UP)
    take(ahead, written)
    assert ahead.clock.ahead_ms() is None, "in a replay nobody knows how old it is"
    say_live(ahead)
    take(ahead, msgspec.structs.replace(written, timestamp_ms=NOW + 1))
    known = ahead.clock.ahead_ms()
    assert known is not None
    assert abs(known - 50 * MINUTE) < 10_000
    take(ahead, record(payload("B"), at=NOW + 40 * MINUTE))
    assert ahead.clock.stamp_ms() < NOW + MINUTE, "a producer's own stamp is no witness"


async def test_another_cluster_has_another_clock(ahead: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that does not tell its time leaves nothing known; an answer that fails in passing does."""

    async def not_told(_settings: object) -> None:
        return None

    monkeypatch.setattr("core.kafka.inspect.broker_clock.broker_now", not_told)
    ahead.dispatch.publishes = True
    ahead.clock.told(NOW)
    ahead.feed.topic = TopicInfo("cluster", "t", (0,))
    await ahead.dispatch.compare_clocks(ahead.feed.topic)
    assert ahead.clock.ahead_ms() is not None
    ahead.feed.topic = TopicInfo("another", "t", (0,))
    await ahead.dispatch.compare_clocks(ahead.feed.topic)
    assert ahead.clock.ahead_ms() is None
