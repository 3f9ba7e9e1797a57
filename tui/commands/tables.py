"""A table on a terminal, by rich: on the grid with Hangul in it, in colour where the terminal has some.

A pipe never gets one: each command prints plain lines there, and rich is not loaded.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.support.cells import cell_width

_GAP = 2
_NARROWEST = 8
"""Cells of a column of words."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``is_whole``: what somebody copies from it gets half of the width before it is broken."""

    title: str
    is_right: bool = False
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """Text that is inert already, and rich's name of how it looks; the text alone says all that the look does."""

    text: str
    style: str = ""


def is_for_people() -> bool:
    """Whether standard output is a terminal."""
    return sys.stdout.isatty()


def print_table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
    """Print the rows below the columns' titles, as wide as the terminal at most; long cells go on below.

    Where the columns have no room beside each other a row is printed as in a pipe.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # No markup, no emoji codes, nothing highlighted: a cell is what it says.
    console = Console(file=sys.stdout, markup=False, emoji=False, highlight=False)
    shown = [tuple(row) for row in rows]
    widths = column_widths(columns, shown, console.width)
    if widths is None:
        for row in shown:
            console.print(Text("  ".join(cell.text for cell in row if cell.text)), soft_wrap=True)
        return
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold", highlight=False)
    for column, width in zip(columns, widths, strict=True):
        table.add_column(
            Text(column.title), justify="right" if column.is_right else "left", overflow="fold", width=width
        )
    for row in shown:
        table.add_row(*(Text(cell.text, cell.style) for cell in row))
    console.print(table)


def column_widths(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], width: int) -> list[int] | None:
    """Cells for each column, in ``width`` together with the gaps; None: there is no room for them.

    All are given, so that rich shrinks none: where one has a least width it cuts the others off
    instead of breaking their lines, and what is cut off may be an alarm's words.
    """
    texts = [[column.title, *(row[number].text for row in rows)] for number, column in enumerate(columns)]
    widths = [max(map(cell_width, column)) for column in texts]
    room = width - _GAP * (len(columns) - 1)
    least = [_least(column, natural, room) for column, natural in zip(columns, widths, strict=True)]
    if sum(least) > room:
        return None
    while sum(widths) > room:
        widest = max((n for n in range(len(widths)) if widths[n] > least[n]), key=widths.__getitem__)
        widths[widest] -= 1
    return widths


def _least(column: Column, natural: int, room: int) -> int:
    if column.is_right:
        return natural
    return min(natural, max(_NARROWEST, room // 2) if column.is_whole else _NARROWEST)


def print_marked(mark: Cell, rest: str) -> None:
    """Print a line whose beginning has a look of its own."""
    from rich.console import Console
    from rich.text import Text

    line = Text.assemble((mark.text, mark.style), rest)
    Console(file=sys.stdout, highlight=False).print(line, soft_wrap=True)
