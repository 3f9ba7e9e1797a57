"""What an event tells of its fault: by the code in its id, by its description, or by both."""

from collections.abc import Callable
from dataclasses import dataclass

from core.chat.backend import IssueBrief
from core.chat.playbook.fault_codes import CodedFault, code_table
from core.chat.playbook.fault_finder import FaultFinder, Finding
from core.chat.playbook.library import Fault, Playbook
from core.chat.playbook.position import CANDIDATES, OFFERED


@dataclass(frozen=True, slots=True)
class Told:
    """The faults that an event may tell of, likeliest first."""

    faults: tuple[Fault, ...]
    sure: bool
    code: CodedFault | None = None
    """The code or the name by which they were found, where one was."""
    differs: bool = False
    """The code and the description do not fit together."""


def codes_of(issue: IssueBrief, book: Playbook | None) -> tuple[CodedFault, ...]:
    """The codes that the issue's id and its description are or name, the id's first."""
    return tuple(one for one in (_by_id(issue, book), _by_text(issue, book)) if one is not None)


def _by_id(issue: IssueBrief, book: Playbook | None) -> CodedFault | None:
    table = code_table()
    return table.of_code(issue.issue) or table.of_name(issue.issue, book)


def _by_text(issue: IssueBrief, book: Playbook | None) -> CodedFault | None:
    table = code_table()
    return table.of_code(issue.description) or table.of_name(issue.description, book)


def told_by(issue: IssueBrief, book: Playbook | None, finder: FaultFinder, find: Callable[[str], Finding]) -> Told:
    """What the event tells. ``find`` judges prose; a code and the plant's own name for a fault need no judging.

    Of a code whose equipment is not the event's, and of one that the description contradicts, nothing is sure.
    """
    found = find(issue.description)
    named = _named(issue.description, found, finder)
    by_id, by_text = (_unless_told(one, named, book) for one in (_by_id(issue, book), _by_text(issue, book)))
    code = by_id or by_text
    if code is None:
        return _told_in_prose(issue.description, book, found, said=named)
    said = named if by_text is None else by_text.faults
    if by_text is not None and len(said) > 1:
        said = ()  # a name for several faults contradicts no code
    fits = code.book is book
    if len(code.faults) > 1 or (code is by_id and code.by_name and len(said) == 1):
        return _of_several(code, said, fits=fits)
    (fault,) = code.faults
    others = tuple(one for one in said if one != fault and one.id not in fault.combines)
    differs = bool(others) or fault in found.denied
    return Told((fault, *others)[:CANDIDATES], sure=fits and not differs, code=code, differs=differs)


def _unless_told(coded: CodedFault | None, named: tuple[Fault, ...], book: Playbook | None) -> CodedFault | None:
    """A mere name of other equipment's does not count where the description says a symptom of this equipment."""
    if coded is None or book is None or coded.book is book:
        return coded
    return None if coded.by_name and named else coded


def _told_in_prose(description: str, book: Playbook | None, found: Finding, *, said: tuple[Fault, ...]) -> Told:
    """What prose tells; where it says no whole symptom, the name of a fault that stands in it is asked about."""
    told = found.sure or said or found.denied
    code = None if told else code_table().of_name_within(description, book)
    if code is None:
        return Told(found.faults[:CANDIDATES], found.sure)
    most = max(len(code.faults), CANDIDATES)
    faults = tuple(dict.fromkeys((*code.faults, *found.faults)))[: min(most, OFFERED)]
    return Told(faults, sure=False, code=code if len(code.faults) > 1 else None)


def _named(description: str, found: Finding, finder: FaultFinder) -> tuple[Fault, ...]:
    """The faults of which the description says a whole symptom, likeliest first."""
    named = finder.named(description)
    return tuple(fault for fault in found.faults if fault.id in named)


def _of_several(code: CodedFault, said: tuple[Fault, ...], *, fits: bool) -> Told:
    """A code that tells no fault by itself: the description's fault, where it names just one."""
    if len(said) == 1:
        return Told(said, sure=fits)
    faults = tuple(dict.fromkeys((*said[:CANDIDATES], *code.faults)))
    return Told(faults[:OFFERED], sure=False, code=code)
