"""What is wrong with the plant's own playbooks, in words for whoever wrote them: file, field, what to write."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from core.support.i18n import N_, _
from core.support.text import inert_line

NO_FOLDER = N_("this folder is not there; check ANDON_PLAYBOOKS_DIR")
UNREADABLE = N_("cannot be read: {why}")
TOO_LARGE = N_("is larger than {most} KiB and was not read")
TOO_MANY = N_("holds more than {most} playbooks; the others were not read")
NOT_UTF8 = N_("is not UTF-8 text; save it as UTF-8")
NOT_TOML = N_("line {line}, column {column}: this is not TOML; check quotes, brackets and commas")
CUT_SHORT = N_("is not TOML: a quote or a bracket is not closed")
MISSING = N_("is missing")
TAKEN = N_('“{name}” belongs to “{equipment}” already; write id = "{equipment}" to add to it')
TWICE = N_("ids are used twice: {ids}")

_TEXT = N_("must be a text in quotes, or one with ko and en")
_TABLE = N_("must be a table with fields of its own")
_LIST = N_("must be a list in square brackets")
_EMPTY = N_("must not be empty")
_NUMBER = N_("must be a whole number from 1; minutes are 240 at most")
_ID = N_("must be lower-case letters, digits and hyphens, as in press-oil-leak")
_UNKNOWN = N_("is not known here; check its spelling")
_WIDE = N_("is wider than {cells} columns; write it shorter")
_NO_SUCH_CAUSE = N_("a step names cause {cause}, but there are only {causes}")
_NO_SUCH_FAULT = N_("a code names the fault “{fault}”, which stands in no file of this equipment")
_OTHER = N_("is not right: {why}")
_MORE = N_("and {count} more")

_BY_TYPE = {
    "missing": MISSING,
    "extra_forbidden": _UNKNOWN,
    "string_type": _TEXT,
    "string_too_short": _EMPTY,
    "too_short": _EMPTY,
    "tuple_type": _LIST,
    "string_pattern_mismatch": _ID,
    "string_too_long": _ID,
    "safety_line": _WIDE,
    "unknown_cause": _NO_SUCH_CAUSE,
    "unknown_fault": _NO_SUCH_FAULT,
    "twice": TWICE,
    "int_type": _NUMBER,
    "int_parsing": _NUMBER,
    "int_from_float": _NUMBER,
    "greater_than": _NUMBER,
    "greater_than_equal": _NUMBER,
    "less_than_equal": _NUMBER,
}
_SHOWN = 3
"""Mistakes of one file that are named; the others are counted."""
_FIELD_LIMIT = 120


@dataclass(frozen=True, slots=True)
class PlaybookProblem:
    """One mistake. ``what`` is a message id, ``where`` the field (``faults[2].steps[1].minutes``); all inert."""

    file: str
    what: str
    where: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """One line, in the operator's language."""
        what = _(self.what)
        told = what.format(**self.values) if self.values else what
        return ": ".join(part for part in (self.file, self.where, told) if part)


class PlaybookError(Exception):
    """A file of the plant's is not taken; ``problem.file`` is filled in by the reader."""

    def __init__(self, what: str, where: str = "", **values: object) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.values = values

    def of(self, file: str) -> PlaybookProblem:
        """As it is kept of the file."""
        return PlaybookProblem(file, self.what, self.where, self.values)


def schema_problems(file: str, error: ValidationError) -> tuple[PlaybookProblem, ...]:
    """The first mistakes that the schema found, and how many more there are."""
    errors = error.errors(include_url=False, include_input=False)
    found = [_problem(file, one) for one in errors[:_SHOWN]]
    if len(errors) > _SHOWN:
        found.append(PlaybookProblem(file, _MORE, values={"count": len(errors) - _SHOWN}))
    return tuple(found)


def _problem(file: str, error: Mapping[str, Any]) -> PlaybookProblem:
    where = inert_line(_path(error["loc"]), _FIELD_LIMIT)
    context = {name: inert_line(str(value), _FIELD_LIMIT) for name, value in error.get("ctx", {}).items()}
    if error["type"] == "model_type":
        return PlaybookProblem(file, _TEXT if context.get("class_name") in ("Bilingual", "Symptoms") else _TABLE, where)
    what = _BY_TYPE.get(error["type"])
    if what is None:
        return PlaybookProblem(file, _OTHER, where, {"why": inert_line(error["msg"], _FIELD_LIMIT)})
    return PlaybookProblem(file, what, where, context)


def _path(location: tuple[int | str, ...]) -> str:
    """``("faults", 1, "title")`` as ``faults[2].title``: people count from 1."""
    path = ""
    for part in location:
        path += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if path else part
    return path
