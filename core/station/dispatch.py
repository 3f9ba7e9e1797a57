"""Dispatch: the publisher's port. Out of the outbox, restamped where it must be; done once it was read back."""

import logging
from collections.abc import Callable

from core.domain.outbox import OutboxEntry, OutboxState
from core.domain.problems import Problem
from core.domain.restamping import to_restamp
from core.kafka.publisher import Publisher
from core.station.news import News
from core.station.state import StationState
from core.store.log_table import RECORD

log = logging.getLogger(__name__)

_NAMED = 50
"""Records that a new log lacks and that the journal names, the newest; all are counted."""


class Dispatch:
    """What waits to go out, and how far each record has come. An ``OutboxPort``."""

    def __init__(self, state: StationState, changed: Callable[[], None]) -> None:
        """``changed`` is told that there is something new to see."""
        self._state = state
        self._changed = changed
        self.publisher = Publisher(state.settings.kafka, self)

    def sendable(self) -> list[OutboxEntry]:
        if not self._state.has_read_all:
            return []
        return [entry for entry in self._state.waiting_here() if entry.state is not OutboxState.HELD]

    def next_offset(self, partition: int) -> int:
        return self._state.next_offsets.get(partition, 0)

    def sent(self, entry: OutboxEntry, partition: int, offset: int) -> None:
        self._state.store.outbox.mark_sent(entry.record.event_id, partition, offset)
        self.refresh()

    def parked(self, entry: OutboxEntry, problem: Problem) -> None:
        with self._state.store.database.transaction():
            self._state.store.outbox.park(entry.record.event_id, problem)
            self._state.journal("parked", entry.record.issue, {"event": entry.record.event_id, "why": problem.kind})
        self.refresh()

    def waiting(self, entry: OutboxEntry, problem: Problem | None) -> None:
        self._state.store.outbox.wait(entry.record.event_id, problem)
        self._state.outbox = tuple(self._state.store.outbox.unconfirmed())
        self._changed()

    def refresh(self) -> None:
        """The outbox is another one: show it, and have the publisher look at it."""
        self._state.outbox = tuple(self._state.store.outbox.unconfirmed())
        self.publisher.wake()
        self._changed()

    def show(self, news: News) -> None:
        """What was committed, without the store: what is held must never go out."""
        if news.confirmed or news.held:
            self._state.outbox = news.outbox_after(self._state.outbox)
            self.publisher.wake()

    def withdraw(self, entry: OutboxEntry) -> None:
        """Give a record up, inside the transaction that is open."""
        self._state.store.outbox.withdraw(entry.record.event_id)
        detail = {"event": entry.record.event_id, "note": entry.record.note}
        self._state.journal("withdrawn", entry.record.issue, detail)

    def restamp_waiting(self) -> None:
        """No resolve goes out stamped later than the broker's now."""
        broker_ms = self._state.clock.broker_ms()
        if broker_ms is None:
            return
        late = list(to_restamp(self._state.waiting_here(), self._state.register.issues, broker_ms))
        for entry, record in late:
            with self._state.store.database.transaction():
                self._state.store.outbox.restamp(record)
                times = {"before": entry.record.timestamp_ms, "timestamp": record.timestamp_ms}
                self._state.journal("restamped", record.issue, {"event": record.event_id, **times})
        if late:
            self.refresh()

    def send_what_the_log_lacks(self) -> None:
        """Another log is replayed to its end: records of ours that it lacks go out again, or are named."""
        again, named = self._state.unconfirmed.missing(self._state.register.issues)
        settled = [(RECORD, event_id) for event_id in self._state.unconfirmed.records]
        with self._state.store.database.transaction():
            for entry in again:
                self._state.store.outbox.was_lost(entry.record.event_id)
                self._state.journal("sent again", entry.record.issue, {"event": entry.record.event_id})
            if named:
                events = [entry.record.event_id for entry in named[-_NAMED:]]
                self._state.journal("not in the log", "", {"count": len(named), "events": events})
            self._state.store.log.settle(self._state.scope, settled)
        self._state.unconfirmed.forget(settled)
        self.refresh()
