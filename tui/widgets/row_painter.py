"""How a row of the list is drawn, line by line: a row in, styled pieces out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from core.domain.alarms import AlarmState, Standing
from core.support.i18n import language
from tui.view.cells import between, fit
from tui.view.row import Row
from tui.view.words import SHAPE_WIDTH, danger_shape, standing_shape, standing_word

STYLES = {
    AlarmState.UNACKNOWLEDGED: "unacknowledged",
    AlarmState.OVERRULED: "overruled",
    AlarmState.SHELVED: "quiet",
    AlarmState.INSPECTION: "inspection",
}
"""The list's component styles of states, without their prefix."""
_STANDINGS = tuple(Standing(state, is_overdue) for state in AlarmState for is_overdue in (False, True))
_KEPT = 1_024
"""Drawn lines that are kept: several times what is in sight."""


@dataclass(frozen=True, slots=True)
class ListSize:
    """What decides how rows are drawn: cells, lines a row, and how many rows there are."""

    width: int
    row_height: int
    rows: int


@dataclass(frozen=True, slots=True)
class Place:
    """Which line of which row."""

    index: int
    line: int


class RowPainter:
    """Draws rows for one size of the list, in one theme and language. What it drew before it does not draw again."""

    def __init__(self, part: Callable[[str], Style], size: ListSize, ground: Style, *, ascii_only: bool) -> None:
        """``part``: the style of a part of the list by name. ``ground``: what lies under all of it."""
        self._part = cache(part)
        self._size = size
        self._ground = ground
        self._ascii = ascii_only
        self._drawn: dict[tuple[object, ...], Strip] = {}

    def line(self, row: Row, place: Place, base: Style, *, selected: bool, focused: bool = False) -> Strip:
        """One line of ``row``, as wide as the list. ``focused``: it is there that arrow keys move from."""
        edge = _edge(ascii_only=self._ascii, focused=focused) if selected else " "
        key = (place.line, base, edge, *_told(row, place))
        strip = self._drawn.get(key)
        if strip is None:
            if len(self._drawn) >= _KEPT:
                self._drawn.clear()
            strip = self._drawn[key] = Strip(self._pieces(row, place, base, edge)).crop(0, self._size.width)
        return strip

    def part(self, name: str) -> Style:
        """The style of a part of the list."""
        return self._part(name)

    def _pieces(self, row: Row, place: Place, base: Style, edge: str) -> list[Segment]:
        line, width = place.line, self._size.width
        inner = width - 6
        quiet = base + self._part("quiet")
        selected = edge != " "
        left = Segment(edge, base + self._part("edge")) if line < 3 else Segment(" ", base)
        match line:
            case 0:
                return [left, *self._head(row, place, width - 2, base, quiet), Segment(" ", base)]
            case 1:
                text = row.description if self._size.row_height == 4 else f"{row.equipment} {row.description}"
                return [left, *self._second(row, text, inner, base if selected else quiet)]
            case 2:
                text = between(row.shown_id, f"  {row.owner}" if row.owner else "", inner)
                return [left, Segment("    " + text + " ", quiet)]
            case _:
                return [Segment(" " * width, self._ground)]

    def _second(self, row: Row, text: str, width: int, style: Style) -> list[Segment]:
        """What it is, and at the end how much of it is unread."""
        mark = f" {'*' if self._ascii else '●'}{row.unread}" if row.unread else ""
        unread = style + self._part("unread")
        danger = f" {danger_shape(ascii_only=self._ascii)} {row.danger} " if row.danger else ""
        loud = style + self._part("danger")
        room = width - cell_len(mark) - (cell_len(danger) + 1 if danger else 0)
        return [
            Segment("    ", style),
            *([Segment(danger, loud), Segment(" ", style)] if danger else []),
            Segment(fit(text, room), style),
            Segment(mark, unread),
            Segment(" ", style),
        ]

    def _head(self, row: Row, place: Place, width: int, base: Style, quiet: Style) -> list[Segment]:
        word = f"{fit(standing_shape(row.standing, ascii_only=self._ascii), SHAPE_WIDTH)} {row.word}"
        number = f"{place.index + 1:>{max(2, len(str(self._size.rows)))}} "
        count = f"x{row.occurrences} " if row.occurrences > 1 else ""
        age = count + row.age
        widest = _widest_word(language()) + SHAPE_WIDTH + 2
        roomy = self._size.row_height == 4
        word_width = max(widest, cell_len(word) + 1) if roomy else max(10, width - len(number) - len(age) - 1)
        rest = width - len(number) - word_width
        equipment = row.equipment if roomy else ""
        alarming = base + self._standing_style(row.standing)
        return [
            Segment(number, quiet),
            Segment(word, alarming + Style(bold=row.standing.state is not AlarmState.SHELVED)),
            Segment(" " * (word_width - cell_len(word)), base),
            Segment(between(equipment, " " + age, rest), base),
        ]

    def _standing_style(self, standing: Standing) -> Style:
        late = "overdue" if standing.is_overdue else "row"
        return self._part(STYLES.get(standing.state, late))


def _told(row: Row, place: Place) -> tuple[object, ...]:
    """All of a row that its line tells: an age that goes on is in one line of it."""
    match place.line:
        case 0:
            return place.index, row.standing, row.word, row.equipment, row.occurrences, row.age
        case 1:
            return row.equipment, row.description, row.unread, row.danger
        case 2:
            return row.shown_id, row.owner
        case _:
            return ()


def _edge(*, ascii_only: bool, focused: bool) -> str:
    """What stands before the selected row: a shape of its own while the list has the focus."""
    if ascii_only:
        return ">" if focused else "|"
    return "▌" if focused else "▏"


@cache
def _widest_word(_language: str) -> int:
    """Cells of the widest word for a standing."""
    return max(cell_len(standing_word(one, narrow=True)) for one in _STANDINGS)
