"""Korean cut into words: nouns with their particles, verbs with their endings, with or without spaces. Pure.

Texts come folded (``hangul.fold``), so patterns and words are folded before they are compared.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from core.emergency.hangul import fold
from core.emergency.korean_grammar import (
    ANY_PARTICLE,
    ENDING_SIGNS,
    LONGEST_PARTICLE,
    particle_words,
    particles,
    role_of,
)
from core.emergency.korean_index import Entry, index, longest
from core.emergency.lexicon import Role, lexicon

_FUSED = frozenset(map(fold, ("누가", "제가", "내가")))
_RUN_ON = 4
"""Syllables without a blank from which on they are taken for more than one word."""
_REMEMBERED = 2_048
"""Words of which it is remembered how they are read by themselves: texts say the same ones again."""


@dataclass(slots=True)
class Token:
    """A word of a text. An unknown one has the groups of none."""

    start: int
    end: int
    """Behind particle or ending."""
    entry: Entry
    role: Role = Role.BARE
    is_noun: bool = False
    is_verb: bool = False
    is_event: bool = False
    text: str = ""
    """The whole run of signs up to the next blank."""
    ending: str = ""
    """What follows the word's own letters in it."""
    then: str = ""
    """What follows, with blanks: endings of more words (``-지 않``, ``-ㄹ 뻔``)."""
    adjoins: bool = False
    """Whether a bare noun stands right before it (``로봇 팔``)."""
    groups: frozenset[str] = field(default=frozenset())


_THEN = 24
"""Signs behind a word, blanks not counted, in which its ending is looked for."""
_DIGITS = re.compile(r"[a-z0-9_.%#-]+")
_COUNTED = re.compile(r"[가-힣]")
_HANGUL = re.compile(r"[가-힣]")


class Cutter:
    """Cuts one stretch of text (no punctuation) into tokens, from left to right, the longest word first."""

    def __init__(self, stretch: str) -> None:
        words = stretch.split()
        self._text = "".join(words)
        self._spaced = " ".join(words)
        self._starts: list[int] = []  # of the word (up to the next blank) in which each sign stands
        self._ends: list[int] = []
        self._blanks: list[int] = []  # before each sign
        for before, word in enumerate(words):
            start = len(self._starts)
            self._starts += [start] * len(word)
            self._ends += [start + len(word)] * len(word)
            self._blanks += [before] * len(word)
        self._gaps = {0, *self._ends}
        self._index = index()
        self._longest = longest()

    def tokens(self) -> list[Token]:
        """The words, in order. A run of signs that no word fits is one unknown token."""
        found: list[Token] = []
        at = run = 0  # an unknown run goes from ``run`` to ``at``
        while at < len(self._text):
            if run < at and at in self._gaps:
                found.append(self._unknown(run, at))
                run = at
            token = self._token_at(at) if run == at or self._may_start_in_unknown(at, run) else None
            if token is not None and run < at and token.is_verb and not token.is_noun and token.end - at == 1:
                token = None
            if token is None:
                at += 1
                continue
            if run < at:
                found.append(self._unknown(run, at))
            found.append(token)
            at = run = token.end
        if run < at:
            found.append(self._unknown(run, at))
        return self._joined(found)

    def _may_start_in_unknown(self, at: int, unknown_from: int) -> bool:
        if self._text[at - 1] in ANY_PARTICLE and at - unknown_from > 1:
            return True
        if self._next_gap(at) - unknown_from <= _RUN_ON:
            return False
        return any(end - at > 1 and (entry.verbs or entry.events) for end, entry in self._entries_at(at))

    def _joined(self, tokens: list[Token]) -> list[Token]:
        for before, token in zip([None, *tokens], tokens, strict=False):
            token.adjoins = before is not None and before.is_noun and before.role in (Role.BARE, Role.OWNER)
            token.text = self._eojeol(token.end - 1)
            token.then = self._from(max(token.start, self._starts[token.end - 1]))
        return tokens

    def _eojeol(self, at: int) -> str:
        return self._text[self._starts[at] : self._ends[at]]

    def _from(self, at: int) -> str:
        """The text from ``at`` on, with its blanks, for a few words."""
        last = min(len(self._text), at + _THEN) - 1
        return self._spaced[at + self._blanks[at] : last + self._blanks[last] + 1]

    def _next_gap(self, at: int) -> int:
        """Where the word that ``at`` stands in ends."""
        return self._ends[at]

    def _entries_at(self, at: int) -> Iterator[tuple[int, Entry]]:
        for length in range(min(self._longest, len(self._text) - at), 0, -1):
            word = self._text[at : at + length]
            entry = self._index.get(word) if at else self._index.get("^" + word) or self._index.get(word)
            if entry is not None and all(
                gap - at in entry.blanks for gap in range(at + 1, at + length) if gap in self._gaps
            ):
                yield at + length, entry

    def _token_at(self, at: int) -> Token | None:
        for end, entry in self._entries_at(at):
            token = self._fitting(at, end, entry)
            if token is not None:
                return token
        return self._name_at(at) if at in self._gaps else None

    def _fitting(self, at: int, end: int, entry: Entry) -> Token | None:
        """The token that the word makes here, or None where what follows does not fit it."""
        if entry.idiom:
            return Token(at, self._next_gap(end - 1), entry)
        if not _HANGUL.match(self._text[at]) and self._is_within_number(at, end):
            return None
        token = Token(at, end, entry)
        if entry.events and (tail := self._tail(end, event=True)):
            token.is_event, token.role, token.end = True, *tail
        if entry.nouns and (tail := self._tail(end, event="name_word" in entry.nouns)):
            token.is_noun, token.role = True, self._fused_role(at, end, entry) or tail[0]
            token.end = max(token.end, tail[1])
        if entry.verbs and (ends := self._ending(at, end, entry)) is not None:
            token.is_verb, token.end = True, max(token.end, ends)
            token.entry = entry = self._with_shorter_form(at, end, token.end, entry)
        if token.is_noun and token.is_verb and token.role is not Role.BARE and end - at == 1:
            token.is_verb = False
        if entry.marks and not (token.is_event or token.is_noun or token.is_verb):
            tail = self._tail(end, event=True)
            if tail is None and not self._known_at(end) and end - at == 1:
                return None
            token.end = tail[1] if tail else end
            token.groups = entry.marks
            return token
        if not (token.is_event or token.is_noun or token.is_verb):
            return None
        token.ending = self._text[end : token.end]
        token.groups = self._groups(token)
        return token

    def _fused_role(self, at: int, end: int, entry: Entry) -> Role | None:
        """The role of a noun that is listed with its particle: 누가, 제가."""
        return Role.SUBJECT if "person" in entry.nouns and self._text[at:end] in _FUSED else None

    def _with_shorter_form(self, at: int, end: int, ends: int, entry: Entry) -> Entry:
        """The verb's entry, with that of a form a syllable shorter that fits as well: folded, 찼어 is 차 and 찾."""
        shorter = self._index.get(self._text[at : end - 1]) if end - at > 1 and not entry.nouns else None
        if shorter is None or not shorter.verbs or self._ending(at, end - 1, shorter) != ends:
            return entry
        return replace(entry, verbs=entry.verbs | shorter.verbs)

    def _groups(self, token: Token) -> frozenset[str]:
        entry = token.entry
        groups = entry.marks
        for wanted, more in (
            (token.is_noun, entry.nouns),
            (token.is_verb, entry.verbs),
            (token.is_event, entry.events),
        ):
            groups |= more if wanted else frozenset()
        return groups

    def _is_within_number(self, at: int, end: int) -> bool:
        """Whether a number or a Latin word is only a part of a longer one, or counts something (``119번``)."""
        before = self._text[at - 1] if at and at not in self._gaps else " "
        rest = self._text[end : self._next_gap(end - 1)]
        if _DIGITS.match(before) or _DIGITS.match(rest):
            return True
        number = self._text[at:end].isdigit()
        return number and bool(_COUNTED.match(rest)) and role_of(rest, event=False) is None

    def _tail(self, end: int, *, event: bool) -> tuple[Role, int] | None:
        """The role of the noun that ends at ``end``, and where its particle ends."""
        stop = self._next_gap(end - 1)
        rest = self._text[end:stop]
        whole = role_of(rest, event=event)
        if whole is not None:
            return whole, stop
        for role, pattern in particles():
            match = pattern.match(rest)
            if match and self._known_at(end + match.end(), after_noun=not match.end()):
                return role, end + match.end()
        if len(rest) > _RUN_ON and rest[0] in "이가을를":
            return (Role.SUBJECT if rest[0] in "이가" else Role.OBJECT), end + 1
        return None

    def _known_at(self, at: int, *, after_noun: bool = False) -> bool:
        """Whether another known word begins at ``at``, so that what stands before may end there."""
        if at >= len(self._text) or at in self._gaps:
            return True
        for end, entry in self._entries_at(at):
            if end - at > 1 or not after_noun or entry.verbs or entry.marks & {"not_before"}:
                token = self._shallow(at, end, entry)
                if token:
                    return True
        return False

    def _shallow(self, at: int, end: int, entry: Entry) -> bool:
        """Whether the word fits by itself, without a look at what follows its own ending."""
        if entry.idiom or entry.marks or end - at > 1:
            return True if not entry.verbs or entry.nouns else self._ending(at, end, entry) is not None
        if entry.verbs:
            return self._ending(at, end, entry) is not None
        return role_of(self._text[end : self._next_gap(end - 1)], event=bool(entry.events)) is not None

    def _ending(self, at: int, end: int, entry: Entry) -> int | None:
        """Where the verb's ending ends; None where no ending fits."""
        stop = self._next_gap(end - 1)
        run = end
        while run < stop and self._text[run] in ENDING_SIGNS:
            run += 1
        if run == stop:
            return run if run > end or entry.ends or end - at > 1 else None
        if end - at == 1:
            return None
        for cut in range(run, end - 1, -1):
            if (cut > end or entry.ends) and self._starts_word(cut):
                return cut
        return None

    def _starts_word(self, at: int) -> bool:
        return any(end - at > 1 or entry.marks & {"not_before"} for end, entry in self._entries_at(at))

    def _name_at(self, at: int) -> Token | None:
        """A person by name: a given name with or without a surname, or a word that ends as a person's title does."""
        stop = self._next_gap(at)
        found = _as_name(self._text[at:stop])
        if found is None:
            return None
        role, ending = found
        return Token(at, stop, _PERSON, role, is_noun=True, ending=ending, groups=_PERSON.nouns)

    def _unknown(self, start: int, end: int) -> Token:
        """A word that no group knows: taken for a noun where a particle says so."""
        token = Token(start, end, _UNKNOWN)
        if found := _as_noun(self._text[start:end]):
            token.is_noun, (token.role, token.ending) = True, found
        return token


_PERSON = Entry(nouns=frozenset({"person"}))
_UNKNOWN = Entry()


@lru_cache(_REMEMBERED)
def _as_name(word: str) -> tuple[Role, str] | None:
    """The role and the particle of ``word`` as somebody's name; None where it is none."""
    for role, found in particle_words():
        for length in range(len(word), max(1, len(word) - LONGEST_PARTICLE - 1), -1):
            if word[length:] in found and _is_name(word[:length]):
                return role, word[length:]
    return None


@lru_cache(_REMEMBERED)
def _as_noun(word: str) -> tuple[Role, str] | None:
    """The role and the particle of an unknown ``word``; None where it has no particle."""
    for role, found in particle_words()[:-1]:
        for length in range(len(word) - 1, max(0, len(word) - LONGEST_PARTICLE - 1), -1):
            if word[length:] in found:
                return role, word[length:]
    return None


@cache
def _name_parts() -> tuple[frozenset[str], frozenset[str], tuple[str, ...]]:
    nouns = lexicon("ko").nouns
    given, surname, suffix = (tuple(map(fold, nouns[group])) for group in ("given_name", "surname", "person_suffix"))
    return frozenset(given), frozenset(surname), suffix


def _is_name(word: str) -> bool:
    given, surname, suffixes = _name_parts()
    bare = word.removesuffix("이") if len(word) > 2 else word
    if word in given or bare in given or (bare[0] in surname and bare[1:] in given):
        return True
    return word.endswith(suffixes) and any(len(word) > len(suffix) and word.endswith(suffix) for suffix in suffixes)


def unknown_words(text: str) -> frozenset[str]:
    """The words of a folded text that the lexicon does not know where they stand."""
    return frozenset(token.text for token in Cutter(text).tokens() if token.entry is _UNKNOWN)
