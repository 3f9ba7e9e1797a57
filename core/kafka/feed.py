"""Topic to events: replay, caught up, live, lost, back again. What one connection does is ``core.kafka.feed_session``.

A Feed tells how fresh its news are from the moment it is made. Kafka's client is loaded when it runs: no first screen
waits for that.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from core.domain.cluster_problems import ClusterError, ClusterProblem, ClusterProblemKind
from core.domain.freshness import FeedState, Freshness
from core.kafka.backoff import Backoff
from core.kafka.sinks import FeedSink
from core.settings import KafkaSettings

if TYPE_CHECKING:
    from core.kafka.cluster import TopicInfo

log = logging.getLogger(__name__)


async def _nothing() -> None:
    """Where there is nothing to be done beside."""


class Feed:
    """Reads the issue topic for ever; ``run`` only ends by cancellation."""

    def __init__(
        self,
        settings: KafkaSettings,
        sink: FeedSink,
        *,
        connecting: Callable[[], Awaitable[object]] = _nothing,
    ) -> None:
        """``connecting`` begins at each connection, when the cluster has answered; it ends before the feed is live."""
        self._settings = settings
        self._sink = sink
        self.connecting = connecting
        self._backoff = Backoff()
        self.topic: TopicInfo | None = None
        self.topic_was_missing = False
        """It was deleted, or never there: offsets of a topic that had its name say nothing of the next one."""
        self.freshness = Freshness(FeedState.CONNECTING, time.monotonic())
        self.has_backlog = False
        """The broker has told of records that were not read yet."""

    async def run(self) -> None:
        """Connect, replay, follow; on any trouble say which, wait a little and begin anew."""
        await asyncio.to_thread(_load_client)
        from core.kafka import feed_session as session

        while True:
            try:
                await session.run_session(self, self._settings, self._sink)
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                # Nobody cancelled this task: the client let a cancellation of its own escape.
                self._lost(ClusterProblem(ClusterProblemKind.OTHER, "CancelledError"))
            except Exception as error:
                if not isinstance(error, session.EXPECTED):
                    # The client is known to raise bare AssertionErrors and the like. A feed that ends hides alarms: it
                    # comes back, and says what happened.
                    log.exception("the feed's session ended unexpectedly")
                self._lost(session.feed_problem(error, self._settings))
            await asyncio.sleep(self._backoff.next())

    async def look(self) -> "TopicInfo":
        """Ask the cluster for the topic.

        Raises:
            ClusterError: as ``core.kafka.cluster.look``.
        """
        from core.kafka.cluster import look

        try:
            return await look(self._settings)
        except ClusterError as error:
            # Only the cluster's plain word counts: a single metadata reply may lack the topic for a moment.
            self.topic_was_missing |= error.problem.kind is ClusterProblemKind.TOPIC_MISSING
            raise

    def progress(self, freshness: Freshness) -> None:
        """Tell the world, and forget the failed attempts once there is contact."""
        if freshness.state in (FeedState.CATCHING_UP, FeedState.LIVE):
            self._backoff.reset()
        before, self.freshness = self.freshness, freshness
        self._sink.feed_changed(before, freshness)

    def _lost(self, problem: ClusterProblem) -> None:
        log.warning("feed lost: %s %s", problem.kind, problem.detail)
        known = self.freshness
        state = FeedState.CONNECTING if known.contact_at is None else FeedState.LOST
        since = known.since if known.state is state else time.monotonic()
        self.progress(replace(known, state=state, since=since, problem=problem))


def _load_client() -> None:
    import core.kafka.feed_session  # noqa: F401 - for its being loaded
