"""The detector read slowly and plainly: nothing remembered, left out, or looked up in the other direction."""

import re
from collections.abc import Iterator
from functools import cache

import pytest

from core.emergency import Assessment, detector, english, korean, korean_words, slips
from core.emergency.hangul import fold
from core.emergency.korean_grammar import particles
from core.emergency.lexicon import Role, lexicon


def plainly(text: str) -> Assessment:
    """What ``text`` tells, by the rules alone."""
    with pytest.MonkeyPatch.context() as patch:
        for reader in (korean, english):
            patch.setattr(reader, "telling", every_group)
        patch.setattr(english, "_MAY_BE_CONTRACTED", re.compile(""))
        patch.setattr(slips, "_may_be", lambda slip: slip_table().get(slip, []))
        patch.setattr(slips, "_as_meant", slips._as_meant.__wrapped__)
        patch.setattr(detector, "respelled", _respelled)
        patch.setattr(korean_words, "_as_noun", as_noun)
        patch.setattr(korean_words, "_as_name", as_name)
        return detector._assessed.__wrapped__(text[: detector.LIMIT])


@cache
def every_group(language: str) -> frozenset[str]:
    """As if rules told of each group."""
    book = lexicon(language)
    given = {"anything", "human_body", "likely", "weary_likely", "loose_clothing", "unknown_deed"}
    return frozenset({*given, *book.nouns, *book.verbs, *book.events, *book.marks})


def as_noun(word: str) -> tuple[Role, str] | None:
    """By the particles' patterns."""
    for role, pattern in particles()[:-1]:
        for length in range(len(word) - 1, 0, -1):
            if pattern.fullmatch(word[length:]):
                return role, word[length:]
    return None


def as_name(word: str) -> tuple[Role, str] | None:
    """By the particles' patterns."""
    for role, pattern in particles():
        for length in range(len(word), 1, -1):
            if pattern.fullmatch(word[length:]) and korean_words._is_name(word[:length]):
                return role, word[length:]
    return None


@cache
def slip_table() -> dict[str, list[str]]:
    """What a word of danger becomes by one slip of the fingers, and what may have been meant."""
    known = slips._english_words() | slips._right_as_they_are()
    table: dict[str, list[str]] = {}
    for word in slips._words_of_danger():
        if len(word) >= slips._SHORTEST_MEANT and word.isalpha():
            for slip in _slips_of(word):
                if slip not in known:
                    table.setdefault(slip, []).append(word)
    return table


def _slips_of(word: str) -> Iterator[str]:
    """``word`` with two letters swapped, one of a pair dropped, or one doubled; a long one with any slip of a key."""
    is_long = len(word) > slips._SHORTEST_MEANT
    for at, letter in enumerate(word):
        yield word[:at] + word[at + 1 : at + 2] + letter + word[at + 2 :]
        yield word[:at] + letter + word[at:]
        if is_long or word[at + 1 : at + 2] == letter:
            yield word[:at] + word[at + 1 :]
        if is_long:
            yield from (word[:at] + beside + word[at + 1 :] for beside in slips._BESIDE.get(letter, ""))


def _respelled(text: str) -> str:
    spelled = fold(" ".join(map(slips._as_spelled, text.split(" "))))
    strange = sorted(korean_words.unknown_words(spelled))[: slips._MENDED_WORDS]
    mended = {word: slips._mended_verb(word) for word in strange}
    return " ".join(mended.get(word, word) for word in spelled.split(" "))
