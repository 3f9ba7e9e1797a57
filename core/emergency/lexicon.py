"""The words and rules by which danger is told (``ko.toml``, ``en.toml``), checked when they are read.

How a word or a rule is added, and what every field means to a reviewer: docs/danger.md.
"""

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.emergency.assessment import Danger, Level

Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]
Groups = dict[str, Words]


class Role(StrEnum):
    """What a noun is to the verb, as far as the sentence shows it."""

    SUBJECT = "subject"
    TOPIC = "topic"
    OBJECT = "object"
    PLACE = "place"
    SOURCE = "source"
    OWNER = "owner"
    BARE = "bare"


class Flag(StrEnum):
    """No emergency, but something must be done before anything else."""

    POWER_OFF = "power_off"
    KEEP_AWAY = "keep_away"


class Rule(BaseModel):
    """One reading: what happens, to whom, and how sure that is."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    about: str
    """For the reader."""
    danger: Danger | None = None
    flag: Flag | None = None
    """Instead of a danger: advice, no emergency."""
    level: Level = Level.YES
    does: Words
    """Groups of verbs, or of nouns that tell of it by themselves."""
    who: tuple[str, ...] = ()
    """Groups of nouns, one of which it must happen to (or be done by); none: whoever."""
    roles: tuple[Role, ...] = (Role.SUBJECT, Role.TOPIC, Role.OBJECT, Role.PLACE, Role.BARE)
    """What that noun may be to the verb."""
    with_: tuple[str, ...] = Field(default=(), alias="with")
    """Groups, one of which stands in the same sentence."""
    with_all: tuple[str, ...] = ()
    """Groups, each of which stands in the same sentence."""
    unless: tuple[str, ...] = ()
    """Groups that take the reading back where one stands in the same sentence."""
    never: tuple[str, ...] = ()
    """Groups of nouns of which it is not meant so: ``생산량이 폭발``."""
    not_of: tuple[str, ...] = ()
    """Groups that take the reading back as its subject: ``펌프가 숨이 차다``."""
    negated: bool | Literal["either"] = False
    """Whether it is the verb's denial that tells (``안 움직여요``)."""
    alone: Level = Level.NO
    """How sure it is where the sentence names nobody and nothing (``깔렸어요``)."""
    unknown: Level = Level.NO
    """How sure it is where the sentence names somebody or something that no group knows."""
    passive: bool | None = None
    """Whether the verb must be (true) or must not be (false) in the passive (``was hit``); English only."""
    last_resort: bool = False
    """Only a doubt, asked however urgent it sounds: something bad may be said of somebody, and no other rule knows."""
    only: bool = False
    """Counts only where the clause has no verb (``연기``)."""
    single: bool = False
    """Counts only where nothing else stands in the clause (``119``)."""
    nobody: bool = False
    """Counts only where no thing is named that it could have happened to."""

    @model_validator(mode="after")
    def _tells_one_thing(self) -> Self:
        if (self.danger is None) == (self.flag is None):
            raise ValueError(f"rule {self.about!r}: exactly one of danger and flag")
        return self


_READERS = ("anything", "human_body", "likely", "weary_likely", "loose_clothing", "unknown_deed")
"""Groups that the readers give: any verb; a part of the body that can only be somebody's; what is only about to be,
and what somebody weary says will happen to them (``졸려서 쓰러질 것 같네``); clothing of which nobody is said to be the
owner; an unknown English word that ends as a verb does."""


class Section(BaseModel):
    """A list of words without groups."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    words: Words


class Lexicon(BaseModel):
    """One language's words and rules."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    nouns: Groups
    verbs: Groups
    """Stems (Korean) or base forms with the irregular ones behind ``|`` (English)."""
    events: Groups
    """Nouns that tell of something by themselves. A group may be among the verbs too."""
    marks: Groups
    """Words that change how the rest is read: denial, time, urgency."""
    idioms: Section
    """Fixed expressions that mean something else; they hide the words in them."""
    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _knows_every_group(self) -> Self:
        known = {*_READERS, *self.nouns, *self.verbs, *self.events, *self.marks}
        for rule in self.rules:
            named = {*rule.does, *rule.who, *rule.with_, *rule.with_all, *rule.unless, *rule.never, *rule.not_of}
            if missing := sorted(named - known):
                raise ValueError(f"rule {rule.about!r} names groups that there are not: {', '.join(missing)}")
        return self


@cache
def lexicon(language: str) -> Lexicon:
    """The words and rules of ``language`` (``ko``, ``en``), read once.

    Raises:
        ValueError: the file is not TOML or not as the schema wants it.
    """
    source = files("core.emergency").joinpath(f"{language}.toml").read_text("utf-8")
    return Lexicon.model_validate(tomllib.loads(source))
