"""The playbooks in force: those that come with Andon (``core/playbooks/*.toml``) and the plant's own."""

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

from core.chat.playbook.plant_files import with_plants_own
from core.chat.playbook.problems import PlaybookProblem
from core.chat.playbook.schema import (
    SHORT_CELLS,
    Bilingual,
    Equipment,
    Fault,
    FaultCode,
    Inspection,
    Library,
    Playbook,
    Step,
    Symptoms,
)

__all__ = [
    "SHORT_CELLS",
    "Bilingual",
    "Equipment",
    "Fault",
    "FaultCode",
    "Inspection",
    "Library",
    "Playbook",
    "Step",
    "Symptoms",
    "edition",
    "install",
    "library",
    "library_problems",
    "packaged",
]

_COMMON = "common.toml"
_CODES = "codes.toml"
"""The plant's fault codes, a table for each playbook's id."""


@cache
def packaged() -> Library:
    """The playbooks that come with Andon, read once.

    Raises:
        ValueError: a file is not TOML or not as the schema wants it.
    """
    folder = files("core.playbooks")
    found = {entry.name: tomllib.loads(entry.read_text("utf-8")) for entry in folder.iterdir() if _is_toml(entry.name)}
    common, codes = found.pop(_COMMON), found.pop(_CODES)
    books = [{**book, "codes": codes.get(book["id"], [])} for _, book in sorted(found.items())]
    return Library.model_validate({"common": common, "playbooks": books})


def _is_toml(name: str) -> bool:
    return name.endswith(".toml")


_installed: tuple[Library, tuple[PlaybookProblem, ...]] | None = None
_edition = 0


def install(folder: Path | None) -> tuple[str, ...]:
    """Put the plant's own playbooks (``*.toml`` in ``folder``) into force; None leaves those of Andon alone.

    To be called before anything else asks for playbooks. A file that is not in order is left out, the others count.

    Returns:
        What is wrong with the files, a line each, in the operator's language: ``library_problems``.
    """
    global _installed, _edition
    _installed = None if folder is None else with_plants_own(packaged(), folder)
    _edition += 1
    return library_problems()


def library() -> Library:
    """The playbooks in force. The same object until ``install`` is called again."""
    return packaged() if _installed is None else _installed[0]


def edition() -> int:
    """Grows whenever other playbooks are put into force; what is derived from them is kept by it."""
    return _edition


def library_problems() -> tuple[str, ...]:
    """What is wrong with the plant's own files: file, field, what to write. In the operator's language."""
    return () if _installed is None else tuple(problem.words for problem in _installed[1])
