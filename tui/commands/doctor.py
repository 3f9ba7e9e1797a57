"""``andon doctor``: the checks of this set-up, a line each as they are done, and where each setting came from."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from core.doctor import Check, Verdict, examine
from core.i18n import N_, _
from core.settings import Settings
from core.settings_sources import Sourced, sourced
from core.text import inert_json, inert_line

_WORDS = {
    Verdict.OK: N_("ok"),
    Verdict.WARNING: N_("warning"),
    Verdict.FAILED: N_("failed"),
    Verdict.SKIPPED: N_("skipped"),
}
_TITLE_WIDTH = 16
_VERDICT_WIDTH = 9
_NARROWEST = 30
"""Cells of text beside the titles; a narrower terminal wraps by itself."""


async def print_doctor(settings: Settings, *, as_json: bool) -> bool:
    """Examine this set-up; True when nothing failed."""
    checks: list[Check] = []
    progress = _Progress()
    async for check in examine(settings, looking=progress.begin):
        progress.end()
        checks.append(check)
        if not as_json:
            for line in lines_of(check, _columns()):
                print(line, flush=True)
    progress.end()
    healthy = all(check.verdict is not Verdict.FAILED for check in checks)
    if as_json:
        print(inert_json(_report(settings, checks, healthy=healthy), indent=2))
    else:
        _print_settings(settings)
    return healthy


def _report(settings: Settings, checks: list[Check], *, healthy: bool) -> dict[str, object]:
    told = [
        {"name": one.name, "variable": one.variable, "value": one.value_text, "source": one.source_text}
        for one in sourced(settings)
    ]
    return {"ok": healthy, "checks": [asdict(check) for check in checks], "settings": told}


def lines_of(check: Check, columns: int | None) -> Iterator[str]:
    """The check as lines of at most ``columns`` cells (None: as long as they are), what is to be done set in."""
    word = _(_WORDS[check.verdict])
    head = f"{_padded(f'[{word}]', _VERDICT_WIDTH)} {_padded(check.title, _TITLE_WIDTH)} "
    indent = cell_len(head)
    for number, line in enumerate(_wrapped(inert_line(check.found), columns, indent)):
        yield (" " * indent if number else head) + line
    for number, line in enumerate(_wrapped(inert_line(check.remedy), columns, indent + 2)):
        yield " " * indent + ("  " if number else "→ ") + line


def _wrapped(text: str, columns: int | None, indent: int) -> list[str]:
    if columns is None or not text:
        return [text] if text else []
    width = max(_NARROWEST, columns - indent)
    return [line.plain.rstrip() for line in Text(text).wrap(Console(width=width), width)]


def _padded(text: str, width: int) -> str:
    return text + " " * max(0, width - cell_len(text))


def _columns() -> int | None:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _print_settings(settings: Settings) -> None:
    """Those that are not the defaults, and where they came from; secrets as a mask."""
    chosen = [one for one in sourced(settings) if not one.is_default and one.value_text]
    if not chosen:
        return
    print()
    print(_("Settings that are not the defaults:"))
    widest = max(cell_len(one.variable) for one in chosen)
    for one in chosen:
        print("  " + _setting_line(one, widest))


def _setting_line(one: Sourced, widest: int) -> str:
    return f"{_padded(one.variable, widest)}  {one.value_text}  ← {one.source_text}"


class _Progress:
    """Names the check that is being made, where somebody watches; the name goes when it is done."""

    def __init__(self) -> None:
        self._is_watched = sys.stderr.isatty()

    def begin(self, title: str) -> None:
        if self._is_watched:
            words = _("looking at: {title}").format(title=title)
            print(f"\r{words} … ", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._is_watched:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
