"""Reader: one consumer's polls, and where it stands. What the client cannot decode holds nothing else back."""

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Protocol

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CorruptRecordException, UnsupportedCodecError

from core.events import UNREADABLE, Quarantined, Record
from core.kafka.contact import Contact

log = logging.getLogger(__name__)

MAX_RECORDS = 500
"""Per poll: more would stall the event loop for tens of milliseconds."""
POLL_MS = 200
MAX_STEPS = 500
"""Records that are read one by one in a row, where the client cannot decode one of them."""
MAX_SKIPS = 20
"""Of these, undecodable ones that are stepped over before the other partitions have their turn."""

Undecodable = (UnicodeDecodeError, CorruptRecordException, UnsupportedCodecError)
"""What the client raises, at the same offset for ever, for a record or a batch that it cannot decode: a header's name
that is not UTF-8, a wrong checksum, an unknown compression. Brokers take all of them.
"""


class RecordSink(Protocol):
    """Where records go. Called in the reader's own task, one call after the other."""

    def ingest(self, records: Sequence[Record], next_offsets: Mapping[int, int]) -> None:
        """Take a batch and commit it together with the offsets.

        Raises:
            StoreError: it could not be committed; the feed delivers it again later.
        """
        ...

    def set_aside(self, items: Sequence[Quarantined], next_offsets: Mapping[int, int]) -> None:
        """Keep what the client itself could not decode, together with the offsets; without items the offsets alone.

        Raises:
            StoreError: as ``ingest``.
        """
        ...


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

    def assign(self, positions: Mapping[int, int]) -> None:
        """Assign and seek in one go: an await in between would fetch from nowhere."""
        self.next = dict(positions)
        partitions = {number: TopicPartition(self._topic, number) for number in positions}
        self._consumer.assign(list(partitions.values()))
        for number, partition in partitions.items():
            self._consumer.seek(partition, positions[number])
        # From now on ask for all topics: asking for this one by name would create it again if it were deleted.
        self._consumer._client.set_topics([])
        self.contact.expect(positions, time.monotonic())

    async def _positions(self) -> dict[int, int]:
        """Where the client stands after a poll that did not fail; at once, since every partition was sought.

        Not the last record's offset + 1: a transaction's marker takes an offset too, and is never handed out, so
        the end would never be reached.
        """
        return {p.partition: await self._consumer.position(p) for p in self._consumer.assignment()}

    async def _deliver(self, batches: Mapping[TopicPartition, Sequence[ConsumerRecord]]) -> None:
        positions = await self._positions()
        records = [_record(record) for batch in batches.values() for record in batch]
        if records:
            self._sink.ingest(records, positions)
        self.next = positions
        full = len(records) == MAX_RECORDS
        self.contact.records(positions if full else {p.partition for p in batches}, time.monotonic())

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
        try:
            batches = await self._consumer.getmany(suspect, timeout_ms=POLL_MS, max_records=MAX_RECORDS)
        except Undecodable:
            await self._rewind()
            await self._step_over(suspect)
            return
        await self._deliver(batches)
        if batches or self.next[suspect.partition] >= (self._consumer.highwater(suspect) or 0):
            self._suspects.discard(suspect.partition)

    async def _step_over(self, partition: TopicPartition) -> None:
        """Record by record: what can be decoded is taken, the place of what cannot is kept.

        Where the whole batch cannot be decoded, each of its offsets is stepped over in turn.
        """
        skipped = 0
        for _step in range(MAX_STEPS):
            try:
                batches = await self._consumer.getmany(partition, timeout_ms=POLL_MS, max_records=1)
            except Undecodable:
                await self._rewind()
                self._set_aside(partition)
                skipped += 1
                if skipped == MAX_SKIPS:
                    return
                continue
            if not batches:
                return
            await self._deliver(batches)
            if skipped:
                return  # past it: from here on many at a time again

    def _set_aside(self, partition: TopicPartition) -> None:
        offset = self.next[partition.partition]
        lost = Record(partition.topic, partition.partition, offset, -1, None, None)
        positions = self.next | {partition.partition: offset + 1}
        self._sink.set_aside([Quarantined(lost, UNREADABLE)], positions)
        self.next = positions
        self._consumer.seek(partition, offset + 1)

    async def _rewind(self) -> None:
        """After a failed poll the client may stand behind records that it threw away with the error."""
        for partition in self._consumer.assignment():
            if await self._consumer.position(partition) != self.next[partition.partition]:
                self._consumer.seek(partition, self.next[partition.partition])


def _record(record: ConsumerRecord) -> Record:
    return Record(
        record.topic,
        record.partition,
        record.offset,
        -1 if record.timestamp is None else record.timestamp,
        record.key,
        record.value,
        tuple((name, content or b"") for name, content in record.headers),
    )
