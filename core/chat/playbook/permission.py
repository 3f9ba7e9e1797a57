"""Whether one may: a clear no, or the condition, and what to do instead. Pure."""

import re
from collections.abc import Sequence

from core.chat.playbook.guide_phrases import (
    CALL,
    INSTEAD,
    NO_BYPASS,
    NO_REACHING,
    NO_RESET,
    NO_RUNNING,
    NOT_ALLOWED,
    NOT_IN_GUIDE,
    ONLY_AS,
    YES,
)
from core.chat.playbook.inquiry import Asks, Hazard, Inquiry, forbids
from core.chat.playbook.library import Bilingual, Fault, Inspection
from core.chat.playbook.phrases import Speech

REFUSALS = {
    Hazard.BYPASS: NO_BYPASS,
    Hazard.RESET: NO_RESET,
    Hazard.REACH_IN: NO_REACHING,
    Hazard.RUN_ON: NO_RUNNING,
}


_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def prohibition(text: str, language: str) -> str:
    """The sentences of a playbook's text that forbid something: they may be said before the lockout check."""
    return " ".join(one for one in _SENTENCE.split(text) if forbids(one, language))


def permission(
    asked: Inquiry, said: Sequence[Bilingual], lines: Sequence[str], part: Fault | Inspection, speech: Speech
) -> str:
    """The answer to "may I" and "must I". ``said``: what the playbook says of it; ``lines``: that in words."""
    call = speech.data(part.call)
    if asked.hazard is not None:
        no = speech.say(REFUSALS[asked.hazard])
        after = _instead(asked.hazard, lines, call, speech)
        return "\n".join((no, *after))
    if not lines:
        return "\n".join((speech.say(NOT_IN_GUIDE), speech.say(CALL, call=call)))
    forbidden = any(forbids(speech.data(text), speech.language) for text in said)
    without, against = (YES, ONLY_AS) if asked.asks is Asks.MUST else (ONLY_AS, NOT_ALLOWED)
    lead = against if forbidden else without
    return "\n".join((speech.say(lead), *lines))


def _instead(hazard: Hazard, lines: Sequence[str], call: str, speech: Speech) -> list[str]:
    """What to do instead: what the playbook says of it, and whom it calls."""
    needs_call = not lines or hazard is Hazard.RUN_ON
    return [*lines, *([speech.say(INSTEAD, text=call)] if needs_call else [])]
