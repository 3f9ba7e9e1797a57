"""Numbers that say nothing of danger, written alike: texts that differ in them alone are assessed once. Pure.

Plants fill the same words with other numbers (``유압 저하 (48213)``). A number is left as it is where the readers may
look at its digits: it stands in the lexicon (119, 911, 220v), it may be a year, or what is beside it may make a word of
it. Any other is only a number to them, as long as before and equal to the same others as before.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice, product

from core.emergency.hangul import fold, from_hangul_keys
from core.emergency.lexicon import Lexicon, lexicon

LIMIT = 300
"""Characters of the longest text that is looked at; longer ones are cut in places of which this knows nothing."""
_WORDS = 20
"""Words of such a text. Of more, the Korean reader mends those that come first in the alphabet, numbers among them."""
_RUN = re.compile(r"([0-9])\1{2,}")
_NUMBER = re.compile("[0-9]+")
_IN_WORD = re.compile(r"([^0-9]*)([0-9]+)(.?)")
_YEAR = re.compile("(?:19|20)[0-9]{2}")
_STEADY = re.compile("[ -~\n\t가-힣]")
"""Signs that stay between a number and the rest when a text is made plain."""
_MOST = 16
"""Numbers of one length in a text."""


@dataclass(frozen=True, slots=True)
class _Told:
    """Digits that the lexicon knows."""

    whole: frozenset[str]
    """Numbers that are not changed."""
    anywhere: tuple[str, ...]
    """Digits that are a word by themselves, wherever they stand."""
    before: dict[str, tuple[str, ...]]
    """By a sign (folded, or its key in the other layout) the digits that make a word together with it behind them."""
    behind: tuple[str, ...]
    """Digits that make a word together with letters before them."""


@cache
def _told() -> _Told:
    found = [
        parts for language in ("ko", "en") for word in _words(lexicon(language)) for parts in _IN_WORD.findall(word)
    ]
    before: dict[str, tuple[str, ...]] = {}
    for _, digits, after in found:
        for sign in _signs(after):
            before[sign] = (*before.get(sign, ()), digits)
    return _Told(
        whole=frozenset(digits for _, digits, _ in found),
        anywhere=tuple({digits for lead, digits, after in found if not lead and not after.strip()}),
        before=before,
        behind=tuple({digits for lead, digits, _ in found if lead}),
    )


def _signs(after: str) -> set[str]:
    """How ``after`` may be written."""
    key = from_hangul_keys(after)[:1]
    return {fold(after), key, key.upper()} if after.strip() else set()


def _words(book: Lexicon) -> Iterator[str]:
    for groups in (book.nouns, book.verbs, book.events, book.marks):
        for words in groups.values():
            yield from words
    yield from (word.removeprefix("^") for word in book.idioms.words)


def alike(text: str) -> str:
    """``text`` with other digits in the numbers that say nothing; assessed, it tells the same."""
    if len(text) > LIMIT or not _NUMBER.search(text) or len(text.split()) > _WORDS:
        return text
    short = _RUN.sub(r"\1\1", text)  # as every reader gets it
    plain = [match for match in _NUMBER.finditer(short) if _is_plain(match)]
    if not plain:
        return text
    kept = {match.group() for match in _NUMBER.finditer(short)} - {match.group() for match in plain}
    written = _written({match.group(): None for match in plain}, kept)
    return text if written is None else _replaced(short, plain, written)


def _is_plain(match: re.Match[str]) -> bool:
    """Whether what the number is, and what stands beside it, says nothing."""
    text, number = match.string, match.group()
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    if not (_STEADY.fullmatch(before or " ") and _STEADY.fullmatch(after or " ") and _says_nothing(number)):
        return False
    if before.isalpha() and number.startswith(_told().behind):
        return False
    return not number.endswith(_told().before.get(fold(after), ()))


@lru_cache(2_048)
def _says_nothing(number: str) -> bool:
    told = _told()
    return (
        number not in told.whole and not _YEAR.fullmatch(number) and not any(part in number for part in told.anywhere)
    )


def _written(numbers: dict[str, None], kept: set[str]) -> dict[str, str] | None:
    """For each number the one that stands for it: another for another. None where there are too many."""
    written: dict[str, str] = {}
    used = set(kept)
    for number in numbers:
        stand_in = next((one for one in _stand_ins(len(number)) if one not in used), None)
        if stand_in is None:
            return None
        used.add(stand_in)
        written[number] = stand_in
    return written


@lru_cache(LIMIT)
def _stand_ins(length: int) -> tuple[str, ...]:
    """Numbers of ``length`` digits that say nothing."""
    varied = min(length, 4)
    first = ("78" * length)[: length - varied]
    made = (first + "".join(digits) for digits in product("789", repeat=varied))
    return tuple(islice((one for one in made if _may_stand_in(one)), _MOST))


def _may_stand_in(number: str) -> bool:
    """Whether it says nothing, whatever stands beside it."""
    parts = tuple(_told().whole)
    return (
        not _RUN.search(number)
        and _says_nothing(number)
        and not number.startswith(parts)
        and not number.endswith(parts)
    )


def _replaced(text: str, numbers: list[re.Match[str]], written: dict[str, str]) -> str:
    parts: list[str] = []
    at = 0
    for match in numbers:
        parts += (text[at : match.start()], written[match.group()])
        at = match.end()
    return "".join((*parts, text[at:]))
