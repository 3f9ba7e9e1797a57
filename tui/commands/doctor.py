"""``andon doctor``: the checks of this set-up, a line each as they are done, and where each setting came from."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict

from rich.cells import cell_len

from core.doctor import Check, Verdict, examine
from core.settings import Settings
from core.settings.sources import Sourced, sourced
from core.support.i18n import _
from core.support.text import inert_json
from core.support.version import version
from tui.view.cells import padded
from tui.view.doctor_lines import TITLE_WIDTH, WORDS, lines_of

_VERDICT_WIDTH = 9


async def print_doctor(settings: Settings, *, as_json: bool) -> bool:
    """Examine this set-up; True when nothing failed."""
    checks: list[Check] = []
    progress = _Progress()
    async for check in examine(settings, looking=progress.begin):
        progress.end()
        checks.append(check)
        if not as_json:
            for line in printed(check, _columns()):
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
    return {"ok": healthy, "version": version(), "checks": [asdict(check) for check in checks], "settings": told}


def printed(check: Check, columns: int | None) -> Iterator[str]:
    """The check as lines of at most ``columns`` cells (None: as long as they are)."""
    word = _(WORDS[check.verdict])
    head = f"{padded(f'[{word}]', _VERDICT_WIDTH)} {padded(check.title, TITLE_WIDTH)} "
    indent = cell_len(head)
    for line in lines_of(check, None if columns is None else columns - indent):
        yield (head if line.is_first else " " * indent) + line.text


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
    source = one.source_text.removesuffix(one.variable).rstrip()  # its own variable need not be named twice
    return f"{padded(one.variable, widest)}  {one.value_text}  ← {source}"


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
