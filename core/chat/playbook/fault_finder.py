"""Which usual fault a text tells of: the index finds and ranks, whole symptoms make it sure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from core.chat.playbook.library import Fault, edition, library
from core.chat.playbook.negation import clauses
from core.support.text_index import TextIndex, words

_LIMIT = 400
"""Characters of a text that are looked at: a description, not a log."""
_WORDS = 40
"""Different words of a text that are looked at; a guess at each unknown one takes half a millisecond."""
_LIKENESS = 0.75
"""Share of letters (of Hangul: of jamo) in common from which a word counts as mistyped."""

_SHORTEST_ENGLISH = 6
"""Letters of an English word from which it is mended: "work" is not "worn"."""

_NOISE = re.compile(
    r"이상|발생|경보|알람|고장|문제|설비|장비"
    r"|\b(?:abnormal(?:ity)?|alarms?|errors?|faults?|problems?|trouble|equipment|machines?)\b"
)
"""Said of every fault, so it tells none apart."""

_SMALL = frozenset(
    words(
        "기계 도장 도장면 부족 과다 상승 저하 불량 높음 낮음 증가 감소 초과 제품 정지 멈춤 안 못 안됨"
        " 해요 했어요 나요 돼요 됐어요 있어요 없어요 없음 생겨요 같아요 심해요 너무 계속 자꾸"
        " 높아요 낮아요 많아요 커요 떨어졌어요 떨어져요 멈췄어요 섰어요 나와요"
        " no not the a is are at on in of and to it with too over off out down up high low poor bad stopped part parts"
    )
)
"""Part of many symptoms: they complete one, but alone they tell nothing."""

_AS_WRITTEN = _SMALL | frozenset(
    words("가스 연기 불이 불길 끼임 교정 스프레이 thanks trapped breathing electrocuted thinner station")
)
"""Words that look like a mistyped word of a symptom and are none."""

_DENYING = frozenset(words("안 못 안됨 없음 없어요 없다 no not without never"))

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """The faults that a text may tell of, likeliest first.

    ``sure``: a whole symptom was said of the first and of no other, without a guess at mistyped words.
    """

    faults: tuple[Fault, ...] = ()
    sure: bool = False
    denied: tuple[Fault, ...] = ()
    """What it says is not the case: of these no symptom counts."""


class FaultFinder:
    """Finds among ``faults``. ``ignored`` are words to look past, such as the equipment's own names."""

    def __init__(self, faults: Iterable[Fault], ignored: Iterable[str] = ()) -> None:
        self._faults = {fault.id: fault for fault in faults}
        self._ignored = _names(ignored)
        self._phrases = {fault.id: self._phrases_of(fault) for fault in self._faults.values()}
        phrases = [phrase for told in self._phrases.values() for phrase in told]
        known = {word for phrase in phrases for word in phrase} - _SMALL
        self._known = {_letters(word): word for word in sorted(known)}
        self._denying = tuple(phrase for phrase in phrases if not _DENYING.isdisjoint(phrase))
        self._by_head = _by_head(self._phrases)
        self._index = TextIndex()
        for key, told in self._phrases.items():
            self._index.add(key, "\n".join(" ".join(phrase) for phrase in told))

    def find(self, text: str) -> Finding:
        """The faults that ``text`` tells of; none when it holds no word that any of them knows."""
        affirmed, denied = self._told_apart(text)
        whole, partly, sure = self._ranked(affirmed)
        if not denied:
            return self._finding(whole if len(whole) > 1 else whole + partly, sure)
        excluded, perhaps, _ = self._ranked(denied)
        excluded = [key for key in excluded or perhaps if key not in whole]
        likely = [key for key in (whole if len(whole) > 1 else whole + partly) if key not in excluded]
        return self._finding(likely, sure, excluded)

    def named(self, text: str) -> frozenset[str]:
        """The ids of the faults of which ``text`` says a whole symptom, without any guess. Tens of microseconds."""
        affirmed, _denied = self._told_apart(text)
        said = self._words(affirmed)[:_WORDS]
        plain = " ".join(said)
        likely = (entry for head, entries in self._by_head.items() if head in plain for entry in entries)
        told: dict[str, list[Phrase]] = {}
        for key, phrase in likely:
            if _holds(phrase, said):
                told.setdefault(key, []).append(phrase)
        return frozenset(_most_telling(told))

    def telling(self, text: str) -> frozenset[str]:
        """The beginnings of the words that tell something of what ``text`` affirms, for comparing two texts."""
        affirmed, _denied = self._told_apart(text)
        return frozenset(_head(word) for word in self._words(affirmed)[:_WORDS] if word not in _SMALL)

    def _finding(self, keys: list[str], sure: bool, denied: Iterable[str] = ()) -> Finding:
        return Finding(tuple(self._faults[key] for key in keys), sure, tuple(self._faults[key] for key in denied))

    def _told_apart(self, text: str) -> tuple[str, str]:
        """What ``text`` affirms and what it denies. A symptom that is itself a "none" or "not" is affirmed."""
        found = clauses(unicodedata.normalize("NFKC", text[:_LIMIT])[:_LIMIT])
        if not any(clause.denied for clause in found):
            return text, ""
        affirmed: list[str] = []
        denied: list[str] = []
        for clause in found:
            (denied if clause.denied and not self._is_symptom(clause.text) else affirmed).append(clause.text)
        return "\n".join(affirmed), "\n".join(denied)

    def _is_symptom(self, clause: str) -> bool:
        said = self._words(clause)
        return any(_holds(phrase, said) for phrase in self._denying)

    def _ranked(self, text: str) -> tuple[list[str], list[str], bool]:
        """Faults of which a whole symptom was said, faults of which a word was, and whether one is sure."""
        typed = list(dict.fromkeys(self._words(text)))[:_WORDS]
        meant = [self._mended(word) for word in typed]
        telling = [word for word in meant if self._tells(word)]
        hits = self._index.search(" ".join(telling), len(self._faults))
        ranked = [key for key, _ in hits if self._touched(key, telling)]
        told = {key: said for key in ranked if (said := self._said_of(key, meant))}
        whole = sorted(_most_telling(told), key=lambda key: (not self._faults[key].combines, ranked.index(key)))
        partly = [key for key in ranked if key not in whole and (key in told or not self._faults[key].combines)]
        return whole, partly, len(whole) == 1 and bool(self._said_of(whole[0], typed))

    def _phrases_of(self, fault: Fault) -> tuple[Phrase, ...]:
        told = (fault.title.ko, fault.title.en, *fault.symptoms.ko, *fault.symptoms.en)
        phrases = (tuple(self._words(phrase)) for phrase in told)
        return tuple(dict.fromkeys(phrase for phrase in phrases if set(phrase) - _SMALL))

    def _words(self, text: str) -> list[str]:
        plain = unicodedata.normalize("NFKC", text[:_LIMIT]).lower()
        return words(_NOISE.sub(" ", self._ignored.sub(" ", plain)), _LIMIT)

    def _said_of(self, key: str, said: list[str]) -> list[Phrase]:
        """The whole symptoms of the fault that were said, their words in any order."""
        return [phrase for phrase in self._phrases[key] if _holds(phrase, said)]

    def _touched(self, key: str, telling: list[str]) -> bool:
        """Whether a word of the fault was said, and not only letters that its words happen to share."""
        own = {word for phrase in self._phrases[key] for word in phrase} - _SMALL
        return any(_same(p, q) for p in own for q in telling)

    def _tells(self, word: str) -> bool:
        return word not in _SMALL and any(_same(known, word) for known in self._known.values())

    def _mended(self, word: str) -> str:
        """A known word in place of one that is mistyped ("진돈": "진동", "vibrtion": "vibration")."""
        shortest = _SHORTEST_ENGLISH if word.isascii() else 2
        if len(word) < shortest or word.isdigit() or word in _AS_WRITTEN or self._tells(word):
            return word
        close = get_close_matches(_letters(word), self._known, n=3, cutoff=_LIKENESS)
        return next((self._known[one] for one in close if _may_be_meant(self._known[one], word)), word)


def finder_for(mode_type: str) -> FaultFinder:
    """The finder among the faults of an equipment; for equipment without a playbook, among all of them."""
    book = library().of_equipment(mode_type)
    return _finder(edition(), book.id if book else None)


@lru_cache(maxsize=64)
def _finder(_edition: int, book_id: str | None) -> FaultFinder:
    books = library().playbooks
    faults = (fault for book in books if book_id in (None, book.id) for fault in book.faults)
    return FaultFinder(faults, ignored=(name for book in books for name in book.mode_types))


def _names(ignored: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the names, the longest first; English ones as whole words alone ("press" is not "pressure")."""
    names = sorted({unicodedata.normalize("NFKC", name).lower() for name in ignored}, key=len, reverse=True)
    told = (rf"\b{re.escape(name)}\b" if name.isascii() else re.escape(name) for name in names)
    return re.compile("|".join(told) or r"(?!)")


def _by_head(phrases: dict[str, tuple[Phrase, ...]]) -> dict[str, list[tuple[str, Phrase]]]:
    """Phrases by letters without which none of them can have been said."""
    found: dict[str, list[tuple[str, Phrase]]] = {}
    for key, told in phrases.items():
        for phrase in told:
            found.setdefault(_head(max(phrase, key=lambda word: (word not in _SMALL, len(word)))), []).append(
                (key, phrase)
            )
    return found


def _head(word: str) -> str:
    """What every word that is the ``_same`` as ``word`` holds."""
    return word[:4] if word.isascii() else word[:2]


def _most_telling(told: dict[str, list[Phrase]]) -> list[str]:
    """Of faults by the symptoms said, those that are told by more than parts of another's ("온도" of "전착 온도")."""
    everything = [(key, phrase) for key, phrases in told.items() for phrase in phrases]

    def outdone(key: str) -> bool:
        others = (longer for other, longer in everything if other != key)
        return any(all(_is_part(phrase, longer) for phrase in told[key]) for longer in others)

    return [key for key in told if not outdone(key)]


def _is_part(phrase: Phrase, longer: Phrase) -> bool:
    """Whether ``longer`` says all of ``phrase`` and more; a compound ("유압유") says its parts ("유압")."""
    return _said_by(phrase, longer) and not _said_by(longer, phrase)


def _said_by(phrase: Phrase, other: Phrase) -> bool:
    return all(any(word == one or (word in one and not word.isascii()) for one in other) for word in phrase)


def _holds(phrase: Phrase, said: list[str]) -> bool:
    return all(any(_same(known, word) for word in said) for known in phrase)


def _same(known: str, said: str) -> bool:
    """Whether ``said`` is the word ``known``: with particles, in a compound, or in another form."""
    if known == said:
        return True
    if known.isascii():
        return min(len(known), len(said)) >= 4 and (said.startswith(known) or known.startswith(said))
    if len(known) == 1:
        return said.startswith(known) and len(said) == 2
    return known in said or (len(said) >= 2 and known.startswith(said))


def _may_be_meant(known: str, word: str) -> bool:
    """Names of things are mistyped; a verb that looks alike ("터졌어요" for "없어졌어요") says something else."""
    if known.isascii():
        return word.isascii()
    return len(known) == len(word) and not known.endswith(("요", "다"))


def _letters(word: str) -> str:
    """Hangul taken apart into jamo, so that one wrong key is one wrong letter."""
    return unicodedata.normalize("NFD", word)
