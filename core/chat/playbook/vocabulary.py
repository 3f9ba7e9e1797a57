"""The telling words of a text, and which of them mean the same: "유압유를 넣다" and "작동유를 보충하다". Pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from core.chat.playbook.wording import wording

_LIMIT = 400
"""Characters of a text that are looked at."""
_WORD = re.compile(r"[가-힣]+|[a-z0-9]+(?:['-][a-z]+)*")
_WHOLE = 3
"""Letters up to which an English word of a group counts as a whole word alone."""
_ENGLISH_ENDINGS = re.compile(r"(?<=[a-z]{3})(?:ing|ings|ed|es|s|er|ers|ly)$")
_VERB_ENDINGS = tuple("야아어고면서지데다니까래려게돼봐줘요죠네해도던")
_SHORTEST_STEM = 2
_SHORTEST_ENGLISH_STEM = 4


@dataclass(frozen=True, slots=True)
class Term:
    """One telling word: its stem, and the groups of words of which it is one."""

    stem: str
    groups: frozenset[str] = frozenset()

    @property
    def is_verb(self) -> bool:
        """Whether it looks like a form of a Korean verb."""
        return not self.groups and self.stem.endswith(_VERB_ENDINGS)

    def means(self, other: "Term") -> bool:
        """Whether both name the same thing."""
        if self.groups or other.groups:
            return bool(self.groups & other.groups) or self.stem == other.stem
        return _alike(self.stem, other.stem)


def _alike(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    if one == other:
        return True
    if longer.isascii():
        return len(shorter) >= _SHORTEST_ENGLISH_STEM and longer.startswith(shorter)
    return len(shorter) >= _SHORTEST_STEM and shorter in longer


def terms(text: str) -> tuple[Term, ...]:
    """The telling words of ``text``, each once; words that only ask or join are left out."""
    plain = unicodedata.normalize("NFKC", text[:_LIMIT])[:_LIMIT].lower()
    found = [Term(phrase, frozenset({group})) for phrase, group in _phrases() if phrase in plain]
    within = {word for term in found for word in term.stem.split()}
    found += (term for word in _WORD.findall(plain) if word not in within and (term := _term(word)))
    return tuple(dict.fromkeys(found))


def _term(word: str) -> Term | None:
    return _english(word) if word.isascii() else _korean(word)


def _korean(word: str) -> Term | None:
    stem = _without_particle(word)
    groups, rest = set(_singles().get(stem, ())), word
    for name, its in _parts():
        if name in rest:
            groups |= its
            rest = rest.replace(name, " ")
    if groups:
        return Term(stem, frozenset(groups))
    return None if word.startswith(_ignored_korean()) or len(stem) < _SHORTEST_STEM else Term(stem)


def _english(word: str) -> Term | None:
    plain = word.replace("'", "")
    groups = frozenset(group for known, group in _beginnings() if _begins(plain, known))
    if groups:
        return Term(plain, groups)
    if plain in _ignored_english() or word in _ignored_english():
        return None
    return Term(_ENGLISH_ENDINGS.sub("", plain))


def _begins(word: str, known: str) -> bool:
    return word in (known, known + "s") if len(known) <= _WHOLE else word.startswith(known)


def _without_particle(word: str) -> str:
    for particle in _particles():
        if len(word) > len(particle) and word.endswith(particle):
            return word[: -len(particle)]
    return word


# --- the data, arranged for looking up


def _entries(language: str) -> Iterator[tuple[str, str]]:
    for group, said in wording("vocabulary")["groups"].items():
        for name in said.get(language, ()):
            yield name.lower(), group


@cache
def _phrases() -> tuple[tuple[str, str], ...]:
    return tuple(pair for language in ("ko", "en") for pair in _entries(language) if " " in pair[0])


@cache
def _parts() -> tuple[tuple[str, frozenset[str]], ...]:
    """Korean words of two syllables and more, the longest first: 유압유 is oil and no pressure."""
    return tuple(sorted(_by_name(single=False).items(), key=lambda pair: -len(pair[0])))


@cache
def _singles() -> dict[str, frozenset[str]]:
    return _by_name(single=True)


def _by_name(*, single: bool) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for name, group in _entries("ko"):
        if " " not in name and (len(name) == 1) is single:
            found[name] = found.get(name, frozenset()) | {group}
    return found


@cache
def _beginnings() -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in _entries("en") if " " not in pair[0])


@cache
def _ignored_korean() -> tuple[str, ...]:
    return tuple(wording("vocabulary")["ignored"]["ko"])


@cache
def _ignored_english() -> frozenset[str]:
    return frozenset(word.replace("'", "") for word in wording("vocabulary")["ignored"]["en"])


@cache
def _particles() -> tuple[str, ...]:
    return tuple(wording("vocabulary")["particles"]["ko"])
