"""Reader: one consumer's polls, and where it stands. What the client cannot decode holds nothing else back."""

import gzip
import logging
import struct
import time
import zlib
from collections.abc import Mapping, Sequence
from itertools import accumulate, chain, groupby

import cramjam
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CorruptRecordException, KafkaError, UnsupportedCodecError

from core.domain.events import Quarantined, Record
from core.kafka.aiokafka_internals import buffered, has_ceased_to_fetch, keep_to_all_topics, learn_all_topics
from core.kafka.lenient_decoder import Item, offset_of, salvage
from core.kafka.liveness import Contact
from core.kafka.sinks import RecordSink

log = logging.getLogger(__name__)

MAX_RECORDS = 10_000
"""Per poll: more, as compressed ones may be, would hold the event loop up for long."""
POLL_MS = 200

_LOG_APPEND_TIME = 1

Undecodable = (
    CorruptRecordException,
    UnsupportedCodecError,
    ValueError,
    EOFError,
    struct.error,
    zlib.error,
    gzip.BadGzipFile,
    cramjam.DecompressionError,
)
"""What the client raises, at the same offset for ever, for a batch that it cannot decode: a header's name that is not
UTF-8, a wrong checksum, an unknown or broken compression. Brokers take most of them.
"""


class Reader:
    """Polls the partitions that it was assigned and hands on what comes."""

    def __init__(self, consumer: AIOKafkaConsumer, topic: str, sink: RecordSink) -> None:
        self._consumer = consumer
        self._topic = topic
        self._sink = sink
        self.contact = Contact()
        self.next: dict[int, int] = {}
        """Partition -> offset of the next record. After a failed poll the client's own positions are worth nothing."""
        self._suspects: set[int] = set()
        """Partitions of which one holds a record that cannot be decoded."""
        self._told_ahead: dict[int, set[int]] = {}
        """Partition -> offsets that were handed on before the client came to them."""

    async def learn_partitions(self) -> None:
        """Ask for the topics: the client knows no leader before. Offsets asked of none cost a retry's wait of 0.5 s.

        For all topics: asking for one by name would create it.
        """
        await learn_all_topics(self._consumer)

    def assign(self, positions: Mapping[int, int]) -> None:
        """Assign and seek in one go: an await in between would fetch from nowhere."""
        self.next = dict(positions)
        partitions = {number: TopicPartition(self._topic, number) for number in positions}
        self._consumer.assign(list(partitions.values()))
        for number, partition in partitions.items():
            self._consumer.seek(partition, positions[number])
        # From now on ask for all topics: asking for this one by name would create it again if it were deleted.
        keep_to_all_topics(self._consumer)
        self.contact.expect(positions, time.monotonic())

    async def _positions(self) -> dict[int, int]:
        """Where the client stands after a poll that did not fail; at once, since every partition was sought.

        Not the last record's offset + 1: a transaction's marker takes an offset too, and is never handed out, so
        the end would never be reached.
        """
        return {p.partition: await self._consumer.position(p) for p in self._consumer.assignment()}

    async def _deliver(self, batches: Mapping[TopicPartition, Sequence[ConsumerRecord]]) -> None:
        positions = await self._positions()
        records = [record_of(record) for record in side_by_side(list(batches.values()))]
        fresh = [record for record in records if not self._is_told(record)] if self._told_ahead else records
        if fresh:
            self._sink.ingest(fresh, positions)
        self._passed(positions)
        self.contact.records({p.partition for p in batches} | self._waiting(), time.monotonic())

    def hand_ahead(self, number: int, records: Sequence[Record]) -> None:
        """Deliver records from behind the last stable offset; the offsets to be saved stay where they are.

        Raises:
            StoreError: they could not be committed.
        """
        fresh = [record for record in records if not self._is_told(record)]
        if fresh:
            self._sink.ingest(fresh, self.next)
            self._told_ahead.setdefault(number, set()).update(record.offset for record in fresh)

    def _is_told(self, record: Record) -> bool:
        return record.offset in self._told_ahead.get(record.partition, ())

    def _passed(self, positions: Mapping[int, int]) -> None:
        """All before ``positions`` was delivered."""
        self.next = dict(positions)
        for number, told in list(self._told_ahead.items()):
            left = {offset for offset in told if offset >= self.next.get(number, 0)}
            self._told_ahead[number] = left
            if not left:
                del self._told_ahead[number]

    def _waiting(self) -> set[int]:
        """Partitions whose records are in the client's buffer: it is we who are slow, not their broker."""
        waiting = buffered(self._consumer)
        return {p.partition for p in self._consumer.assignment() if p in waiting}

    def has_backlog(self) -> bool:
        """Whether a broker's newest answer told of records that were not handed on yet."""
        return any(
            self.next.get(partition.partition, 0) < self._known_end(partition)
            for partition in self._consumer.assignment()
        )

    def _known_end(self, partition: TopicPartition) -> int:
        """Behind the newest record that may be read: one of an open transaction is not handed out."""
        stable, end = self._consumer.last_stable_offset(partition), self._consumer.highwater(partition)
        return stable if stable is not None and stable >= 0 else end or 0

    def move(self, positions: Mapping[int, int]) -> None:
        """Go on elsewhere in some of the partitions."""
        self.next |= positions
        for number, offset in positions.items():
            self._consumer.seek(TopicPartition(self._topic, number), offset)

    async def step(self) -> None:
        """One round of polls.

        Raises:
            OffsetOutOfRangeError: the broker no longer (or not yet) has what comes next.
            KafkaError: as the client.
            StoreError: what came could not be committed.
        """
        if has_ceased_to_fetch(self._consumer):
            raise KafkaError("the client no longer fetches")
        if self._suspects:
            await self._salvage()
        else:
            await self._poll()
        now = time.monotonic()
        for partition in self._consumer.assignment():
            self.contact.answer(partition.partition, self._consumer.last_poll_timestamp(partition), now)

    async def _poll(self, *only: TopicPartition, timeout_ms: int = POLL_MS) -> None:
        try:
            batches = await self._consumer.getmany(*only, timeout_ms=timeout_ms, max_records=MAX_RECORDS)
        except Undecodable as error:
            log.warning("a record cannot be decoded: %r", error)
            self._suspects = set(self.next)
            await self._rewind()
        else:
            await self._deliver(batches)

    async def _salvage(self) -> None:
        """Read each suspect by itself, so that one with an undecodable record holds no other back."""
        healthy = [TopicPartition(self._topic, number) for number in self.next.keys() - self._suspects]
        if healthy:
            await self._poll(*healthy, timeout_ms=0)
        for number in sorted(self._suspects):
            await self._examine(TopicPartition(self._topic, number))

    async def _examine(self, suspect: TopicPartition) -> None:
        """What can be decoded is taken, what cannot is set aside, in the order of the offsets."""
        number = suspect.partition
        found = await salvage(self._consumer, suspect, self.next[number])
        for is_lost, run in groupby(found.items, _is_lost):
            self._hand_on(number, list(run), is_lost=is_lost)
        if found.next_offset > self.next[number]:
            self.move({number: found.next_offset})
        if found.items:
            self.contact.records({number}, time.monotonic())
        if found.is_sound:
            self._suspects.discard(number)

    def _hand_on(self, number: int, items: Sequence[Item], *, is_lost: bool) -> None:
        positions = self.next | {number: offset_of(items[-1]) + 1}
        if is_lost:
            self._sink.set_aside([item for item in items if isinstance(item, Quarantined)], positions)
        else:
            fresh = [item for item in items if isinstance(item, Record) and not self._is_told(item)]
            self._sink.ingest(fresh, positions)
        self.move({number: positions[number]})

    async def _rewind(self) -> None:
        """After a failed poll the client may stand behind records that it threw away with the error."""
        for partition in self._consumer.assignment():
            if await self._consumer.position(partition) != self.next[partition.partition]:
                self._consumer.seek(partition, self.next[partition.partition])


def side_by_side(batches: Sequence[Sequence[ConsumerRecord]]) -> list[ConsumerRecord]:
    """The records of several partitions, about in their order in time; within a partition in that of their offsets."""
    if len(batches) == 1:
        return list(batches[0])
    records = list(chain.from_iterable(batches))
    # The newest stamp so far never goes back, and the sort is stable: no record overtakes one of its own partition.
    stamps = chain.from_iterable(accumulate(map(_stamp, batch), max) for batch in batches)
    newest = list(stamps)
    return [records[at] for at in sorted(range(len(records)), key=newest.__getitem__)]


def _stamp(record: ConsumerRecord) -> int:
    return -1 if record.timestamp is None else int(record.timestamp)


def _is_lost(item: Item) -> bool:
    return isinstance(item, Quarantined)


def record_of(record: ConsumerRecord) -> Record:
    """The client's record as ours."""
    return Record(
        record.topic,
        record.partition,
        record.offset,
        -1 if record.timestamp is None else record.timestamp,
        record.key,
        record.value,
        tuple((name, content or b"") for name, content in record.headers) if record.headers else (),
        record.timestamp_type == _LOG_APPEND_TIME,
    )
