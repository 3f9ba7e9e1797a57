"""What to do at once for each danger, in the language in which it was told. Pure; the words are instructions.toml's."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.emergency.assessment import Assessment, Danger

DANGERS_ANSWERED = 3
"""Dangers of one text whose instructions are given; more nobody reads in time."""


class Line(BaseModel):
    """One thing to do, in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    ko: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    def said(self, language: str) -> str:
        """In ``language`` (``ko``, ``en``)."""
        return self.ko if language == "ko" else self.en


class Card(BaseModel):
    """The instructions for one danger."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    first: Line
    lines: Annotated[tuple[Line, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _calls_for_help_first(self) -> Self:
        if "비상정지" not in self.first.ko or "emergency stop" not in self.first.en.lower():
            raise ValueError(f"the first line must name the emergency stop (비상정지): {self.first}")
        if "119" not in self.first.ko or "119" not in self.first.en:
            raise ValueError(f"the first line must name 119: {self.first}")
        return self


class Cards(BaseModel):
    """Everything that the emergency answer says."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    ask: Line
    power_off: Line
    keep_away: Line
    text: Line
    danger: dict[Danger, Card]

    @model_validator(mode="after")
    def _has_a_card_for_each(self) -> Self:
        if missing := [danger.value for danger in Danger if danger not in self.danger]:
            raise ValueError(f"no instructions for {', '.join(missing)}")
        return self


@cache
def cards() -> Cards:
    """The instructions, read once.

    Raises:
        ValueError: the file is not TOML or not as the schema wants it.
    """
    source = files("core.emergency").joinpath("instructions.toml").read_text("utf-8")
    return Cards.model_validate(tomllib.loads(source))


@dataclass(frozen=True, slots=True)
class Instructions:
    """An emergency answer: emergency stop and the emergency number stand in its first precaution."""

    text: str
    precautions: tuple[str, ...]


def instructions_for(dangers: Sequence[Danger], language: str) -> Instructions:
    """The whole emergency answer for ``dangers``, most pressing first; without any, the general one."""
    told = tuple(danger for danger in dangers if danger is not Danger.INJURY)[:DANGERS_ANSWERED] or (Danger.INJURY,)
    lead = Danger.GAS if Danger.GAS in told else told[0]  # in gas even the emergency stop may be the spark
    book = cards()
    lines = [book.danger[lead].first, *(line for danger in told for line in book.danger[danger].lines)]
    return Instructions(book.text.said(language), tuple(dict.fromkeys(line.said(language) for line in lines)))


def ask_line(language: str) -> str:
    """The one line above an ordinary answer where it is in doubt whether somebody is hurt."""
    return cards().ask.said(language)


def advice_lines(assessment: Assessment, language: str) -> tuple[str, ...]:
    """What stands before anything else where it is no emergency but not harmless either."""
    book = cards()
    wanted = ((assessment.power_off, book.power_off), (assessment.keep_away, book.keep_away))
    return tuple(line.said(language) for given, line in wanted if given)
