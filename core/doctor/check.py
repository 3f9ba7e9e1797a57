"""One line of the doctor's: what was looked at, what was found, what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"
    """Not looked at, since something before it failed."""


@dataclass(frozen=True, slots=True)
class Check:
    """``name`` is a stable id, ``title`` is in the operator's language. Texts may hold what others wrote."""

    name: str
    title: str
    verdict: Verdict
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look gave; the check's name and title come from the list of checks."""

    verdict: Verdict
    found: str
    remedy: str = ""


def ok(found: str) -> Finding:
    return Finding(Verdict.OK, found)


def warning(found: str, remedy: str = "") -> Finding:
    return Finding(Verdict.WARNING, found, remedy)


def failed(found: str, remedy: str = "") -> Finding:
    return Finding(Verdict.FAILED, found, remedy)
