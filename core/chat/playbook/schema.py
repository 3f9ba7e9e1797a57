"""The schema of playbooks (``core/playbooks/*.toml`` and the plant's own): frozen values, checked when they are made.

Every text is made inert here. With ``PLANT`` as the validation context a text may be given in one language only, or
as a plain string: it then stands for both. Without it both languages are compulsory.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self
from unicodedata import combining, east_asian_width

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from core.support.text import inert_line
from core.support.text_index import words

SHORT_CELLS = 50
"""Terminal cells of the longest safety line: it stands beside other things on 80 columns."""

PLANT = {"one language is enough": True}
"""Validation context of the plant's own files."""

_LINE_LIMIT = 1_000
"""Characters of one text that are kept."""
_LANGUAGES = frozenset({"ko", "en"})

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    AfterValidator(lambda text: inert_line(text, _LINE_LIMIT)),
]
Id = Annotated[str, StringConstraints(pattern=r"\A[a-z][a-z0-9]*(-[a-z0-9]+)*\z", max_length=80)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class _Told(_Frozen):
    @model_validator(mode="before")
    @classmethod
    def _fall_back(cls, value: Any, info: ValidationInfo) -> Any:
        """Of the plant's text in one language, the same in both."""
        if info.context is not PLANT:
            return value
        if isinstance(value, str | list):
            return dict.fromkeys(_LANGUAGES, value)
        if isinstance(value, Mapping) and len(value) == 1:
            return dict.fromkeys(_LANGUAGES, next(iter(value.values()))) if value.keys() <= _LANGUAGES else value
        return value


class Bilingual(_Told):
    """A text in both languages."""

    ko: Line
    en: Line

    def said(self, language: str) -> str:
        """The text in ``language``; whatever is not Korean is English."""
        return self.ko if language == "ko" else self.en


class Symptoms(_Told):
    """The words and phrases that tell a fault, as workers and events write them."""

    ko: tuple[Line, ...] = Field(min_length=1)
    en: tuple[Line, ...] = Field(min_length=1)


def cells(text: str) -> int:
    """How many cells of the screen ``text`` takes at most; a letter of Hangul takes two."""
    return sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)


def _short(text: Bilingual) -> Bilingual:
    if all(said.isprintable() and 0 < cells(said) <= SHORT_CELLS for said in (text.ko, text.en)):
        return text
    raise PydanticCustomError("safety_line", "a safety line is wider than {cells} cells", {"cells": SHORT_CELLS})


ShortLine = Annotated[Bilingual, AfterValidator(_short)]


class Step(_Frozen):
    """One thing to do. ``cause`` is the number, from 1, of the cause that it deals with."""

    text: Bilingual
    minutes: int = Field(gt=0, le=240)
    cause: int | None = Field(default=None, ge=1)
    tools: Bilingual | None = None
    call: Bilingual | None = None


class Inspection(_Frozen):
    """A periodic inspection: a checklist, and whom to call for what it finds."""

    id: Id
    title: Bilingual
    steps: tuple[Step, ...] = Field(min_length=1)
    call: Bilingual


class Fault(_Frozen):
    """A usual fault: how it shows, what to look at, what it comes from (likeliest first), what to do."""

    id: Id
    title: Bilingual
    symptoms: Symptoms
    precautions: tuple[Bilingual, ...] = ()
    checks: tuple[Bilingual, ...] = Field(min_length=1)
    """To be made from outside, without touching: they are told before anybody secured the machine."""
    causes: tuple[Bilingual, ...] = Field(min_length=1)
    steps: tuple[Step, ...] = Field(min_length=1)
    call: Bilingual
    combines: tuple[Id, ...] = ()
    """Faults that occur here at the same time: it is meant only where a whole symptom of it is said."""

    @model_validator(mode="after")
    def _steps_name_their_causes(self) -> Self:
        for number in (step.cause for step in self.steps if step.cause is not None):
            if number > len(self.causes):
                told = {"cause": number, "causes": len(self.causes)}
                raise PydanticCustomError("unknown_cause", "a step names cause {cause} of {causes}", told)
        return self


class FaultCode(_Frozen):
    """What the plant's services write into an issue's id, alone or with a date, a time or a serial number behind it."""

    code: Line | None = None
    """None: they write no code, one of the names is the whole id."""
    title: Bilingual
    names: tuple[Line, ...] = ()
    """What else the plant calls it: a description or an id that is one of these as a whole means it."""
    faults: tuple[Id, ...] = Field(min_length=1)
    """Of the same playbook. One is begun; of several, whoever stands there chooses."""
    first: tuple[int, ...] = ()
    """The numbers, from 1, of the causes that are likeliest with this code."""
    note: Bilingual | None = None
    """What the code tells beyond its name."""


class Equipment(_Frozen):
    """What holds for any work on a kind of equipment."""

    short_precautions: ShortLine
    precautions: tuple[Bilingual, ...] = Field(min_length=1)
    release_checks: tuple[Bilingual, ...] = Field(min_length=1)
    inspection: Inspection


class Playbook(Equipment):
    """One equipment's playbook; ``mode_types`` are the event's ``modeType`` values that mean it."""

    id: Id
    title: Bilingual
    mode_types: tuple[Line, ...] = Field(min_length=1)
    faults: tuple[Fault, ...] = Field(min_length=1)
    codes: tuple[FaultCode, ...] = ()

    @model_validator(mode="after")
    def _codes_name_their_faults(self) -> Self:
        faults = {fault.id: fault for fault in self.faults}
        for code in self.codes:
            unknown = next((key for key in code.faults if key not in faults), None)
            if unknown is not None:
                raise PydanticCustomError("unknown_fault", "a code names an unknown fault {fault}", {"fault": unknown})
            if code.first and not set(code.first) <= set(range(1, len(faults[code.faults[0]].causes) + 1)):
                told = {"cause": max(code.first), "causes": len(faults[code.faults[0]].causes)}
                raise PydanticCustomError("unknown_cause", "a code names cause {cause} of {causes}", told)
        return self


class PlantPlaybook(_Frozen):
    """A file of the plant's own: it adds to the playbook with the same id, or is another equipment's."""

    id: Id
    title: Bilingual | None = None
    mode_types: tuple[Line, ...] = ()
    short_precautions: ShortLine | None = None
    precautions: tuple[Bilingual, ...] = ()
    release_checks: tuple[Bilingual, ...] = ()
    inspection: Inspection | None = None
    faults: tuple[Fault, ...] = ()
    codes: tuple[FaultCode, ...] = ()


class Library(_Frozen):
    """All playbooks, and what holds for equipment that has none."""

    common: Equipment
    playbooks: tuple[Playbook, ...]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [part.id for part in self._parts()] + [book.id for book in self.playbooks]
        twice = sorted({part_id for part_id in ids if ids.count(part_id) > 1})
        if twice:
            raise PydanticCustomError("twice", "ids used twice: {ids}", {"ids": ", ".join(twice)})
        return self

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        codes = [code_words(code.code) for book in self.playbooks for code in book.codes if code.code]
        twice = sorted({"-".join(code).upper() for code in codes if codes.count(code) > 1})
        if twice:
            raise PydanticCustomError("twice", "codes used twice: {ids}", {"ids": ", ".join(twice)})
        return self

    def of_equipment(self, mode_type: str) -> Playbook | None:
        """The playbook of an event's ``modeType``; None for equipment without one."""
        wanted = plain_name(mode_type)
        return next((b for b in self.playbooks if wanted in map(plain_name, b.mode_types)), None)

    def of_fault(self, fault: Fault) -> Playbook | None:
        """The playbook in which ``fault`` stands."""
        return next((book for book in self.playbooks if fault in book.faults), None)

    def part(self, part_id: str) -> Fault | Inspection | None:
        """The fault or inspection with this id."""
        return next((part for part in self._parts() if part.id == part_id), None)

    def _parts(self) -> Iterator[Fault | Inspection]:
        yield self.common.inspection
        for book in self.playbooks:
            yield book.inspection
            yield from book.faults

    def equipment(self, mode_type: str) -> Equipment:
        """What holds for an event's ``modeType``, known or not."""
        return self.of_equipment(mode_type) or self.common


def plain_name(mode_type: str) -> str:
    """An equipment's name, for comparing: without white space and case."""
    return "".join(mode_type.split()).casefold()


def code_words(code: str) -> tuple[str, ...]:
    """A code, or an id, for comparing: in small letters, whatever signs stand between its words."""
    return tuple(words(code))
