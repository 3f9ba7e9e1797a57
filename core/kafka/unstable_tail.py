"""UnstableTail: what stands behind a partition's last stable offset, sorted into decided and not decided yet.

A consumer of committed records stops at the first transaction that is not decided, and so at a hanging one for ever.
What is behind it may well be decided: records without a transaction, and those of transactions that were committed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from core.domain.events import Record
from core.kafka.lenient_decoder import Batch, Marker


@dataclass(slots=True)
class _Undecided:
    """A transaction that neither was committed nor rolled back, as far as the log was read."""

    first_ms: int
    records: list[Record]


class UnstableTail:
    """One partition's tail. Pure: batches in, decided records out."""

    def __init__(self, start: int) -> None:
        self.next = start
        """Offset of the first batch that was not taken yet."""
        self._undecided: dict[int, _Undecided] = {}

    def take(self, batches: Iterable[Batch]) -> list[Record]:
        """Sort the next batches; returns the records that are certain now, in the order in which they became so."""
        certain: list[Record] = []
        for batch in batches:
            if batch.next_offset <= self.next:
                continue
            certain += self._sorted(batch)
            self.next = batch.next_offset
        return certain

    def _sorted(self, batch: Batch) -> list[Record]:
        records = [item for item in batch.items if isinstance(item, Record) and item.offset >= self.next]
        if batch.producer is None:
            return records
        if batch.is_control:
            # Without a readable marker the transaction stays undecided: the last stable offset will tell.
            ended = self._undecided.pop(batch.producer, None) if batch.marker is not None else None
            return ended.records if ended is not None and batch.marker is Marker.COMMIT else []
        self._undecided.setdefault(batch.producer, _Undecided(batch.first_ms, [])).records.extend(records)
        return []

    def decided_below(self, stable: int) -> None:
        """All before the last stable offset is decided: it is read in the ordinary way."""
        for producer, transaction in list(self._undecided.items()):
            left = [record for record in transaction.records if record.offset >= stable]
            if left or not transaction.records:
                transaction.records = left
            else:
                del self._undecided[producer]

    @property
    def undecided(self) -> list[Record]:
        """The records whose transaction is not decided."""
        return [record for transaction in self._undecided.values() for record in transaction.records]

    @property
    def oldest(self) -> tuple[int, int] | None:
        """Of the oldest undecided transaction the producer's id and its first record's time, epoch ms (-1: unknown)."""
        ids = {producer: transaction.first_ms for producer, transaction in self._undecided.items()}
        return min(ids.items(), key=lambda pair: pair[1], default=None)
