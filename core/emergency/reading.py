"""What a reader of either language makes of a text: what happens, to whom, and what stands around it. Pure."""

from dataclasses import dataclass

from core.emergency.lexicon import Role


@dataclass(frozen=True, slots=True)
class Noun:
    """Somebody or something that a clause names."""

    groups: frozenset[str]
    role: Role
    known: bool
    """Whether any group knows the word; else it may be a name or a thing."""
    is_part: bool = False
    """A word for a part of the body that belongs to a thing (``로봇 팔``, ``arm of the gun``)."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One verb, or one noun that tells of something by itself, as it stands in its sentence."""

    groups: frozenset[str]
    nouns: tuple[Noun, ...]
    """Of its clause, in order; where the clause names none, those of the clause before."""
    around: frozenset[str]
    """The groups of every word of the sentence."""
    negated: bool = False
    supposed: bool = False
    """Not said to be so: a condition, a warning, a name (``감전 교육``)."""
    past: bool = False
    """Long ago."""
    only: bool = False
    """The clause has no verb."""
    single: bool = False
    """Nothing else stands in the clause."""
    inherited: bool = False
    """The clause names nobody; the nouns are the clause before's."""
    passive: bool = False
    """It is done to the subject (``was hit``, ``hit by``)."""
