"""The English lexicon as it is looked for: every form of every word and phrase. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from core.emergency.lexicon import Groups, Lexicon, lexicon
from core.emergency.pool import Pool

Kind = Literal["nouns", "events", "marks"]


@dataclass(frozen=True, slots=True)
class Entry:
    nouns: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    idiom: bool = False

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
        return Entry(
            self.nouns | other.nouns,
            self.verbs | other.verbs,
            self.events | other.events,
            self.marks | other.marks,
            self.idiom or other.idiom,
        )


UNKNOWN = Entry()


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    entry: Entry
    is_name: bool = False

    @property
    def groups(self) -> frozenset[str]:
        if self.is_name:
            return frozenset({"person"})
        return self.entry.nouns | self.entry.verbs | self.entry.events | self.entry.marks

    @property
    def noun_groups(self) -> frozenset[str]:
        return frozenset({"person"}) if self.is_name else self.entry.nouns

    @property
    def is_noun(self) -> bool:
        """A noun that is known, or an unknown word that may be one."""
        return self.is_name or bool(self.entry.nouns) or (self.entry is UNKNOWN and self.text.isalpha())


@dataclass(frozen=True, slots=True)
class Index:
    """Every form of every word and phrase of the English lexicon."""

    entries: dict[str, Entry]
    """A phrase by its words with one blank between them."""
    longest: dict[str, int]
    """By the first word of phrases, how many words the longest of them has."""

    def of(self, word: str) -> Entry:
        """What one word says by itself."""
        return self.entries.get(word, UNKNOWN)


@cache
def index() -> Index:
    """The lexicon, made once."""
    entries = _Indexer().indexed(lexicon("en"))
    longest: dict[str, int] = {}
    for phrase in entries:
        first, blank, _ = phrase.partition(" ")
        if blank:
            longest[first] = max(longest.get(first, 0), phrase.count(" ") + 1)
    return Index(entries, longest)


class _Indexer:
    """Makes the index. Entries that are alike are one object."""

    def __init__(self) -> None:
        self._table: dict[str, Entry] = {}
        self._pool: Pool[Entry] = Pool()

    def indexed(self, book: Lexicon) -> dict[str, Entry]:
        self._add_groups(book.nouns, "nouns")
        self._add_groups(book.events, "events")
        self._add_groups(book.marks, "marks")
        for group, words in book.verbs.items():
            told = self._pool.one(Entry(verbs=frozenset({group})))
            for form in (form for word in words for form in verb_forms(word)):
                self._add(form, told)
        idiom = self._pool.one(Entry(idiom=True))
        for word in book.idioms.words:
            self._add(word, idiom)
        return self._table

    def _add(self, word: str, entry: Entry) -> None:
        """``entry`` is the pool's."""
        spelled = " ".join(word.split())
        known = self._table.get(spelled)
        self._table[spelled] = entry if known is None else self._pool.merged(known, entry)

    def _add_groups(self, groups: Groups, kind: Kind) -> None:
        for group, words in groups.items():
            entry = self._pool.one(Entry.of(kind, "person" if group == "given_name" else group))
            for word in words:
                for spelled in _with_articles(word):
                    self._add(spelled, entry)
                if kind != "marks" and not word.endswith("s") and len(word) > 2:
                    self._add(word + ("es" if word.endswith(("ch", "sh", "x")) else "s"), entry)


def _with_articles(word: str) -> Iterator[str]:
    """A phrase with "the" in it, and as it is written without or with another article: ``under press``."""
    yield word
    if " the " in word:
        yield word.replace(" the ", " ")
        yield word.replace(" the ", " a ")


def verb_forms(verb: str) -> Iterator[str]:
    """The forms of a verb: ``fall|fell|fallen off`` gives falls off, falling off, fell off ..."""
    first, _, rest = verb.partition(" ")
    bases = first.split("|")
    base = bases[0]
    stem = base[:-1] if base.endswith("e") else base
    doubled = base + base[-1] if re.search(r"[^aeiou][aeiou][bdgmnprt]$", base) else stem
    made = [*bases, base + ("es" if base.endswith(("s", "ch", "sh", "x")) else "s"), doubled + "ing", stem + "ing"]
    if len(bases) == 1:
        made += [stem + "ed", doubled + "ed"]
    if base.endswith("y"):
        made += [base[:-1] + "ies", base[:-1] + "ied"]
    for form in made:
        yield f"{form} {rest}".strip()
