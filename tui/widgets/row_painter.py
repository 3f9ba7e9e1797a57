"""How a row of the list is drawn, line by line: the pieces of ``tui.view.row_lines`` in the list's styles."""

from collections.abc import Callable
from functools import cache

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from core.domain.alarms import AlarmState
from tui.view.row import Row
from tui.view.row_lines import ListSize, Part, Place, row_line, told

STYLES = {
    AlarmState.UNACKNOWLEDGED: "unacknowledged",
    AlarmState.OVERRULED: "overruled",
    AlarmState.SHELVED: "quiet",
    AlarmState.INSPECTION: "inspection",
}
"""The list's component styles of states, without their prefix."""
_KEPT = 1_024
"""Drawn lines that are kept: several times what is in sight."""
_BOLD = Style(bold=True)


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
        if place.line >= self._size.form.content:
            return Strip.blank(self._size.width, self._ground)
        edge = _edge(ascii_only=self._ascii, focused=focused) if selected else " "
        key = (place.line, base, edge, *told(row, place, self._size))
        strip = self._drawn.get(key)
        if strip is None:
            if len(self._drawn) >= _KEPT:
                self._drawn.clear()
            pieces = Strip(self._pieces(row, place, base, edge))
            strip = self._drawn[key] = pieces.crop(0, self._size.width)
        return strip

    def part(self, name: str) -> Style:
        """The style of a part of the list."""
        return self._part(name)

    def _pieces(self, row: Row, place: Place, base: Style, edge: str) -> list[Segment]:
        line = row_line(row, place, self._size, ascii_only=self._ascii)
        quiet = self._part("quiet" if edge == " " else "selected-quiet")
        words = (Segment(text, base + self._style_of(part, row, quiet)) for text, part in line)
        return [Segment(edge, base + self._part("edge")), *words, Segment(" ", base)]

    def _style_of(self, part: Part, row: Row, quiet: Style) -> Style:
        match part:
            case Part.STATE:
                return self._state_style(row) + Style(bold=row.standing.state is not AlarmState.SHELVED)
            case Part.FAULT if row.standing.state is AlarmState.SHELVED:
                return quiet
            case Part.FAULT:
                return _BOLD if row.standing.is_unseen else Style.null()
            case Part.AGE:
                return self._part("overdue") + _BOLD if row.standing.is_overdue else Style.null()
            case Part.DANGER | Part.UNREAD:
                return self._part(part.value)
            case Part.SPACE:
                return Style.null()
            case _:
                return quiet

    def _state_style(self, row: Row) -> Style:
        late = "overdue" if row.standing.is_overdue else "row"
        return self._part(STYLES.get(row.standing.state, late))


def _edge(*, ascii_only: bool, focused: bool) -> str:
    """What stands before the selected row: a shape of its own while the list has the focus."""
    if ascii_only:
        return ">" if focused else "|"
    return "▌" if focused else "▏"
