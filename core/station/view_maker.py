"""ViewMaker: puts a StationView together from what the Station holds now, of parts that are kept from the last one."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from core.domain.alarms import Handling
from core.domain.errors import StoreError
from core.domain.event_danger import EventDangers, Unassessed
from core.domain.events import IssueEvent, Quarantined
from core.domain.freshness import Freshness
from core.domain.issue_register import IssueRegister
from core.domain.issues import Issue
from core.domain.messages import Message
from core.domain.outbox import OutboxEntry, OutboxState
from core.settings import Settings
from core.station.chat_service import ChatService
from core.station.clock import StationClock
from core.station.completeness import Completeness
from core.station.listed_issues import ListedIssues, Sources
from core.station.unconfirmed import Unconfirmed
from core.station.unread import Unread
from core.station.view import LogDoubts, PaneView, StationView, frozen
from core.store.store import Store
from core.support.text import inert_line

log = logging.getLogger(__name__)


class Viewed(Protocol):
    """What a view is made of. Every mapping is replaced when it changes."""

    scope: str
    operator: str
    register: IssueRegister
    unconfirmed: Unconfirmed
    completeness: Completeness
    unread_counts: Unread
    clock: StationClock
    chat: ChatService
    outbox: tuple[OutboxEntry, ...]
    drafts: Mapping[tuple[str, str], str]
    quarantine_count: int
    quarantine_newest: Quarantined | None
    is_rebuilding: bool

    @property
    def freshness(self) -> Freshness: ...

    @property
    def handling(self) -> Mapping[str, Handling]: ...

    @property
    def unread(self) -> Mapping[str, int]: ...

    @property
    def overruled(self) -> Mapping[str, IssueEvent]: ...

    def issue(self, issue: str) -> Issue | None: ...


class ViewMaker:
    """Belongs to the Station's loop: what it reads may change while nobody else looks."""

    def __init__(self, settings: Settings, store: Store, dangers: EventDangers, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._dangers = dangers
        self._now_ms = now_ms
        self._limits = settings.limits
        self.issues = ListedIssues(dangers, settings.limits)
        self._outbox = _Outbox((), "")
        self._drafts: tuple[Mapping[tuple[str, str], str], Mapping[tuple[str, str], str]] = ({}, frozen())
        self._pane: PaneView | None = None

    def next_due_ms(self) -> int | None:
        """Epoch ms at which the clock alone makes another view."""
        return self.issues.next_due_ms()

    def make(self, version: int, station: Viewed, touched: Iterable[str]) -> StationView:
        """The view of now. ``touched``: issues of the register that changed since the last one."""
        try:
            return self._made(version, station, self.issues, touched)
        except Exception:
            self.issues = ListedIssues(self._dangers, self._limits)  # what it took note of is lost: all anew
            raise

    def first(self, station: Viewed) -> StationView:
        """What is known at the start, at once: whether people are in danger is not assessed yet, nothing looked at."""
        return self._made(0, station, ListedIssues(Unassessed(), self._limits), ())

    def _made(self, version: int, station: Viewed, issues: ListedIssues, touched: Iterable[str]) -> StationView:
        now_ms = self._now_ms()
        outbox = self._outbox = self._outbox.now(station.outbox, station.scope)
        issues.update(_sources(station, outbox.newest), touched, now_ms)
        listed, by_id = issues.values
        self._pane = self._pane_now(station)
        return StationView(
            version=version,
            now_ms=now_ms,
            scope=station.scope,
            operator=station.operator,
            freshness=station.freshness,
            listed=listed,
            by_id=by_id,
            outbox=outbox.entries,
            waiting=outbox.waiting,
            held=outbox.held,
            drafts=self._drafts_now(station.drafts),
            quarantine_count=station.quarantine_count,
            quarantine_newest=station.quarantine_newest,
            chat=station.chat.health,
            chatbots=station.chat.names,
            open_issues=issues.open_issues,
            complete_ms=station.completeness.kept_ms,
            doubts=LogDoubts(station.unconfirmed.since_ms, frozen(station.unconfirmed.issues)),
            clock=station.clock.facts,
            newest=station.register.newest,
            recovery=self._store.recovery,
            is_rebuilding=station.is_rebuilding,
            pane=self._pane,
        )

    def _drafts_now(self, drafts: Mapping[tuple[str, str], str]) -> Mapping[tuple[str, str], str]:
        if self._drafts[0] is not drafts:
            self._drafts = drafts, frozen(drafts)
        return self._drafts[1]

    def _pane_now(self, station: Viewed) -> PaneView | None:
        """What is looked at; the same object as before where nothing of it changed."""
        looked_at = station.unread_counts.looked_at
        try:
            issue = None if looked_at is None else station.issue(looked_at)
        except StoreError:
            log.exception("what is looked at cannot be read now; the pane shows what it knew")
            return self._pane if self._pane is not None and self._pane.id == looked_at else None
        if issue is None:
            return None
        found = self._pane_of(station, issue)
        return self._pane if found == self._pane else found

    def _pane_of(self, station: Viewed, issue: Issue) -> PaneView:
        chat, known = station.chat, self.issues.values[1].get(issue.id)
        messages: tuple[Message, ...] = ()
        failure = ""
        try:
            messages = chat.messages(issue.id)
        except StoreError as error:
            failure = inert_line(str(error))
        return PaneView(
            listed=known or self.issues.facts(issue),
            messages=messages,
            failure=failure,
            under_way=chat.conversations.under_way.get(issue.id),
            report=chat.closing.offered(issue.id) is not None,
            untold=chat.closing.problem(issue.id),
            lockout=chat.lockout(issue),
            danger=self._dangers.of(issue, station.overruled.get(issue.id)),
        )


class _Outbox:
    """What follows from the entries for one scope, worked out once for each time they are replaced."""

    def __init__(self, entries: tuple[OutboxEntry, ...], scope: str) -> None:
        self.entries = entries
        self._scope = scope
        self.waiting = tuple(entry for entry in entries if entry.scope == scope)
        self.newest = {entry.record.issue: entry for entry in self.waiting}
        self.held = frozen((entry.record.issue, entry) for entry in self.waiting if entry.state is OutboxState.HELD)

    def now(self, entries: tuple[OutboxEntry, ...], scope: str) -> "_Outbox":
        return self if self.entries is entries and self._scope == scope else _Outbox(entries, scope)


def _sources(station: Viewed, outgoing: Mapping[str, OutboxEntry]) -> Sources:
    return Sources(
        issues=station.register.issues,
        names=station.register.names,
        handling=station.handling,
        unread=station.unread,
        raises=station.overruled,
        outgoing=outgoing,
        unconfirmed=station.unconfirmed.issues,
    )
