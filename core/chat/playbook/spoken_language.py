"""In which language somebody writes, so that the answer comes in it. Pure."""

import re

from core.chat.playbook.intents import intent
from core.emergency.hangul import from_latin_keys

_HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")
_ENGLISH = re.compile(r"[a-z]{2,}", re.IGNORECASE)
_OF_BOTH = frozenset({"ok", "ng", "no", "oee", "plc", "led", "tcp"})
"""Written in either language."""
_JAMO = re.compile(r"[ㄱ-ㅎㅏ-ㅣ]")


def language_of(text: str) -> str | None:
    """``ko`` or ``en``; None where ``text`` is of neither, or of both ("2", "ok")."""
    if _HANGUL.search(text):
        return "ko"
    said = [word.lower() for word in _ENGLISH.findall(text)]
    if not any(word not in _OF_BOTH for word in said):
        return None
    korean = from_latin_keys("".join(text.split()))
    if len(said) == 1 and not _JAMO.search(korean) and _HANGUL.search(korean) and intent(korean) is not None:
        return "ko"  # the keyboard was in English
    return "en"
