"""Which of many names are meant by what was typed: every word of it, in either language, or Korean initials. Pure."""

import unicodedata
from collections.abc import Iterable

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_FIRST, _LAST, _PER_INITIAL = ord("가"), ord("힣"), 588


def matches(typed: str, names: Iterable[str]) -> bool:
    """Whether each word that was typed stands in one of ``names``; nothing typed means all of them."""
    told = [plain(name) for name in names]
    told += [initials(name) for name in told]
    return all(any(word in name for name in told) for word in plain(typed).split())


def plain(text: str) -> str:
    """As it is compared: composed, capitals or not."""
    return unicodedata.normalize("NFC", text).casefold()


def initials(text: str) -> str:
    """The first consonant of each syllable: ``해결`` is ``ㅎㄱ``."""
    return "".join(
        _INITIALS[(ord(one) - _FIRST) // _PER_INITIAL] if _FIRST <= ord(one) <= _LAST else one for one in text
    )
