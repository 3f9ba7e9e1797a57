"""Intake: the road in. A batch of records is folded, committed in one transaction, and only then told."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.domain.events import NOT_UNDERSTOOD, IssueEvent, Quarantined, Record, read_event
from core.domain.freshness import FeedState, Freshness
from core.domain.held import overtaken
from core.domain.issue_register import IssueRegister
from core.domain.issues import Change, ChangeKind
from core.domain.last_read import LastRead, last_reads
from core.domain.log_scope import is_another_log
from core.domain.outbox import OutboxEntry, OutboxState
from core.kafka.feed import Feed
from core.station.changes import Changes
from core.station.chat_service import ChatService
from core.station.completeness import Completeness
from core.station.dispatch import Dispatch
from core.station.news import News
from core.station.state import TerminalState
from core.station.unconfirmed import Unconfirmed
from core.store.log_table import ISSUE
from core.store.store import Batch, Snapshot

if TYPE_CHECKING:
    from core.kafka.cluster import TopicInfo

log = logging.getLogger(__name__)

COMMIT_EVERY_S = 1.0
"""Of a replay."""
MAX_UNSAVED = 20_000
"""Issues whose news wait for a commit."""


class Intake:
    """Takes what the feed reads (``core.kafka.sinks.FeedSink``)."""

    def __init__(self, state: TerminalState, dispatch: Dispatch, chat: ChatService, changes: Changes) -> None:
        """Raises StoreError: what is kept of the issues cannot be read."""
        self._state = state
        self._dispatch = dispatch
        self._chat = chat
        self._changes = changes
        self.listeners: list[Callable[[Change | Quarantined], None]] = []
        """Told of each change of an issue, and of each record that is none, once it is committed."""
        self._unsaved_offsets: dict[int, int] | None = None
        """Up to where was read, where that is further than what was committed."""
        self._saved_at = time.monotonic()
        self._last_reads: dict[int, LastRead] = {}
        self._unsaved: set[str] = set()
        self._news = News()
        self._resumes = False
        """What is read now follows on what this terminal knew: what is new in it is news to people."""
        self._had_read_all = False
        self.feed = Feed(state.settings.kafka, self, connecting=lambda: dispatch.compare_clocks(self.feed.topic))
        self._load(state.store.load_snapshot(state.scope, open_only=True))
        state.reload_outbox()

    @property
    def has_read_all(self) -> bool:
        """Whether all that is on the topic was read: an alarm behind what waits would hold it back."""
        return self.feed.freshness.is_live(time.monotonic()) and not self.feed.has_backlog

    @property
    def _is_live(self) -> bool:
        return self.feed.freshness.state is FeedState.LIVE

    # --- where to begin, and of which log

    def saved_offsets(self, topic: "TopicInfo") -> Mapping[int, int]:
        state = self._state
        if not topic.continues(state.scope):
            log.info("reading another log: %s", topic.scope)
            self._move(topic.scope)
        self._flush()
        self._resumes = bool(state.next_offsets) and state.completeness.was_complete
        return state.next_offsets

    def last_reads(self, topic: "TopicInfo") -> Mapping[int, LastRead]:
        return self._last_reads

    def distrust(self, topic: "TopicInfo") -> None:
        state = self._state
        if not (state.next_offsets or self._last_reads or state.register.issues):
            return
        log.warning("what is saved is of another log than %s: replaying that from its beginning", topic.scope)
        self._keep_all()
        with state.store.database.transaction():
            self._doubt(state.scope)
            snapshot = state.store.load_snapshot(state.scope, open_only=True)
        self._begin_anew(snapshot)
        self._changes.tell()

    def _move(self, scope: str) -> None:
        """Everything that belongs to one log is read anew. All or nothing: a StoreError changes none."""
        self._keep_all()
        store = self._state.store
        with store.database.transaction():
            for former in store.log.take_over(scope):
                if is_another_log(former, scope):
                    self._doubt(scope)
            snapshot = store.load_snapshot(scope, open_only=True)
            kept = self._state.kept_of(scope)
            store.meta.remember_scope(scope)
        self._state.show(kept)
        self._begin_anew(snapshot)
        self._chat.move(scope, kept.lockouts)
        self._changes.tell()

    def _doubt(self, scope: str) -> None:
        """Within the transaction that is open: nothing that is kept of ``scope`` is a fact until it is read again."""
        state = self._state
        raised = state.store.overruled.load(scope)
        known = state.store.load_snapshot(scope, open_only=True)
        listed = [issue.id for issue in known.issues if issue.is_open]
        still_open = [*listed, *(issue.id for issue in state.store.archive(scope).some(raised.keys() - set(listed)))]
        state.store.log.begin_doubts(scope, still_open, state.now_ms())
        state.journal("another log", "", {"scope": scope, "open": len(still_open)})

    def _keep_all(self) -> None:
        """All that was read is in the store, a scratch store's too: what is kept there is about to be judged."""
        self._flush()
        state = self._state
        if state.store.is_scratch and (held := state.register.issues.held()):
            state.store.commit_batch(state.scope, Batch(held, {}))

    def _begin_anew(self, snapshot: Snapshot) -> None:
        state = self._state
        state.register = IssueRegister(state.settings.reopen_after_ms, state.store.archive(state.scope))
        self._unsaved.clear()
        self._unsaved_offsets = None
        self._news, state.completeness = News(), Completeness(state.store, state.scope, state.now_ms)
        self._load(snapshot)
        state.reload_outbox()

    def _load(self, snapshot: Snapshot) -> None:
        state = self._state
        state.register.restore(snapshot.issues)
        state.register.note_names(state.store.issues.lookalikes(state.scope))
        state.next_offsets = dict(snapshot.offsets)
        self._last_reads = state.store.log.last_reads(state.scope)
        state.is_rebuilding = not snapshot.is_whole or state.store.recovery is not None
        if state.is_rebuilding:
            # They may have been solved in what is lost: facts again once the log tells of them.
            doubted = {(ISSUE, issue.id): state.now_ms() for issue in snapshot.issues if issue.is_open}
            state.store.log.add_doubts(state.scope, doubted)
        state.unconfirmed = Unconfirmed(state.store, state.scope, state.settings.reopen_after_ms)
        self._unsaved |= snapshot.outdated
        if state.is_rebuilding:
            state.completeness.forget()
        if not snapshot.is_whole:
            state.store.forget_offsets(state.scope)

    # --- a batch

    def set_aside(self, items: Sequence[Quarantined], next_offsets: Mapping[int, int]) -> None:
        self._news.set_aside(items)
        self._take(next_offsets)

    def ingest(self, records: Sequence[Record], next_offsets: Mapping[int, int]) -> None:
        waiting = {entry.record.event_id: entry for entry in self._state.outbox}
        if self._is_live:
            self._state.overruled.settle()
        for_people = self._resumes or self._is_live
        is_fresh = self.has_read_all  # what comes now was written a moment ago
        events = _read(records)
        self._state.register.issues.prefetch({event.issue for event in events if type(event) is IssueEvent})
        for record, event in zip(records, events, strict=True):
            if is_fresh and record.log_append:
                self._state.clock.saw_written(record.timestamp_ms)
            if isinstance(event, Quarantined):
                self._news.set_aside([event])
                continue
            self._fold(event, record.partition, for_people=for_people)
            if waiting and _is_ours(event, waiting):
                self._news.confirmed[event.event_id] = None
        self._state.overruled.forget_settled(next_offsets.keys())
        self._last_reads |= last_reads(records, next_offsets)
        self._take(next_offsets)

    def _fold(self, event: IssueEvent, partition: int, *, for_people: bool) -> None:
        state, issue = self._state, event.issue
        issues = state.register.issues
        before = issues.get(issue)
        if state.unconfirmed.is_over:
            change = state.register.fold(before, event)
        else:
            change = state.unconfirmed.fold(state.register, event)
        after = issues.get(issue) if change is None else change.issue
        if after is not None and state.overruled.read(before, after, event, partition):
            change = Change(ChangeKind.OVERRULED, after, event.time_ms)
        if change is None:
            return
        self._unsaved.add(issue)
        state.touched.add(issue)
        self._news.add(change, for_people=for_people)
        if state.outbox:
            self._news.hold(overtaken(state.waiting_here(), event, before, change.issue), event.time_ms)

    # --- committed, then told

    def _take(self, next_offsets: Mapping[int, int]) -> None:
        """Commit what came; only then is anybody told, and then of all that a failed commit had kept back.

        While the log is replayed a commit a second is enough: after a kill that second is read again.
        """
        if self._may_wait():
            self._unsaved_offsets = dict(next_offsets)
            self._changes.tell()
        else:
            self._save(next_offsets)

    def _may_wait(self) -> bool:
        news = self._news
        is_urgent = news.confirmed or news.held or news.unread or news.quarantined
        is_due = time.monotonic() - self._saved_at >= COMMIT_EVERY_S or len(self._unsaved) >= MAX_UNSAVED
        is_replay = self.feed.freshness.state is FeedState.CATCHING_UP
        are_raises_saved = self._state.overruled.raises is self._state.saved_raises
        return is_replay and not is_urgent and not is_due and are_raises_saved

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
                    self._chat.conversations.event_came(item.issue.id)
                for listener in self.listeners:
                    listener(item)
            self._changes.tell()

    def _commit(self, next_offsets: Mapping[int, int]) -> None:
        state, store, news = self._state, self._state.store, self._news
        with store.database.transaction():
            for entry, at_ms in news.held.values():
                store.outbox.hold(entry.record.event_id, at_ms)
                state.journal("held", entry.record.issue, {"event": entry.record.event_id, "raised again": at_ms})
            store.commit_batch(state.scope, self._batch(next_offsets))
            state.unconfirmed.keep()
            if state.overruled.raises is not state.saved_raises:
                store.overruled.save(state.scope, state.overruled.raises)
            for event_id in news.confirmed:
                state.journal("confirmed", state.issue_of(event_id), {"event": event_id})
            unread = state.unread.with_new(news.unread)
            if unread:
                store.unread(state.scope).save(unread)
            if self._is_live:
                state.completeness.keep(self.feed.freshness)
        state.unread.show(unread)
        if not store.is_scratch:
            state.register.issues.archive(self._unsaved)
        self._unsaved.clear()
        state.unconfirmed.kept()
        state.next_offsets = dict(next_offsets)
        self._unsaved_offsets = None
        state.saved_raises = state.overruled.raises

    def _batch(self, next_offsets: Mapping[int, int]) -> Batch:
        state, news = self._state, self._news
        # One that a person dismissed meanwhile is gone, and stays so.
        known = () if state.store.is_scratch else map(state.register.issues.get, self._unsaved)
        issues = [issue for issue in known if issue is not None]
        return Batch(issues, next_offsets, news.quarantined, news.confirmed, self._last_reads)

    def _show(self, news: News) -> None:
        """Replace what others read. The outbox first, and without the store: what is held must never go out."""
        if news.confirmed or news.held:
            self._state.outbox = news.outbox_after(self._state.outbox)
            self._dispatch.wake()
        if news.quarantined:
            self._state.count_quarantined()

    # --- how fresh it is

    def feed_changed(self, before: Freshness, freshness: Freshness) -> None:
        is_live = freshness.state is FeedState.LIVE
        if is_live:
            self._flush()
        has_read_all = self.has_read_all
        if before.state is not freshness.state:
            if is_live:
                self._dispatch.restamp_waiting()  # all was read: what is on the topic is confirmed
                self._state.completeness.keep(freshness)
            elif before.state is FeedState.LIVE:
                self._state.completeness.keep(before)
        if has_read_all and not self._had_read_all:
            self._dispatch.wake()
        self._had_read_all = has_read_all
        if is_live and self._state.unconfirmed.records:
            self._dispatch.send_what_the_log_lacks()
        if replace(before, contact_at=None) != replace(freshness, contact_at=None):
            self._changes.tell()
        else:
            self._changes.amend(freshness=freshness)  # only a heartbeat


def _is_ours(event: IssueEvent, waiting: Mapping[str, OutboxEntry]) -> bool:
    """Our own record, read back: the very bytes that were sent, not merely an id that somebody repeats."""
    entry = waiting.get(event.event_id) if event.event_id else None
    return entry is not None and entry.record.value == event.value and entry.state is not OutboxState.CONFIRMED


def _read(records: Sequence[Record]) -> list[IssueEvent | Quarantined]:
    try:
        return [read_event(record) for record in records]
    except Exception:
        log.exception("of these records one could not be read")
        return [_read_safely(record) for record in records]


def _read_safely(record: Record) -> IssueEvent | Quarantined:
    """``read_event`` does not raise; should it all the same, one record is set aside and the feed goes on."""
    try:
        return read_event(record)
    except Exception:
        log.exception("a record could not be read: %s[%s]@%s", record.topic, record.partition, record.offset)
        return Quarantined(record, NOT_UNDERSTOOD)
