"""RawSink: takes the feed's records as they are and hands them on. It keeps no issue and no store."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from core.domain.events import Quarantined, Record
from core.domain.freshness import FeedState, Freshness
from core.domain.last_read import LastRead, last_reads
from core.kafka.cluster import TopicInfo


class RawSink:
    """A ``FeedSink`` that remembers its place only as long as it lives."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[Record | Quarantined], None]] = []
        """Told each record in the order of its partition; a ``Quarantined`` is one that the client cannot decode."""
        self.live = asyncio.Event()
        """Set once the topic was read to its end for the first time."""
        self._scope = ""
        self._next: dict[int, int] = {}
        self._last_reads: dict[int, LastRead] = {}

    def saved_offsets(self, topic: TopicInfo) -> Mapping[int, int]:
        if not topic.continues(self._scope):
            self._scope, self._next, self._last_reads = topic.scope, {}, {}
        return self._next

    def last_reads(self, topic: TopicInfo) -> Mapping[int, LastRead]:
        return self._last_reads

    def distrust(self, topic: TopicInfo) -> None:
        self._next, self._last_reads = {}, {}

    def ingest(self, records: Sequence[Record], next_offsets: Mapping[int, int]) -> None:
        self._hand_on(records, next_offsets)
        self._last_reads |= last_reads(records, next_offsets)

    def set_aside(self, items: Sequence[Quarantined], next_offsets: Mapping[int, int]) -> None:
        self._hand_on(items, next_offsets)

    def feed_changed(self, before: Freshness, freshness: Freshness) -> None:
        if freshness.state is FeedState.LIVE:
            self.live.set()

    def _hand_on(self, items: Sequence[Record | Quarantined], next_offsets: Mapping[int, int]) -> None:
        for item in items:
            for listener in self.listeners:
                listener(item)
        self._next = dict(next_offsets)
