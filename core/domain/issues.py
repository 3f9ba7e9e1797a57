"""Issue and IssueRegister: events in, changes out. Pure: no clock of its own, no I/O.

An issue is a join of its events: merging is commutative, associative and idempotent, so events may come
from different partitions, in any order and more than once (docs/architecture.md, "How events fold").
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from core.domain.causes import cause_in
from core.domain.events import INSPECTION, Facts, IssueEvent, Kind

MAX_MARKS = 256
"""Newest repeats, newest turns and newest episodes of one issue that are told apart. Up to this many the fold is
exact in any order; beyond it whether the issue is open, and its newest event, still are.
"""

DEFAULT_REOPEN_AFTER_MS = 30_000


class Mark(msgspec.Struct, frozen=True, order=True, gc=False):
    """The trace that one event leaves: enough to count occurrences and episodes. Marks sort as their events do."""

    time_ms: int
    kind: Kind
    digest: int
    operator: str = ""
    note: str = ""
    source: str = ""
    event_id: str = ""
    cause: str = ""
    """Of a solve: the code of its cause, where somebody chose one."""


class Issue(msgspec.Struct, frozen=True, gc=False):
    """All that is known of one issue. Made by ``issue_of`` and ``merge`` alone."""

    id: str
    turns: tuple[Mark, ...]
    """What no number of repeats pushes out, oldest first: solves, reopenings, and what began and ended each episode."""
    repeats: tuple[Mark, ...]
    """The newest plain opens, oldest first."""
    latest: IssueEvent
    """The newest event of any kind. What it says of the issue need not be true: see ``opened_as``."""
    latest_open: IssueEvent | None
    latest_told: IssueEvent | None
    """The newest open that says what the issue is: a terminal that knows nothing but a solve reopens without facts."""
    latest_solved: IssueEvent | None
    reopened_ms: int | None
    """Time of the newest event that says that it reopens."""
    is_open: bool
    episode: int
    """1 for the first, one more for each reopening."""
    occurrences: int
    """Times the plant raised it in this episode, as far as they are told apart."""
    opening: Mark
    """What began this episode; a solve where nothing else of it is known."""
    resolution: Mark | None
    """What ended this episode; None while the issue is open."""

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Every event that is told apart, oldest first."""
        marks = sorted(self.turns + self.repeats)
        return tuple(mark for at, mark in enumerate(marks) if not at or mark != marks[at - 1])

    @property
    def opened_ms(self) -> int:
        """Epoch ms at which this episode began."""
        return self.opening.time_ms

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
    def opened_as(self) -> IssueEvent | None:
        """The newest record that opened it: what this says of the issue is what the issue is, also in what we publish.

        A solving record is no witness: the plant's solve script names a press whatever it solves. Where no opening is
        known any more, a terminal's resolve stands in for it, since a terminal repeats the opening's own fields. Else
        None: nothing is known of the issue but its id.
        """
        opened, solved = self.latest_told or self.latest_open, self.latest_solved
        if self.latest_told is None and solved is not None and solved.repeats_the_opening:
            return solved
        return opened

    @property
    def solved_as(self) -> IssueEvent | None:
        """The newest solve, where it says something else of the issue than the opening did; None while it is open."""
        solved = None if self.is_open else self.latest_solved
        return solved if solved is not None and solved.facts != self.facts else None

    @property
    def facts(self) -> Facts:
        """What the issue is; empty texts where that is not known."""
        return self.opened_as.facts if self.opened_as is not None else Facts()

    @property
    def process_type(self) -> str:
        return self.facts.process_type

    @property
    def mode_type(self) -> str:
        return self.facts.mode_type

    @property
    def mode_log_id(self) -> str:
        return self.facts.mode_log_id

    @property
    def description(self) -> str:
        return self.facts.description

    @property
    def cause(self) -> str:
        """The code of what it came from, as whoever resolved it said; empty where nobody did, and while it is open."""
        return self.resolution.cause if self.resolution is not None else ""

    @property
    def is_fault(self) -> bool:
        """Whatever is not an inspection is treated as a fault: the careful side."""
        return self.process_type != INSPECTION


def solved_otherwise(issue: Issue) -> tuple[str, ...]:
    """What the solve says of the issue that the opening does not: to be shown beside it, never in its place."""
    if issue.solved_as is None:
        return ()
    said = zip(issue.solved_as.facts, issue.facts, strict=True)
    return tuple(solving for solving, opening in said if solving and solving != opening)


class ChangeKind(StrEnum):
    OPENED = "opened"
    UPDATED = "updated"
    SOLVED = "solved"
    REOPENED = "reopened"
    OVERRULED = "raised-again"
    """A raise came, yet by the clocks the issue is solved (``core.domain.overruled``)."""


class Change(msgspec.Struct, frozen=True, gc=False):
    """What an event changed. ``at_ms`` is the time of the event that changed it."""

    kind: ChangeKind
    issue: Issue
    at_ms: int


def issue_of(event: IssueEvent) -> Issue:
    """The issue as a single event tells it."""
    mark = mark_of(event)
    marks = (mark,)
    if event.kind is Kind.SOLVED:
        return Issue(event.issue, marks, (), event, None, None, event, None, False, 1, 1, mark, mark)
    is_reopening = event.kind is Kind.REOPEN
    return Issue(
        event.issue,
        marks,
        () if is_reopening else marks,
        event,
        event,
        event if event.tells_facts else None,
        None,
        event.time_ms if is_reopening else None,
        True,
        1,
        1,
        mark,
        None,
    )


def merge(one: Issue, other: Issue, reopen_after_ms: int | None = DEFAULT_REOPEN_AFTER_MS) -> Issue:
    """Join what two sets of events tell of the same issue, in whatever order they came."""
    return refold(
        one.id,
        (*one.turns, *one.repeats, *other.turns, *other.repeats),
        latest=max(one.latest, other.latest, key=_rank),
        latest_open=newer(one.latest_open, other.latest_open),
        latest_told=newer(one.latest_told, other.latest_told),
        latest_solved=newer(one.latest_solved, other.latest_solved),
        reopened_ms=max((t for t in (one.reopened_ms, other.reopened_ms) if t is not None), default=None),
        reopen_after_ms=reopen_after_ms,
    )


def mark_of(event: IssueEvent) -> Mark:
    """The trace that ``event`` leaves."""
    cause = cause_in(event.headers) if event.kind is Kind.SOLVED and event.headers else ""
    return Mark(
        event.time_ms, event.kind, event.digest, event.operator, event.note, event.source, event.event_id, cause
    )


def followed(known: Issue, event: IssueEvent) -> Issue | None:
    """``known`` after one event more, newer than all before, in the two ways that nearly all events are.

    The same as merging it, without walking along all marks. None where the short way does not apply.
    """
    if not known.is_open or event.kind is Kind.REOPEN:
        return None
    mark = mark_of(event)
    is_later = event.time_ms > known.latest.time_ms  # then it is newer than every mark
    if not is_later and (event.rank <= known.latest.rank or mark <= max(known.turns[-1:] + known.repeats[-1:])):
        return None
    return _solved(known, event, mark) if event.kind is Kind.SOLVED else _repeated(known, event, mark)


def preceded(known: Issue, event: IssueEvent) -> Issue | None:
    """``known`` after a plain open that came late, where one partition was read before another.

    The same as merging it, for an issue that was open once so far. None where the short way does not apply.
    """
    if event.kind is not Kind.OPEN or known.episode != 1 or known.reopened_ms is not None:
        return None
    if len(known.repeats) >= MAX_MARKS or len(known.turns) > 2:
        return None
    mark, end = mark_of(event), known.resolution
    if (end is not None and mark >= end) or mark in known.repeats:
        return None
    is_solve_alone = end == known.opening
    if known.turns != ((known.opening,) if end is None or is_solve_alone else (known.opening, end)):
        return None
    if known.opening.kind is not Kind.OPEN and not is_solve_alone:
        return None
    opens_it = is_solve_alone or mark < known.opening
    opening = mark if opens_it else known.opening
    return replace(
        known,
        turns=(opening,) if end is None else (opening, end),
        repeats=tuple(sorted((*known.repeats, mark))),
        latest=max(known.latest, event, key=_rank),
        latest_open=newer(known.latest_open, event),
        latest_told=newer(known.latest_told, event) if event.tells_facts else known.latest_told,
        occurrences=1 if is_solve_alone else known.occurrences + 1,
        opening=opening,
    )


def _solved(known: Issue, event: IssueEvent, mark: Mark) -> Issue | None:
    """After a solve. While an issue is open nothing has ended its last episode yet. None: a turn may be cut off."""
    if len(known.turns) >= MAX_MARKS:
        return None
    return replace(known, turns=(*known.turns, mark), latest=event, latest_solved=event, is_open=False, resolution=mark)


def _repeated(known: Issue, event: IssueEvent, mark: Mark) -> Issue:
    """After a plain open: what a chattering issue sends by the thousand."""
    dropped = known.repeats[0] if len(known.repeats) == MAX_MARKS else None
    counted = dropped is not None and dropped not in known.turns and dropped > known.opening
    return replace(
        known,
        repeats=(*known.repeats[1 if dropped else 0 :], mark),
        latest=event,
        latest_open=event,
        latest_told=event if event.tells_facts else known.latest_told,
        occurrences=known.occurrences + (not counted),
    )


def change_kind(before: Issue | None, after: Issue) -> ChangeKind:
    if before is None:
        return ChangeKind.OPENED if after.is_open else ChangeKind.SOLVED
    if before.is_open == after.is_open:
        return ChangeKind.UPDATED
    return ChangeKind.REOPENED if after.is_open else ChangeKind.SOLVED


def refold(
    issue: str,
    marks: Iterable[Mark],
    *,
    latest: IssueEvent,
    latest_open: IssueEvent | None,
    latest_told: IssueEvent | None,
    latest_solved: IssueEvent | None,
    reopened_ms: int | None,
    reopen_after_ms: int | None,
) -> Issue:
    """The issue that follows from ``marks`` (in any order, repeated or not) and its newest events."""
    solved_ms = latest_solved.time_ms if latest_solved else None
    is_open = latest_open is not None and _reopens(latest_open.time_ms, solved_ms, reopened_ms, reopen_after_ms)
    turns, repeats, episodes = _told_apart(sorted(set(marks)), reopen_after_ms)
    last = episodes[-1]
    return Issue(
        id=issue,
        turns=turns,
        repeats=repeats,
        latest=latest,
        latest_open=latest_open,
        latest_told=latest_told,
        latest_solved=latest_solved,
        reopened_ms=reopened_ms,
        is_open=is_open,
        episode=len(episodes),
        occurrences=max(last.occurrences, 1),
        opening=last.opening,
        resolution=None if is_open else last.resolution,
    )


def _reopens(open_ms: int, solved_ms: int | None, reopened_ms: int | None, after_ms: int | None) -> bool:
    """Whether the newest open stands against the newest solve."""
    if solved_ms is None:
        return True
    if reopened_ms is not None and reopened_ms > solved_ms:
        return True
    return after_ms is not None and open_ms > solved_ms + after_ms


@dataclass(slots=True)
class _Episode:
    """One episode, as a walk along an issue's marks finds it."""

    opening: Mark
    """Its first event; a solve where no open of it is known."""
    occurrences: int = 0
    resolution: Mark | None = None
    """The solve that ended it: the first that names a person, else the first."""


def _episodes(marks: list[Mark], reopen_after_ms: int | None) -> list[_Episode]:
    """Walk along ``marks``, oldest first."""
    episode = _Episode(marks[0])
    found = [episode]
    running, solved_ms = True, None
    for mark in marks:
        if mark.kind is Kind.SOLVED:
            running, solved_ms = False, mark.time_ms
            if _tells_more(mark, episode.resolution):
                episode.resolution = mark
        elif running:
            episode.occurrences += 1
        elif _reopens(mark.time_ms, solved_ms, mark.time_ms if mark.kind is Kind.REOPEN else None, reopen_after_ms):
            running, episode = True, _Episode(mark, 1)
            found.append(episode)
    return found


def _tells_more(mark: Mark, resolution: Mark | None) -> bool:
    """Whether ``mark`` is rather what ended an episode than ``resolution``, which came before it."""
    if resolution is None or (mark.operator and not resolution.operator):
        return True
    # An older Andon kept marks without a cause.
    return bool(mark.cause and not resolution.cause and mark.event_id and mark.event_id == resolution.event_id)


def _told_apart(
    marks: list[Mark], reopen_after_ms: int | None
) -> tuple[tuple[Mark, ...], tuple[Mark, ...], list[_Episode]]:
    """What is kept of ``marks``: turns, repeats, and the episodes that follow from these alone.

    Cut until nothing more is: folding what was kept once more must change nothing.
    """
    while True:
        episodes = _episodes(marks, reopen_after_ms)
        turns = _turns(marks, episodes)
        repeats = tuple(mark for mark in marks if mark.kind is Kind.OPEN)[-MAX_MARKS:]
        kept = {*turns, *repeats}
        if len(kept) == len(marks):
            return turns, repeats, episodes
        marks = sorted(kept)


def _turns(ordered: list[Mark], episodes: list[_Episode]) -> tuple[Mark, ...]:
    said = [mark for mark in ordered if mark.kind is not Kind.OPEN][-MAX_MARKS:]
    bounds = [mark for episode in episodes[-MAX_MARKS:] for mark in (episode.opening, episode.resolution) if mark]
    return tuple(sorted({*said, *bounds}))


def newer(one: IssueEvent | None, other: IssueEvent | None) -> IssueEvent | None:
    return max((event for event in (one, other) if event is not None), key=_rank, default=None)


def _rank(event: IssueEvent) -> tuple[object, ...]:
    return event.rank
