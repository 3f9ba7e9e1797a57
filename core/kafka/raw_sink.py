"""RawSink: takes the feed's records as they are and hands them on. It keeps no issue and no store."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from core.events import Quarantined, Record
from core.kafka.cluster import TopicInfo
from core.kafka.freshness import FeedState, Freshness


class RawSink:
    """A ``FeedSink`` that remembers its place only as long as it lives."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[Record | Quarantined], None]] = []
        """Told each record in the order of its partition; a ``Quarantined`` is one that the client cannot decode."""
        self.live = asyncio.Event()
        """Set once the topic was read to its end for the first time."""
        self._scope = ""
        self._next: dict[int, int] = {}

    def saved_offsets(self, topic: TopicInfo) -> Mapping[int, int]:
        if topic.scope != self._scope:
            self._scope, self._next = topic.scope, {}
        return self._next

    def distrust(self, topic: TopicInfo) -> None:
        self._next = {}

    def ingest(self, records: Sequence[Record], next_offsets: Mapping[int, int]) -> None:
        self._hand_on(records, next_offsets)

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
