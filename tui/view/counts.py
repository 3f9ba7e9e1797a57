"""The line above the list: how many are open, and of them how many need someone or are out of sight."""

from collections.abc import Sequence

from textual.content import Content

from core.domain.alarms import Concern
from tui.view.cells import in_lines
from tui.view.words import concern_shape, concern_word

_LINES = 2
"""Lines that the counts have without taking any from the list."""
_STYLES = {
    Concern.UNACKNOWLEDGED: "bold $alarm on $alarm-ground",
    Concern.OVERRULED: "bold $alarm",
    Concern.OVERDUE: "bold $late",
    Concern.SHELVED: "$quiet",
}


def counts_line(
    known: str,
    counts: Sequence[tuple[Concern, int]],
    width: int,
    *,
    ascii_only: bool,
    more: Sequence[tuple[str, str]] = (),
) -> Content:
    """``known`` (how many are open), the counts and styled pieces ``more``; in shorter words where that saves lines."""
    whole = in_lines([(known, ""), *_counted(counts, ascii_only=ascii_only), *more], width)
    if whole.plain.count("\n") < _LINES:
        return whole
    return in_lines([(known, ""), *_counted(counts, ascii_only=ascii_only, narrow=True), *more], width)


def _counted(counts: Sequence[tuple[Concern, int]], *, ascii_only: bool, narrow: bool = False) -> list[tuple[str, str]]:
    return [
        (f"{concern_shape(one, ascii_only=ascii_only)} {concern_word(one, narrow=narrow)} {count}", _STYLES[one])
        for one, count in counts
    ]
