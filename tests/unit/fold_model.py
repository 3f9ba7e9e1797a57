"""The fold as the contract's words alone tell it: lists, sorting, one walk. Slow and plain, to compare others with.

It shares nothing with the program, not even how a record is read: a test draws what somebody *says* (``Said``), and
only ``wire.py`` beside it makes bytes of that. Sources: docs/contracts/issue-events.md; docs/architecture.md, "How
events fold". Where several answers are right (two raises of one millisecond), it names them all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Says: TypeAlias = Literal["raise", "reopen", "solve"]
Facts: TypeAlias = tuple[str, str, str, str]
"""Process type, mode type, mode log id, description; empty where it is null or missing."""

NOTHING: Facts = ("", "", "", "")
_LAST_WORD: dict[Says, int] = {"raise": 0, "reopen": 1, "solve": 2}
"""In one millisecond a solve has the last word over a reopening, and that over a raise."""


@dataclass(frozen=True)
class Said:
    """What one record says, and the very bytes that say it."""

    issue: str
    says: Says
    at_ms: int
    """The time that counts, whatever stamp was sent."""
    facts: Facts
    value: bytes
    tells_time: bool
    """The JSON has a timestamp."""
    person: str = ""
    note: str = ""
    event_id: str = ""
    is_terminals: bool = False
    """A terminal wrote it: its resolve repeats what the opening said."""

    @property
    def is_open(self) -> bool:
        return self.says != "solve"


@dataclass(frozen=True)
class PlainIssue:
    """An issue by the words of the contract."""

    id: str
    is_open: bool
    episode: int
    occurrences: int
    opened_ms: int
    solved_ms: int | None
    newest_ms: int
    facts: frozenset[Facts]
    """What it may be said to be: of several newest openings in one millisecond each."""
    solved_as: frozenset[Facts]
    """What its newest solve may be said to tell of it; empty while it is open."""
    resolved_by: frozenset[tuple[str, str]]
    """Person and note that may be named for what ended the episode; empty while it is open."""


def fold(said: Iterable[Said], reopen_after_ms: int | None) -> dict[str, PlainIssue]:
    """Every issue that was told of. ``reopen_after_ms``: None is never."""
    by_issue: dict[str, list[Said]] = {}
    for one in said:
        if one not in by_issue.setdefault(one.issue, []):  # what came twice was said once
            by_issue[one.issue].append(one)
    return {issue: _folded(issue, told, reopen_after_ms) for issue, told in by_issue.items()}


def _folded(issue: str, told: Sequence[Said], reopen_after_ms: int | None) -> PlainIssue:
    told = sorted(told, key=lambda one: (one.at_ms, _LAST_WORD[one.says]))
    is_open = _stands_open(told, reopen_after_ms)
    episodes = _episodes(told, reopen_after_ms)
    last = episodes[-1]
    solves = [one for one in told if not one.is_open]
    return PlainIssue(
        id=issue,
        is_open=is_open,
        episode=len(episodes),
        occurrences=max(sum(one.is_open for one in last), 1),
        opened_ms=last[0].at_ms,
        solved_ms=None if is_open else solves[-1].at_ms,
        newest_ms=told[-1].at_ms,
        facts=_facts(told),
        solved_as=frozenset() if is_open else frozenset(one.facts for one in _newest(solves)),
        resolved_by=frozenset() if is_open else _resolved_by(last),
    )


def _stands_open(told: Sequence[Said], reopen_after_ms: int | None) -> bool:
    """Solved, unless an opening is newer than the solve by more than ``reopen_after`` or says that it reopens."""
    solves = [one.at_ms for one in told if not one.is_open]
    return any(one.is_open and (not solves or _reopens(one, max(solves), reopen_after_ms)) for one in told)


def _reopens(opening: Said, solved_ms: int, reopen_after_ms: int | None) -> bool:
    if opening.says == "reopen" and opening.at_ms > solved_ms:
        return True
    return reopen_after_ms is not None and opening.at_ms - solved_ms > reopen_after_ms


def _episodes(told: Sequence[Said], reopen_after_ms: int | None) -> list[list[Said]]:
    """What belongs to each episode. A reopening begins one; a raise that does not reopen belongs to none."""
    episodes: list[list[Said]] = [[]]
    solved_ms: int | None = None
    for one in told:
        if not one.is_open:
            solved_ms = one.at_ms
        elif solved_ms is not None:
            if not _reopens(one, solved_ms, reopen_after_ms):
                continue
            solved_ms = None
            episodes.append([])
        episodes[-1].append(one)
    return episodes


def _facts(told: Sequence[Said]) -> frozenset[Facts]:
    """What the newest opening says; a solving record is no witness.

    A terminal that knows nothing but a solve reopens without facts: that takes away nothing that was said before. Where
    no opening says anything, the newest solve stands in, if a terminal wrote it (it repeats the opening's own fields).
    """
    openings = [one for one in told if one.is_open and one.facts != NOTHING]
    if openings:
        return frozenset(one.facts for one in _newest(openings))
    solves = _newest([one for one in told if not one.is_open])
    return frozenset(one.facts if one.is_terminals else NOTHING for one in solves) or frozenset({NOTHING})


def _resolved_by(episode: Sequence[Said]) -> frozenset[tuple[str, str]]:
    """The first solve that names a person, else the first: an echo of the plant's takes nobody's work away."""
    solves = [one for one in episode if not one.is_open]
    named = [one for one in solves if one.person] or solves
    return frozenset((one.person, one.note) for one in named if one.at_ms == named[0].at_ms)


def _newest(told: Sequence[Said]) -> list[Said]:
    newest_ms = max((one.at_ms for one in told), default=0)
    return [one for one in told if one.at_ms == newest_ms]


def raised_again(said_live: Sequence[Said], reopen_after_ms: int | None) -> set[str]:
    """Issues whose live raise lost by the clocks and was not dealt with, after these came one by one, some again.

    No live alarm is folded away in silence: a raise whose value was not seen before, that comes after a solve and yet
    leaves the issue solved. It ends when the issue is open, or a solve that is later than the raise comes.
    """
    raised: dict[str, Said] = {}
    for at, one in enumerate(said_live):
        before = [other for other in said_live[:at] if other.issue == one.issue]
        is_open = _stands_open([*before, one], reopen_after_ms)
        earlier = raised.get(one.issue)
        if earlier is not None and (is_open or _is_later_solve(one, earlier, before)):
            del raised[one.issue]
        if one.is_open and not is_open and before and not _was_seen(one, before):
            raised[one.issue] = one
    return set(raised)


def _was_seen(one: Said, before: Sequence[Said]) -> bool:
    """The same value. What tells no time of its own may be said anew in the same bytes, at another time."""
    return any(other.value == one.value and (one.tells_time or other == one) for other in before)


def _is_later_solve(one: Said, raised: Said, before: Sequence[Said]) -> bool:
    rank, raised_rank = (one.at_ms, _LAST_WORD[one.says]), (raised.at_ms, _LAST_WORD[raised.says])
    return not one.is_open and one not in before and rank > raised_rank
