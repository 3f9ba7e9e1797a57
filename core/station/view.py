"""StationView: all that a screen sees of the Station, as one frozen value that is replaced as a whole.

A screen runs in another thread. It reads the newest view and sends commands; nothing that it can reach from a view
ever changes, waits for a lock or touches the store.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from core.chat.conversation.answering import UnderWay
from core.chat.conversation.fallback import ChatHealth
from core.domain.alarms import AlarmState, Handling, Standing
from core.domain.chat_problems import ChatProblem
from core.domain.events import IssueEvent, Quarantined
from core.domain.freshness import FeedState, Freshness
from core.domain.issues import Issue
from core.domain.lockout import Lockout
from core.domain.messages import Message
from core.domain.open_count import OpenCount, open_count
from core.domain.outbox import OutboxEntry
from core.emergency import Assessment, Level
from core.station.clock import ClockFacts
from core.store.recovery import Recovery

K = TypeVar("K")
V = TypeVar("V")


def frozen(mapping: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> Mapping[K, V]:
    """A copy that nobody can change."""
    return MappingProxyType(dict(mapping))


@dataclass(frozen=True, slots=True)
class ListedIssue:
    """One issue and what is known of it beside its events. The same object as before where nothing of it changed."""

    issue: Issue
    shown_id: str
    """Inert, with what tells it apart from another issue's id that looks the same."""
    standing: Standing
    """As of the view's time; the Station publishes anew when the clock changes it."""
    handling: Handling | None = None
    """The newest that people did with it; ``core.domain.alarms.current_handling`` tells whether it still counts."""
    unread: int = 0
    outgoing: OutboxEntry | None = None
    """Its newest record that is not confirmed yet."""
    raised: IssueEvent | None = None
    """The raise that was folded away by the clocks and not dealt with yet."""
    in_danger: bool = False
    """The event that raised it tells for certain of people in danger."""
    unconfirmed_since_ms: int | None = None
    """Since when (epoch ms) it is known that the log that is read now does not tell of it; None: it does."""

    @property
    def id(self) -> str:
        return self.issue.id

    @property
    def is_overruled(self) -> bool:
        """Solved by the clocks, yet raised after that."""
        return self.standing.state is AlarmState.OVERRULED


@dataclass(frozen=True, slots=True)
class ListChanges:
    """Which issues came to the list, changed or left it with the last views: who saw one of those compares no other."""

    complete_from: int = 0
    """Told is what changed after the view of this version."""
    steps: tuple[tuple[int, frozenset[str]], ...] = ()
    """By version, oldest first; a view with which nothing changed is left out."""

    def after(self, version: int) -> frozenset[str] | None:
        """The ids that may be others now than in the view of ``version``; None: not known any more."""
        if version < self.complete_from:
            return None
        return frozenset().union(*(ids for of, ids in self.steps if of > version))

    def then(self, version: int, ids: frozenset[str]) -> "ListChanges":
        """The same with what changed with the view of ``version``; the oldest is forgotten for it."""
        if not ids:
            return self
        if len(ids) > _MOST_CHANGES:
            return ListChanges(version)
        steps = (*self.steps, (version, ids))
        if len(steps) <= _STEPS:
            return ListChanges(self.complete_from, steps)
        return ListChanges(steps[0][0], steps[1:])


_STEPS, _MOST_CHANGES = 32, 1_000
"""About half a second of views while changes pour in; from so many changes on all is compared."""
_NO_DANGER = Assessment(Level.NO)


@dataclass(frozen=True, slots=True)
class PaneView:
    """The issue that somebody looks at, be it solved, and its conversation."""

    listed: ListedIssue
    messages: tuple[Message, ...] = ()
    """What was said, oldest first."""
    begun_at: int = 0
    """How many of ``messages`` there were when somebody began to look."""
    unread: int = 0
    """How much of what there was then they had not seen, messages and reopenings."""
    failure: str = ""
    """Why the conversation could not be read, in words."""
    under_way: UnderWay | None = None
    """The question that a chatbot thinks about now."""
    report: bool = False
    """The chatbot's server offers a report of the finished session."""
    untold: ChatProblem | None = None
    """Why the chatbot's server could not be told how the session ended."""
    lockout: Lockout | None = None
    """The lockout that was checked in the present episode; None: nobody did."""
    danger: Assessment = _NO_DANGER
    """What the event that raised it tells of people in danger, also in doubt."""

    @property
    def id(self) -> str:
        return self.listed.id

    @property
    def issue(self) -> Issue:
        return self.listed.issue

    @property
    def outgoing(self) -> OutboxEntry | None:
        return self.listed.outgoing


@dataclass(frozen=True, slots=True)
class LogDoubts:
    """What another log told under this topic's name, and the one that is read now does not."""

    since_ms: int | None = None
    """When it was found that the log is another one; None: it is the one that was always read."""
    issues: Mapping[str, int] = field(default_factory=frozen)
    """Open issues that the log has not confirmed, and since when (epoch ms)."""


@dataclass(frozen=True, slots=True)
class StationView:
    """The Station at one moment."""

    version: int
    """Grows by one with each view that says something new. 0: a first look; only the newest may be assessed."""
    now_ms: int
    """Epoch ms by this terminal's clock at which it was made."""
    scope: str
    """The log that is read: cluster and topic."""
    operator: str
    """Who is at this terminal."""
    freshness: Freshness
    """Newer than ``version`` tells, where only the cluster was heard again meanwhile."""
    listed: tuple[ListedIssue, ...] = ()
    """The open issues and those raised against the clocks, most urgent first."""
    by_id: Mapping[str, ListedIssue] = field(default_factory=frozen)
    """The same by id."""
    changes: ListChanges = ListChanges()
    """What of it changed lately."""
    outbox: tuple[OutboxEntry, ...] = ()
    """All that is not confirmed yet, also what is meant for another log."""
    waiting: tuple[OutboxEntry, ...] = ()
    """What of it is meant for the log that is read now."""
    held: Mapping[str, OutboxEntry] = field(default_factory=frozen)
    """By issue what was held back, as it was raised again: a person must say whether it still holds."""
    drafts: Mapping[tuple[str, str], str] = field(default_factory=frozen)
    """What was begun and not sent, by issue and kind."""
    quarantine_count: int = 0
    quarantine_newest: Quarantined | None = None
    chat: ChatHealth = field(default_factory=lambda: ChatHealth(""))
    """Whether the chosen chatbot answers."""
    chatbots: tuple[str, ...] = ()
    """The chatbots that can be called by name, the chosen one first."""
    open_issues: int = 0
    """Open issues of which the log tells."""
    complete_ms: int | None = None
    """When an earlier connection, or run, was last known to be complete (epoch ms)."""
    doubts: LogDoubts = field(default_factory=LogDoubts)
    clock: ClockFacts = field(default_factory=ClockFacts)
    newest: IssueEvent | None = None
    """The newest event of all: ahead of now, somebody's clock is wrong."""
    recovery: Recovery | None = None
    """What happened to a damaged store."""
    is_rebuilding: bool = False
    """What was kept of the issues was damaged: they are read anew from the topic."""
    pane: PaneView | None = None
    """What is looked at; None: nothing, or no issue that is known."""

    @property
    def is_catching_up(self) -> bool:
        """The log is being read from an earlier place on: what is listed may be long solved."""
        return self.freshness.state is FeedState.CATCHING_UP

    def issue(self, issue: str | None) -> Issue | None:
        """The issue, where it is listed or looked at."""
        known = None if issue is None else self.facts(issue)
        return None if known is None else known.issue

    def facts(self, issue: str) -> ListedIssue | None:
        """What is known of an issue, where it is listed or looked at."""
        if self.pane is not None and self.pane.id == issue:
            return self.pane.listed
        return self.by_id.get(issue)

    def outgoing(self, issue: str) -> OutboxEntry | None:
        """The newest record of this issue that is not confirmed yet."""
        return next((entry for entry in reversed(self.waiting) if entry.record.issue == issue), None)

    def count_open(self, now_ms: int, now: float) -> OpenCount:
        """How many are open, as far as that is known at ``now_ms`` (epoch ms) and ``now`` (monotonic seconds)."""
        return open_count(self.open_issues, self.freshness, now=now, now_ms=now_ms, complete_ms=self.complete_ms)
