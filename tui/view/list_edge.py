"""The edge of a list that is longer than its window: what is counted there, and what is pinned there. Pure geometry.

The newest fault is on screen whatever the number of rows: where its row is out of sight, the edge shows it. Nothing
moves for that: the edge lies over rows, at the bottom, and at the top where it would lie over the selected row.
"""

from dataclasses import dataclass

COUNTS_HEIGHT = 1
"""Lines of the edge that tell how many rows lie above and below."""


@dataclass(frozen=True, slots=True)
class Window:
    """What is seen of a list, in lines. Indices are of rows; None: there is no such row."""

    rows: int
    row_height: int
    content_height: int
    """Lines of a row that hold something; the rest is air."""
    top: int
    """The list's line that is the first in the window."""
    height: int
    selected: int | None = None
    wanted: tuple[int, ...] = ()
    """Rows that are to be in sight wherever the list is scrolled to, the most wanted first."""

    @property
    def content(self) -> int:
        """Lines of the whole list."""
        return (self.rows - 1) * self.row_height + self.content_height if self.rows else 0


@dataclass(frozen=True, slots=True)
class Edge:
    """Lines ``first`` to ``first + height - 1`` of the window are the edge's."""

    first: int
    height: int
    seen: range
    """The rows that are wholly in sight."""
    rows: int
    pinned: int | None = None
    """The row that it shows, if any."""

    @property
    def above(self) -> int:
        return self.seen.start

    @property
    def below(self) -> int:
        return self.rows - self.seen.stop

    @property
    def is_at_top(self) -> bool:
        return self.first == 0

    @property
    def counts_line(self) -> int:
        """The line of the window with the counts: the one beside the rows."""
        return self.first + self.height - COUNTS_HEIGHT if self.is_at_top else self.first

    def covers(self, line: int) -> bool:
        """Whether the window's ``line`` is the edge's."""
        return self.first <= line < self.first + self.height

    def cuts(self, row: int) -> bool:
        """Whether the edge lies over ``row`` or a part of it: half a row would be read as a whole one."""
        return row < self.above if self.is_at_top else row >= self.seen.stop

    def pinned_line(self, line: int) -> int:
        """Which line of the pinned row stands in the window's ``line``."""
        return line - self.first - (0 if self.is_at_top else COUNTS_HEIGHT)


def edge_of(window: Window) -> Edge | None:
    """The edge of a list that does not fit its window; None for one that does, or where there is no room for both."""
    if window.content <= window.height or window.height < COUNTS_HEIGHT + window.content_height:
        return None
    plain = _edge(window, COUNTS_HEIGHT)
    hidden = None if plain is None else _hidden(window, plain)
    if hidden is None:
        return plain
    height = COUNTS_HEIGHT + window.content_height
    edge = _edge(window, height, hidden)
    if edge is None:
        return plain
    covered = _hidden(window, edge)
    if covered is not None and window.wanted.index(covered) < window.wanted.index(hidden):
        return _edge(window, height, covered)  # the pinned row would lie over one that is wanted more
    return edge


def _hidden(window: Window, edge: Edge) -> int | None:
    """The most wanted row that is neither in sight nor shown by ``edge``."""
    return next((row for row in window.wanted if row not in edge.seen and row != edge.pinned), None)


def _edge(window: Window, height: int, pinned: int | None = None) -> Edge | None:
    """The edge where it lies over no line of the selected row; None where it would wherever it lies."""
    below_selected, above_selected = _room(window)
    if height <= below_selected:
        first, first_line, last_line = window.height - height, 0, window.height - height
    elif height <= above_selected:
        first, first_line, last_line = 0, height, window.height
    else:
        return None
    above = min(window.rows, -(-(window.top + first_line) // window.row_height))
    beyond = (window.top + last_line - window.content_height) // window.row_height + 1
    return Edge(first, height, range(above, max(above, min(window.rows, beyond))), window.rows, pinned)


def _room(window: Window) -> tuple[int, int]:
    """Lines of the window below and above the selected row; all but a row's where none is selected in sight."""
    free = window.height - window.content_height
    start = 0 if window.selected is None else window.selected * window.row_height - window.top
    return (free - start, start) if 0 <= start <= free else (free, free)
