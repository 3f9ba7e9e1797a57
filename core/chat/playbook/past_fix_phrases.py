"""What solved issues before, in the built-in assistant's words: quoted as what somebody noted, never as a cause."""

from collections.abc import Sequence
from datetime import datetime

from core.chat.playbook.phrases import Speech, paragraphs
from core.domain.past_fix import PastFix
from core.domain.plant_words import plant_word
from core.support.i18n import N_
from core.support.text import inert_line

NONE_BEFORE = N_("On this terminal no issue like this one was resolved before.")
SIMILAR = N_("Similar issues that were resolved before (when, by whom: what was noted):")
SOLVED_BEFORE = N_("The same fault was resolved before (when, by whom: what was noted):")
MAY_DIFFER = N_("This time the cause may be another.")
PLANT = N_("the plant")
NO_NOTE = N_("nothing was noted")
NO_DATE = N_("date unknown")

_MOST = 5
_NOTE_LIMIT = 300
"""Characters of a note that are quoted."""
_FIELD_LIMIT = 120


def similar_words(past_fixes: Sequence[PastFix], language: str) -> str:
    """The answer to ``/similar``: at most five fixes, best first, or that there is none.

    Args:
        past_fixes: what ``core.chat.playbook.past_fixes.similar`` found.
        language: ``ko`` or ``en``.
    """
    speech = Speech(language)
    if not past_fixes:
        return speech.say(NONE_BEFORE)
    told = "\n".join(f"• {_told(speech, fix)}\n  {_of(fix, speech.language)}" for fix in past_fixes[:_MOST])
    return paragraphs(speech.say(SIMILAR), told, speech.say(MAY_DIFFER))


def solved_before_words(fix: PastFix, speech: Speech) -> str:
    """A paragraph of the opening words: how the same fault ended last time."""
    return "\n".join((speech.say(SOLVED_BEFORE), f"• {_told(speech, fix)}", speech.say(MAY_DIFFER)))


def _told(speech: Speech, fix: PastFix) -> str:
    by = inert_line(fix.by, _FIELD_LIMIT) or speech.say(PLANT)
    note = inert_line(fix.note, _NOTE_LIMIT) or speech.say(NO_NOTE)
    return f"{local_date(fix.at_ms) or speech.say(NO_DATE)}, {by}: {note}"


def _of(fix: PastFix, spoken: str) -> str:
    fields = (
        inert_line(text, _FIELD_LIMIT) for text in (fix.issue, plant_word(fix.equipment, spoken), fix.description)
    )
    return " · ".join(field for field in fields if field)


def local_date(at_ms: int) -> str:
    """The local date of an epoch time in ms, as ``2025-08-01``; empty where no calendar has it."""
    try:
        return datetime.fromtimestamp(at_ms / 1000).astimezone().date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
