"""The causes that a resolution chooses from. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.chat.backend import IssueBrief
from core.chat.playbook.cause_words import OTHER_CAUSE
from core.chat.playbook.event_faults import told_by
from core.chat.playbook.fault_codes import book_of
from core.chat.playbook.fault_finder import finder_for
from core.chat.playbook.library import Fault
from core.chat.playbook.phrases import Speech
from core.chat.playbook.solution import Said, fault_at
from core.domain.causes import OTHER, is_code
from core.domain.errors import CommandError
from core.support.i18n import _, language
from core.support.text import inert_line

OTHER_DIGIT = 0
MOST = 9
"""Causes that a digit chooses."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause to choose. ``words`` are in the language of whoever chooses."""

    digit: int
    code: str
    words: str


def code_of(fault: Fault, number: int) -> str:
    """The code of the cause with this number, from 1, in the playbook's own order: ``press-burr.3``."""
    return f"{fault.id}.{number}"


def causes_of(issue: IssueBrief, messages: Iterable[Said]) -> tuple[Cause, ...]:
    """What a resolution of ``issue`` chooses from: its fault's causes, and "another" last; empty for no known fault.

    The fault is the one that its conversation (oldest message first) walks through, else the one its event tells of.
    """
    fault = fault_at(messages) or _told(issue)
    if fault is None:
        return ()
    speech = Speech(language())
    known = [Cause(n, code_of(fault, n), speech.data(text)) for n, text in enumerate(fault.causes[:MOST], 1)]
    return (*known, Cause(OTHER_DIGIT, OTHER, speech.say(OTHER_CAUSE)))


def _told(issue: IssueBrief) -> Fault | None:
    """The fault of which the event is sure."""
    if not issue.is_fault:
        return None
    book = book_of(issue.mode_type, issue.issue)
    finder = finder_for(book.mode_types[0] if book else issue.mode_type)
    told = told_by(issue, book, finder, finder.find)
    return told.faults[0] if book is not None and told.sure and told.faults else None


def chosen_code(chosen: str, causes: Sequence[Cause]) -> str:
    """The code that ``chosen`` means: the digit of one of ``causes``, or a code itself.

    Raises:
        CommandError: it is neither.
    """
    found = next((one.code for one in causes if chosen == str(one.digit)), "")
    if found or (is_code(chosen) and not chosen.isdigit()):
        return found or chosen
    known = ", ".join(f"{one.digit} {one.words}" for one in causes)
    words = (
        _("{cause}: no such cause. Known here: {causes}")
        if known
        else _("{cause}: no cause has this number here. Give a code, or “other”.")
    )
    raise CommandError(words.format(cause=inert_line(chosen, 60), causes=known))
