"""How fresh the data is: known at every moment, never "quiet" while out of contact."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.cluster_problems import ClusterProblem

LOST_AFTER_S = 5.0
"""Seconds without a word from a partition's broker from which the feed is out of contact (debounced: brokers
that re-authenticate drop the connection and are back within this time)."""


class FeedState(StrEnum):
    CONNECTING = "connecting"
    CATCHING_UP = "catching-up"
    LIVE = "live"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Hanging:
    """A transaction that neither is committed nor rolled back. What is certain behind it is shown all the same."""

    partitions: tuple[int, ...]
    producer: int | None
    """The producer's id, as Kafka's own tools name it; None while it is not known."""
    since_ms: int | None
    """Epoch ms of the transaction's first record."""
    records: int
    """Records that wait for it to be decided."""
    opens: int
    """Issues that these would open: not committed yet, and so no facts."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """The feed's state. ``contact_at`` and ``since`` are monotonic seconds (``time.monotonic``)."""

    state: FeedState
    since: float
    contact_at: float | None = None
    """When every partition's broker was last heard."""
    done: int = 0
    total: int = 0
    """Records replayed, and to replay, while catching up."""
    problem: ClusterProblem | None = None
    log_starts_ms: int | None = None
    """Epoch ms of the oldest record that the topic still holds, where older ones are gone."""
    missed: int = 0
    """Records that retention removed before this terminal read them."""
    hanging: Hanging | None = None
    """A transaction on the topic that does not end."""

    def age(self, now: float) -> float | None:
        """Seconds since the last contact; None before the first."""
        return None if self.contact_at is None else max(0.0, now - self.contact_at)

    def is_in_contact(self, now: float) -> bool:
        """Whether the cluster was heard just now."""
        age = self.age(now)
        return self.problem is None and age is not None and age <= LOST_AFTER_S

    def told(self, now: float) -> FeedState:
        """The state that may be told: no other than lost while out of contact."""
        if self.age(now) is None:
            return FeedState.CONNECTING
        return self.state if self.is_in_contact(now) else FeedState.LOST

    def is_live(self, now: float) -> bool:
        """Whether the list may be believed complete right now."""
        return self.state is FeedState.LIVE and self.is_in_contact(now)
