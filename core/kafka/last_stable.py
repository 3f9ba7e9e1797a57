"""LastStable: how far the log is decided, and a look at what stands behind a transaction that is not.

"Caught up" means the last stable offset, and what is certain behind it. A transaction that hangs holds nothing else
back: records without one, and those of committed ones, are handed on at once; they are folded again, to no effect,
when the log has come so far. Offsets are only ever saved up to the last stable one (docs/kafka.md, 18).
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, for_code

from core.domain.events import IssueEvent, Record, read_event
from core.domain.freshness import Hanging
from core.kafka.lenient_decoder import FETCH_BYTES, batches
from core.kafka.raw_fetch import READ_UNCOMMITTED, fetch
from core.kafka.unstable_tail import UnstableTail

log = logging.getLogger(__name__)

LOOK_AHEAD_AFTER_S = 0.5
"""Ordinary transactions are decided within this time; the log is not looked at ahead for them."""
PATIENCE_S = 3.0
"""The longest that a look ahead holds the ordinary reading up."""
TOLD_AFTER_S = 2.0
"""From when on a transaction that does not end is told. Producers end theirs within tens of milliseconds."""


class Ahead(Protocol):
    """The reader, as far as it is needed here."""

    next: dict[int, int]

    def hand_ahead(self, number: int, records: Sequence[Record]) -> None:
        """Deliver records that lie behind the last stable offset, each once."""
        ...


@dataclass(slots=True)
class _Lag:
    """A partition whose last stable offset lies before its end."""

    since: float
    """Monotonic: when it was first seen to lag."""
    stable: int
    unmoved_since: float
    """Monotonic: since when the last stable offset stands where it is."""
    tail: UnstableTail


class LastStable:
    """Watches one consumer's partitions."""

    def __init__(self, consumer: AIOKafkaConsumer, topic: str, reader: Ahead) -> None:
        self._consumer = consumer
        self._topic = topic
        self._reader = reader
        self._lags: dict[int, _Lag] = {}
        self._told: tuple[object, Hanging] | None = None
        """What was told last, and of what: thousands of records may wait, and are looked at once."""

    async def step(self, now: float, *, at_once: bool) -> None:
        """Look where each partition stands; read ahead where its last stable offset lags, with ``at_once`` immediately.

        Raises:
            StoreError: what was found could not be committed.
        """
        for partition in self._consumer.assignment():
            lag = self._lag_of(partition, now)
            if lag is not None and (at_once or now - lag.since >= LOOK_AHEAD_AFTER_S):
                await self._look_ahead(partition, lag)

    def _lag_of(self, partition: TopicPartition, now: float) -> _Lag | None:
        number, known = partition.partition, self._lags.get(partition.partition)
        stable, end = self._consumer.last_stable_offset(partition), self._consumer.highwater(partition)
        if stable is None or end is None or not 0 <= stable < end:
            self._lags.pop(number, None)
            return None
        if self._reader.next[number] < stable:
            return None  # there is more to read in the ordinary way first
        if known is None or known.tail.next < stable:
            since = now if known is None else known.since
            known = self._lags[number] = _Lag(since, stable, now, UnstableTail(stable))
        elif known.stable != stable:
            known.stable, known.unmoved_since = stable, now
            known.tail.decided_below(stable)
        return known

    async def _look_ahead(self, partition: TopicPartition, lag: _Lag) -> None:
        start = lag.tail.next
        if start >= self._consumer.highwater(partition):
            return
        try:
            async with asyncio.timeout(PATIENCE_S):
                found = await fetch(self._consumer, partition, start, FETCH_BYTES, READ_UNCOMMITTED)
        except (KafkaError, TimeoutError) as error:
            log.info("%s cannot be looked at ahead: %r", partition, error)
            return
        if found is None or found.error:
            log.info("%s cannot be looked at ahead: %s", partition, found and for_code(found.error))
            return
        certain = lag.tail.take(batches(found.data, partition, start, found.high_watermark))
        if certain:
            self._reader.hand_ahead(partition.partition, certain)

    def has_seen(self, ends: Mapping[int, int]) -> bool:
        """Whether each partition was read up to the end it had, in the ordinary way or ahead."""
        return all(self._seen(number) >= end for number, end in ends.items())

    def _seen(self, number: int) -> int:
        lag = self._lags.get(number)
        read = self._reader.next.get(number, 0)
        return read if lag is None else max(read, lag.tail.next)

    def hanging(self, now: float) -> Hanging | None:
        """The transaction that holds the log up, if one does for long enough to be told."""
        stuck = {n: lag for n, lag in self._lags.items() if now - lag.unmoved_since >= TOLD_AFTER_S}
        if not stuck:
            return None
        state = tuple((number, lag.stable, lag.tail.next) for number, lag in sorted(stuck.items()))
        if self._told is None or self._told[0] != state:
            self._told = state, _hanging(stuck)
        return self._told[1]


def _hanging(stuck: Mapping[int, _Lag]) -> Hanging:
    oldest = [lag.tail.oldest for lag in stuck.values()]
    known = [one for one in oldest if one is not None]
    producer, since_ms = min(known, key=lambda one: one[1], default=(None, -1))
    waiting = [record for lag in stuck.values() for record in lag.tail.undecided]
    events = [event for event in map(read_event, waiting) if isinstance(event, IssueEvent)]
    opens = {event.issue for event in events if not event.is_solved}
    return Hanging(tuple(sorted(stuck)), producer, since_ms if since_ms >= 0 else None, len(waiting), len(opens))
