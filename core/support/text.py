"""Untrusted text made inert, once, on entering.

Every widget and every terminal passes control characters through (an OSC 52 in an event would reach the
operator's clipboard), so what comes from outside is cleaned here before anything shows it. What was
received is kept as received elsewhere (``IssueEvent.value``).
"""

import json
import re
import unicodedata
from typing import Any

FIELD_LIMIT = 4_000
"""Characters of one field that are shown; the rest is counted in words at the end."""
MESSAGE_LIMIT = 100_000
"""Characters of one chat message that are kept for showing."""

_MAX_MARKS = 4
"""Combining marks in a row that real scripts need; a stack of more climbs over other lines."""

_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 but tab and newline
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # invisible, bidi
    "\u115f\u1160\u2800\u3164\uffa0"  # fillers: blank, yet no white space
    "\ud800-\udfff\ue000-\uf8ff"  # lone surrogates, private use
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"  # tags, private planes
)
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_MARK_STACK = re.compile(f"({_MARK}{{{_MAX_MARKS}}}){_MARK}+")
_PLAIN = re.compile("[ -~\uac00-\ud7a3]*")
"""ASCII that prints and composed Hangul: NFC already, and nothing in it acts or hides."""
_PLAIN_LINE = re.compile("(?:[!-~\uac00-\ud7a3]+ )*[!-~\uac00-\ud7a3]+|")
"""The same, with single blanks between words alone."""
_SPACES = re.compile(r"\s+")
_JSON_UNSAFE = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)


def inert(text: str, limit: int = FIELD_LIMIT) -> str:
    """Return ``text`` as something that only ever shows: NFC, no controls but newline and tab, capped.

    A control character becomes its picture (ESC: ``␛``), every other active or invisible one ``�``, so
    that what was taken out can be seen. A text over ``limit`` characters ends in ``… (+N)``.
    """
    if len(text) <= limit and _PLAIN.fullmatch(text):
        return text
    cut = text[:limit]
    cut = cut.replace("\r\n", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    if _SUSPECT.search(cut):
        cut = _SUSPECT.sub(_visible, cut)
    if not cut.isascii():
        cut = _MARK_STACK.sub(r"\1", unicodedata.normalize("NFC", cut))
    dropped = len(text) - limit
    return f"{cut}… (+{dropped})" if dropped > 0 else cut


def inert_line(text: str, limit: int = FIELD_LIMIT) -> str:
    """``inert`` on one line: every run of white space is one space."""
    if len(text) <= limit and _PLAIN_LINE.fullmatch(text):
        return text
    return _SPACES.sub(" ", inert(text, limit)).strip()


def shown_id(issue: str) -> str:
    """An id made inert; one of nothing but white space is quoted and escaped, so that it can be seen."""
    return inert_line(issue) or json.dumps(issue[:40])


def is_unseen(sign: str) -> bool:
    """Whether a character is active or takes no room, so that a screen shows it as something else, or not at all."""
    return _SUSPECT.match(sign) is not None or unicodedata.category(sign) == "Cf" or "\ufe00" <= sign <= "\ufe0f"


def is_stand_in(sign: str) -> bool:
    """Whether a character is what ``inert`` shows in place of an active or invisible one."""
    return sign == "\ufffd" or "\u2400" <= sign <= "\u2421"


def inert_json(value: Any, *, indent: int | None = None) -> str:
    """Serialise ``value`` exactly, with every code point that a terminal would act on escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return _JSON_UNSAFE.sub(_escape, text)


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
