"""ViewMaker: puts a StationView together from what the Station holds now, of parts that are kept from the last one."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from core.domain.errors import StoreError
from core.domain.event_danger import KnownDangers
from core.domain.freshness import Freshness
from core.domain.issues import Issue
from core.domain.messages import Message
from core.domain.outbox import OutboxEntry, OutboxState
from core.station.chat_service import ChatService
from core.station.listed_issues import ListedIssues, Sources
from core.station.state import TerminalState
from core.station.view import ListChanges, LogDoubts, PaneView, StationView, frozen
from core.support.text import inert_line

log = logging.getLogger(__name__)

FIRST_ASSESSED = 300
"""Events that the first view waits for, newest first: some tenths of a second. Most starts have them remembered."""


class ViewMaker:
    """Belongs to the Station's loop: what it reads may change while nobody else looks."""

    def __init__(self, state: TerminalState, chat: ChatService, freshness: Callable[[], Freshness]) -> None:
        self._state = state
        self._chat = chat
        self._freshness = freshness
        self._dangers = state.dangers
        self._limits = state.settings.limits
        self.issues = ListedIssues(self._dangers, self._limits)
        self._outbox = _Outbox((), "")
        self._drafts: tuple[Mapping[tuple[str, str], str], Mapping[tuple[str, str], str]] = ({}, frozen())
        self._pane: PaneView | None = None
        self._begun: tuple[int, int] = -1, 0
        """Which look it is, and how many messages there were when it began."""
        self._changes: ListChanges | None = None
        """None: the next view's list is another one as a whole."""

    def next_due_ms(self) -> int | None:
        """Epoch ms at which the clock alone makes another view."""
        return self.issues.next_due_ms()

    def make(self, version: int) -> StationView:
        """The view of now."""
        touched, self._state.touched = self._state.touched, set()
        try:
            view = self._made(version, self.issues, touched)
        except Exception:
            self.issues = ListedIssues(self._dangers, self._limits)  # what it took note of is lost: all anew
            self._changes = None
            raise
        changed = self.issues.take_changed()
        self._changes = ListChanges(version) if self._changes is None else self._changes.then(version, changed)
        return replace(view, changes=self._changes)

    def first(self) -> StationView:
        """What is known at the start, at once: people in danger are marked, nothing is looked at.

        Where there are too many events of which it is not known, the older ones are assessed for the next view.
        """
        if self._assess_newest():
            return self._made(0, self.issues, ())
        return self._made(0, ListedIssues(KnownDangers(self._dangers), self._limits), ())

    def _assess_newest(self) -> bool:
        """Whether all is assessed then."""
        most = self._dangers.assessed + FIRST_ASSESSED
        held = [issue for issue in self._state.register.issues.held() if issue.is_open]
        for issue in sorted(held, key=lambda issue: issue.opened_ms, reverse=True):
            if self._dangers.assessed >= most:
                return False
            self._dangers.of(issue)
        return True

    def _made(self, version: int, issues: ListedIssues, touched: Iterable[str]) -> StationView:
        state, now_ms = self._state, self._state.now_ms()
        outbox = self._outbox = self._outbox.now(state.outbox, state.scope)
        issues.update(_sources(state, outbox.newest), touched, now_ms)
        listed, by_id = issues.values
        self._pane = self._pane_now()
        return StationView(
            version=version,
            now_ms=now_ms,
            scope=state.scope,
            operator=state.operator,
            freshness=self._freshness(),
            listed=listed,
            by_id=by_id,
            outbox=outbox.entries,
            waiting=outbox.waiting,
            held=outbox.held,
            drafts=self._drafts_now(state.drafts),
            quarantine_count=state.quarantine_count,
            quarantine_newest=state.quarantine_newest,
            chat=self._chat.health,
            chatbots=self._chat.names,
            open_issues=issues.open_issues,
            complete_ms=state.completeness.kept_ms,
            doubts=LogDoubts(state.unconfirmed.since_ms, frozen(state.unconfirmed.issues)),
            clock=state.clock.facts,
            newest=state.register.newest,
            recovery=state.store.recovery,
            is_rebuilding=state.is_rebuilding,
            pane=self._pane,
        )

    def _drafts_now(self, drafts: Mapping[tuple[str, str], str]) -> Mapping[tuple[str, str], str]:
        if self._drafts[0] is not drafts:
            self._drafts = drafts, frozen(drafts)
        return self._drafts[1]

    def _pane_now(self) -> PaneView | None:
        """What is looked at; the same object as before where nothing of it changed."""
        looked_at = self._state.unread.looked_at
        try:
            issue = None if looked_at is None else self._state.issue(looked_at)
        except StoreError:
            log.exception("what is looked at cannot be read now; the pane shows what it knew")
            return self._pane if self._pane is not None and self._pane.id == looked_at else None
        if issue is None:
            return None
        found = self._pane_of(issue)
        return self._pane if found == self._pane else found

    def _pane_of(self, issue: Issue) -> PaneView:
        chat, known = self._chat, self.issues.values[1].get(issue.id)
        messages: tuple[Message, ...] = ()
        failure = ""
        try:
            messages = chat.messages(issue.id)
        except StoreError as error:
            failure = inert_line(str(error))
        looks = self._state.unread.looks
        if self._begun[0] != looks and not failure:
            self._begun = looks, len(messages)
        return PaneView(
            listed=known or self.issues.facts(issue),
            messages=messages,
            begun_at=self._begun[1],
            unread=self._state.unread.found,
            failure=failure,
            under_way=chat.conversations.under_way.get(issue.id),
            report=chat.closing.offered(issue.id) is not None,
            untold=chat.closing.problem(issue.id),
            lockout=chat.lockout(issue),
            danger=self._dangers.of(issue, self._state.overruled.raises.get(issue.id)),
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


def _sources(state: TerminalState, outgoing: Mapping[str, OutboxEntry]) -> Sources:
    return Sources(
        issues=state.register.issues,
        names=state.register.names,
        handling=state.handling.by_issue,
        unread=state.unread.counts,
        raises=state.overruled.raises,
        outgoing=outgoing,
        unconfirmed=state.unconfirmed.issues,
    )
