"""``andon doctor``: the checks of this set-up, a line each as they are done, and where each setting came from."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict

from core.doctor import Check, Verdict, examine
from core.settings import Settings
from core.settings.sources import sourced
from core.support.cells import cell_width, padded
from core.support.i18n import _
from core.support.text import inert_json
from core.support.version import version
from tui.commands.settings_table import print_settings
from tui.commands.tables import Cell, is_for_people, print_marked
from tui.view.doctor_lines import TITLE_WIDTH, WORDS, lines_of

_VERDICT_WIDTH = 9
_LOOKS = {
    Verdict.OK: "green",
    Verdict.WARNING: "bold yellow",
    Verdict.FAILED: "bold red",
    Verdict.SKIPPED: "dim",
}


async def print_doctor(settings: Settings, *, as_json: bool) -> bool:
    """Examine this set-up; True when nothing failed."""
    checks: list[Check] = []
    progress = _Progress()
    async for check in examine(settings, looking=progress.begin):
        progress.end()
        checks.append(check)
        if not as_json:
            _print(check)
    progress.end()
    healthy = all(check.verdict is not Verdict.FAILED for check in checks)
    if as_json:
        print(inert_json(_report(settings, checks, healthy=healthy), indent=2))
    else:
        _print_settings(settings)
    return healthy


def _print(check: Check) -> None:
    first, *more = printed(check, _columns())
    word = _(WORDS[check.verdict])
    mark = f"[{word}]"
    if is_for_people():
        print_marked(Cell(mark, _LOOKS[check.verdict]), first.removeprefix(mark))
    else:
        print(first)
    print("\n".join(more), end="\n" if more else "", flush=True)


def _report(settings: Settings, checks: list[Check], *, healthy: bool) -> dict[str, object]:
    told = [
        {"name": one.name, "variable": one.variable, "value": one.value_text, "source": one.source_text}
        for one in sourced(settings)
    ]
    return {"ok": healthy, "version": version(), "checks": [asdict(check) for check in checks], "settings": told}


def printed(check: Check, columns: int | None) -> Iterator[str]:
    """The check as lines of at most ``columns`` cells (None: as long as they are)."""
    word = _(WORDS[check.verdict])
    head = f"{padded(f'[{word}]', _VERDICT_WIDTH)} {padded(check.title, TITLE_WIDTH)} "
    indent = cell_width(head)
    for line in lines_of(check, None if columns is None else columns - indent):
        yield (head if line.is_first else " " * indent) + line.text


def _columns() -> int | None:
    return shutil.get_terminal_size().columns if is_for_people() else None


def _print_settings(settings: Settings) -> None:
    """Those that are not the defaults, and where they came from; secrets as a mask."""
    chosen = [one for one in sourced(settings) if not one.is_default and one.value_text]
    if not chosen:
        return
    print()
    print(_("Settings that are not the defaults:"))
    print_settings(chosen)


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
