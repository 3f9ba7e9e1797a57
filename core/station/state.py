"""StationState: what a Station knows at one moment, shared by the parts that it is made of. Belongs to one loop."""

import time
from collections.abc import Callable, Mapping

from core.domain.alarms import AlarmState, Handling, Standing, limits_for, standing_of
from core.domain.event_danger import EventDangers
from core.domain.events import Quarantined
from core.domain.freshness import Freshness
from core.domain.issue_names import exact_id
from core.domain.issue_register import IssueRegister
from core.domain.issues import Issue
from core.domain.open_count import OpenCount
from core.domain.outbox import OutboxEntry, OutboxState
from core.domain.overruled import OverruledRaises, Raises
from core.kafka.feed import Feed
from core.settings import Settings
from core.station.chat_service import ChatService
from core.station.clock import StationClock
from core.station.completeness import Completeness
from core.station.handling import HandlingRegister
from core.station.unconfirmed import Unconfirmed
from core.station.unread import Unread
from core.store.store import Store


class StationState:
    """What is known of the log that is read, and what people did. Every mapping is replaced when it changes."""

    feed: Feed
    chat: ChatService

    def __init__(self, settings: Settings, store: Store, now_ms: Callable[[], int]) -> None:
        self.settings = settings
        self.store = store
        self.now_ms = now_ms
        self.clock = StationClock(now_ms)
        self.operator = settings.operator
        """Who is at this terminal now."""
        self.scope = store.last_scope() or ""
        self.register = IssueRegister(settings.reopen_after_ms, store.archive(self.scope))
        self.unconfirmed = Unconfirmed(store, self.scope, settings.reopen_after_ms)
        """What the log that is read now does not tell of."""
        self.next_offsets: dict[int, int] = {}
        """By partition up to where was read and committed."""
        self.unsaved: set[str] = set()
        """Issues that changed since the last commit."""
        self.touched: set[str] = set()
        """Issues that changed since the last view was made, and are committed."""
        self.completeness = Completeness(store, self.scope, now_ms)
        self.is_rebuilding = False
        """What was kept of the issues was damaged: they are read anew from the topic."""
        self.outbox: tuple[OutboxEntry, ...] = ()
        self.kept = store.conversations(self.scope)
        self.drafts: Mapping[tuple[str, str], str] = self.kept.drafts()
        self.handling_register = HandlingRegister(store, self.scope, self.journal)
        self.unread_counts = Unread(store, self.scope)
        self.raises = OverruledRaises(store.overruled.load(self.scope))
        self.kept_raises = self.overruled
        """The overruled raises as they are in the store."""
        self.quarantine_count = 0
        self.quarantine_newest: Quarantined | None = None
        self.dangers = EventDangers()
        """Which issues' own events tell of people in danger."""

    def journal(self, action: str, issue: str, detail: Mapping[str, object]) -> None:
        """Append to the journal, inside the transaction that is open."""
        self.store.journal.append(
            at_ms=self.now_ms(), operator=self.operator, action=action, issue=issue, detail=detail
        )

    @property
    def freshness(self) -> Freshness:
        return self.feed.freshness

    @property
    def has_read_all(self) -> bool:
        """Whether all that is on the topic was read: an alarm behind what waits would hold it back."""
        return self.freshness.is_live(time.monotonic()) and not self.feed.has_backlog

    @property
    def handling(self) -> Mapping[str, Handling]:
        """Who acknowledged, claimed and shelved what, by issue."""
        return self.handling_register.handling

    @property
    def unread(self) -> Mapping[str, int]:
        """Messages and reopenings since somebody looked, by issue."""
        return self.unread_counts.unread

    @property
    def overruled(self) -> Raises:
        """The raises that were folded away by the clocks and not dealt with yet, by issue."""
        return self.raises.raises

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
