"""ListedIssues: the open issues in their order, kept as they change. What did not change is not computed again."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from core.domain.alarms import (
    AlarmState,
    Handling,
    Limits,
    Standing,
    Urgency,
    limits_for,
    next_change_ms,
    standing_of,
    urgency_of,
)
from core.domain.errors import StoreError
from core.domain.event_danger import EventDangers
from core.domain.events import IssueEvent
from core.domain.issue_names import Names
from core.domain.issues import Issue
from core.domain.known_issues import KnownIssues
from core.domain.outbox import OutboxEntry
from core.station.view import ListedIssue, frozen

MANY = 64
"""From so many changes at once on, sorting all is cheaper than putting each into its place."""
_BACK_MS = 1_000
"""A clock that was set back by more than this makes what was overdue be due again."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What issues are listed from. Every mapping but ``issues`` and ``names`` is replaced when it changes."""

    issues: KnownIssues = field(default_factory=KnownIssues)
    names: Names = field(default_factory=Names)
    handling: Mapping[str, Handling] = field(default_factory=dict)
    unread: Mapping[str, int] = field(default_factory=dict)
    raises: Mapping[str, IssueEvent] = field(default_factory=dict)
    """Raises that were folded away by the clocks, by issue."""
    outgoing: Mapping[str, OutboxEntry] = field(default_factory=dict)
    """By issue the newest record that is not confirmed yet."""
    unconfirmed: Mapping[str, int] = field(default_factory=dict)
    """Open issues of which the log does not tell, and since when (epoch ms)."""


class ListedIssues:
    """Open issues, and those raised against the clocks, most urgent first. Belongs to one thread."""

    def __init__(self, dangers: EventDangers, limits: Mapping[str, Limits]) -> None:
        self._dangers = dangers
        self._limits = limits
        self._sources = Sources()
        self._now_ms = 0
        self._keys: dict[str, Urgency] = {}
        self._order: list[Urgency] = []
        """Sorted; beside it, in the same order, what is listed."""
        self._ordered: list[ListedIssue] = []
        self._by_id: dict[str, ListedIssue] = {}
        self._due_ms: dict[str, int] = {}
        self._due: list[tuple[int, str]] = []
        """A heap of the times at which the clock alone changes an issue. What ``_due_ms`` does not know is past."""
        self._frozen: tuple[tuple[ListedIssue, ...], Mapping[str, ListedIssue]] | None = None
        self._changed: set[str] = set()
        self.open_issues = 0
        """Open ones of which the log tells."""
        self.computed = 0
        """How many were looked at anew so far: what tests count."""

    @property
    def values(self) -> tuple[tuple[ListedIssue, ...], Mapping[str, ListedIssue]]:
        """What is listed, in order and by id: the same objects as before where nothing changed."""
        if self._frozen is None:
            self._frozen = tuple(self._ordered), frozen(self._by_id)
        return self._frozen

    def take_changed(self) -> frozenset[str]:
        """The ids that came, changed or went since this was last asked."""
        changed, self._changed = self._changed, set()
        return frozenset(changed)

    def next_due_ms(self) -> int | None:
        """Epoch ms at which the clock alone changes what is listed; None where it never does."""
        while self._due and self._due_ms.get(self._due[0][1]) != self._due[0][0]:
            heappop(self._due)
        return self._due[0][0] if self._due else None

    def facts(self, issue: Issue) -> ListedIssue:
        """What is known of ``issue``, listed or not, as of the last update."""
        sources, known = self._sources, issue.id
        raised, handling = sources.raises.get(known), sources.handling.get(known)
        return ListedIssue(
            issue=issue,
            shown_id=sources.names.shown(known),
            standing=self._standing(issue, handling),
            handling=handling,
            unread=sources.unread.get(known, 0),
            outgoing=sources.outgoing.get(known),
            raised=raised,
            in_danger=self._dangers.is_emergency(issue, raised),
            unconfirmed_since_ms=sources.unconfirmed.get(known),
        )

    def _standing(self, issue: Issue, handling: Handling | None) -> Standing:
        if issue.id in self._sources.raises and not issue.is_open:
            return Standing(AlarmState.OVERRULED)
        limits = limits_for(issue, self._limits)
        in_danger = self._dangers.is_emergency(issue)
        return standing_of(issue, handling, self._now_ms, limits, in_danger=in_danger)

    def update(self, sources: Sources, touched: Iterable[str], now_ms: int) -> None:
        """Bring up to date what changed: issues that were ``touched``, whatever ``sources`` replaced, what fell due."""
        before, is_set_back = self._sources, now_ms < self._now_ms - _BACK_MS
        self._sources, self._now_ms = sources, now_ms
        changed = set(touched)
        if before.issues is not sources.issues or before.names is not sources.names or is_set_back:
            changed |= self._by_id.keys()
            changed |= {issue.id for issue in sources.issues.held() if issue.is_open}
        else:
            changed.update(*(sources.names.alike(known) for known in tuple(changed)))
        for old, new in _mappings(before, sources):
            changed |= differing(old, new)
        changed |= self._fallen_due()
        self._put([(known, self._listed(known)) for known in changed])

    def _fallen_due(self) -> set[str]:
        fallen = set()
        while self._due and self._due[0][0] <= self._now_ms:
            due_ms, issue = heappop(self._due)
            if self._due_ms.get(issue) == due_ms:
                del self._due_ms[issue]
                fallen.add(issue)
        return fallen

    def _listed(self, known: str) -> ListedIssue | None:
        issue = self._known(known)
        if issue is None or not (issue.is_open or known in self._sources.raises):
            return None
        self.computed += 1
        self._wait_for(issue)
        found, before = self.facts(issue), self._by_id.get(known)
        return before if found == before else found

    def _known(self, known: str) -> Issue | None:
        """The issue. Of the solved ones only those that were raised again are fetched from where they are kept."""
        issues, listed = self._sources.issues, self._by_id.get(known)
        held = issues.held_one(known)
        if held is not None or known not in self._sources.raises:
            return held
        try:
            return issues.get(known)
        except StoreError:
            if listed is None:
                raise
            return listed.issue

    def _wait_for(self, issue: Issue) -> None:
        limits, handling = limits_for(issue, self._limits), self._sources.handling.get(issue.id)
        in_danger = self._dangers.is_emergency(issue)
        due_ms = next_change_ms(issue, handling, self._now_ms, limits, in_danger=in_danger)
        if due_ms is None:
            self._due_ms.pop(issue.id, None)
        elif self._due_ms.get(issue.id) != due_ms:
            self._due_ms[issue.id] = due_ms
            heappush(self._due, (due_ms, issue.id))
        if len(self._due) > 2 * len(self._due_ms) + MANY:
            self._due = [(at_ms, known) for known, at_ms in self._due_ms.items()]
            heapify(self._due)

    def _put(self, found: list[tuple[str, ListedIssue | None]]) -> None:
        news = [(known, one) for known, one in found if one is not self._by_id.get(known)]
        if not news:
            return
        self._frozen = None
        self._changed.update(known for known, _one in news)
        is_many = len(news) > MANY
        for known, one in news:
            if not is_many and known in self._keys:
                self._take_out(self._keys[known])
            self._replace(known, one)
            if not is_many and one is not None:
                self._put_in(self._keys[known], one)
        if is_many:
            self._order = sorted(self._keys.values())
            self._ordered = [self._by_id[key[-1]] for key in self._order]

    def _take_out(self, key: Urgency) -> None:
        at = bisect_left(self._order, key)
        del self._order[at], self._ordered[at]

    def _put_in(self, key: Urgency, one: ListedIssue) -> None:
        at = bisect_left(self._order, key)
        self._order.insert(at, key)
        self._ordered.insert(at, one)

    def _replace(self, known: str, one: ListedIssue | None) -> None:
        before = self._by_id.pop(known, None)
        self.open_issues -= before is not None and _counts(before)
        if one is None:
            self._keys.pop(known, None)
            self._due_ms.pop(known, None)
            self._dangers.forget(known)
            return
        self.open_issues += _counts(one)
        self._by_id[known] = one
        self._keys[known] = urgency_of(one.issue, one.standing, in_danger=one.in_danger)


def _counts(one: ListedIssue) -> bool:
    return one.issue.is_open and one.unconfirmed_since_ms is None


def _mappings(before: Sources, after: Sources) -> Iterable[tuple[Mapping[str, object], Mapping[str, object]]]:
    yield before.handling, after.handling
    yield before.unread, after.unread
    yield before.raises, after.raises
    yield before.outgoing, after.outgoing
    yield before.unconfirmed, after.unconfirmed


def differing(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    """The keys whose values are other objects, or there in one of the two alone; of one and the same mapping none."""
    if before is after:
        return set()
    found = {key for key, value in after.items() if before.get(key) is not value}
    return found | (before.keys() - after.keys())
