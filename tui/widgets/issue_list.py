"""The list of open issues: drawn line by line, so that its cost is what is visible, whatever the count."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from core.domain.alarms import AlarmState, Standing
from core.support.i18n import _
from tui.input.keys import Area, bindings
from tui.view.cells import between, fit
from tui.view.list_edge import Edge, Window, edge_of
from tui.view.row import Row
from tui.view.words import SHAPE_WIDTH, danger_shape, standing_shape, standing_word

_WIDE_FROM = 36
_STYLES = {
    AlarmState.UNACKNOWLEDGED: "issue-list--unacknowledged",
    AlarmState.OVERRULED: "issue-list--overruled",
    AlarmState.SHELVED: "issue-list--quiet",
    AlarmState.INSPECTION: "issue-list--inspection",
}
_STANDINGS = tuple(Standing(state, is_overdue) for state in AlarmState for is_overdue in (False, True))


class IssueList(ScrollView, can_focus=True):
    """Rows by id: what is selected stays selected wherever its row moves."""

    BINDINGS = bindings(Area.LIST)
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "issue-list--row",
        "issue-list--quiet",
        "issue-list--selected",
        "issue-list--unread",
        "issue-list--edge",
        "issue-list--overdue",
        "issue-list--pinned",
        "issue-list--danger",
        *_STYLES.values(),
    }

    class Selected(Message):
        """Another row was chosen, by key."""

        def __init__(self, issue: str) -> None:
            super().__init__()
            self.issue = issue

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ascii = ascii_only
        self.rows: tuple[Row, ...] = ()
        self.selected: str | None = None
        self._selected_at: int | None = None
        self._wanted: tuple[int, ...] = ()

    def show(self, rows: Sequence[Row], selected: str | None) -> None:
        """Show ``rows``; repaints only the lines that changed."""
        before, was, edge = self.rows, self.selected, self.edge
        pinned = self._pinned(edge)
        self._take(rows, selected)
        if edge != self.edge:
            self.refresh()
            return
        if pinned != self._pinned(edge):
            self._refresh_edge(edge)
        for index in self._in_view(max(len(before), len(self.rows))):
            old, new = _at(before, index), _at(self.rows, index)
            if old != new or (new is not None and new.id in (was, selected) and was != selected):
                self._refresh_row(index)

    def _take(self, rows: Sequence[Row], selected: str | None) -> None:
        """Where the selected row moves, scroll with it, so that it stays where the eye is."""
        old = self._selected_at if selected == self.selected else None
        top = self.scroll_offset.y
        self.rows, self.selected = tuple(rows), selected
        self._selected_at, self._wanted = _index(rows, selected), _wanted(rows)
        self._resize_content()
        if old is not None and self._selected_at is not None and old != self._selected_at:
            there = top + (self._selected_at - old) * self.row_height
            self.scroll_to(y=there, animate=False, immediate=True)

    @property
    def edge(self) -> Edge | None:
        """What lies over the rows at the list's edge, when it is longer than what is seen of it."""
        height, shown = self.row_height, self.size.height
        top = self.scroll_offset.y
        return edge_of(Window(len(self.rows), height, _content(height), top, shown, self._selected_at, self._wanted))

    def _pinned(self, edge: Edge | None) -> Row | None:
        return None if edge is None or edge.pinned is None else _at(self.rows, edge.pinned)

    def _refresh_edge(self, edge: Edge | None) -> None:
        if edge is not None:
            self.refresh(Region(0, edge.first, self.size.width, edge.height))

    def _in_view(self, count: int) -> range:
        """Indices of the rows that are at least partly on screen: others are drawn when they come into view."""
        first = self.scroll_offset.y // self.row_height
        return range(first, min(count, first + self.size.height // self.row_height + 2))

    @property
    def row_height(self) -> int:
        return 4 if self.size.width >= _WIDE_FROM and self.app.size.height >= 30 else 2

    def on_resize(self) -> None:
        self._resize_content()
        if self.selected is not None:
            self.reveal(self.selected)
        self.refresh()

    def _resize_content(self) -> None:
        height = self.row_height
        self.virtual_size = Size(self.size.width, Window(len(self.rows), height, _content(height), 0, 0).content)

    def _refresh_row(self, index: int) -> None:
        height = self.row_height
        top = index * height - self.scroll_offset.y
        self.refresh(Region(0, top, self.size.width, height))

    def render_line(self, y: int) -> Strip:
        edge = self.edge
        if edge is not None and edge.covers(y):
            return self._edge_line(edge, y)
        index, line = divmod(y + self.scroll_offset.y, self.row_height)
        width = self.size.width
        base = self.rich_style
        if index >= len(self.rows) or (edge is not None and edge.cuts(index)):
            return Strip([Segment(" " * width, base)], width)
        row = self.rows[index]
        selected = row.id == self.selected
        if selected and line < (3 if self.row_height == 4 else 2):
            base += self.get_component_rich_style("issue-list--selected", partial=True)
        return Strip(self._line(row, index, line, width, base, selected=selected)).crop(0, width)

    def _edge_line(self, edge: Edge, y: int) -> Strip:
        """A line of the counts' rule, or of the row that is pinned to it."""
        width = self.size.width
        base = self.rich_style + self.get_component_rich_style("issue-list--pinned", partial=True)
        row = self._pinned(edge)
        if y == edge.counts_line or row is None or edge.pinned is None:
            return Strip([Segment(self._counts(edge, width), base)], width)
        return Strip(self._line(row, edge.pinned, edge.pinned_line(y), width, base, selected=False)).crop(0, width)

    def _counts(self, edge: Edge, width: int) -> str:
        rule = "-" if self._ascii else "─"
        counts = _("{above} above · {below} below").format(above=edge.above, below=edge.below)
        left = f"{rule} {counts} "
        pinned = self._pinned(edge)
        what = "" if pinned is None else pinned.danger or _("newest")
        right = f" {what} {rule}" if what else ""
        return fit(left + rule * max(0, width - cell_len(left) - cell_len(right)) + right, width)

    def _line(self, row: Row, index: int, line: int, width: int, base: Style, *, selected: bool) -> list[Segment]:
        inner = width - 6
        quiet = base + self.get_component_rich_style("issue-list--quiet", partial=True)
        edge = ("|" if self._ascii else "▌") if selected else " "
        left = (
            Segment(edge, base + self.get_component_rich_style("issue-list--edge", partial=True))
            if line < 3
            else Segment(" ", base)
        )
        match line:
            case 0:
                return [left, *self._head(row, index, width - 2, base, quiet), Segment(" ", base)]
            case 1:
                text = row.description if self.row_height == 4 else f"{row.equipment} {row.description}"
                return [left, *self._second(row, text, inner, base if selected else quiet)]
            case 2:
                text = between(row.shown_id, f"  {row.owner}" if row.owner else "", inner)
                return [left, Segment("    " + text + " ", quiet)]
            case _:
                return [Segment(" " * width, self.rich_style)]

    def _second(self, row: Row, text: str, width: int, style: Style) -> list[Segment]:
        """What it is, and at the end how much of it is unread."""
        mark = f" {'*' if self._ascii else '●'}{row.unread}" if row.unread else ""
        unread = style + self.get_component_rich_style("issue-list--unread", partial=True)
        danger = f" {danger_shape(ascii_only=self._ascii)} {row.danger} " if row.danger else ""
        loud = style + self.get_component_rich_style("issue-list--danger", partial=True)
        room = width - cell_len(mark) - (cell_len(danger) + 1 if danger else 0)
        return [
            Segment("    ", style),
            *([Segment(danger, loud), Segment(" ", style)] if danger else []),
            Segment(fit(text, room), style),
            Segment(mark, unread),
            Segment(" ", style),
        ]

    def _head(self, row: Row, index: int, width: int, base: Style, quiet: Style) -> list[Segment]:
        word = f"{fit(standing_shape(row.standing, ascii_only=self._ascii), SHAPE_WIDTH)} {row.word}"
        number = f"{index + 1:>{max(2, len(str(len(self.rows))))}} "
        count = f"x{row.occurrences} " if row.occurrences > 1 else ""
        age = count + row.age
        widest = max(cell_len(standing_word(one, narrow=True)) for one in _STANDINGS) + SHAPE_WIDTH + 2
        roomy = self.row_height == 4
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
        late = "issue-list--overdue" if standing.is_overdue else "issue-list--row"
        return self.get_component_rich_style(_STYLES.get(standing.state, late), partial=True)

    def action_down(self) -> None:
        self._move(1)

    def action_up(self) -> None:
        self._move(-1)

    def action_page_down(self) -> None:
        self._move(self._page)

    def action_page_up(self) -> None:
        self._move(-self._page)

    @property
    def _page(self) -> int:
        """Rows that are seen at a time."""
        edge = self.edge
        seen = len(self.rows) - edge.above - edge.below if edge else self.size.height // self.row_height
        return max(1, seen)

    def action_first(self) -> None:
        self._move(-len(self.rows))

    def action_last(self) -> None:
        self._move(len(self.rows))

    def _move(self, rows: int) -> None:
        if not self.rows:
            return
        here = _index(self.rows, self.selected)
        if here is None:
            here = 0 if rows < 0 else -1
        there = min(max(here + rows, 0), len(self.rows) - 1)
        self.post_message(self.Selected(self.rows[there].id))

    def reveal(self, issue: str) -> None:
        """Scroll just so far that the row of ``issue`` is in view."""
        index = _index(self.rows, issue)
        if index is not None:
            height = self.row_height
            self.scroll_to_region(Region(0, index * height, self.size.width, height), animate=False)


def _at(rows: Sequence[Row], index: int) -> Row | None:
    return rows[index] if index < len(rows) else None


def _index(rows: Sequence[Row], issue: str | None) -> int | None:
    return next((number for number, row in enumerate(rows) if row.id == issue), None)


def _content(row_height: int) -> int:
    """Lines of a row that hold something."""
    return 3 if row_height == 4 else 2


def _wanted(rows: Sequence[Row]) -> tuple[int, ...]:
    """What is to be in sight of what nobody acknowledged: people in danger, then the fault that was raised last."""
    unseen = [(row.opened_ms, index) for index, row in enumerate(rows) if row.standing.is_unseen]
    danger = [one for one in unseen if rows[one[1]].danger]
    return tuple(dict.fromkeys(max(ones)[1] for ones in (danger, unseen) if ones))
