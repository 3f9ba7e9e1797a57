"""Station: the one object that a screen or a command talks to. It owns the roads in and out.

Everything here runs in one event loop. Another thread reads ``view`` alone: one frozen value, replaced as a whole.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from core.chat.backend import ChatBackend
from core.domain.alarms import AlarmState, Handling, Standing, limits_for, standing_of
from core.domain.errors import CommandError as CommandError
from core.domain.event_danger import EventDangers
from core.domain.events import NOT_UNDERSTOOD, REOPENED, RESOLVED, IssueEvent, Quarantined, Record, read_event
from core.domain.freshness import FeedState, Freshness
from core.domain.held import known_open_ms, overtaken
from core.domain.issue_names import exact_id
from core.domain.issue_register import IssueRegister
from core.domain.issue_search import find
from core.domain.issues import Change, ChangeKind, Issue
from core.domain.last_read import LastRead, last_reads
from core.domain.log_scope import is_another_log, is_same_name
from core.domain.messages import Author, Message
from core.domain.open_count import OpenCount
from core.domain.outbox import STUCK, OutboxEntry, OutboxState, resolve_or_reopen, restamped
from core.domain.overruled import OverruledRaises, Raises
from core.domain.problems import Problem
from core.domain.restamping import to_restamp
from core.domain.safety_checks import Checked
from core.emergency import warm_up
from core.kafka.cluster import TopicInfo
from core.kafka.feed import Feed
from core.kafka.inspect.broker_clock import broker_now
from core.kafka.publisher import Publisher
from core.settings import Settings
from core.station.chat_service import ChatDesk
from core.station.clock import StationClock
from core.station.completeness import Completeness
from core.station.handling import Ladder
from core.station.lockouts import LockoutRegister
from core.station.news import News
from core.station.unconfirmed import Unconfirmed
from core.station.unread import Attention
from core.station.view import StationView, frozen
from core.station.view_maker import ViewMaker
from core.station.view_publisher import ViewPublisher
from core.store.log_table import ISSUE, RECORD
from core.store.store import Batch, Snapshot, Store
from core.support.i18n import _
from core.support.text import inert_line

log = logging.getLogger(__name__)

RESOLVE_DRAFT = "resolve"
CHECKS_DRAFT = "checks"
WHY_DRAFT = "why"
COMMIT_EVERY_S = 1.0
"""Of a replay."""
MAX_UNSAVED = 20_000
"""Issues whose news wait for a commit."""
_NAMED = 50
"""Records that a new log lacks and that the journal names, the newest; all are counted."""
DIALOG_DRAFTS = (RESOLVE_DRAFT, CHECKS_DRAFT, WHY_DRAFT)
"""What was begun in the resolve dialog: the note, the checks made (ids with spaces), why others were not."""
MESSAGE_DRAFT = "message"
LEARN_WORDS_AFTER_S = 1.0
"""By then the first screen is there, and most commands have ended."""


class Station:
    """One terminal at work."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        backend: ChatBackend,
        *,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self.settings = settings
        self.store = store
        self.now_ms = now_ms
        self.clock = StationClock(now_ms)
        self.operator = settings.operator
        """Who is at this terminal now."""
        self.revision = 0
        self.scope = store.last_scope() or ""
        self.register = IssueRegister(settings.reopen_after_ms, store.archive(self.scope))
        self.unconfirmed = Unconfirmed(store, self.scope, settings.reopen_after_ms)
        """What the log that is read now does not tell of."""
        self._next_offsets: dict[int, int] = {}
        self._unsaved_offsets: dict[int, int] | None = None
        """Up to where was read, where that is further than what was committed."""
        self._saved_at = time.monotonic()
        self._last_reads: dict[int, LastRead] = {}
        self._unsaved: set[str] = set()
        self._news = News()
        self._resumes = False
        """What is read now follows on what this terminal knew: what is new in it is news to people."""
        self.completeness = Completeness(store, self.scope, now_ms)
        self.is_rebuilding = False
        """What was kept of the issues was damaged: they are read anew from the topic."""
        self._load(store.load_snapshot(self.scope, open_only=True))
        self.outbox: tuple[OutboxEntry, ...] = tuple(store.outbox.unconfirmed())
        self._kept = store.conversations(self.scope)
        self.drafts: Mapping[tuple[str, str], str] = self._kept.drafts()
        self.ladder = Ladder(store, self.scope, self._journal)
        self.attention = Attention(store, self.scope)
        self._overruled = OverruledRaises(store.overruled.load(self.scope))
        self._kept_raises = self.overruled
        self.quarantine_count = 0
        self.quarantine_newest: Quarantined | None = None
        self._count_quarantine()
        self.dangers = EventDangers()
        """Which issues' own events tell of people in danger."""
        self.listeners: list[Callable[[Change | Quarantined], None]] = []
        self._ticked = asyncio.Event()
        self._touched: set[str] = set()
        """Issues that changed since the last view was made, and are committed."""
        self._publishes = False
        self._had_read_all = False
        self.feed = Feed(settings, self, connecting=self._compare_clocks)
        self.publisher = Publisher(settings, self)
        self.chat = ChatDesk(
            settings,
            store,
            self.scope,
            backend,
            issues=lambda: self.register.issues,
            operator=lambda: self.operator,
            now_ms=now_ms,
            journal=self._journal,
            said=self._said,
            changed=self._tick,
            danger=self.dangers.of,
        )
        self._views = ViewMaker(settings, store, self.dangers, now_ms)
        self.views = ViewPublisher(self._make_view, now_ms=now_ms, next_due_ms=self._views.next_due_ms)

    # --- what is to be seen

    @property
    def view(self) -> StationView:
        """What a screen sees, as one frozen value that is replaced as a whole."""
        return self.views.view

    def _make_view(self, version: int) -> StationView:
        touched, self._touched = self._touched | self._unsaved, set()
        return self._views.make(version, self, touched)

    @property
    def freshness(self) -> Freshness:
        return self.feed.freshness

    @property
    def handling(self) -> Mapping[str, Handling]:
        """Who acknowledged, claimed and shelved what, by issue."""
        return self.ladder.handling

    @property
    def unread(self) -> Mapping[str, int]:
        """Messages and reopenings since somebody looked, by issue."""
        return self.attention.unread

    @property
    def overruled(self) -> Raises:
        """The raises that were folded away by the clocks and not dealt with yet, by issue."""
        return self._overruled.raises

    def listed(self) -> list[Issue]:
        """What stands in the list: the open issues, and those that were raised again against the clocks."""
        raised = (self.issue(issue) for issue in self.overruled)
        return [*self.register.open_issues(), *(one for one in raised if one is not None and not one.is_open)]

    def issue(self, issue: str) -> Issue | None:
        return self.register.issues.get(issue)

    def exact_id(self, name: str) -> str:
        """The id of the issue that a person calls ``name``. Raises as ``core.domain.issue_names.exact_id``."""
        return exact_id(self.register.names, name)

    def shown(self, issue: Issue) -> str:
        """The issue's id for showing; with what tells it apart where another one looks the same."""
        return self.register.names.shown(issue.id)

    def outgoing(self, issue: str) -> OutboxEntry | None:
        """The newest record of this issue that is not confirmed yet."""
        mine = (e for e in reversed(self.outbox) if e.record.issue == issue and e.scope == self.scope)
        return next(mine, None)

    def standing(self, issue: Issue) -> Standing:
        """Where ``issue`` stands now."""
        if issue.id in self.overruled and not issue.is_open:
            return Standing(AlarmState.OVERRULED)
        limits = limits_for(issue, self.settings.limits)
        in_danger = self.dangers.is_emergency(issue)
        return standing_of(issue, self.handling.get(issue.id), self.now_ms(), limits, in_danger=in_danger)

    def tells_of_danger(self, issue: Issue) -> bool:
        """Whether the event that raised it, be it overruled, tells for certain of people in danger."""
        return self.dangers.is_emergency(issue, self.overruled.get(issue.id))

    def count_open(self, now: float) -> OpenCount:
        """How many issues are open, as far as that is known at ``now`` (monotonic seconds).

        What the log that is read now does not tell of is counted apart: ``unconfirmed``.
        """
        lost = self.unconfirmed.issues
        facts = [issue for issue in self.register.issues.held() if issue.id not in lost]
        return self.completeness.count(facts, self.freshness, now)

    @property
    def held(self) -> Mapping[str, OutboxEntry]:
        """By issue what was held back, as it was raised again: a person must say whether it still holds."""
        return {entry.record.issue: entry for entry in self.waiting_here() if entry.state is OutboxState.HELD}

    def waiting_here(self) -> list[OutboxEntry]:
        """What is meant for the cluster and topic that are read now, and not confirmed yet."""
        return [entry for entry in self.outbox if entry.scope == self.scope]

    # --- life

    async def run(self, *, connect: bool = True) -> None:
        """Read, publish and converse until cancelled; without ``connect`` only converse."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._publishes = connect
                if connect:
                    tasks.create_task(self.feed.run(), name="feed")
                    tasks.create_task(self.publisher.run(), name="publisher")
                tasks.create_task(self.chat.run(), name="chat")
                tasks.create_task(_learn_words(), name="words")
        finally:
            self.completeness.keep(self.freshness)

    async def wait_until(self, condition: Callable[[], bool]) -> None:
        """Return as soon as ``condition`` holds; it is looked at after every change."""
        while not condition():
            self._ticked.clear()
            await self._ticked.wait()

    def _tick(self) -> None:
        self.revision += 1
        self._ticked.set()
        self.views.changed()

    # --- what people do

    async def acknowledge(self, issue: str) -> Handling:
        """Seen; a second time: claimed. Never fixed, and a late one never reopens anything.

        Raises:
            CommandError: there is no such open issue.
            StoreError: it could not be kept.
        """
        after = self.ladder.acknowledge(self._open_issue(issue), self.operator, self.now_ms())
        self._tick()
        return after

    async def shelve(self, issue: str, minutes: float, why: str) -> Handling:
        """Put an open issue aside for a time. Raises as ``Ladder.shelve``, and CommandError for no open issue."""
        known = self._open_issue(issue)
        after = self.ladder.shelve(known, self.operator, self.now_ms(), minutes=minutes, why=why)
        self._tick()
        return after

    async def unshelve(self, issue: str) -> Handling:
        """Take a shelved issue back. Raises as ``Ladder.unshelve``, and CommandError for no open issue."""
        after = self.ladder.unshelve(self._open_issue(issue), self.now_ms())
        self._tick()
        return after

    async def sign_in(self, name: str) -> None:
        """Another operator is at this terminal from now on; remembered for the next start.

        Raises:
            CommandError: no name was given.
            StoreError: it could not be kept.
        """
        name = inert_line(name, 60)
        if not name:
            raise CommandError(_("Who is at this terminal? Type a name."))
        with self.store.database.transaction():
            self.store.save_operator(name)
            self._journal("signed in", "", {"before": self.operator, "now": name})
        self.operator = name
        self._tick()

    async def resolve(self, issue: str, note: str, leaving: Checked | None = None) -> OutboxEntry:
        """Put a resolve into outbox and journal, in one transaction. It is done once it is read back.

        ``leaving`` tells how the equipment was left; it is journaled (None: nobody was asked).

        A resolve of the same issue that is still under way is returned instead of a second one; one that is parked
        gives way to this one, and so does whatever was held: with its note, where ``note`` is empty.

        Raises:
            CommandError: no such issue, it is resolved already, another note of it is under way, or checks were
                left out without a reason.
            StoreError: it could not be kept, so nothing was promised.
        """
        known = self._open_issue(issue)
        if leaving is not None and not leaving.is_enough:
            raise CommandError(_("Some checks were not made, and no reason is given."))
        return self._send(known, solved=True, note=note, leaving=leaving)

    async def reopen(self, issue: str, note: str = "") -> OutboxEntry:
        """Put a reopening into outbox and journal.

        Raises:
            CommandError: no such issue, or it is open.
            StoreError: it could not be kept.
        """
        known = self._known_issue(issue)
        if known.is_open:
            raise CommandError(_("{issue} is open; there is nothing to reopen.").format(issue=self.shown(known)))
        return self._send(known, solved=False, note=note)

    async def leave_solved(self, issue: str) -> None:
        """Put an overruled raise aside: somebody looked, and the issue stays solved.

        Raises:
            CommandError: no raise of it was overruled.
            StoreError: it could not be kept.
        """
        raised = self.overruled.get(issue)
        if raised is None:
            raise CommandError(_("{issue} was not raised again.").format(issue=self.register.names.shown(issue)))
        left = {known: event for known, event in self.overruled.items() if known != issue}
        with self.store.database.transaction():
            self.store.overruled.save(self.scope, left)
            self._journal("left solved", issue, {"raised": raised.time_ms})
        self._overruled.drop(issue)
        self._kept_raises = self.overruled
        self._tick()

    async def retry(self, issue: str) -> None:
        """Try the parked record of ``issue`` again, stamped anew: the clock may have been what was refused.

        Raises:
            CommandError: nothing of it is parked, or the issue has moved on since.
        """
        known = self._known_issue(issue)
        entry = self.outgoing(known.id)
        if entry is None or entry.state is not OutboxState.PARKED:
            raise CommandError(_("There is nothing to send again."))
        if known.is_open is not _resolves(entry) or (known.is_open and known.opened_ms > entry.record.timestamp_ms):
            raise CommandError(
                _("{issue} has moved on since: what is parked no longer fits it. Resolve or reopen it anew.").format(
                    issue=self.shown(known)
                )
            )
        record = restamped(entry.record, now_ms=self.clock.stamp_ms(), newest_ms=known.newest_ms)
        with self.store.database.transaction():
            self.store.outbox.send_again(record)
            self._journal("retried", known.id, {"event": record.event_id})
        self._refresh_outbox()

    async def give_up(self, event_id: str) -> None:
        """Withdraw a parked or held record: it is not sent (again).

        Raises:
            CommandError: there is no such record, or it is neither parked nor held.
            StoreError: it could not be kept.
        """
        entry = next((e for e in self.outbox if e.record.event_id == event_id), None)
        if entry is None or entry.state not in STUCK:
            raise CommandError(_("There is no such parked or held record."))
        with self.store.database.transaction():
            self._withdraw(entry)
        self._refresh_outbox()

    async def dismiss(self, issue: str) -> None:
        """Take an issue that the log does not tell of from the list: a person knows that it is no alarm any more.

        Raises:
            CommandError: there is no such issue, or the log does tell of it.
            StoreError: it could not be kept.
        """
        known = self._known_issue(issue)
        if known.id not in self.unconfirmed.issues:
            raise CommandError(_("{issue} is in the log: resolve it.").format(issue=known.shown_id))
        doubt = (ISSUE, known.id)
        with self.store.database.transaction():
            self.store.drop_issue(self.scope, known.id)
            self.store.log.settle(self.scope, [doubt])
            self._journal("dismissed", known.id, {})
        self.unconfirmed.forget([doubt])
        self._overruled.drop(known.id)
        del self.register.issues[known.id]
        self._touched.add(known.id)
        self._tick()

    async def quarantined(self, limit: int = 200) -> list[Quarantined]:
        """The newest records that were no issue events, with the beginnings of their values.

        Raises:
            StoreError: they cannot be read.
        """
        return self.store.quarantine(limit, preview=300)

    async def find(self, query: str) -> list[Issue]:
        """Issues that hold every word of ``query``, in their fields, their fix or their conversation.

        Raises:
            StoreError: the conversations cannot be read.
        """
        return find(self.register.issues.everything(), query, self._kept.issues_saying)

    async def look_at(self, issue: str | None) -> None:
        """An operator looks at this issue's pane, or (None) at none."""
        self.attention.look_at(issue)
        if issue is not None and self.issue(issue) is not None:
            self.chat.conversations.open(issue)
        self._tick()

    def _said(self, message: Message, is_new: bool) -> None:
        if is_new and message.author is not Author.OPERATOR:
            self.attention.came([message.issue])
        self._tick()

    async def save_draft(self, issue: str, kind: str, text: str) -> None:
        """Keep what is being typed (``message``, or one of ``DIALOG_DRAFTS``); an empty text ends the draft."""
        if self.drafts.get((issue, kind), "") == text:
            return
        self._kept.save_draft(issue, kind, text)
        drafts = {**self.drafts, (issue, kind): text}
        if not text:
            del drafts[(issue, kind)]
        self.drafts = drafts
        self.views.amend(drafts=frozen(drafts))

    def _open_issue(self, issue: str) -> Issue:
        known = self._known_issue(issue)
        if not known.is_open:
            by = (known.resolution.operator if known.resolution else "") or _("the plant")
            raise CommandError(
                _("{issue} is resolved already ({by}); nothing was sent.").format(issue=self.shown(known), by=by)
            )
        return known

    def _known_issue(self, issue: str) -> Issue:
        known = self.issue(self.exact_id(issue))
        if known is None:
            raise CommandError(_("There is no issue {issue} on this topic.").format(issue=issue[:200]))
        return known

    def _send(self, issue: Issue, *, solved: bool, note: str, leaving: Checked | None = None) -> OutboxEntry:
        action = RESOLVED if solved else REOPENED
        mine = [entry for entry in self.waiting_here() if entry.record.issue == issue.id]
        under_way = next((e for e in reversed(mine) if e.record.action == action), None)
        if under_way is not None and under_way.state not in STUCK:
            return joined(under_way, note)
        held = self.held.get(issue.id)
        if held is not None and held.record.action == action:
            note = note or held.record.note
        record = resolve_or_reopen(
            issue,
            solved=solved,
            now_ms=self.clock.stamp_ms(),
            operator=self.operator,
            note=note,
            terminal=self.settings.terminal_id,
            raised_as=self.overruled.get(issue.id),
        )
        with self.store.database.transaction():
            for entry in mine:
                if entry is under_way or entry.state is OutboxState.HELD:
                    self._withdraw(entry)
            entry = self.store.outbox.add(
                record, scope=self.scope, now_ms=self.now_ms(), known_open_ms=known_open_ms(issue)
            )
            self._journal(
                "resolved" if solved else "reopened",
                issue.id,
                {
                    "event": record.event_id,
                    "note": note,
                    "timestamp": record.timestamp_ms,
                    **(leaving.as_detail() if leaving else {}),
                },
            )
            if solved:
                self.chat.complete(issue.id, note)
            for kind in DIALOG_DRAFTS:
                self._kept.save_draft(issue.id, kind, "")
        done = {(issue.id, kind) for kind in DIALOG_DRAFTS}
        self.drafts = {key: text for key, text in self.drafts.items() if key not in done}
        self.chat.closing.refresh()
        self._refresh_outbox()
        return entry

    def _withdraw(self, entry: OutboxEntry) -> None:
        self.store.outbox.withdraw(entry.record.event_id)
        self._journal("withdrawn", entry.record.issue, {"event": entry.record.event_id, "note": entry.record.note})

    def _journal(self, action: str, issue: str, detail: Mapping[str, object]) -> None:
        self.store.journal.append(
            at_ms=self.now_ms(), operator=self.operator, action=action, issue=issue, detail=detail
        )

    def _refresh_outbox(self) -> None:
        self.outbox = tuple(self.store.outbox.unconfirmed())
        self.publisher.wake()
        self._tick()

    # --- the road in (FeedSink)

    def saved_offsets(self, topic: TopicInfo) -> Mapping[int, int]:
        if not topic.continues(self.scope):
            log.info("reading another log: %s", topic.scope)
            self._move(topic.scope)
        self._flush()
        self._resumes = bool(self._next_offsets) and self.completeness.was_complete
        return self._next_offsets

    def last_reads(self, topic: TopicInfo) -> Mapping[int, LastRead]:
        return self._last_reads

    def _move(self, scope: str) -> None:
        """Everything that belongs to one log is read anew. All or nothing: a StoreError changes none."""
        with self.store.database.transaction():
            for former in self.store.log.take_over(scope):
                if is_another_log(former, scope):
                    self._doubt(scope)
            snapshot = self._known(scope)
            kept = self.store.conversations(scope)
            drafts = kept.drafts()
            raises = self.store.overruled.load(scope)
            ladder, attention = Ladder(self.store, scope, self._journal), Attention(self.store, scope)
            lockouts = LockoutRegister(self.store, scope)
            self.store.remember_scope(scope)
        self.scope, self._kept, self.drafts = scope, kept, drafts
        self.ladder, self.attention = ladder, attention
        self._overruled = OverruledRaises(raises)
        self._kept_raises = self.overruled
        self._begin_anew(snapshot)
        self.chat.move(scope, lockouts)
        self._tick()

    def distrust(self, topic: TopicInfo) -> None:
        if not (self._next_offsets or self._last_reads or self.register.issues):
            return
        log.warning("what is saved is of another log than %s: replaying that from its beginning", topic.scope)
        with self.store.database.transaction():
            self._doubt(self.scope)
            snapshot = self._known(self.scope)
        self._begin_anew(snapshot)
        self._tick()

    def _doubt(self, scope: str) -> None:
        """Within the transaction that is open: nothing that is kept of ``scope`` is a fact until it is read again."""
        raised = self.store.overruled.load(scope)
        known = self._known(scope).issues
        still_open = [issue.id for issue in known if issue.is_open or issue.id in raised]
        self.store.log.begin_doubts(scope, still_open, self.now_ms())
        self._journal("another log", "", {"scope": scope, "open": len(still_open)})

    def _known(self, scope: str) -> Snapshot:
        """What is known of ``scope``; a scratch store is not told of issues, so there the register is the witness."""
        if self.store.is_scratch and is_same_name(scope, self.scope):
            return Snapshot(tuple(self.register.issues.everything()), {})
        return self.store.load_snapshot(scope, open_only=True)

    def _begin_anew(self, snapshot: Snapshot) -> None:
        self.register = IssueRegister(self.settings.reopen_after_ms, self.store.archive(self.scope))
        self._unsaved.clear()
        self._unsaved_offsets = None
        self._news, self.completeness = News(), Completeness(self.store, self.scope, self.now_ms)
        self._load(snapshot)
        self.outbox = tuple(self.store.outbox.unconfirmed())

    def set_aside(self, items: Sequence[Quarantined], next_offsets: Mapping[int, int]) -> None:
        self._news.set_aside(items)
        self._take(next_offsets)

    def ingest(self, records: Sequence[Record], next_offsets: Mapping[int, int]) -> None:
        waiting = {entry.record.event_id: entry for entry in self.outbox}
        if self.freshness.state is FeedState.LIVE:
            self._overruled.settle()
        for_people = self._resumes or self.freshness.state is FeedState.LIVE
        is_fresh = self._has_read_all  # what comes now was written a moment ago
        events = [_read_safely(record) for record in records]
        self.register.issues.prefetch(event.issue for event in events if isinstance(event, IssueEvent))
        for record, event in zip(records, events, strict=True):
            if is_fresh and record.log_append:
                self.clock.saw_written(record.timestamp_ms)
            if isinstance(event, Quarantined):
                self._news.set_aside([event])
                continue
            self._fold(event, record.partition, for_people)
            if waiting and _is_ours(event, waiting):
                self._news.confirmed[event.event_id] = None
        self._last_reads |= last_reads(records, next_offsets)
        self._take(next_offsets)

    def _fold(self, event: IssueEvent, partition: int, for_people: bool) -> None:
        before = self.register.issues.get(event.issue)
        change = self.unconfirmed.fold(self.register, event)
        after = self.register.issues.get(event.issue)
        if after is not None and self._overruled.read(before, after, event, partition):
            change = Change(ChangeKind.OVERRULED, after, event.time_ms)
        if change is None:
            return
        self._unsaved.add(event.issue)
        self._news.add(change, for_people=for_people)
        if self.outbox:
            self._news.hold(overtaken(self.waiting_here(), event, before, change.issue), event.time_ms)

    def _take(self, next_offsets: Mapping[int, int]) -> None:
        """Commit what came; only then is anybody told, and then of all that a failed commit had kept back.

        While the log is replayed a commit a second is enough: after a kill that second is read again.
        """
        if self._may_wait():
            self._unsaved_offsets = dict(next_offsets)
            self._tick()
        else:
            self._save(next_offsets)

    def _may_wait(self) -> bool:
        news = self._news
        is_urgent = news.confirmed or news.held or news.unread or news.has_quarantined
        is_due = time.monotonic() - self._saved_at >= COMMIT_EVERY_S or len(self._unsaved) >= MAX_UNSAVED
        is_replay = self.freshness.state is FeedState.CATCHING_UP
        return is_replay and not is_urgent and not is_due and self.overruled is self._kept_raises

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
                    self.chat.conversations.event_came(item.issue.id)
                for listener in self.listeners:
                    listener(item)
            self._tick()

    def _commit(self, next_offsets: Mapping[int, int]) -> None:
        news = self._news
        issues = [] if self.store.is_scratch else [self.register.issues[issue] for issue in self._unsaved]
        with self.store.database.transaction():
            for entry, at_ms in news.held.values():
                self.store.outbox.hold(entry.record.event_id, at_ms)
                self._journal("held", entry.record.issue, {"event": entry.record.event_id, "raised again": at_ms})
            self.store.commit_batch(
                self.scope, Batch(issues, next_offsets, news.quarantined, news.confirmed, self._last_reads)
            )
            self.unconfirmed.keep()
            if self.overruled is not self._kept_raises:
                self.store.overruled.save(self.scope, self.overruled)
            for event_id in news.confirmed:
                self._journal("confirmed", self._issue_of(event_id), {"event": event_id})
            unread = self.attention.with_new(news.unread)
            if unread:
                self.store.save_unread(self.scope, unread)
            if self.freshness.state is FeedState.LIVE:
                self.completeness.keep(self.freshness)
        self.attention.show(unread)
        self._touched |= self._unsaved
        if not self.store.is_scratch:
            self.register.issues.archive(self._unsaved)
        self._unsaved.clear()
        self.unconfirmed.kept()
        self._next_offsets = dict(next_offsets)
        self._unsaved_offsets = None
        self._kept_raises = self.overruled

    def _show(self, news: News) -> None:
        """Replace what others read. The outbox first, and without the store: what is held must never go out."""
        if news.confirmed or news.held:
            self.outbox = news.outbox_after(self.outbox)
            self.publisher.wake()
        if news.quarantined:
            self._count_quarantine()

    def _count_quarantine(self) -> None:
        self.quarantine_count = self.store.quarantine_count()
        self.quarantine_newest = next(iter(self.store.quarantine(1, preview=0)), None)

    def feed_changed(self, before: Freshness, freshness: Freshness) -> None:
        if freshness.state is FeedState.LIVE:
            self._flush()
        has_read_all = self._has_read_all
        if before.state is not freshness.state:
            if freshness.state is FeedState.LIVE:
                self._restamp_waiting()  # all was read: what is on the topic is confirmed
                self.completeness.keep(freshness)
            elif before.state is FeedState.LIVE:
                self.completeness.keep(before)
        if has_read_all and not self._had_read_all:
            self.publisher.wake()
        self._had_read_all = has_read_all
        if freshness.state is FeedState.LIVE and self.unconfirmed.records:
            self._send_what_the_log_lacks()
        if replace(before, contact_at=None) != replace(freshness, contact_at=None):
            self._tick()
        else:
            self.views.amend(freshness=freshness)
            self._ticked.set()  # only a heartbeat: nothing new to show, but a condition may wait for contact

    def _send_what_the_log_lacks(self) -> None:
        """Another log is replayed to its end: records of ours that it lacks go out again, or are named."""
        again, named = self.unconfirmed.missing(self.register.issues)
        settled = [(RECORD, event_id) for event_id in self.unconfirmed.records]
        with self.store.database.transaction():
            for entry in again:
                self.store.outbox.was_lost(entry.record.event_id)
                self._journal("sent again", entry.record.issue, {"event": entry.record.event_id})
            if named:
                events = [entry.record.event_id for entry in named[-_NAMED:]]
                self._journal("not in the log", "", {"count": len(named), "events": events})
            self.store.log.settle(self.scope, settled)
        self.unconfirmed.forget(settled)
        self._refresh_outbox()

    def _load(self, snapshot: Snapshot) -> None:
        self.register.restore(snapshot.issues)
        self.register.note_archived(snapshot.solved)
        self._next_offsets = dict(snapshot.offsets)
        self._last_reads = self.store.log.last_reads(self.scope)
        self.is_rebuilding = not snapshot.is_whole or self.store.recovery is not None
        if self.is_rebuilding:
            # They may have been solved in what is lost: facts again once the log tells of them.
            doubted = {(ISSUE, issue.id): self.now_ms() for issue in snapshot.issues if issue.is_open}
            self.store.log.add_doubts(self.scope, doubted)
        self.unconfirmed = Unconfirmed(self.store, self.scope, self.settings.reopen_after_ms)
        self._unsaved |= snapshot.outdated
        if self.is_rebuilding:
            self.completeness.forget()
        if not snapshot.is_whole:
            self.store.forget_offsets(self.scope)

    def _issue_of(self, event_id: str) -> str:
        return next((e.record.issue for e in self.outbox if e.record.event_id == event_id), "")

    # --- the road out (OutboxPort)

    def sendable(self) -> list[OutboxEntry]:
        if not self._has_read_all:
            return []
        return [entry for entry in self.waiting_here() if entry.state is not OutboxState.HELD]

    @property
    def _has_read_all(self) -> bool:
        """Whether all that is on the topic was read: an alarm behind what waits would hold it back."""
        return self.freshness.is_live(time.monotonic()) and not self.feed.has_backlog

    def _restamp_waiting(self) -> None:
        """No resolve goes out stamped later than the broker's now."""
        broker_ms = self.clock.broker_ms()
        if broker_ms is None:
            return
        late = list(to_restamp(self.waiting_here(), self.register.issues, broker_ms))
        for entry, record in late:
            with self.store.database.transaction():
                self.store.outbox.restamp(record)
                times = {"before": entry.record.timestamp_ms, "timestamp": record.timestamp_ms}
                self._journal("restamped", record.issue, {"event": record.event_id, **times})
        if late:
            self._refresh_outbox()

    async def _compare_clocks(self) -> None:
        if not self._publishes:
            return  # whoever only reads stamps nothing
        topic = self.feed.topic
        if topic is not None and not topic.continues(self.scope):
            self.clock.forget()  # another cluster's clock
        if told := await broker_now(self.settings):
            self.clock.told(*told)
        self._tick()

    def next_offset(self, partition: int) -> int:
        return self._next_offsets.get(partition, 0)

    def sent(self, entry: OutboxEntry, partition: int, offset: int) -> None:
        self.store.outbox.mark_sent(entry.record.event_id, partition, offset)
        self._refresh_outbox()

    def parked(self, entry: OutboxEntry, problem: Problem) -> None:
        with self.store.database.transaction():
            self.store.outbox.park(entry.record.event_id, problem)
            self._journal("parked", entry.record.issue, {"event": entry.record.event_id, "why": problem.kind})
        self._refresh_outbox()

    def waiting(self, entry: OutboxEntry, problem: Problem | None) -> None:
        self.store.outbox.wait(entry.record.event_id, problem)
        self.outbox = tuple(self.store.outbox.unconfirmed())
        self._tick()


def _is_ours(event: IssueEvent, waiting: Mapping[str, OutboxEntry]) -> bool:
    """Our own record, read back: the very bytes that were sent, not merely an id that somebody repeats."""
    entry = waiting.get(event.event_id) if event.event_id else None
    return entry is not None and entry.record.value == event.value and entry.state is not OutboxState.CONFIRMED


async def _learn_words() -> None:
    """In a thread that no start and no end waits for: it takes the processor for some tenths of a second."""
    await asyncio.sleep(LEARN_WORDS_AFTER_S)
    threading.Thread(target=_words, name="words", daemon=True).start()


def _words() -> None:
    """What the first message would otherwise wait for."""
    warm_up()
    from core.chat.playbook import past_fixes, reply  # noqa: F401


def _resolves(entry: OutboxEntry) -> bool:
    return entry.record.action == RESOLVED


def joined(under_way: OutboxEntry, note: str) -> OutboxEntry:
    """What is under way already, for whoever asks for the same again.

    Raises:
        CommandError: it says another note; this one must not vanish in it.
    """
    if note and note != under_way.record.note:
        raise CommandError(
            _("{issue}: a record is under way already, with the note “{note}”; this note was not sent.").format(
                issue=inert_line(under_way.record.issue, 200), note=inert_line(under_way.record.note, 100)
            )
        )
    return under_way


def _read_safely(record: Record) -> IssueEvent | Quarantined:
    """``read_event`` does not raise; should it all the same, one record is set aside and the feed goes on."""
    try:
        return read_event(record)
    except Exception:
        log.exception("a record could not be read: %s[%s]@%s", record.topic, record.partition, record.offset)
        return Quarantined(record, NOT_UNDERSTOOD)
