"""Issue and IssueRegister: events in, changes out. Pure: no clock of its own, no I/O.

An issue is a join of its events: merging is commutative, associative and idempotent, so events may come
from different partitions, in any order and more than once (DESIGN.md, "How events fold into issues").
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.events import INSPECTION, IssueEvent, Kind

MAX_MARKS = 256
"""Newest events of one issue that are told apart. Keeping the newest of a union is itself a join."""

DEFAULT_REOPEN_AFTER_MS = 30_000


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """The trace that one event leaves: enough to count occurrences and episodes."""

    time_ms: int
    kind: Kind
    digest: int
    operator: str = ""
    note: str = ""
    source: str = ""
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """All that is known of one issue. Made by ``issue_of`` and ``merge`` alone."""

    id: str
    marks: tuple[Mark, ...]
    """Distinct events, oldest first, the newest ``MAX_MARKS``."""
    latest: IssueEvent
    """The newest event: its fields are the issue's fields."""
    latest_open: IssueEvent | None
    latest_solved: IssueEvent | None
    reopened_ms: int | None
    """Time of the newest event that says that it reopens."""
    is_open: bool
    episode: int
    """1 for the first, one more for each reopening."""
    occurrences: int
    """Times the plant raised it in this episode."""
    opened_ms: int
    """Epoch ms at which this episode began."""
    resolution: Mark | None
    """What ended this episode; None while the issue is open."""

    @property
    def newest_ms(self) -> int:
        return self.latest.time_ms

    @property
    def solved_ms(self) -> int | None:
        return None if self.is_open or self.latest_solved is None else self.latest_solved.time_ms

    @property
    def shown_id(self) -> str:
        return self.latest.shown_id

    @property
    def is_fault(self) -> bool:
        """Whatever is not an inspection is treated as a fault: the careful side."""
        return self.latest.process_type != INSPECTION


class ChangeKind(StrEnum):
    OPENED = "opened"
    UPDATED = "updated"
    SOLVED = "solved"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Change:
    """What an event changed. ``at_ms`` is the time of the event that changed it."""

    kind: ChangeKind
    issue: Issue
    at_ms: int


def issue_of(event: IssueEvent, reopen_after_ms: int | None = DEFAULT_REOPEN_AFTER_MS) -> Issue:
    """The issue as a single event tells it. ``reopen_after_ms`` None: a plain open never reopens."""
    solved = event.kind is Kind.SOLVED
    mark = Mark(event.time_ms, event.kind, event.digest, event.operator, event.note, event.source, event.event_id)
    return refold(
        event.issue,
        (mark,),
        latest=event,
        latest_open=None if solved else event,
        latest_solved=event if solved else None,
        reopened_ms=event.time_ms if event.kind is Kind.REOPEN else None,
        reopen_after_ms=reopen_after_ms,
    )


def merge(one: Issue, other: Issue, reopen_after_ms: int | None = DEFAULT_REOPEN_AFTER_MS) -> Issue:
    """Join what two sets of events tell of the same issue, in whatever order they came."""
    return refold(
        one.id,
        tuple(sorted({*one.marks, *other.marks}))[-MAX_MARKS:],
        latest=max(one.latest, other.latest, key=_rank),
        latest_open=_newer(one.latest_open, other.latest_open),
        latest_solved=_newer(one.latest_solved, other.latest_solved),
        reopened_ms=max((t for t in (one.reopened_ms, other.reopened_ms) if t is not None), default=None),
        reopen_after_ms=reopen_after_ms,
    )


class IssueRegister:
    """Every issue that the topic has told of, by id."""

    def __init__(self, reopen_after_ms: int | None = DEFAULT_REOPEN_AFTER_MS) -> None:
        self.reopen_after_ms = reopen_after_ms
        self.issues: dict[str, Issue] = {}

    def restore(self, issues: Iterable[Issue]) -> None:
        """Start from a snapshot: it joins what is there already, like any other news."""
        for issue in issues:
            known = self.issues.get(issue.id)
            self.issues[issue.id] = issue if known is None else merge(known, issue, self.reopen_after_ms)

    def apply(self, event: IssueEvent) -> Change | None:
        """Fold one event in; None when it tells nothing new."""
        known = self.issues.get(event.issue)
        news = issue_of(event, self.reopen_after_ms)
        issue = news if known is None else merge(known, news, self.reopen_after_ms)
        if issue == known:
            return None
        self.issues[event.issue] = issue
        return Change(_change_kind(known, issue), issue, event.time_ms)

    def open_issues(self) -> list[Issue]:
        """The open issues, longest open first."""
        return sorted((i for i in list(self.issues.values()) if i.is_open), key=lambda i: (i.opened_ms, i.id))


def _change_kind(before: Issue | None, after: Issue) -> ChangeKind:
    if before is None:
        return ChangeKind.OPENED if after.is_open else ChangeKind.SOLVED
    if before.is_open == after.is_open:
        return ChangeKind.UPDATED
    return ChangeKind.REOPENED if after.is_open else ChangeKind.SOLVED


def refold(
    issue: str,
    marks: tuple[Mark, ...],
    *,
    latest: IssueEvent,
    latest_open: IssueEvent | None,
    latest_solved: IssueEvent | None,
    reopened_ms: int | None,
    reopen_after_ms: int | None,
) -> Issue:
    solved_ms = latest_solved.time_ms if latest_solved else None
    is_open = latest_open is not None and _reopens(latest_open.time_ms, solved_ms, reopened_ms, reopen_after_ms)
    course = _course(marks, reopen_after_ms)
    return Issue(
        id=issue,
        marks=marks,
        latest=latest,
        latest_open=latest_open,
        latest_solved=latest_solved,
        reopened_ms=reopened_ms,
        is_open=is_open,
        episode=max(course.episode, 1),
        occurrences=max(course.occurrences, 1),
        opened_ms=marks[0].time_ms if course.opened_ms is None else course.opened_ms,
        resolution=None if is_open else _resolution(course.solves),
    )


def _reopens(open_ms: int, solved_ms: int | None, reopened_ms: int | None, after_ms: int | None) -> bool:
    """Whether the newest open stands against the newest solve."""
    if solved_ms is None:
        return True
    if reopened_ms is not None and reopened_ms > solved_ms:
        return True
    return after_ms is not None and open_ms > solved_ms + after_ms


@dataclass(frozen=True, slots=True)
class _Course:
    """What a walk along an issue's marks tells: episodes, and what ended the last one."""

    episode: int
    opened_ms: int | None
    occurrences: int
    solves: tuple[Mark, ...]


def _course(marks: tuple[Mark, ...], reopen_after_ms: int | None) -> _Course:
    """Walk along ``marks``, oldest first. A plain loop: it runs for every event of a chattering issue."""
    episode, opened_ms, occurrences, running = 0, None, 0, False
    solves: list[Mark] = []
    for mark in marks:
        if mark.kind is Kind.SOLVED:
            running = False
            solves.append(mark)
        elif running:
            occurrences += 1
        elif not solves or _reopens(
            mark.time_ms,
            solves[-1].time_ms,
            mark.time_ms if mark.kind is Kind.REOPEN else None,
            reopen_after_ms,
        ):
            episode, opened_ms, occurrences, running = episode + 1, mark.time_ms, 1, True
            solves = []
    return _Course(episode, opened_ms, occurrences, tuple(solves))


def _resolution(solves: tuple[Mark, ...]) -> Mark | None:
    """The solve that ended the episode: the first that names a person, else the first."""
    return next((mark for mark in solves if mark.operator), solves[0] if solves else None)


def _newer(one: IssueEvent | None, other: IssueEvent | None) -> IssueEvent | None:
    return max((event for event in (one, other) if event is not None), key=_rank, default=None)


def _rank(event: IssueEvent) -> tuple[object, ...]:
    return event.rank
