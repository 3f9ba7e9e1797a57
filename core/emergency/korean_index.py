"""The Korean lexicon as it is looked for: every form of every word, folded. Pure."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from core.emergency.hangul import fold, inflect
from core.emergency.lexicon import Groups, Lexicon, lexicon
from core.emergency.pool import Pool

_NOUN_VERBS = ("당하", "되")
"""What makes a verb of a noun that is an event; 하 makes them of too many others."""
_PARTS_OF_NAMES = frozenset({"surname", "person_suffix"})
"""Groups that are no words by themselves."""


Kind = Literal["nouns", "events", "marks"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of the lexicon as it is looked for: its groups as a noun, a verb, an event, a mark."""

    nouns: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    idiom: bool = False
    ends: bool = False
    """Whether the verb's form can stand as it is, without an ending."""
    blanks: frozenset[int] = frozenset()
    """Where a blank may stand in it."""

    @classmethod
    def of(cls, kind: Kind, group: str) -> "Entry":
        """A word of one group."""
        groups = frozenset({group})
        match kind:
            case "nouns":
                return cls(nouns=groups)
            case "events":
                return cls(events=groups)
            case "marks":
                return cls(marks=groups)

    def merged(self, other: "Entry") -> "Entry":
        """Both of two words that are spelled alike."""
        return Entry(
            self.nouns | other.nouns,
            self.verbs | other.verbs,
            self.events | other.events,
            self.marks | other.marks,
            self.idiom or other.idiom,
            self.ends or other.ends,
            self.blanks | other.blanks,
        )


Index = dict[str, Entry]


@cache
def index() -> Index:
    """Every form of every word of the Korean lexicon."""
    return _Indexer().indexed(lexicon("ko"))


class _Indexer:
    """Makes the index. Entries that are alike are one object."""

    def __init__(self) -> None:
        self._table: Index = {}
        self._pool: Pool[Entry] = Pool()

    def indexed(self, book: Lexicon) -> Index:
        self._add_words(book.nouns, "nouns")
        self._add_words(book.events, "events")
        self._add_words(book.marks, "marks")
        self._add_verbs(book)
        idiom = self._pool.one(Entry(idiom=True))
        for words in book.idioms.words:
            self._add(words, idiom)  # "^" before it: only where a stretch begins
        return self._table

    def _add(self, word: str, entry: Entry) -> None:
        """``entry`` is the pool's."""
        spelled = fold(word.lower())
        if " " in spelled:
            pieces = spelled.removeprefix("^").split(" ")
            blanks = frozenset(sum(map(len, pieces[:at])) for at in range(1, len(pieces)))
            entry = self._pool.one(replace(entry, blanks=blanks))
            spelled = spelled.replace(" ", "")
        known = self._table.get(spelled)
        self._table[spelled] = entry if known is None else self._pool.merged(known, entry)

    def _add_words(self, groups: Groups, kind: Kind) -> None:
        for group, words in groups.items():
            if group in _PARTS_OF_NAMES:
                continue
            entry = self._pool.one(Entry.of(kind, "person" if group == "given_name" else group))
            for word in words:
                self._add(word, entry)

    def _add_verbs(self, book: Lexicon) -> None:
        for group, stems in book.verbs.items():
            groups = frozenset({group})
            told, event = (self._pool.one(entry) for entry in (Entry(verbs=groups), Entry(events=groups)))
            whole = self._pool.one(Entry(verbs=groups, ends=True))
            for stem in stems:
                for form, ends in inflect(stem).items():
                    self._add(form, whole if ends else told)
                if len(root := _noun_of(stem)) > 1:
                    self._add(root, event)


def _noun_of(stem: str) -> str:
    """The noun in a verb like 실신하다, 매몰되다: it tells of the same by itself."""
    return next((stem.removesuffix(end) for end in _NOUN_VERBS if stem.endswith(end) and " " not in stem), "")


@cache
def longest() -> int:
    """Signs of the longest of them."""
    return max(map(len, index()))
