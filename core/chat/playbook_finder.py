"""Which usual fault a text tells of: the index finds and ranks, whole symptoms make it sure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from core.chat.playbook_files import Fault
from core.store.search import TextIndex, words

_LIMIT = 400
"""Characters of a text that are looked at: a description, not a log."""
_WORDS = 40
"""Different words of a text that are looked at; a guess at each unknown one takes half a millisecond."""
_LIKENESS = 0.75
"""Share of letters (of Hangul: of jamo) in common from which a word counts as mistyped."""

_NOISE = re.compile(
    r"이상|발생|경보|알람|고장|문제|설비|장비"
    r"|\b(?:abnormal(?:ity)?|alarms?|errors?|faults?|problems?|trouble|equipment|machines?)\b"
)
"""Said of every fault, so it tells none apart."""

_SMALL = frozenset(
    words(
        "부족 과다 상승 저하 불량 높음 낮음 증가 감소 초과 제품 정지 멈춤 안 못 안됨"
        " 해요 했어요 나요 돼요 됐어요 있어요 없어요 생겨요 같아요"
        " no not the at on in of and with too over off out down up high low poor bad stopped part parts"
    )
)
"""Part of many symptoms: they complete one, but alone they tell nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The faults that a text may tell of, likeliest first.

    ``sure``: a whole symptom was said of the first and of no other, without a guess at mistyped words.
    """

    faults: tuple[Fault, ...] = ()
    sure: bool = False


class FaultFinder:
    """Finds among ``faults``. ``ignored`` are words to look past, such as the equipment's own names."""

    def __init__(self, faults: Iterable[Fault], ignored: Iterable[str] = ()) -> None:
        self._faults = {fault.id: fault for fault in faults}
        self._ignored = tuple(sorted((name.lower() for name in ignored), key=len, reverse=True))
        self._phrases = {fault.id: self._phrases_of(fault) for fault in self._faults.values()}
        phrases = (phrase for told in self._phrases.values() for phrase in told)
        known = {word for phrase in phrases for word in phrase} - _SMALL
        self._known = {_letters(word): word for word in sorted(known)}
        self._index = TextIndex()
        for key, told in self._phrases.items():
            self._index.add(key, "\n".join(" ".join(phrase) for phrase in told))

    def find(self, text: str) -> Finding:
        """The faults that ``text`` tells of; none when it holds no word that any of them knows."""
        typed = list(dict.fromkeys(self._words(text)))[:_WORDS]
        meant = [self._mended(word) for word in typed]
        telling = [word for word in meant if self._tells(word)]
        hits = self._index.search(" ".join(telling), len(self._faults))
        ranked = [key for key, _ in hits if self._touched(key, telling)]
        whole = [key for key in ranked if self._named(key, meant)]
        partly = [key for key in ranked if key not in whole]
        sure = len(whole) == 1 and self._named(whole[0], typed)
        found = whole if len(whole) > 1 else whole + partly
        return Finding(tuple(self._faults[key] for key in found), sure)

    def _phrases_of(self, fault: Fault) -> tuple[tuple[str, ...], ...]:
        told = (fault.title.ko, fault.title.en, *fault.symptoms.ko, *fault.symptoms.en)
        phrases = (tuple(self._words(phrase)) for phrase in told)
        return tuple(dict.fromkeys(phrase for phrase in phrases if set(phrase) - _SMALL))

    def _words(self, text: str) -> list[str]:
        plain = unicodedata.normalize("NFKC", text[:_LIMIT]).lower()
        for name in self._ignored:
            plain = plain.replace(name, " ")
        return words(_NOISE.sub(" ", plain), _LIMIT)

    def _named(self, key: str, said: list[str]) -> bool:
        """Whether a whole symptom of the fault was said, its words in any order."""
        return any(all(any(_same(p, q) for q in said) for p in phrase) for phrase in self._phrases[key])

    def _touched(self, key: str, telling: list[str]) -> bool:
        """Whether a word of the fault was said, and not only letters that its words happen to share."""
        own = {word for phrase in self._phrases[key] for word in phrase} - _SMALL
        return any(_same(p, q) for p in own for q in telling)

    def _tells(self, word: str) -> bool:
        return word not in _SMALL and any(_same(known, word) for known in self._known.values())

    def _mended(self, word: str) -> str:
        """A known word in place of one that is mistyped ("진돈": "진동", "vibrtion": "vibration")."""
        if len(word) < 2 or word.isdigit() or word in _SMALL or self._tells(word):
            return word
        close = get_close_matches(_letters(word), self._known, n=1, cutoff=_LIKENESS)
        return self._known[close[0]] if close else word


def _same(known: str, said: str) -> bool:
    """Whether ``said`` is the word ``known``: with particles, in a compound, or in another form."""
    if known == said:
        return True
    if known.isascii():
        return min(len(known), len(said)) >= 4 and (said.startswith(known) or known.startswith(said))
    if len(known) == 1:
        return said.startswith(known) and len(said) == 2
    return known in said or (len(said) >= 2 and known.startswith(said))


def _letters(word: str) -> str:
    """Hangul taken apart into jamo, so that one wrong key is one wrong letter."""
    return unicodedata.normalize("NFD", word)
