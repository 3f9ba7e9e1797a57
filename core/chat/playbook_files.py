"""Playbooks: the schema of ``core/playbooks/*.toml`` and their reading."""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from wcwidth import wcswidth

SHORT_CELLS = 50
"""Terminal cells of the longest safety line: it stands beside other things on 80 columns."""

_COMMON = "common.toml"

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(_Frozen):
    """A text in both languages."""

    ko: Line
    en: Line

    def said(self, language: str) -> str:
        """The text in ``language``; whatever is not Korean is English."""
        return self.ko if language == "ko" else self.en


class Symptoms(_Frozen):
    """The words and phrases that tell a fault, as workers and events write them."""

    ko: tuple[Line, ...] = Field(min_length=1)
    en: tuple[Line, ...] = Field(min_length=1)


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
    precautions: tuple[Bilingual, ...]
    checks: tuple[Bilingual, ...] = Field(min_length=1)
    causes: tuple[Bilingual, ...] = Field(min_length=1)
    steps: tuple[Step, ...] = Field(min_length=1)
    call: Bilingual

    @model_validator(mode="after")
    def _steps_name_their_causes(self) -> Self:
        for step in self.steps:
            if step.cause is not None and step.cause > len(self.causes):
                raise ValueError(f"{self.id}: a step names cause {step.cause} of {len(self.causes)}")
        return self


class Equipment(_Frozen):
    """What holds for any work on a kind of equipment."""

    short_precautions: Bilingual
    precautions: tuple[Bilingual, ...] = Field(min_length=1)
    release_checks: tuple[Bilingual, ...] = Field(min_length=1)
    inspection: Inspection

    @model_validator(mode="after")
    def _safety_line_fits(self) -> Self:
        for text in (self.short_precautions.ko, self.short_precautions.en):
            if not 0 < wcswidth(text) <= SHORT_CELLS:
                raise ValueError(f"a safety line is wider than {SHORT_CELLS} cells: {text}")
        return self


class Playbook(Equipment):
    """One equipment's playbook; ``mode_types`` are the event's ``modeType`` values that mean it."""

    id: Id
    title: Bilingual
    mode_types: tuple[Line, ...] = Field(min_length=1)
    faults: tuple[Fault, ...] = Field(min_length=1)


class Library(_Frozen):
    """All playbooks, and what holds for equipment that has none."""

    common: Equipment
    playbooks: tuple[Playbook, ...]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [part.id for part in self._parts()] + [book.id for book in self.playbooks]
        twice = sorted({part_id for part_id in ids if ids.count(part_id) > 1})
        if twice:
            raise ValueError(f"ids used twice: {', '.join(twice)}")
        return self

    def of_equipment(self, mode_type: str) -> Playbook | None:
        """The playbook of an event's ``modeType``; None for equipment without one."""
        wanted = _plain(mode_type)
        return next((b for b in self.playbooks if wanted in map(_plain, b.mode_types)), None)

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


@cache
def library() -> Library:
    """The playbooks that come with Andon, read once.

    Raises:
        ValueError: a file is not TOML or not as the schema wants it.
    """
    folder = files("core.playbooks")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    books = [tomllib.loads(folder.joinpath(name).read_text("utf-8")) for name in names if name != _COMMON]
    common = tomllib.loads(folder.joinpath(_COMMON).read_text("utf-8"))
    return Library.model_validate({"common": common, "playbooks": books})


def precautions_for(mode_type: str, language: str) -> tuple[str, ...]:
    """The equipment's general precautions, in order; lock-out and tag-out for equipment not known."""
    return tuple(text.said(language) for text in library().equipment(mode_type).precautions)


def release_checks_for(mode_type: str, language: str) -> tuple[str, ...]:
    """What to confirm before the equipment is called resolved: guards, locks, test run."""
    return tuple(text.said(language) for text in library().equipment(mode_type).release_checks)


def short_precautions(mode_type: str, language: str) -> str:
    """The equipment's safety line, at most ``SHORT_CELLS`` terminal cells wide."""
    return library().equipment(mode_type).short_precautions.said(language)


def _plain(mode_type: str) -> str:
    return "".join(mode_type.split()).casefold()
