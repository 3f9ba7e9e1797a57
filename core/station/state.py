"""TerminalState: what the parts of a Station share. It holds what is known now; the parts decide what becomes of it.

What others read of it is replaced, never changed in place, so it may be read from another thread; the register's own
dictionary is the one exception.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.domain.errors import CommandError
from core.domain.event_danger import EventDangers
from core.domain.events import Quarantined
from core.domain.issue_names import exact_id
from core.domain.issue_register import IssueRegister
from core.domain.issues import Issue
from core.domain.outbox import OutboxEntry, OutboxState
from core.domain.overruled import OverruledRaises
from core.settings import Settings
from core.station.clock import StationClock
from core.station.completeness import Completeness
from core.station.handling import HandlingRegister
from core.station.lockouts import LockoutRegister
from core.station.unconfirmed import Unconfirmed
from core.station.unread import Unread
from core.store.conversations import ConversationTable
from core.store.store import Store
from core.support.i18n import _


@dataclass(frozen=True, slots=True)
class Kept:
    """What the store keeps of one log beside its issues, as it was read."""

    scope: str
    conversations: ConversationTable
    drafts: Mapping[tuple[str, str], str]
    handling: HandlingRegister
    unread: Unread
    overruled: OverruledRaises
    lockouts: LockoutRegister


class TerminalState:
    """What one terminal knows: of the log that is read, of its outbox, and of who is at it."""

    scope: str
    """Cluster and topic that are read; empty before the first contact."""
    conversations: ConversationTable
    drafts: Mapping[tuple[str, str], str]
    """What is being typed, by issue and kind (``core.station.commands``)."""
    handling: HandlingRegister
    unread: Unread
    overruled: OverruledRaises
    outbox: tuple[OutboxEntry, ...]
    """What is not confirmed yet, of every scope, oldest first."""

    def __init__(self, settings: Settings, store: Store, now_ms: Callable[[], int]) -> None:
        """Raises StoreError: what was kept cannot be read."""
        self.settings = settings
        self.store = store
        self.now_ms = now_ms
        self.clock = StationClock(now_ms)
        self.operator = settings.operator
        """Who is at this terminal now."""
        self.dangers = EventDangers()
        """Which issues' own events tell of people in danger."""
        self.show(self.kept_of(store.last_scope() or ""))
        self.register = IssueRegister(settings.reopen_after_ms, store.archive(self.scope))
        self.unconfirmed = Unconfirmed(store, self.scope, settings.reopen_after_ms)
        """What the log that is read now does not tell of."""
        self.completeness = Completeness(store, self.scope, now_ms)
        self.next_offsets: Mapping[int, int] = {}
        """Up to where was read and committed, by partition."""
        self.touched: set[str] = set()
        """Issues that changed since the last view was made."""
        self.is_rebuilding = False
        """What was kept of the issues was damaged: they are read anew from the topic."""
        self.quarantine_count = 0
        self.quarantine_newest: Quarantined | None = None
        self.reload_outbox()
        self.count_quarantined()

    # --- of one log

    def kept_of(self, scope: str) -> Kept:
        """Read what is kept of ``scope``; nothing changes yet. Raises StoreError."""
        conversations = self.store.conversations(scope)
        return Kept(
            scope,
            conversations,
            conversations.drafts(),
            HandlingRegister(self.store, scope, self.journal),
            Unread(self.store, scope),
            OverruledRaises(self.store.overruled.load(scope)),
            LockoutRegister(self.store, scope),
        )

    def show(self, kept: Kept) -> None:
        """From now on this is the log that is read."""
        self.scope = kept.scope
        self.conversations, self.drafts = kept.conversations, kept.drafts
        self.handling, self.unread = kept.handling, kept.unread
        self.overruled = kept.overruled
        self.saved_raises = kept.overruled.raises
        """The overruled raises as the store has them."""

    # --- issues

    def issue(self, issue: str) -> Issue | None:
        return self.register.issues.get(issue)

    def shown(self, issue: Issue) -> str:
        """The issue's id for showing; with what tells it apart where another one looks the same."""
        return self.register.names.shown(issue.id)

    def exact_id(self, name: str) -> str:
        """The id of the issue that a person calls ``name``. Raises as ``core.domain.issue_names.exact_id``."""
        return exact_id(self.register.names, name)

    def known_issue(self, name: str) -> Issue:
        """The issue that a person calls ``name``.

        Raises:
            CommandError: there is none, or more than one.
        """
        known = self.issue(self.exact_id(name))
        if known is None:
            raise CommandError(_("There is no issue {issue} on this topic.").format(issue=name[:200]))
        return known

    def open_issue(self, name: str) -> Issue:
        """The same, where it is open. Raises CommandError."""
        known = self.known_issue(name)
        if not known.is_open:
            by = (known.resolution.operator if known.resolution else "") or _("the plant")
            raise CommandError(
                _("{issue} is resolved already ({by}); nothing was sent.").format(issue=self.shown(known), by=by)
            )
        return known

    # --- outbox and journal

    def waiting_here(self) -> list[OutboxEntry]:
        """What is meant for the cluster and topic that are read now, and not confirmed yet."""
        return [entry for entry in self.outbox if entry.scope == self.scope]

    def outgoing(self, issue: str) -> OutboxEntry | None:
        """The newest record of this issue that is not confirmed yet."""
        mine = (e for e in reversed(self.outbox) if e.record.issue == issue and e.scope == self.scope)
        return next(mine, None)

    def under_way(self, issue: str, action: str) -> OutboxEntry | None:
        """The newest record of this issue, where it says ``action`` and goes out by itself: a second one adds nothing.

        What is parked or held is not under way. Neither is what a later record of the issue will undo.
        """
        newest = self.outgoing(issue)
        return newest if newest is not None and newest.is_under_way_to(action) else None

    @property
    def held(self) -> Mapping[str, OutboxEntry]:
        """By issue what was held back, as it was raised again: a person must say whether it still holds."""
        return {entry.record.issue: entry for entry in self.waiting_here() if entry.state is OutboxState.HELD}

    def issue_of(self, event_id: str) -> str:
        """The issue of the record in the outbox that has this id; empty where there is none."""
        return next((e.record.issue for e in self.outbox if e.record.event_id == event_id), "")

    def reload_outbox(self) -> None:
        """Raises StoreError: it cannot be read."""
        self.outbox = tuple(self.store.outbox.unconfirmed())

    def count_quarantined(self) -> None:
        """Raises StoreError: they cannot be read."""
        self.quarantine_count = self.store.quarantine_count()
        self.quarantine_newest = next(iter(self.store.quarantine(1, preview=0)), None)

    def journal(self, action: str, issue: str, detail: Mapping[str, object]) -> None:
        """Append to the journal, within the transaction that is open. Raises StoreError."""
        self.store.journal.append(
            at_ms=self.now_ms(), operator=self.operator, action=action, issue=issue, detail=detail
        )
