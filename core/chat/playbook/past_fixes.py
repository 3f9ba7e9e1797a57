"""What solved the same or similar issues before, for the built-in assistant, for models and for ``/similar``."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from heapq import nlargest
from operator import attrgetter, itemgetter
from typing import NamedTuple

from core.chat.playbook.fault_codes import faults_by_id
from core.chat.playbook.fault_finder import FaultFinder, finder_for
from core.chat.playbook.library import library
from core.chat.playbook.schema import plain_name
from core.domain.events import Kind
from core.domain.issues import Issue, Mark
from core.domain.past_fix import PastFix

MOST = 5
"""Past fixes that are told of one issue."""

_ALIKE = 1 / 3
"""Share of telling words in common (Dice) from which two descriptions are similar."""
_STEPS = 4
"""Likeness is compared in quarters, so that among equals the newest comes first."""
_SAME = _STEPS + 1
"""More than any likeness of words: the same fault."""
_TEXT_LIMIT = 200
"""Characters of a description that are compared."""
_MOST_COMPARED = 8_000
"""Resolved issues of one equipment that are looked at, the newest."""


class _Traits(NamedTuple):
    """What a description is compared by."""

    faults: frozenset[str]
    """Usual faults of which it says a whole symptom; else that of the issue's code."""
    words: frozenset[str]


class _End(NamedTuple):
    """How an issue ended, as it is ranked: the greatest is best."""

    noted: bool
    likeness: int
    at_ms: int
    id: str
    issue: Issue
    by: str
    note: str


def similar(issue: Issue, issues: Iterable[Issue], notes_of: Callable[[str], str]) -> tuple[PastFix, ...]:
    """What solved issues like ``issue`` on the same equipment, best first, at most ``MOST``.

    The same fault comes before similar words, the newest first among equals; what nobody noted anything of comes last.
    Of ``issue`` itself only earlier episodes count.

    Args:
        issue: the issue that is to be solved.
        issues: every issue known, ``issue`` too.
        notes_of: by an issue's id (``Issue.id``), the last note that a person wrote on it, inert; empty without one.
            Asked only where the resolution has none.
    """
    finder = finder_for(issue.mode_type)
    wanted = _traits_of(finder, issue.id, issue.description)
    ends = _earlier(issue)
    for one in _comparable(issue, issues):
        likeness = _likeness(wanted, _traits_of(finder, one.id, one.description))
        if likeness and one.resolution is not None:
            ends.append(_end(one, one.resolution, likeness, one.resolution.note or notes_of(one.id)))
    return tuple(_fix(end) for end in nlargest(MOST, ends, key=itemgetter(0, 1, 2, 3)))


def same_fault(mode_type: str, issue: str, description: str, fault_id: str) -> bool:
    """Whether an issue on an equipment (``modeType``) is of the fault: by its description, else by its id's code."""
    return fault_id in _traits_of(finder_for(mode_type), issue, description).faults


def _traits_of(finder: FaultFinder, issue: str, description: str) -> _Traits:
    """A description that says no whole symptom leaves it to the code in the issue's id."""
    traits = _traits(finder, description[:_TEXT_LIMIT])
    return traits if traits.faults else traits._replace(faults=faults_by_id(issue))


def _comparable(issue: Issue, issues: Iterable[Issue]) -> list[Issue]:
    """Other issues that are resolved, of the same kind and equipment; of very many the newest."""
    is_fault, equipment = issue.is_fault, _SameEquipment(issue.mode_type)
    found = [
        one
        for one in list(issues)
        if not one.is_open and equipment[one.mode_type] and one.is_fault == is_fault and one.id != issue.id
    ]
    return found if len(found) <= _MOST_COMPARED else nlargest(_MOST_COMPARED, found, key=attrgetter("newest_ms"))


class _SameEquipment(dict[str, bool]):
    """By ``modeType``, whether it means the same equipment; each is looked at once."""

    def __init__(self, mode_type: str) -> None:
        super().__init__()
        book = library().of_equipment(mode_type)
        self._names = {plain_name(name) for name in (book.mode_types if book else (mode_type,))}

    def __missing__(self, mode_type: str) -> bool:
        self[mode_type] = same = bool(mode_type) and plain_name(mode_type) in self._names
        return same


def _earlier(issue: Issue) -> list[_End]:
    """How the last earlier episode of ``issue`` ended, told by a person before told by the plant; empty without one."""
    solves = [mark for mark in issue.turns if mark.kind is Kind.SOLVED and mark.time_ms < issue.opened_ms]
    if not solves:
        return []
    return [_end(issue, next((mark for mark in reversed(solves) if mark.operator), solves[-1]), _SAME)]


def _likeness(wanted: _Traits, other: _Traits) -> int:
    """``_SAME``, or the quarters of the words that are shared; 0 for what is not similar."""
    if wanted.faults & other.faults:
        return _SAME
    shared = len(wanted.words & other.words)
    if not shared:
        return 0
    dice = 2 * shared / (len(wanted.words) + len(other.words))
    return max(1, int(dice * _STEPS)) if dice >= _ALIKE else 0


def _end(issue: Issue, mark: Mark, likeness: int, note: str | None = None) -> _End:
    told = (mark.note if note is None else note).strip()
    return _End(bool(told), likeness, mark.time_ms, issue.id, issue, mark.operator, told)


def _fix(end: _End) -> PastFix:
    issue = end.issue
    return PastFix(issue.shown_id, issue.mode_type, issue.description, end.at_ms, end.by, end.note, issue.id)


@lru_cache(maxsize=16_384)
def _traits(finder: FaultFinder, description: str) -> _Traits:
    return _Traits(finder.named(description), finder.telling(description))
