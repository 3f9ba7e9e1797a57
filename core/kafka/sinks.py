"""What the feed needs of the Station."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from core.domain.events import Quarantined, Record
from core.domain.freshness import Freshness
from core.domain.last_read import LastRead

if TYPE_CHECKING:
    from core.kafka.cluster import TopicInfo


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


class FeedSink(RecordSink, Protocol):
    """Where records go, and what else the feed has to tell."""

    def saved_offsets(self, topic: "TopicInfo") -> Mapping[int, int]:
        """Partition -> next offset, as committed with the snapshot; empty for a full replay."""
        ...

    def last_reads(self, topic: "TopicInfo") -> Mapping[int, LastRead]:
        """Partition -> the last record read: evidence that the offsets are of this log. Asked after the offsets."""
        ...

    def distrust(self, topic: "TopicInfo") -> None:
        """What is saved is of another log under this topic's name: what follows is a full replay."""
        ...

    def feed_changed(self, before: Freshness, freshness: Freshness) -> None:
        """The freshness is a new one; often only the time of the last contact is."""
        ...
