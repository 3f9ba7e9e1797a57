"""What an operator types to walk through a playbook, in Korean and English."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from enum import Enum
from functools import cache

from core.chat.playbook.wording import wording
from core.support.text_index import words

_LONGEST = 40
"""Characters of the longest command; a longer text tells something."""
_LIKENESS = 0.85
"""Share of letters in common from which an English command counts as mistyped ("nxt")."""
_MOST_TRIED = 40
"""Ways to leave endings out that are looked at."""
_SHORTEST_SLIP = 3
"""Letters of the shortest word that is taken for a mistyped command."""


class Intent(Enum):
    """What a short text asks of the assistant."""

    NEXT = "next"
    YES = "yes"
    NO = "no"
    STILL = "still"
    BACK = "back"
    REPEAT = "repeat"
    RESTART = "restart"
    SOLVED = "solved"
    FINE = "fine"
    """Something is in order: the machine, or only what was looked at."""
    HELP = "help"


_GONE = re.compile(
    r"멈췄|멎었|사라졌|없어졌|잡혔|고쳐졌|해결|\b(?:fixed|stopped|gone|solved|repaired|no longer|no more)\b",
    re.IGNORECASE,
)
_STILL = re.compile(r"아직|여전|계속|그대로|\bstill?\b", re.IGNORECASE)
_STEP = re.compile(r"(?:step(\d{1,2})|(\d{1,2})(?:단계|번단계|스텝)?(?:로|으로)?)")
_CHOICE = re.compile(r"(\d{1,2})(?:번|번째)?(?:이요|요|이에요|이예요|예요|입니다|으로|같아요|인것같아요|선택)?")
_JAMO = re.compile(r"[ㄱ-ㅎㅏ-ㅣ\u1100-\u11ff]")
_JAMO_BEHIND = re.compile(rf"(?<=[가-힣]){_JAMO.pattern}+$")


def intent(text: str) -> Intent | None:
    """What ``text`` asks for; None when it is no command but tells something."""
    said = _plain(text)
    found = _said(_JAMO_BEHIND.sub("", said))
    if found is None and said.isascii() and said.isalpha():
        return _mistyped(said)
    return found


def _said(plain: str) -> Intent | None:
    tried = list(_bared(plain))
    known = next((_intents()[one] for one in tried if one in _intents()), None)
    if known is not None:
        return known
    return next((wanted for wanted, told in _patterns() for one in tried if told.fullmatch(one)), None)


def _bared(plain: str) -> Iterator[str]:
    """``plain`` as it is, without what stands around a command, and without any endings that it may have."""
    for said in dict.fromkeys((plain, _before().sub("", plain))):
        waiting = [said]
        for one in waiting:  # grows: an ending may stand behind another
            yield one
            waiting += (one[: -len(end)] for end in _endings() if one.endswith(end) and len(one) > len(end))
            if len(waiting) > _MOST_TRIED:
                return


def _mistyped(said: str) -> Intent | None:
    """An English command with a slip of the fingers, or a Korean one typed with the keyboard in English."""
    from core.emergency.hangul import from_latin_keys  # no start waits for its tables

    korean = from_latin_keys(said)
    if not _JAMO.search(korean) and (found := _said(korean)) is not None:
        return found
    alike = [one for one in _english() if one[0] == said[0]] if len(said) >= _SHORTEST_SLIP else []
    close = get_close_matches(said, alike, n=1, cutoff=_LIKENESS)
    return _intents()[close[0]] if close else None


def is_gone(text: str) -> bool:
    """Whether ``text`` says that something stopped or is mended."""
    return _GONE.search(text) is not None


def is_still(text: str) -> bool:
    """Whether ``text`` says that something goes on as before."""
    return _STILL.search(text) is not None


def step_number(text: str) -> int | None:
    """The step asked for by "step 3", "3단계" or "3"; None where it is none."""
    match = _STEP.fullmatch(_plain(text))
    return int(match[1] or match[2]) if match else None


def choice(text: str) -> int | None:
    """The number picked by "2", "2번", "2번이요" or "no. 2"; None when it is no number."""
    match = _CHOICE.fullmatch(_plain(text).removeprefix("number").removeprefix("no"))
    return int(match[1]) if match else None


def _plain(text: str) -> str:
    return "".join(words(text)) if len(text) <= _LONGEST else ""


# --- the data, arranged for looking up


@cache
def _intents() -> dict[str, Intent]:
    said = wording("intents")["said"]
    return {"".join(words(one)): Intent(name) for name, all_of_it in said.items() for one in all_of_it}


@cache
def _english() -> tuple[str, ...]:
    return tuple(said for said in _intents() if said.isascii() and len(said) >= _SHORTEST_SLIP)


@cache
def _patterns() -> tuple[tuple[Intent, re.Pattern[str]], ...]:
    told = wording("intents")["patterns"]
    return tuple((Intent(name), re.compile(one)) for name, patterns in told.items() for one in patterns)


@cache
def _before() -> re.Pattern[str]:
    said = sorted(_around("before"), key=lambda one: (-len(one), one))
    return re.compile(rf"^(?:{'|'.join(map(re.escape, said))})+(?=.)")


@cache
def _endings() -> tuple[str, ...]:
    return tuple(sorted(_around("behind"), key=lambda one: (-len(one), one)))


def _around(place: str) -> set[str]:
    return {"".join(words(one)) for one in wording("intents")["around"][place]}
