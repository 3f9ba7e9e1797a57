"""What a playbook says of a fault, text by text, and which of it a question is about. Pure.

Looked up are steps with their tools and whom they call, causes, checks, precautions, whom the fault calls, and what is
checked before the machine is given back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from math import log

from core.chat.playbook.library import Bilingual, Equipment, Fault, Inspection
from core.chat.playbook.vocabulary import Term, terms


class Kind(Enum):
    """What a text of a playbook is."""

    STEP = auto()
    TOOLS = auto()
    STEP_CALL = auto()
    CAUSE = auto()
    CHECK = auto()
    PRECAUTION = auto()
    STANDING = auto()
    """A precaution of the equipment, whatever the fault."""
    CALL = auto()
    RELEASE = auto()


@dataclass(frozen=True, slots=True)
class Passage:
    """One text. ``step`` is the number of the step that it belongs to, 0 where it belongs to none."""

    kind: Kind
    text: Bilingual
    step: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a question is about."""

    passage: Passage
    score: float
    coverage: float
    """Share of what the question asks about, 0 to 1, that the passage, with the rest of its step, names."""
    count: int
    """Different telling words in common."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came upon, best first."""

    hits: tuple[Hit, ...] = ()
    asked: tuple[Term, ...] = ()
    """The telling words of the question; empty where it names nothing ("누구한테 연락해요?")."""

    @property
    def best(self) -> Hit | None:
        return self.hits[0] if self.hits else None

    def best_of(self, *kinds: Kind) -> Hit | None:
        """The best passage of one of these kinds."""
        return next((hit for hit in self.hits if hit.passage.kind in kinds), None)


def passages_of(part: Fault | Inspection, equipment: Equipment) -> tuple[Passage, ...]:
    """All that is known of ``part``, in the playbook's order."""
    return tuple(_passages(part, equipment))


def _passages(part: Fault | Inspection, equipment: Equipment) -> Iterator[Passage]:
    for number, step in enumerate(part.steps, 1):
        yield Passage(Kind.STEP, step.text, number)
        if step.tools:
            yield Passage(Kind.TOOLS, step.tools, number)
        if step.call:
            yield Passage(Kind.STEP_CALL, step.call, number)
        if step.cause and isinstance(part, Fault):
            yield Passage(Kind.CAUSE, part.causes[step.cause - 1], number)
    yield Passage(Kind.CALL, part.call)
    if isinstance(part, Fault):
        yield from (Passage(Kind.PRECAUTION, text) for text in part.precautions)
        yield from (Passage(Kind.CHECK, text) for text in part.checks)
        treated = {step.cause for step in part.steps}
        yield from (Passage(Kind.CAUSE, text) for n, text in enumerate(part.causes, 1) if n not in treated)
    yield from (Passage(Kind.STANDING, text) for text in equipment.precautions)
    yield from (Passage(Kind.RELEASE, text) for text in equipment.release_checks)


@lru_cache(maxsize=512)
def _terms_of(text: Bilingual, language: str) -> tuple[Term, ...]:
    return terms(text.said(language))


_REST_OF_STEP = 0.4
"""What a word counts that stands in another text of the same step."""
_NOT_KNOWN = 0.6
"""What a word counts that no passage has, beside one that a single passage has."""
_NOT_KNOWN_VERB = 0.3
"""The same of a word that is a verb, or looks like one: what is done is said in more ways than what it is done to."""


class PassageSearch:
    """Finds among the passages of one part, in one language."""

    def __init__(self, passages: Sequence[Passage], language: str) -> None:
        self._passages = tuple(passages)
        self._terms = [_terms_of(passage.text, language) for passage in self._passages]
        by_step: dict[int, list[Term]] = {}
        for passage, said in zip(self._passages, self._terms, strict=True):
            if passage.step:
                by_step.setdefault(passage.step, []).extend(said)
        self._by_step = by_step
        self._groups = [*by_step.values(), *(s for p, s in zip(self._passages, self._terms, strict=True) if not p.step)]

    def find(self, text: str, weights: dict[Kind, float]) -> Found:
        """The passages that ``text`` may be about. ``weights``: what a kind of passage counts; others count 1."""
        asked = terms(text)
        worth = {term: self._worth(term) for term in asked}
        total = sum(worth.values())
        if not total:
            return Found()
        hits = [
            hit
            for passage, said in zip(self._passages, self._terms, strict=True)
            if (hit := self._hit(passage, said, worth, total, weights.get(passage.kind, 1.0))) is not None
        ]
        return Found(tuple(sorted(hits, key=lambda hit: -hit.score)), asked)

    def _worth(self, term: Term) -> float:
        """Rare words tell more than those that stand everywhere."""
        known = sum(any(term.means(one) for one in group) for group in self._groups)
        most = log(1 + len(self._groups))
        if known:
            return log(1 + len(self._groups) / known)
        return most * (_NOT_KNOWN_VERB if term.is_verb else _NOT_KNOWN)

    def _hit(
        self, passage: Passage, said: Sequence[Term], worth: dict[Term, float], total: float, weight: float
    ) -> Hit | None:
        own = {term for term in worth if any(term.means(one) for one in said)}
        if not own:
            return None
        around = self._by_step.get(passage.step, ()) if passage.step else ()
        beside = {term for term in worth if term not in own and any(term.means(one) for one in around)}
        near = sum(worth[term] for term in beside)
        here = sum(worth[term] for term in own)
        score = weight * (here + _REST_OF_STEP * near)
        return Hit(passage, score, (here + near) / total, len(own) + len(beside))
