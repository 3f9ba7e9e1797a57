"""Dispatch: the road out. What waits in the outbox, when it may go, and what the publisher says became of it."""

import asyncio
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from core.domain.cluster_problems import ClusterProblem
from core.domain.outbox import OutboxEntry, OutboxState
from core.domain.restamping import to_restamp
from core.station.changes import Changes
from core.station.state import TerminalState
from core.store.log_table import RECORD

if TYPE_CHECKING:
    from core.kafka.cluster import TopicInfo
    from core.kafka.publisher import Publisher

_NAMED = 50
"""Records that a new log lacks and that the journal names, the newest; all are counted."""


class Dispatch:
    """Gives the publisher its work (``core.kafka.publisher.OutboxPort``)."""

    def __init__(self, state: TerminalState, changes: Changes, *, has_read_all: Callable[[], bool]) -> None:
        """``has_read_all``: whether all that is on the topic was read."""
        self._state = state
        self._changes = changes
        self._has_read_all = has_read_all
        self._publisher: Publisher | None = None
        self.publishes = False
        """Whether the publisher runs: whoever only reads stamps nothing."""

    @property
    def publisher(self) -> "Publisher":
        """Made when it is to run: no first screen waits for Kafka's client."""
        if self._publisher is None:
            from core.kafka.publisher import Publisher

            self._publisher = Publisher(self._state.settings.kafka, self)
        return self._publisher

    async def publish(self) -> None:
        """Work the outbox off until cancelled."""
        await asyncio.to_thread(_load_client)
        await self.publisher.run()

    def wake(self) -> None:
        """There may be something to send. A publisher that is not there yet looks by itself when it begins."""
        if self._publisher is not None:
            self._publisher.wake()

    # --- what the publisher asks and says

    def sendable(self) -> list[OutboxEntry]:
        if not self._has_read_all():
            return []
        return [entry for entry in self._state.waiting_here() if entry.state is not OutboxState.HELD]

    def next_offset(self, partition: int) -> int:
        return self._state.next_offsets.get(partition, 0)

    def sent(self, entry: OutboxEntry, partition: int, offset: int) -> None:
        self._state.store.outbox.mark_sent(entry.record.event_id, partition, offset)
        self.refresh()

    def parked(self, entry: OutboxEntry, problem: ClusterProblem) -> None:
        state = self._state
        with state.store.database.transaction():
            if state.store.outbox.park(entry.record.event_id, problem):  # else it was held or read back meanwhile
                state.journal("parked", entry.record.issue, {"event": entry.record.event_id, "why": problem.kind})
        self.refresh()

    def waiting(self, entry: OutboxEntry, problem: ClusterProblem | None) -> None:
        self._state.store.outbox.wait(entry.record.event_id, problem)
        self._state.reload_outbox()
        self._changes.tell()  # without waking the publisher: it has just tried

    # --- the outbox changed, or may

    def added(self, entry: OutboxEntry, withdrawn: Collection[OutboxEntry]) -> None:
        """``entry`` was committed in place of ``withdrawn``: show it, and send. Nothing can fail here.

        The store is not asked: it has promised ``entry`` already, so nobody may be told that it was not kept.
        """
        self._state.outbox = (*(one for one in self._state.outbox if one not in withdrawn), entry)
        self.wake()
        self._changes.tell()

    def refresh(self) -> None:
        """The store's outbox is another one now: show it, and send. Raises StoreError."""
        self._state.reload_outbox()
        self.wake()
        self._changes.tell()

    def restamp_waiting(self) -> None:
        """No resolve goes out stamped later than the broker's now."""
        state, broker_ms = self._state, self._state.clock.broker_ms()
        if broker_ms is None:
            return
        late = list(to_restamp(state.waiting_here(), state.register.issues, broker_ms))
        for entry, record in late:
            with state.store.database.transaction():
                state.store.outbox.restamp(record)
                times = {"before": entry.record.timestamp_ms, "timestamp": record.timestamp_ms}
                state.journal("restamped", record.issue, {"event": record.event_id, **times})
        if late:
            self.refresh()

    def send_what_the_log_lacks(self) -> None:
        """Another log is replayed to its end: records of ours that it lacks go out again, or are named."""
        state, unconfirmed = self._state, self._state.unconfirmed
        again, named = unconfirmed.missing(state.register.issues)
        settled = [(RECORD, event_id) for event_id in unconfirmed.records]
        with state.store.database.transaction():
            for entry in again:
                state.store.outbox.was_lost(entry.record.event_id)
                state.journal("sent again", entry.record.issue, {"event": entry.record.event_id})
            if named:
                events = [entry.record.event_id for entry in named[-_NAMED:]]
                state.journal("not in the log", "", {"count": len(named), "events": events})
            state.store.log.settle(state.scope, settled)
        unconfirmed.forget(settled)
        self.refresh()

    async def compare_clocks(self, topic: "TopicInfo | None") -> None:
        """Ask the broker of ``topic``, which was connected to just now, for its time."""
        if not self.publishes:
            return
        from core.kafka.inspect.broker_clock import broker_now

        if topic is not None and not topic.continues(self._state.scope):
            self._state.clock.forget()  # another cluster's clock
        if told := await broker_now(self._state.settings.kafka):
            self._state.clock.told(*told)
        self._changes.tell()


def _load_client() -> None:
    import core.kafka.publisher  # noqa: F401 - for its being loaded
