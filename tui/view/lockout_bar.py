"""The bar above the transcript once somebody checked the lockout: when, who, what; and what was left out and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from core.domain.lockout import Lockout
from core.domain.safety_checks import SECURING_WORDS
from core.support.i18n import _
from core.support.text import inert_line
from tui.view.cells import fit
from tui.view.words import clock

_NAME_CELLS = 8
"""A name is cut to this where the line is short."""


@dataclass(frozen=True, slots=True)
class LockoutBar:
    """What the bar says; every text is inert and translated."""

    at: str
    by: str
    done: str
    missing: str
    """What was left out; empty where nothing was."""
    why: str

    @property
    def is_whole(self) -> bool:
        return not self.missing


def lockout_bar(lockout: Lockout, now_ms: int) -> LockoutBar:
    """The bar of a lockout that counts in the issue's present episode."""
    return LockoutBar(
        at=clock(lockout.at_ms, now_ms),
        by=inert_line(lockout.by, 60),
        done=_named(lockout.done),
        missing=_named(lockout.missing),
        why=inert_line(lockout.why_not, 200),
    )


def bar_words(bar: LockoutBar, width: int, *, ascii_only: bool) -> str:
    """The bar in at most ``width`` cells: the name is cut first, then the checks are told in one word.

    What was left out is told whole, on two lines where one is too short: only the reason is cut.
    """
    if bar.is_whole:
        sign = "v" if ascii_only else "✓"
        short = _("safety check made")
        heads = [f"{sign} {bar.at} {name}" for name in (bar.by, _cut(bar.by))]
        whole = [f"{head} {words}" for words in (bar.done, short) for head in heads]
        return next((line for line in whole if cell_len(line) <= width), fit(heads[-1], width).rstrip())
    sign = "!" if ascii_only else "▲"
    left_out = _("left out: {checks}").format(checks=bar.missing)
    head = f"{sign} {bar.at} {bar.by} {left_out}"
    if cell_len(head) > width:
        head = f"{sign} {bar.at} {_cut(bar.by)} {left_out}"
    why = _("reason: {why}").format(why=bar.why)
    line = f"{head} · {why}"
    return line if cell_len(line) <= width else f"{head}\n  {fit(why, max(0, width - 2)).rstrip()}"


def _named(checks: Iterable[str]) -> str:
    return "·".join(_(SECURING_WORDS[check]) for check in checks if check in SECURING_WORDS)


def _cut(name: str) -> str:
    return name if cell_len(name) <= _NAME_CELLS else f"{set_cell_size(name, _NAME_CELLS - 1).rstrip()}…"
