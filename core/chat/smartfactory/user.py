"""Who asks, as the plant's chatbot can keep it (docs/contracts/chatbot-http-api.md, "Access": VARCHAR(50)). Pure."""

import unicodedata

from core.support.text import inert_line

USER_CHARS = 50
"""Characters of a ``user_id``; a longer one makes every start-chat a 500."""
NOBODY = "andon"
"""Who asks where nobody is known to: the server demands a name."""

_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)
_JAMO_TAILS = range(0x1160, 0x1200)


def user_id_of(name: str) -> str:
    """``name`` in at most ``USER_CHARS`` characters (code points), cut between two of what a reader calls one."""
    name = inert_line(name)
    if len(name) <= USER_CHARS:
        return name or NOBODY
    end = next((at for at in range(USER_CHARS, 0, -1) if not _continues(name, at)), USER_CHARS)
    return name[:end].rstrip()


def is_same_user(listed: str, user: str) -> bool:
    """Whether ``listed`` is the ``user`` who asked: a numeric name comes back as a number, without its zeros."""
    if listed.isdecimal() and user.isdecimal():
        return int(listed) == int(user)
    return listed == user


def _continues(text: str, at: int) -> bool:
    """Whether the character at ``at`` belongs to the one before it, for whoever reads."""
    code, before = ord(text[at]), text[at - 1]
    if unicodedata.category(text[at]).startswith("M") or _JOINER in (text[at], before) or code in _SKIN_TONES:
        return True
    if code in _JAMO_TAILS:
        return unicodedata.category(before) == "Lo"
    flags = len(text[:at]) - len(text[:at].rstrip("".join(map(chr, _FLAGS))))
    return code in _FLAGS and flags % 2 == 1
