"""LastRead: the last record read of a partition, as evidence that a log is still the same one. Pure."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.domain.events import Record


@dataclass(frozen=True, slots=True)
class LastRead:
    """Where a record stood, its timestamp in epoch ms, and a checksum of its key, value and headers."""

    offset: int
    timestamp_ms: int
    checksum: int


def last_read(record: Record) -> LastRead:
    """``record`` as it is remembered."""
    parts = [record.key, record.value, *(part for name, content in record.headers for part in (name.encode(), content))]
    checksum = 0
    for part in parts:
        checksum = zlib.crc32(b"-" if part is None else b"%d:" % len(part) + part, checksum)
    return LastRead(record.offset, record.timestamp_ms, checksum)


def last_reads(records: Iterable[Record], next_offsets: Mapping[int, int]) -> dict[int, LastRead]:
    """The last of ``records`` of each partition, as far as they lie before ``next_offsets``.

    What lies behind was read ahead of an undecided transaction and is read again.
    """
    newest: dict[int, Record] = {}
    for record in records:
        known = newest.get(record.partition)
        if record.offset < next_offsets.get(record.partition, 0) and (known is None or known.offset < record.offset):
            newest[record.partition] = record
    return {number: last_read(record) for number, record in newest.items()}
