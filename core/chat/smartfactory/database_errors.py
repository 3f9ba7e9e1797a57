"""A database that refuses, told from a passing fault, in the words of a 500 of the plant's chatbot. Pure."""

import re
from dataclasses import dataclass

_DUPLICATE = re.compile(r"duplicate entry|duplicate key|UNIQUE constraint failed", re.IGNORECASE)
_TOO_LONG = re.compile(r"Data too long for column '([A-Za-z0-9_]{1,64})'", re.IGNORECASE)
_LASTING = re.compile(
    r"Data too long|Data truncated|value too long for type|Out of range value|Incorrect [a-z]{1,20} value"
    r"|Unknown column|Unknown database|cannot be null|foreign key constraint|doesn't have a default value"
    r"|no such (?:table|column)|Access denied for user",
    re.IGNORECASE,
)
"""Trying again changes nothing until somebody changes the database."""
_EXCEPTION = re.compile(
    r"\b(?:Data|Integrity|Operational|Programming|Internal|Interface|NotSupported|Database|Statement)Error\b"
)
_LASTING_EXCEPTIONS = frozenset({"DataError", "ProgrammingError", "IntegrityError"})
_CODE = re.compile(r"\((1\d{3}|2\d{3}), ?[\"']")
"""MySQL's number of an error, as its drivers write it."""
_LASTING_CODES = frozenset({"1044", "1045", "1048", "1049", "1054", "1136", "1142", "1146", "1264", "1364", "1366"})
_LASTING_CODES |= {"1406", "1451", "1452"}


@dataclass(frozen=True, slots=True)
class DatabaseRefusal:
    """``words`` are the database's own, short; never what stood in its parameters, which an answer's steps may."""

    words: str
    is_lasting: bool
    """Until somebody changes the database; else it was busy or away."""
    is_duplicate: bool = False
    """Two of the same in one second: another try mends it."""


def database_refusal(said: str) -> DatabaseRefusal | None:
    """What the database refused, by what the server ``said``; None where that tells of no database."""
    if found := _DUPLICATE.search(said):
        return DatabaseRefusal(found[0], is_lasting=False, is_duplicate=True)
    if found := _TOO_LONG.search(said):
        # An id is too long every time, a text only this time.
        return DatabaseRefusal(found[0], is_lasting=found[1].lower().endswith("id"))
    if found := _LASTING.search(said):
        return DatabaseRefusal(found[0], is_lasting=True)
    exception, code = _EXCEPTION.search(said), _CODE.search(said)
    if exception is None and code is None:
        return None
    words = " ".join(part for part in (exception and exception[0], code and code[1]) if part)
    if code is not None:
        return DatabaseRefusal(words, is_lasting=code[1] in _LASTING_CODES)
    return DatabaseRefusal(words, is_lasting=exception is not None and exception[0] in _LASTING_EXCEPTIONS)
