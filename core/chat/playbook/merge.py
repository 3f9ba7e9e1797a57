"""The plant's own playbooks joined with those that come with Andon (``core.playbooks`` tells by which rules)."""

from collections.abc import Iterable
from typing import TypeVar

from core.chat.playbook.problems import MISSING, TAKEN, TWICE, PlaybookError
from core.chat.playbook.schema import (
    Bilingual,
    Equipment,
    Fault,
    FaultCode,
    Library,
    PlantPlaybook,
    Playbook,
    code_words,
    plain_name,
)

_Text = TypeVar("_Text")


def merged(library: Library, plant: PlantPlaybook) -> Library:
    """``library`` with ``plant`` in it.

    Raises:
        PlaybookError: something needed is missing, or a name is another equipment's.
        ValidationError: an id is used twice.
    """
    _refuse_repeated(fault.id for fault in plant.faults)
    _refuse_taken(library, plant)
    ours = next((book for book in library.playbooks if book.id == plant.id), None)
    book = _other(library.common, plant) if ours is None else _more(ours, plant)
    books = [book if known is ours else known for known in library.playbooks]
    return Library(common=library.common, playbooks=tuple(books if ours else [*books, book]))


def _more(ours: Playbook, plant: PlantPlaybook) -> Playbook:
    """Our equipment with what the plant adds. Its safety line stays: what a plant adds stands in the precautions."""
    return Playbook(
        id=ours.id,
        title=plant.title or ours.title,
        mode_types=_joined(ours.mode_types, plant.mode_types),
        short_precautions=ours.short_precautions,
        precautions=_joined(ours.precautions, plant.precautions),
        release_checks=_joined(ours.release_checks, plant.release_checks),
        inspection=plant.inspection or ours.inspection,
        faults=_faults(ours.faults, plant.faults),
        codes=_codes(ours.codes, plant),
    )


def _other(common: Equipment, plant: PlantPlaybook) -> Playbook:
    """The plant's own equipment; what holds for any equipment holds for it too."""
    if plant.title is None:
        raise PlaybookError(MISSING, "title")
    for name in ("mode_types", "faults"):
        if not getattr(plant, name):
            raise PlaybookError(MISSING, name)
    inspection = common.inspection.model_copy(update={"id": f"{plant.id}-inspection"})
    return Playbook(
        id=plant.id,
        title=plant.title,
        mode_types=plant.mode_types,
        short_precautions=plant.short_precautions or common.short_precautions,
        precautions=_joined(common.precautions, plant.precautions),
        release_checks=_joined(common.release_checks, plant.release_checks),
        inspection=plant.inspection or inspection,
        faults=plant.faults,
        codes=plant.codes,
    )


def _faults(ours: tuple[Fault, ...], plants: tuple[Fault, ...]) -> tuple[Fault, ...]:
    known = {fault.id: fault for fault in ours}
    for fault in plants:
        kept: tuple[Bilingual, ...] = known[fault.id].precautions if fault.id in known else ()
        known[fault.id] = fault.model_copy(update={"precautions": _joined(kept, fault.precautions)})
    return tuple(known.values())


def _codes(ours: tuple[FaultCode, ...], plant: PlantPlaybook) -> tuple[FaultCode, ...]:
    """The plant's stand first, so that its names count before ours; a code of ours that it gives is replaced.

    Of a fault that the plant has written anew our codes no longer know which causes are likeliest.
    """
    given = {code_words(code.code) for code in plant.codes if code.code}
    anew = {fault.id for fault in plant.faults}
    kept = (code for code in ours if not code.code or code_words(code.code) not in given)
    return (*plant.codes, *(code.model_copy(update={"first": ()}) if code.faults[0] in anew else code for code in kept))


def _joined(ours: tuple[_Text, ...], plants: tuple[_Text, ...]) -> tuple[_Text, ...]:
    return tuple(dict.fromkeys((*ours, *plants)))


def _refuse_repeated(ids: Iterable[str]) -> None:
    told = list(ids)
    twice = sorted({part_id for part_id in told if told.count(part_id) > 1})
    if twice:
        raise PlaybookError(TWICE, "faults", ids=", ".join(twice))


def _refuse_taken(library: Library, plant: PlantPlaybook) -> None:
    """An event's ``modeType`` means one equipment."""
    taken = {plain_name(name): book.id for book in library.playbooks if book.id != plant.id for name in book.mode_types}
    for name in plant.mode_types:
        equipment = taken.get(plain_name(name))
        if equipment is not None:
            raise PlaybookError(TAKEN, "mode_types", name=name, equipment=equipment)
