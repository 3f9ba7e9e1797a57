"""Intake: the feed's port. A batch comes in, is folded and committed; only then is anybody told."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from core.domain.events import NOT_UNDERSTOOD, IssueEvent, Quarantined, Record, read_event
from core.domain.freshness import FeedState, Freshness
from core.domain.held import overtaken
from core.domain.issue_register import IssueRegister
from core.domain.issues import Change, ChangeKind
from core.domain.last_read import LastRead, last_reads
from core.domain.log_scope import is_another_log
from core.domain.outbox import OutboxEntry, OutboxState
from core.domain.overruled import OverruledRaises
from core.kafka.cluster import TopicInfo
from core.station.completeness import Completeness
from core.station.dispatch import Dispatch
from core.station.handling import HandlingRegister
from core.station.lockouts import LockoutRegister
from core.station.news import News
from core.station.state import StationState
from core.station.unconfirmed import Unconfirmed
from core.station.unread import Unread
from core.store.log_table import ISSUE
from core.store.store import Batch, Snapshot

log = logging.getLogger(__name__)

COMMIT_EVERY_S = 1.0
"""Of a replay."""
MAX_UNSAVED = 20_000
"""Issues whose news wait for a commit."""


class Intake:
    """The road in: records to the register and the store. A ``FeedSink``."""

    def __init__(
        self, state: StationState, dispatch: Dispatch, *, changed: Callable[[], None], heard: Callable[[], None]
    ) -> None:
        """``changed`` is told that there is something new to see; ``heard`` that only the cluster was heard again."""
        self._state = state
        self._dispatch = dispatch
        self._changed = changed
        self._heard = heard
        self.listeners: list[Callable[[Change | Quarantined], None]] = []
        self._unsaved_offsets: dict[int, int] | None = None
        """Up to where was read, where that is further than what was committed."""
        self._saved_at = time.monotonic()
        self._last_reads: dict[int, LastRead] = {}
        self._news = News()
        self._resumes = False
        """What is read now follows on what this terminal knew: what is new in it is news to people."""
        self._had_read_all = False
        self._load(state.store.load_snapshot(state.scope, open_only=True))
        state.outbox = tuple(state.store.outbox.unconfirmed())
        self._count_quarantine()

    def saved_offsets(self, topic: TopicInfo) -> Mapping[int, int]:
        if not topic.continues(self._state.scope):
            log.info("reading another log: %s", topic.scope)
            self._move(topic.scope)
        self._flush()
        self._resumes = bool(self._state.next_offsets) and self._state.completeness.was_complete
        return self._state.next_offsets

    def last_reads(self, topic: TopicInfo) -> Mapping[int, LastRead]:
        return self._last_reads

    def _move(self, scope: str) -> None:
        """Everything that belongs to one log is read anew. All or nothing: a StoreError changes none."""
        self._keep_all()
        with self._state.store.database.transaction():
            for former in self._state.store.log.take_over(scope):
                if is_another_log(former, scope):
                    self._doubt(scope)
            snapshot = self._state.store.load_snapshot(scope, open_only=True)
            kept = self._state.store.conversations(scope)
            drafts = kept.drafts()
            raises = self._state.store.overruled.load(scope)
            handling, unread = (
                HandlingRegister(self._state.store, scope, self._state.journal),
                Unread(self._state.store, scope),
            )
            lockouts = LockoutRegister(self._state.store, scope)
            self._state.store.remember_scope(scope)
        self._state.scope, self._state.kept, self._state.drafts = scope, kept, drafts
        self._state.handling_register, self._state.unread_counts = handling, unread
        self._state.raises = OverruledRaises(raises)
        self._state.kept_raises = self._state.overruled
        self._begin_anew(snapshot)
        self._state.chat.move(scope, lockouts)
        self._changed()

    def distrust(self, topic: TopicInfo) -> None:
        if not (self._state.next_offsets or self._last_reads or self._state.register.issues):
            return
        log.warning("what is saved is of another log than %s: replaying that from its beginning", topic.scope)
        self._keep_all()
        with self._state.store.database.transaction():
            self._doubt(self._state.scope)
            snapshot = self._state.store.load_snapshot(self._state.scope, open_only=True)
        self._begin_anew(snapshot)
        self._changed()

    def _doubt(self, scope: str) -> None:
        """Within the transaction that is open: nothing that is kept of ``scope`` is a fact until it is read again."""
        raised = self._state.store.overruled.load(scope)
        known = self._state.store.load_snapshot(scope, open_only=True)
        listed = [issue.id for issue in known.issues if issue.is_open or issue.id in raised]
        still_open = [*listed, *(issue for issue in known.solved if issue in raised)]
        self._state.store.log.begin_doubts(scope, still_open, self._state.now_ms())
        self._state.journal("another log", "", {"scope": scope, "open": len(still_open)})

    def _keep_all(self) -> None:
        """All that was read is in the store, a scratch store's too: what is kept there is about to be judged."""
        self._flush()
        if self._state.store.is_scratch and (held := self._state.register.issues.held()):
            self._state.store.commit_batch(self._state.scope, Batch(held, {}))

    def _begin_anew(self, snapshot: Snapshot) -> None:
        self._state.register = IssueRegister(
            self._state.settings.reopen_after_ms, self._state.store.archive(self._state.scope)
        )
        self._state.unsaved.clear()
        self._unsaved_offsets = None
        self._news, self._state.completeness = (
            News(),
            Completeness(self._state.store, self._state.scope, self._state.now_ms),
        )
        self._load(snapshot)
        self._state.outbox = tuple(self._state.store.outbox.unconfirmed())

    def _load(self, snapshot: Snapshot) -> None:
        self._state.register.restore(snapshot.issues)
        self._state.register.note_archived(snapshot.solved)
        self._state.next_offsets = dict(snapshot.offsets)
        self._last_reads = self._state.store.log.last_reads(self._state.scope)
        self._state.is_rebuilding = not snapshot.is_whole or self._state.store.recovery is not None
        if self._state.is_rebuilding:
            # They may have been solved in what is lost: facts again once the log tells of them.
            doubted = {(ISSUE, issue.id): self._state.now_ms() for issue in snapshot.issues if issue.is_open}
            self._state.store.log.add_doubts(self._state.scope, doubted)
        self._state.unconfirmed = Unconfirmed(
            self._state.store, self._state.scope, self._state.settings.reopen_after_ms
        )
        self._state.unsaved |= snapshot.outdated
        if self._state.is_rebuilding:
            self._state.completeness.forget()
        if not snapshot.is_whole:
            self._state.store.forget_offsets(self._state.scope)

    def set_aside(self, items: Sequence[Quarantined], next_offsets: Mapping[int, int]) -> None:
        self._news.set_aside(items)
        self._take(next_offsets)

    def ingest(self, records: Sequence[Record], next_offsets: Mapping[int, int]) -> None:
        waiting = {entry.record.event_id: entry for entry in self._state.outbox}
        if self._state.freshness.state is FeedState.LIVE:
            self._state.raises.settle()
        for_people = self._resumes or self._state.freshness.state is FeedState.LIVE
        is_fresh = self._state.has_read_all  # what comes now was written a moment ago
        events = [_read_safely(record) for record in records]
        self._state.register.issues.prefetch(event.issue for event in events if isinstance(event, IssueEvent))
        for record, event in zip(records, events, strict=True):
            if is_fresh and record.log_append:
                self._state.clock.saw_written(record.timestamp_ms)
            if isinstance(event, Quarantined):
                self._news.set_aside([event])
                continue
            self._fold(event, record.partition, for_people)
            if waiting and _is_ours(event, waiting):
                self._news.confirmed[event.event_id] = None
        self._last_reads |= last_reads(records, next_offsets)
        self._take(next_offsets)

    def _fold(self, event: IssueEvent, partition: int, for_people: bool) -> None:
        before = self._state.register.issues.get(event.issue)
        change = self._state.unconfirmed.fold(self._state.register, event)
        after = self._state.register.issues.get(event.issue)
        if after is not None and self._state.raises.read(before, after, event, partition):
            change = Change(ChangeKind.OVERRULED, after, event.time_ms)
        if change is None:
            return
        self._state.unsaved.add(event.issue)
        self._news.add(change, for_people=for_people)
        if self._state.outbox:
            self._news.hold(overtaken(self._state.waiting_here(), event, before, change.issue), event.time_ms)

    def _take(self, next_offsets: Mapping[int, int]) -> None:
        """Commit what came; only then is anybody told, and then of all that a failed commit had kept back.

        While the log is replayed a commit a second is enough: after a kill that second is read again.
        """
        if self._may_wait():
            self._unsaved_offsets = dict(next_offsets)
            self._changed()
        else:
            self._save(next_offsets)

    def _may_wait(self) -> bool:
        news = self._news
        is_urgent = news.confirmed or news.held or news.unread or news.has_quarantined
        is_due = time.monotonic() - self._saved_at >= COMMIT_EVERY_S or len(self._state.unsaved) >= MAX_UNSAVED
        is_replay = self._state.freshness.state is FeedState.CATCHING_UP
        return is_replay and not is_urgent and not is_due and self._state.overruled is self._state.kept_raises

    def _flush(self) -> None:
        """Commit what waited for its second to pass."""
        if self._unsaved_offsets is not None:
            self._save(self._unsaved_offsets)

    def _save(self, next_offsets: Mapping[int, int]) -> None:
        try:
            self._commit(next_offsets)
        except BaseException:
            self._news.forget_quarantined()
            raise
        self._saved_at = time.monotonic()
        news, self._news = self._news, News()
        try:
            self._show(news)
        finally:
            for item in news.items:
                if isinstance(item, Change):
                    self._state.chat.conversations.event_came(item.issue.id)
                for listener in self.listeners:
                    listener(item)
            self._changed()

    def _commit(self, next_offsets: Mapping[int, int]) -> None:
        news = self._news
        issues = (
            []
            if self._state.store.is_scratch
            else [self._state.register.issues[issue] for issue in self._state.unsaved]
        )
        with self._state.store.database.transaction():
            for entry, at_ms in news.held.values():
                self._state.store.outbox.hold(entry.record.event_id, at_ms)
                self._state.journal("held", entry.record.issue, {"event": entry.record.event_id, "raised again": at_ms})
            self._state.store.commit_batch(
                self._state.scope, Batch(issues, next_offsets, news.quarantined, news.confirmed, self._last_reads)
            )
            self._state.unconfirmed.keep()
            if self._state.overruled is not self._state.kept_raises:
                self._state.store.overruled.save(self._state.scope, self._state.overruled)
            for event_id in news.confirmed:
                self._state.journal("confirmed", self._issue_of(event_id), {"event": event_id})
            unread = self._state.unread_counts.with_new(news.unread)
            if unread:
                self._state.store.save_unread(self._state.scope, unread)
            if self._state.freshness.state is FeedState.LIVE:
                self._state.completeness.keep(self._state.freshness)
        self._state.unread_counts.show(unread)
        self._state.touched |= self._state.unsaved
        if not self._state.store.is_scratch:
            self._state.register.issues.archive(self._state.unsaved)
        self._state.unsaved.clear()
        self._state.unconfirmed.kept()
        self._state.next_offsets = dict(next_offsets)
        self._unsaved_offsets = None
        self._state.kept_raises = self._state.overruled

    def _show(self, news: News) -> None:
        """Replace what others read, the outbox first."""
        self._dispatch.show(news)
        if news.quarantined:
            self._count_quarantine()

    def _count_quarantine(self) -> None:
        self._state.quarantine_count = self._state.store.quarantine_count()
        self._state.quarantine_newest = next(iter(self._state.store.quarantine(1, preview=0)), None)

    def feed_changed(self, before: Freshness, freshness: Freshness) -> None:
        if freshness.state is FeedState.LIVE:
            self._flush()
        has_read_all = self._state.has_read_all
        if before.state is not freshness.state:
            if freshness.state is FeedState.LIVE:
                self._dispatch.restamp_waiting()  # all was read: what is on the topic is confirmed
                self._state.completeness.keep(freshness)
            elif before.state is FeedState.LIVE:
                self._state.completeness.keep(before)
        if has_read_all and not self._had_read_all:
            self._dispatch.publisher.wake()
        self._had_read_all = has_read_all
        if freshness.state is FeedState.LIVE and self._state.unconfirmed.records:
            self._dispatch.send_what_the_log_lacks()
        if replace(before, contact_at=None) != replace(freshness, contact_at=None):
            self._changed()
        else:
            self._heard()

    def _issue_of(self, event_id: str) -> str:
        return next((e.record.issue for e in self._state.outbox if e.record.event_id == event_id), "")


def _is_ours(event: IssueEvent, waiting: Mapping[str, OutboxEntry]) -> bool:
    """Our own record, read back: the very bytes that were sent, not merely an id that somebody repeats."""
    entry = waiting.get(event.event_id) if event.event_id else None
    return entry is not None and entry.record.value == event.value and entry.state is not OutboxState.CONFIRMED


def _read_safely(record: Record) -> IssueEvent | Quarantined:
    """``read_event`` does not raise; should it all the same, one record is set aside and the feed goes on."""
    try:
        return read_event(record)
    except Exception:
        log.exception("a record could not be read: %s[%s]@%s", record.topic, record.partition, record.offset)
        return Quarantined(record, NOT_UNDERSTOOD)
