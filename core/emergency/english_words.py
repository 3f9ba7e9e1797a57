"""The English lexicon as it is looked for: every form of every word and phrase. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from core.emergency.lexicon import Groups, lexicon

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
        return self.is_name or bool(self.entry.nouns) or (self.entry == UNKNOWN and self.text.isalpha())


Index = dict[tuple[str, ...], Entry]


@cache
def index() -> tuple[Index, int]:
    table: Index = {}
    book = lexicon("en")
    _add_groups(table, book.nouns, "nouns")
    _add_groups(table, book.events, "events")
    _add_groups(table, book.marks, "marks")
    for group, words in book.verbs.items():
        for word in words:
            for form in verb_forms(word):
                _add(table, form, Entry(verbs=frozenset({group})))
    for word in book.idioms.words:
        _add(table, word, Entry(idiom=True))
    return table, max(map(len, table))


def _add(table: Index, word: str, entry: Entry) -> None:
    spelled = tuple(word.split())
    table[spelled] = table[spelled].merged(entry) if spelled in table else entry


def _add_groups(table: Index, groups: Groups, kind: Kind) -> None:
    for group, words in groups.items():
        for word in words:
            entry = Entry.of(kind, "person" if group == "given_name" else group)
            for spelled in _with_articles(word):
                _add(table, spelled, entry)
            if kind != "marks" and not word.endswith("s") and len(word) > 2:
                _add(table, word + ("es" if word.endswith(("ch", "sh", "x")) else "s"), entry)


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
