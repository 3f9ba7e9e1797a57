"""What the client cannot decode, read once more and leniently: one bad record costs no other of its batch.

aiokafka gives a whole batch up at the first record that it cannot decode, so a seek behind that record meets it again.
Here the batch is fetched as bytes and taken apart record by record (Kafka's message format, "Record Batch").
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

from aiokafka import AIOKafkaConsumer, TopicPartition

from core.domain.events import UNREADABLE, Quarantined, Record
from core.kafka.aiokafka_internals import DefaultBatch, LegacyBatch, body_of, record_count, unpack_body
from core.kafka.raw_fetch import READ_COMMITTED, fetch

log = logging.getLogger(__name__)

FETCH_BYTES: Final = 256 * 1024
"""Per fetch; a larger batch still comes whole. Taking it apart holds the event loop up."""
MOST_LOST: Final = 10_000
"""Offsets of one batch that are given up in one go."""

_FRAME: Final = 12
_MAGIC_AT: Final = 16
_SMALLEST_FRAME: Final = 14
_V2_HEADER: Final = 61

Item: TypeAlias = Record | Quarantined


class Marker(IntEnum):
    """How a transaction ended, as its control record says (Kafka's message format, "Control Batches")."""

    ABORT = 0
    COMMIT = 1


@dataclass(frozen=True, slots=True)
class Salvaged:
    """Records in the order of their offsets, with what is unreadable between them, and the offset that comes next."""

    items: tuple[Item, ...]
    next_offset: int

    @property
    def is_sound(self) -> bool:
        """Whether all of it could be read."""
        return not any(isinstance(item, Quarantined) for item in self.items)


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch taken apart: its records in the order of their offsets, and whose transaction it belongs to."""

    first_offset: int
    next_offset: int
    items: tuple[Item, ...]
    producer: int | None = None
    """Id of the producer in whose transaction it was written; None where it is committed by itself."""
    marker: Marker | None = None
    """Where it is no record but the end of its producer's transaction."""
    is_control: bool = False
    first_ms: int = -1


async def salvage(consumer: AIOKafkaConsumer, partition: TopicPartition, offset: int) -> Salvaged:
    """Fetch once from ``offset`` on. Nothing comes where the broker has nothing, or answers with an error.

    Raises:
        KafkaError: the broker does not answer.
    """
    found = await fetch(consumer, partition, offset, FETCH_BYTES, READ_COMMITTED)
    if found is None or found.error or not found.data:
        return Salvaged((), offset)
    return unpack(found.data, partition, offset, found.stable, found.aborted)


def unpack(
    data: bytes, partition: TopicPartition, offset: int, end: int, aborted: Sequence[tuple[int, int]] = ()
) -> Salvaged:
    """Take the batches in ``data`` apart, from ``offset`` on; ``end`` is the partition's last stable offset.

    ``aborted`` are producers' ids and first offsets of transactions that were rolled back: none of their records count.
    """
    if len(data) >= _FRAME and _frame_length(data, 0) < _SMALLEST_FRAME:
        return Salvaged((_lost(partition, offset),), offset + 1)
    items: list[Item] = []
    end = max(end, offset + 1)
    rolled_back = _RolledBack(aborted)
    for batch in batches(data, partition, offset, end):
        if not rolled_back.holds(batch):
            items += [item for item in batch.items if offset <= offset_of(item) < end]
        offset = max(offset, min(batch.next_offset, end))
    return Salvaged(tuple(items), offset)


class _RolledBack:
    """Which producers' transactions were rolled back, as one walks along a partition."""

    def __init__(self, aborted: Sequence[tuple[int, int]]) -> None:
        self._ahead = sorted(aborted, key=lambda pair: pair[1], reverse=True)
        self._producers: set[int] = set()

    def holds(self, batch: Batch) -> bool:
        """Whether ``batch``, the next one, is part of such a transaction."""
        while self._ahead and self._ahead[-1][1] <= batch.first_offset:
            self._producers.add(self._ahead.pop()[0])
        if batch.marker is Marker.ABORT and batch.producer is not None:
            self._producers.discard(batch.producer)
        return not batch.is_control and batch.producer in self._producers


def batches(data: bytes, partition: TopicPartition, offset: int, end: int) -> Iterator[Batch]:
    """The whole batches in ``data``, whosesoever they are; records before ``offset`` may be left out."""
    for frame in _frames(data):
        batch = _read_frame(frame, partition, offset, end)
        offset = max(offset, min(batch.next_offset, end))
        yield batch


def _frame_length(data: bytes, at: int) -> int:
    return int.from_bytes(data[at + 8 : at + _FRAME], "big", signed=True)


def _frames(data: bytes) -> Iterator[bytes]:
    """Whole batches; the last one may be cut off."""
    at = 0
    while at + _FRAME <= len(data):
        length = _frame_length(data, at)
        if length < _SMALLEST_FRAME or at + _FRAME + length > len(data):
            return
        yield data[at : at + _FRAME + length]
        at += _FRAME + length


def _read_frame(frame: bytes, partition: TopicPartition, offset: int, end: int) -> Batch:
    first = int.from_bytes(frame[:8], "big", signed=True)
    try:
        if frame[_MAGIC_AT] >= 2:
            return _read_batch(DefaultBatch(frame), partition, offset, end)
        return Batch(first, *_read_legacy(frame, partition, offset))
    except Exception:
        # Decompressors have exceptions of their own, one each.
        log.warning("a batch of %s cannot be decoded at %s", partition, offset, exc_info=True)
    if frame[_MAGIC_AT] < 2 or len(frame) < _V2_HEADER:
        lost, after = _all_lost(partition, max(first, offset), min(first + 1, end))
        return Batch(first, after, lost)
    batch = DefaultBatch(frame)
    lost, after = _all_lost(partition, max(first, offset), min(batch.next_offset, end))
    return Batch(first, after, lost, _producer_of(batch))


def _read_batch(batch: DefaultBatch, partition: TopicPartition, offset: int, end: int) -> Batch:
    first, after, producer = batch.base_offset, batch.next_offset, _producer_of(batch)
    if batch.is_control_batch:
        return Batch(first, after, (), producer, _marker_of(batch), is_control=True)
    if after <= offset:
        return Batch(first, after, (), producer)
    if not batch.validate_crc():
        lost, after = _all_lost(partition, max(first, offset), min(after, end))
        return Batch(first, after, lost, producer)
    unpack_body(batch)
    items = {item_offset: item for item_offset, item in _records(batch, partition) if offset <= item_offset < after}
    return Batch(first, after, tuple(items[n] for n in sorted(items)), producer, first_ms=batch.first_timestamp)


def _producer_of(batch: DefaultBatch) -> int | None:
    return batch.producer_id if batch.is_transactional else None


def _marker_of(batch: DefaultBatch) -> Marker | None:
    """Which end of a transaction a control batch tells; other control records, and broken ones, tell none."""
    try:
        if not batch.validate_crc():
            return None
        body = _Cursor(*body_of(batch))
        body.varint()  # the record's length
        body.sized(1)
        body.varint()
        body.varint()
        key = body.content() or b""
        return Marker(int.from_bytes(key[2:4], "big"))
    except ValueError:
        return None


def _records(batch: DefaultBatch, partition: TopicPartition) -> Iterator[tuple[int, Item]]:
    """Each record of a batch whose checksum is right, with its offset."""
    cursor = _Cursor(*body_of(batch))
    expected = batch.base_offset
    for _number in range(record_count(batch)):
        try:
            body = _Cursor(cursor.sized(cursor.varint()))
        except ValueError:
            break
        item = _read_record(body, batch, partition, expected)
        expected = offset_of(item) + 1
        yield expected - 1, item
    else:
        return
    lost, _after = _all_lost(partition, expected, batch.next_offset)
    yield from ((offset_of(item), item) for item in lost)


def _read_record(body: "_Cursor", batch: DefaultBatch, partition: TopicPartition, expected: int) -> Item:
    log_append = batch.timestamp_type == batch.LOG_APPEND_TIME
    try:
        body.sized(1)  # attributes, none of which is in use
        timestamp = batch.first_timestamp + body.varint()
        if log_append:
            timestamp = batch.max_timestamp
        offset = batch.base_offset + body.varint()
        key, value = body.content(), body.content()
    except ValueError:
        return _lost(partition, expected)
    place = (partition.topic, partition.partition, offset, timestamp, key, value)
    try:
        named = [(body.content() or b"", body.content() or b"") for _header in range(body.varint())]
    except ValueError:
        return Quarantined(Record(*place, log_append=log_append), UNREADABLE)
    # A header's name that is no text costs no alarm: by the contract the value alone makes an event.
    headers = tuple((name.decode(errors="backslashreplace"), content) for name, content in named)
    return Record(*place, headers, log_append)


def _read_legacy(frame: bytes, partition: TopicPartition, offset: int) -> tuple[int, tuple[Item, ...]]:
    """Message formats 0 and 1: no headers, no transactions, and a frame's offset is its last record's."""
    last = int.from_bytes(frame[:8], "big", signed=True)
    batch = LegacyBatch(frame, frame[_MAGIC_AT])
    if not batch.validate_crc():
        lost, after = _all_lost(partition, offset, last + 1)
        return after, lost
    found = [
        Record(
            partition.topic, partition.partition, r.offset, -1 if r.timestamp is None else r.timestamp, r.key, r.value
        )
        for r in batch
        if r.offset >= offset
    ]
    return last + 1, tuple(found)


def _all_lost(partition: TopicPartition, first: int, after: int) -> tuple[tuple[Item, ...], int]:
    after = min(max(after, first + 1), first + MOST_LOST)
    return tuple(_lost(partition, offset) for offset in range(first, after)), after


def _lost(partition: TopicPartition, offset: int) -> Quarantined:
    return Quarantined(Record(partition.topic, partition.partition, offset, -1, None, None), UNREADABLE)


def offset_of(item: Item) -> int:
    """Where it stood in its partition."""
    return item.offset if isinstance(item, Record) else item.record.offset


class _Cursor:
    """Reads on in some bytes. Raises ``ValueError`` at their end."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data = data
        self._at = at

    def varint(self) -> int:
        """Kafka's zigzag variable-length number."""
        raw = 0
        for shift in range(0, 70, 7):
            byte = self.sized(1)[0]
            raw |= (byte & 0x7F) << shift
            if byte < 0x80:
                return (raw >> 1) ^ -(raw & 1)
        raise ValueError("a number of more than ten bytes")

    def sized(self, size: int) -> bytes:
        if size < 0 or self._at + size > len(self._data):
            raise ValueError("beyond the end")
        self._at += size
        return self._data[self._at - size : self._at]

    def content(self) -> bytes | None:
        """Bytes behind their length; None for the length -1."""
        size = self.varint()
        return None if size == -1 else self.sized(size)
