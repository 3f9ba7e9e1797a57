"""Reading the plant's own playbooks from a folder: what is wrong with one file never keeps the others away."""

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from core.chat.playbook.merge import merged
from core.chat.playbook.problems import (
    CUT_SHORT,
    NO_FOLDER,
    NOT_TOML,
    NOT_UTF8,
    TOO_LARGE,
    TOO_MANY,
    UNREADABLE,
    PlaybookError,
    PlaybookProblem,
    schema_problems,
)
from core.chat.playbook.schema import PLANT, Library, PlantPlaybook
from core.support.text import inert_line

FILE_LIMIT = 1024 * 1024
"""Bytes of the largest file that is read."""
_MOST_FILES = 100
_NAME_LIMIT = 120
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


def with_plants_own(library: Library, folder: Path) -> tuple[Library, tuple[PlaybookProblem, ...]]:
    """``library`` with every file of ``folder`` that is in order, by name, and what is wrong with the others."""
    shown = inert_line(str(folder), _NAME_LIMIT)
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".toml" and _may_be_read(path))
    except (FileNotFoundError, NotADirectoryError):
        return library, (PlaybookProblem(shown, NO_FOLDER),)
    except OSError as error:
        return library, (PlaybookProblem(shown, UNREADABLE, values={"why": _why(error)}),)
    problems: list[PlaybookProblem] = []
    for path in paths[:_MOST_FILES]:
        library, found = _with_file(library, path)
        problems.extend(found)
    if len(paths) > _MOST_FILES:
        problems.append(PlaybookProblem(shown, TOO_MANY, values={"most": _MOST_FILES}))
    return library, tuple(problems)


def _with_file(library: Library, path: Path) -> tuple[Library, tuple[PlaybookProblem, ...]]:
    name = inert_line(path.name, _NAME_LIMIT)
    try:
        plant = PlantPlaybook.model_validate(_parsed(_text(path)), context=PLANT)
        return merged(library, plant), ()
    except PlaybookError as error:
        return library, (error.of(name),)
    except ValidationError as error:
        return library, schema_problems(name, error)


def _may_be_read(path: Path) -> bool:
    """Not so a folder or a pipe. Where that cannot be told, reading will tell why."""
    try:
        return path.is_file()
    except OSError:
        return True


def _text(path: Path) -> str:
    try:
        with path.open("rb") as source:
            content = source.read(FILE_LIMIT + 1)
    except OSError as error:
        raise PlaybookError(UNREADABLE, why=_why(error)) from error
    if len(content) > FILE_LIMIT:
        raise PlaybookError(TOO_LARGE, most=FILE_LIMIT // 1024)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PlaybookError(NOT_UTF8) from error


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise PlaybookError(CUT_SHORT) from error
    except ValueError as error:
        place = _PLACE.search(str(error))
        if place is None:
            raise PlaybookError(CUT_SHORT) from error
        raise PlaybookError(NOT_TOML, line=place[1], column=place[2]) from error


def _why(error: OSError) -> str:
    return inert_line(error.strerror or str(error), _NAME_LIMIT)
