"""What the code of a cause means, in words. Pure."""

from core.chat.playbook.library import Fault, library
from core.chat.playbook.phrases import Speech
from core.domain.causes import LIMIT, OTHER
from core.support.i18n import N_, language
from core.support.text import inert_line

OTHER_CAUSE = N_("Another cause")


def cause_words(code: str) -> str:
    """What ``code`` means, in the language in use; one that no playbook here has is shown as it is."""
    speech = Speech(language())
    if code == OTHER:
        return speech.say(OTHER_CAUSE)
    fault_id, _dot, number = code.rpartition(".")
    fault = library().part(fault_id) if fault_id else None
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    if isinstance(fault, Fault) and 1 <= at <= len(fault.causes):
        return speech.data(fault.causes[at - 1])
    return inert_line(code, LIMIT)
