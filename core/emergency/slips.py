"""Slips of the fingers in single words: what was meant, where it is one of the words that tell of danger. Pure."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from core.emergency.english_words import index, verb_forms
from core.emergency.hangul import fold, inflect, is_syllable, jamo, join, parts
from core.emergency.korean_words import unknown_words
from core.emergency.lexicon import lexicon

_REMEMBERED = 2_048
"""Words of either language of which it is remembered what they may have been: texts say the same words again."""
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
    for word in sorted(words):  # of two words that are as near, the same one every time
        if word.isalpha() and len(word) >= _SHORTEST:
            table.setdefault((word[0], len(word)), []).append(word)
    return {key: tuple(forms) for key, forms in table.items()}


@cache
def _right_as_they_are() -> frozenset[str]:
    return frozenset(lexicon("en").marks["not_slips"])


@lru_cache(_REMEMBERED)
def mended(word: str) -> str:
    """``word``, or the word of danger that it misses by one slip: a letter missing, doubled, swapped, another vowel."""
    if len(word) < _SHORTEST - 1 or not word.isalpha() or word in _right_as_they_are():
        return word
    for length in (len(word), len(word) + 1, len(word) - 1):
        for meant in _english().get((word[0], length), ()):
            if is_slip(word, meant):
                return meant
    return word


_DANGER_NOUNS = ("body", "eye", "third", "clothing", "blood", "smoke", "gas", "fire")
_LIFE_SIGNS = ("heart", "breathes", "pulse")
"""Groups of fixed expressions, each word of which is worth mending (``heart atack``)."""
_SHORTEST_MEANT = 4
"""Letters of the shortest word of danger that is mended in a second reading; with other slips one letter more."""
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {key: row[max(0, at - 1) : at] + row[at + 1 : at + 2] for row in _ROWS for at, key in enumerate(row)}
_UNCUT = range(6, 41)
"""Letters of a string without blanks that is cut into words."""
_LONGEST_WORD = 14
_PAIR = 2
_SHORT_WORDS = frozenset(
    {"is", "in", "on", "my", "he", "it", "at", "no", "by", "of", "to", "up", "we", "am", "go", "me"}
)
"""Words of two letters that a string without blanks is cut into; others are too often a part of a word."""
_LATIN_WORD = re.compile("([a-z]{3,})")


@cache
def _english_words() -> frozenset[str]:
    """Every word that the lexicon knows, alone or in a phrase."""
    return frozenset(word for phrase in index().entries for word in phrase.split() if word.isalpha())


@cache
def _order_of_danger() -> dict[str, int]:
    """The words of danger that are mended, each with its place among them."""
    words = (word for word in _words_of_danger() if len(word) >= _SHORTEST_MEANT and word.isalpha())
    return {word: place for place, word in enumerate(words)}


@cache
def _by_letters() -> dict[tuple[int, str], tuple[str, ...]]:
    """The same words by length and their first two letters (``^ab``) or last two (``ab$``)."""
    table: dict[tuple[int, str], list[str]] = {}
    for word in _order_of_danger():
        for letters in ("^" + word[:_PAIR], word[-_PAIR:] + "$"):
            table.setdefault((len(word), letters), []).append(word)
    return {key: tuple(words) for key, words in table.items()}


def _may_be(slip: str) -> list[str]:
    """The words of danger that become ``slip`` by one slip of the fingers, in their order.

    They are looked for from the slip: a table of all the slips that there can be takes 15 MB.
    """
    order = _order_of_danger()
    return sorted({word for word in _before_slip(slip) if word in order}, key=order.__getitem__)


def _words_of_danger() -> list[str]:
    """Nouns of people and their bodies, verbs and nouns that tell of danger; once each, in the lexicon's order."""
    book = lexicon("en")
    told = {group for rule in book.rules if rule.danger for group in rule.does}
    words = [word for group in _DANGER_NOUNS for word in book.nouns[group]]
    words += [word for group, listed in book.events.items() if group in told for word in listed]
    words += [form for group, listed in book.verbs.items() if group in told for verb in listed for form in _bases(verb)]
    for group in _LIFE_SIGNS:
        words += " ".join((*book.events.get(group, ()), *book.verbs.get(group, ()))).split()
    return list(dict.fromkeys(words))


def _bases(verb: str) -> Iterator[str]:
    """The verb's forms where they are one word: of an irregular one, only those that are written down."""
    if " " not in verb:
        yield from verb.split("|") if "|" in verb else verb_forms(verb)


def _before_slip(slip: str) -> Iterator[str]:
    """What ``slip`` was before two letters were swapped, one of a pair dropped, or one doubled.

    What is long may have lost any letter, or have one of the key beside.
    """
    for at, letter in enumerate(slip):
        behind = slip[at + 1 :]
        if behind:
            yield slip[:at] + behind[0] + letter + behind[1:]
        if behind.startswith(letter):
            yield slip[:at] + behind
        yield slip[:at] + letter + slip[at:]
        if len(slip) > _SHORTEST_MEANT:
            yield from (slip[:at] + beside + behind for beside in _BESIDE.get(letter, ""))
    if len(slip) >= _SHORTEST_MEANT:
        for letters in ("^" + slip[:_PAIR], slip[-_PAIR:] + "$"):
            longer = _by_letters().get((len(slip) + 1, letters), ())
            yield from (word for word in longer if _lacks_one(slip, word))


def _lacks_one(short: str, long: str) -> bool:
    """Whether ``short`` is ``long`` without one of its letters."""
    at = next((at for at, sign in enumerate(short) if sign != long[at]), len(short))
    return short[at:] == long[at + 1 :]


def respelled_english(text: str) -> Iterator[str]:
    """English ``text`` as it may have been meant: short words with one slip mended, blanks put where they are missing.

    Yields:
        It with the first, and with the last word that may have been meant.
    """
    for choice in (0, -1):
        yield "".join(_as_meant(part, choice) for part in _LATIN_WORD.split(text))


@lru_cache(_REMEMBERED)
def _as_meant(word: str, choice: int) -> str:
    if not _LATIN_WORD.fullmatch(word) or word in _english_words() or word in _right_as_they_are():
        return word
    meant = _may_be(word)
    return meant[choice] if meant else _cut(word) or word


def _cut(word: str) -> str | None:
    """A string without blanks as the fewest known words that it is made of (``myhandisstuck``)."""
    if len(word) not in _UNCUT:
        return None
    best: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(word) + 1):
        ways = (_joined(best[start], word[start:end]) for start in range(max(0, end - _LONGEST_WORD), end))
        best.append(min((way for way in ways if way), key=len, default=None))
    words = best[-1]
    return " ".join(words) if words and _is_told_in(words) else None


def _joined(before: tuple[str, ...] | None, part: str) -> tuple[str, ...] | None:
    if before is None or part not in _english_words():
        return None
    is_first = not before
    if is_first and "prep" in index().of(part).marks:
        return None  # in-form, to-get-her
    if (len(part) == 1 and not (is_first and part in "ai")) or (len(part) == _PAIR and part not in _SHORT_WORDS):
        return None
    return (*before, part)


def _is_told_in(words: tuple[str, ...]) -> bool:
    """Whether these may be a sentence that lacks its blanks: of two words the second is a verb, or tells by itself."""
    entry = index().of(words[-1])
    return len(words) > 2 or bool(entry.verbs - {"runs"} or entry.events)


def is_slip(word: str, meant: str) -> bool:
    """Whether ``word`` is ``meant`` with one letter missing, doubled, swapped with its neighbour, or another vowel."""
    if len(word) == len(meant):
        return _is_swap(word, meant)
    short, long = sorted((word, meant), key=len)
    return len(long) - len(short) == 1 and _lacks_one(short, long)


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
    words = spelled.split(" ")
    mended_verbs = {word: meant for word in words if (meant := _mended_verb(word)) != word}
    if not mended_verbs:
        return spelled
    strange = frozenset(sorted(unknown_words(spelled))[:_MENDED_WORDS])
    return " ".join(mended_verbs.get(word, word) if word in strange else word for word in words)


@lru_cache(_REMEMBERED)
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


@lru_cache(_REMEMBERED)
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
