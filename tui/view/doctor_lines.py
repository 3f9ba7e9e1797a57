"""A check of the doctor's in cells: a mark and a word, its title, what was found, and what to do set in below."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.doctor import Check, Verdict
from core.support.cells import filled
from core.support.i18n import N_, _
from core.support.text import inert_line

WORDS = {
    Verdict.OK: N_("ok"),
    Verdict.WARNING: N_("warning"),
    Verdict.FAILED: N_("failed"),
    Verdict.SKIPPED: N_("skipped"),
}
TITLE_WIDTH = 16
_NARROWEST = 30
"""Cells of text beside the titles; what is narrower wraps by itself."""


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line beside the titles; ``is_first`` bears them."""

    text: str
    is_first: bool = False
    is_remedy: bool = False


def lines_of(check: Check, width: int | None) -> Iterator[CheckLine]:
    """The text beside the titles in lines of at most ``width`` cells (None: as long as it is)."""
    width = None if width is None else max(_NARROWEST, width)
    for number, line in enumerate(_wrapped(check.found, width) or [""]):
        yield CheckLine(line, is_first=number == 0)
    for number, line in enumerate(_wrapped(check.remedy, None if width is None else width - 2)):
        yield CheckLine(("  " if number else "→ ") + line, is_remedy=True)


def _wrapped(text: str, width: int | None) -> list[str]:
    line = inert_line(text)
    return filled(line, width) if width is not None else [line] if line else []


def summary(checks: list[Check]) -> str:
    """What they come to: the first that failed is the cause."""
    failed = [check for check in checks if check.verdict is Verdict.FAILED]
    warnings = sum(check.verdict is Verdict.WARNING for check in checks)
    if failed:
        return _("{count} failed; the cause: {title}").format(count=len(failed), title=failed[0].title)
    if warnings:
        return _("Nothing failed; warnings: {count}").format(count=warnings)
    return _("Nothing is wrong.")
