"""Slips of the fingers in single words: what was meant, where it is one of the words that tell of danger. Pure."""

from collections.abc import Iterator
from functools import cache

from core.emergency.english_words import verb_forms
from core.emergency.hangul import fold, inflect, is_syllable, jamo, join, parts
from core.emergency.korean_words import unknown_words
from core.emergency.lexicon import lexicon

_SHORTEST = 6
"""Letters of an English word from which on one slip is mended; shorter ones are too often other words."""
_LONG = 8
"""Letters from which on any one letter may be wrong."""
_SHORTEST_JAMO = 7
"""The same for a Korean verb, in jamo."""
_KEY = 3
"""Jamo by which verb forms are looked up."""
_FINITE = tuple(map(fold, ("요", "다", "음", "임", "어", "아", "네", "죠", "고", "는데", "서", "여", "유")))
"""What a Korean verb ends in: words that end otherwise are left alone."""
_MENDED_WORDS = 20
"""Korean words of a text that are looked at."""
_VOWELS = frozenset("aeiouy")


@cache
def _english() -> dict[tuple[str, int], tuple[str, ...]]:
    """The words worth mending, by first letter and length."""
    book = lexicon("en")
    table: dict[tuple[str, int], list[str]] = {}
    words = {form for listed in book.verbs.values() for verb in listed for form in verb_forms(verb)}
    words.update(word for group in ("person", "rescue", "body") for word in book.nouns[group])
    words.update(word for listed in book.events.values() for word in listed)
    for word in words:
        if word.isalpha() and len(word) >= _SHORTEST:
            table.setdefault((word[0], len(word)), []).append(word)
    return {key: tuple(forms) for key, forms in table.items()}


@cache
def _right_as_they_are() -> frozenset[str]:
    return frozenset(lexicon("en").marks["not_slips"])


def mended(word: str) -> str:
    """``word``, or the word of danger that it misses by one slip: a letter missing, doubled, swapped, another vowel."""
    if len(word) < _SHORTEST - 1 or not word.isalpha() or word in _right_as_they_are():
        return word
    for length in (len(word), len(word) + 1, len(word) - 1):
        for meant in _english().get((word[0], length), ()):
            if is_slip(word, meant):
                return meant
    return word


def is_slip(word: str, meant: str) -> bool:
    """Whether ``word`` is ``meant`` with one letter missing, doubled, swapped with its neighbour, or another vowel."""
    if len(word) == len(meant):
        return _is_swap(word, meant)
    short, long = sorted((word, meant), key=len)
    if len(long) - len(short) != 1:
        return False
    at = next((at for at, sign in enumerate(short) if sign != long[at]), len(short))
    return short[at:] == long[at + 1 :]


def _is_swap(word: str, meant: str) -> bool:
    wrong = [at for at in range(len(word)) if word[at] != meant[at]]
    if len(wrong) == 1:
        return len(word) >= _LONG or {word[wrong[0]], meant[wrong[0]]} <= _VOWELS
    if len(wrong) != 2 or wrong[1] != wrong[0] + 1:
        return False
    first, second = wrong
    return word[first] == meant[second] and word[second] == meant[first]


@cache
def _korean() -> dict[str, tuple[tuple[str, str], ...]]:
    """The verb forms worth mending, each as its jamo and as it is spelled (folded), under two keys: its beginning, and
    ``+`` with what follows. One wrong jamo leaves one of the two as it is."""
    table: dict[str, dict[str, str]] = {}
    for stems in lexicon("ko").verbs.values():
        for stem in stems:
            if " " in stem:
                continue  # a noun with its verb: too near to other nouns (정상입니다, 중상 입)
            for form in inflect(stem):
                letters = jamo(fold(form))
                if len(letters) >= _SHORTEST_JAMO:
                    for key in (letters[:_KEY], "+" + letters[_KEY + 1 : 2 * _KEY + 1]):
                        table.setdefault(key, {})[letters] = fold(form)
    return {key: tuple(forms.items()) for key, forms in table.items()}


def _candidates(letters: str) -> Iterator[tuple[str, str]]:
    table = _korean()
    yield from table.get(letters[:_KEY], ())
    for at in (_KEY, _KEY + 1, _KEY + 2):
        yield from table.get("+" + letters[at : at + _KEY], ())


def respelled(text: str) -> str:
    """Korean ``text`` as it may have been meant: written as it sounds (다쳐써요), or a verb with one jamo wrong."""
    spelled = fold(" ".join(map(_as_spelled, text.split(" "))))
    strange = sorted(unknown_words(spelled))[:_MENDED_WORDS]
    mended_verbs = {word: _mended_verb(word) for word in strange}
    return " ".join(mended_verbs.get(word, word) for word in spelled.split(" "))


def _as_spelled(word: str) -> str:
    """The past tense as it is spelled: 다쳐써요 is 다쳤어요, 업서요 is 없어요."""
    signs = list(word)
    for at in range(1, len(signs)):
        if not (is_syllable(signs[at - 1]) and is_syllable(signs[at])):
            continue
        lead, vowel, tail = parts(signs[at])
        before = parts(signs[at - 1])
        if lead == "ㅆ" and not before[2]:
            signs[at - 1], signs[at] = join(before[0], before[1], "ㅆ"), join("ㅇ", vowel, tail)
        elif lead == "ㅅ" and before[2] == "ㅂ" and vowel == "ㅓ":
            signs[at] = join("ㅇ", vowel, tail)
    return "".join(signs)


def _mended_verb(word: str) -> str:
    letters = jamo(word)
    if len(letters) < _SHORTEST_JAMO or not word.endswith(_FINITE):
        return word
    for form, spelled in _candidates(letters):
        for length in (len(form), len(form) - 1, len(form) + 1):
            if _is_one_off(letters[:length], form):
                return spelled + _rest(word, length)
    return word


def _rest(word: str, length: int) -> str:
    """What stands in ``word`` behind its first ``length`` jamo, from the next whole syllable on."""
    taken = 0
    for at, sign in enumerate(word):
        if taken >= length:
            return word[at:]
        taken += len(jamo(sign))
    return ""


def _is_one_off(letters: str, form: str) -> bool:
    """Whether two strings of jamo differ by one of them."""
    short, long = sorted((letters, form), key=len)
    at = next((at for at, sign in enumerate(short) if sign != long[at]), len(short))
    if len(short) == len(long):
        return at < len(short) and short[at + 1 :] == long[at + 1 :]
    return len(long) - len(short) == 1 and short[at:] == long[at + 1 :]
