"""What is said beside the matter: thanks, anger, a greeting, keys hit at random. Pure."""

import re
from dataclasses import dataclass
from functools import cache

from core.chat.playbook.inquiry import plainly
from core.chat.playbook.wording import wording

OFF_TOPIC = "off_topic"
GIBBERISH = "gibberish"

_JAMO = re.compile(r"[ㄱ-ㅎㅏ-ㅣ]")
_LETTER = re.compile(r"[^\W\d_]")
_KEY_ROWS = (
    *("qwertyuiop", "asdfghjkl", "zxcvbnm", "poiuytrewq", "lkjhgfdsa", "mnbvcxz"),
    *("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ"),
)
_RUN = 4
"""Neighbouring keys in a row that nobody hits on purpose."""
_CONSONANTS = re.compile(r"(?<![a-z])[bcdfghjklmnpqrstvwxz]{5,}(?![a-z])")
_SAME = re.compile(r"(.)\1{4,}")


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said beside the matter."""

    kind: str
    rest: str
    """What else the text says."""

    def reply(self, language: str) -> str:
        """The line that is said to it."""
        said: str = wording("small_talk")[self.kind]["reply"][language]
        return said


def small_talk(text: str) -> Talk | None:
    """What ``text`` says beside the matter; None where it says nothing of the kind."""
    plain = plainly(text)
    if is_gibberish(plain):
        return Talk(GIBBERISH, "")
    for kind, pattern in _patterns():
        if pattern.search(plain):
            return Talk(kind, pattern.sub(" ", plain).strip(" ,.!~?"))
    return None


def is_gibberish(plain: str) -> bool:
    """Whether ``plain`` is no words, but keys hit at random or signs."""
    letters = _LETTER.findall(plain)
    if not letters:
        return not any(sign.isdigit() for sign in plain)
    stray = len(_JAMO.findall(plain))
    if stray * 2 > len(letters):
        return not re.fullmatch(r"[ㅋㅎㅠㅜㅇㄴㄱㅅㄳ\s~!.?]+", plain)
    return any(_is_mash(word) for word in plain.split()) and len(plain.split()) <= 2


def _is_mash(word: str) -> bool:
    runs = (row[at : at + _RUN] for row in _KEY_ROWS for at in range(len(row) - _RUN + 1))
    is_typed = any(run in word for run in runs) and not re.search(r"propert|power|tower", word)
    return is_typed or _CONSONANTS.search(word) is not None or _SAME.search(word) is not None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = wording("small_talk")
    found = ((kind, re.compile("|".join(f"(?:{one})" for one in told["patterns"]))) for kind, told in table.items())
    return tuple((kind, pattern) for kind, pattern in found if pattern.pattern)
