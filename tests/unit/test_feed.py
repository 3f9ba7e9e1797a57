"""The feed on the embedded broker: what is delivered, once and in order, whatever happens to the client."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from core.demo.embedded_broker import EmbeddedBroker, EmbeddedBrokerUnsupported
from core.domain.cluster_problems import ClusterProblemKind
from core.domain.errors import StoreError
from core.domain.events import UNREADABLE, Quarantined, Record
from core.domain.freshness import Freshness
from core.domain.last_read import LastRead, last_reads
from core.kafka import feed_session
from core.kafka import reader as reader_module
from core.kafka.cluster import TopicInfo
from core.kafka.feed import Feed
from core.kafka.reader import Reader
from core.settings import load_settings
from tests.kafka.frames import batch, send_frames, with_codec, with_wrong_checksum
from tests.kafka.records import Outgoing, produce_many

pytest.importorskip("confluent_kafka", reason='needs confluent-kafka: pip install "andon[demo]"')

TOPIC = "t"
PARTITIONS = 3


class Kept:
    """A sink that keeps everything, and the offsets with it, as a store would."""

    def __init__(self) -> None:
        self.saved: dict[int, int] = {}
        self.evidence: dict[int, LastRead] = {}
        self.records: list[Record] = []
        self.lost: list[Quarantined] = []
        self.order: dict[int, list[int]] = {number: [] for number in range(PARTITIONS)}
        self.turns: list[int] = []
        """The partitions that records came from, call by call."""
        self.distrusted = 0
        self.when_asked: Callable[[], None] = lambda: None
        self.when_set_aside: Callable[[], None] = lambda: None
        self.problems: list[ClusterProblemKind] = []

    def saved_offsets(self, topic: TopicInfo) -> Mapping[int, int]:
        self.when_asked()
        return dict(self.saved)

    def last_reads(self, topic: TopicInfo) -> Mapping[int, LastRead]:
        return self.evidence

    def distrust(self, topic: TopicInfo) -> None:
        self.distrusted += 1
        self.saved, self.evidence = {}, {}

    def ingest(self, records: Sequence[Record], next_offsets: Mapping[int, int]) -> None:
        self.records += records
        self._keep(records, next_offsets)

    def set_aside(self, items: Sequence[Quarantined], next_offsets: Mapping[int, int]) -> None:
        self.when_set_aside()
        self.lost += items
        self._keep([item.record for item in items], next_offsets)

    def _keep(self, records: Sequence[Record], next_offsets: Mapping[int, int]) -> None:
        self.saved = dict(next_offsets)
        self.evidence |= last_reads(records, next_offsets)
        self.turns += sorted({record.partition for record in records})
        for record in records:
            self.order[record.partition].append(record.offset)

    def feed_changed(self, before: Freshness, freshness: Freshness) -> None:
        if freshness.problem is not None:
            self.problems.append(freshness.problem.kind)

    @property
    def lost_offsets(self) -> list[int]:
        assert {item.reason for item in self.lost} <= {UNREADABLE}
        return [item.record.offset for item in self.lost]

    def has(self, value: bytes) -> bool:
        return any(record.value == value for record in self.records)


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker({TOPIC: PARTITIONS}) as running:
        yield running


@pytest.fixture
def kept() -> Kept:
    return Kept()


@asynccontextmanager
async def reading(broker: EmbeddedBroker, kept: Kept, folder: Path) -> AsyncIterator[Feed]:
    feed = Feed(load_settings(bootstrap_servers=broker.bootstrap, topic=TOPIC, data_dir=folder).kafka, kept)
    task = asyncio.create_task(feed.run())
    try:
        yield feed
    finally:
        task.cancel()
        await asyncio.wait({task})


async def until(condition: Callable[[], bool], within: float = 30.0) -> None:
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.01)


async def live(feed: Feed) -> None:
    await until(lambda: feed.freshness.is_live(time.monotonic()))


async def send(broker: EmbeddedBroker, partition: int, *values: bytes) -> None:
    await produce_many(broker.bootstrap, TOPIC, [Outgoing(value, partition=partition) for value in values])


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The consumers that the feed makes, in their order; ``blind`` ones have no metadata of the topic."""
    made: list[Any] = []

    class Spied(AIOKafkaConsumer):  # type: ignore[misc]
        blind = False

        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            made.append(self)

        def partitions_for_topic(self, topic: str) -> set[int] | None:
            return None if self.blind else super().partitions_for_topic(topic)

    monkeypatch.setattr(feed_session, "AIOKafkaConsumer", Spied)
    monkeypatch.setattr(feed_session, "PARTITION_CHECK_S", 0.05)
    return made


@asynccontextmanager
async def answering_once(broker: EmbeddedBroker) -> AsyncIterator[str]:
    """An address where the first connection reaches the broker; whoever comes later is let in and told nothing."""
    host, port = broker.bootstrap.split(",")[0].rsplit(":", 1)
    comers: list[asyncio.Task[None]] = []

    async def passed_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while content := await source.read(65536):
            target.write(content)

    async def come(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        comers.append(asyncio.current_task())  # type: ignore[arg-type]
        if len(comers) > 1:
            await asyncio.Event().wait()
        there, back = await asyncio.open_connection(host, int(port))
        async with asyncio.TaskGroup() as both:
            both.create_task(passed_on(reader, back))
            both.create_task(passed_on(there, writer))

    server = await asyncio.start_server(come, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for comer in comers:
            comer.cancel()
        await asyncio.gather(*comers, return_exceptions=True)


async def test_a_broker_that_falls_silent_at_once_is_told_however_long_its_requests_may_take(
    broker: EmbeddedBroker, kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_session, "BEGIN_S", 0.5)
    async with answering_once(broker) as address:
        settings = load_settings(bootstrap_servers=address, topic=TOPIC, data_dir=tmp_path, request_timeout_ms=300_000)
        task = asyncio.create_task(Feed(settings.kafka, kept).run())
        try:
            await until(lambda: bool(kept.problems), within=10)
        finally:
            task.cancel()
            await asyncio.wait({task})
    assert kept.problems[0] is ClusterProblemKind.SILENT


async def test_bad_records_cost_no_good_one_of_any_partition(
    broker: EmbeddedBroker, kept: Kept, tmp_path: Path
) -> None:
    values = [b"%d" % number for number in range(900)]
    await send_frames(broker.bootstrap, TOPIC, 0, batch(values, bad_headers={450, 451, 899}), batch([b"last"]))
    await send_frames(broker.bootstrap, TOPIC, 2, batch(values[:9], bad_headers={0}), with_codec(batch(values[:9]), 7))
    await send(broker, 1, *values, *values)
    async with reading(broker, kept, tmp_path) as feed:
        await live(feed)
    assert kept.lost_offsets == list(range(9, 18)), "a header's name that is no text costs nothing"
    assert kept.order == {0: list(range(901)), 1: list(range(1800)), 2: list(range(18))}
    assert kept.saved == {0: 901, 1: 1800, 2: 18}


async def test_a_long_bad_stretch_holds_no_other_partition_back(
    broker: EmbeddedBroker, kept: Kept, tmp_path: Path
) -> None:
    """Each bad batch is as much as is fetched at a time; the other partition has its turn after each."""
    bad = [with_wrong_checksum(batch([b"x" * 100_000] * 3)) for _frame in range(12)]
    await send_frames(broker.bootstrap, TOPIC, 0, *bad)
    await send(broker, 1, *[b"x" * 1000] * 3000)
    async with reading(broker, kept, tmp_path) as feed:
        await live(feed)
    assert kept.order[0] == list(range(36))
    assert kept.order[1] == list(range(3000))
    turns = "".join(str(number) for number in kept.turns if number < 2)
    assert "00000" not in turns.rpartition("1")[0], turns


async def test_a_slow_broker_is_no_reason_to_stay_at_a_bad_record(
    broker: EmbeddedBroker, kept: Kept, tmp_path: Path
) -> None:
    """Its answers take longer than a poll waits."""
    await send_frames(broker.bootstrap, TOPIC, 0, batch([b"a"]), with_wrong_checksum(batch([b"b"])), batch([b"c"]))
    broker.set_rtt(reader_module.POLL_MS + 50)
    async with reading(broker, kept, tmp_path):
        await until(lambda: kept.saved.get(0) == 3)
    assert (kept.order[0], kept.lost_offsets) == ([0, 1, 2], [1])


async def test_what_could_not_be_set_aside_comes_again(broker: EmbeddedBroker, kept: Kept, tmp_path: Path) -> None:
    await send_frames(broker.bootstrap, TOPIC, 0, batch([b"a"]), with_wrong_checksum(batch([b"b"])), batch([b"c"]))
    full_disk = iter([True])

    def fail_once() -> None:
        if next(full_disk, False):
            raise StoreError("disk full")

    kept.when_set_aside = fail_once
    async with reading(broker, kept, tmp_path) as feed:
        await live(feed)
    assert ClusterProblemKind.STORE in kept.problems
    assert (kept.order[0], kept.lost_offsets) == ([0, 1, 2], [1])


def delete_before(broker: EmbeddedBroker, offset: int) -> None:
    try:
        broker.delete_records_before(TOPIC, 0, offset)
    except EmbeddedBrokerUnsupported as error:
        pytest.skip(str(error))


async def test_a_gap_found_on_connecting_is_counted_once(broker: EmbeddedBroker, kept: Kept, tmp_path: Path) -> None:
    await send(broker, 0, *[b"x"] * 10)
    delete_before(broker, 10)
    kept.saved = {0: 4, 1: 0, 2: 0}
    for missed in (6, 0):
        async with reading(broker, kept, tmp_path) as feed:
            await live(feed)
            assert feed.freshness.missed == missed


async def test_a_gap_found_while_reading_is_counted_once(broker: EmbeddedBroker, kept: Kept, tmp_path: Path) -> None:
    await send(broker, 0, *[b"x"] * 10)
    kept.saved = {0: 4, 1: 0, 2: 0}
    kept.when_asked = lambda: delete_before(broker, 10)  # after the feed has asked where the log begins
    for missed in (6, 0):
        async with reading(broker, kept, tmp_path) as feed:
            await live(feed)
            assert feed.freshness.missed == missed
    assert kept.saved[0] == 10


async def test_one_reply_without_the_topic_replays_nothing(
    broker: EmbeddedBroker, kept: Kept, tmp_path: Path, clients: list[Any]
) -> None:
    await send(broker, 0, b"a", b"b")
    async with reading(broker, kept, tmp_path) as feed:
        await live(feed)
        clients[0].blind = True
        await until(lambda: len(clients) == 2)
        await live(feed)
    assert (kept.distrusted, kept.order[0]) == (0, [0, 1])
    assert ClusterProblemKind.TOPIC_MISSING not in kept.problems


async def test_a_topic_that_is_gone_and_made_anew_is_read_from_its_beginning(
    broker: EmbeddedBroker, kept: Kept, tmp_path: Path, clients: list[Any]
) -> None:
    """Made anew at once, with more records than were read of the old one."""
    await send(broker, 0, b"old", b"old")
    async with reading(broker, kept, tmp_path) as feed:
        await live(feed)
        try:
            broker.delete_topic(TOPIC)
        except EmbeddedBrokerUnsupported as error:
            pytest.skip(str(error))
        await until(lambda: ClusterProblemKind.TOPIC_MISSING in kept.problems)
        broker.create_topic(TOPIC, PARTITIONS)
        await send(broker, 0, b"new 0", b"new 1", b"new 2")
        await until(lambda: kept.has(b"new 2"))
    assert kept.has(b"new 0")


async def test_a_client_that_fetches_no_more_is_replaced(
    broker: EmbeddedBroker, kept: Kept, tmp_path: Path, clients: list[Any]
) -> None:
    async with reading(broker, kept, tmp_path) as feed:
        await live(feed)
        clients[0]._fetcher._fetch_task.cancel()
        await until(lambda: len(clients) == 2, within=feed_session.SILENCE_S / 2)
        await send(broker, 0, b"after")
        await until(lambda: kept.has(b"after"))


class Busy:
    """A client with a full buffer for partition 0, at every poll; ``waiting`` ones have records in it too."""

    def __init__(self, *waiting: int) -> None:
        self.partitions = [TopicPartition(TOPIC, number) for number in (0, 1)]
        self._client = SimpleNamespace(set_topics=lambda _topics: None)
        self._fetcher = SimpleNamespace(
            _records={self.partitions[number]: object() for number in waiting},
            error_future=asyncio.get_running_loop().create_future(),
        )
        self._position = 0

    def assign(self, partitions: Sequence[TopicPartition]) -> None:
        assert list(partitions) == self.partitions

    def seek(self, partition: TopicPartition, offset: int) -> None:
        assert offset == 0

    def assignment(self) -> set[TopicPartition]:
        return set(self.partitions)

    async def position(self, partition: TopicPartition) -> int:
        return 0 if partition.partition else self._position

    def last_poll_timestamp(self, _partition: TopicPartition) -> int:
        return 7  # it stands still: nothing is fetched while records wait

    async def getmany(self, *_partitions: TopicPartition, **_options: int) -> Mapping[TopicPartition, Sequence[Any]]:
        first = self._position
        self._position += reader_module.MAX_RECORDS
        return {self.partitions[0]: [self._record(offset) for offset in range(first, self._position)]}

    def _record(self, offset: int) -> ConsumerRecord:
        return ConsumerRecord(TOPIC, 0, offset, 1, 0, None, b"x", None, -1, 1, ())


@pytest.mark.parametrize(("waiting", "age"), [((0, 1), 0.0), ((0,), 59.0)], ids=["both buffered", "one silent"])
async def test_a_busy_replay_is_contact_but_not_with_a_partition_that_is_silent(
    monkeypatch: pytest.MonkeyPatch, kept: Kept, waiting: tuple[int, ...], age: float
) -> None:
    now = 100.0
    monkeypatch.setattr(reader_module, "time", SimpleNamespace(monotonic=lambda: now))
    reader = Reader(Busy(*waiting), TOPIC, kept)
    reader.assign({0: 0, 1: 0})
    for _second in range(60):
        await reader.step()
        now += 1.0
    assert (now - 1.0) - reader.contact.since == age
