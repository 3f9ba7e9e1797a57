"""The list of open issues: drawn line by line, so that its cost is what is visible, whatever the count."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip

from core.support.i18n import _, language
from tui.input.keys import Area, bindings
from tui.view.cells import fit
from tui.view.list_edge import COUNTS_HEIGHT, Edge, Window, edge_of
from tui.view.row import Row, Rows
from tui.view.row_lines import ListSize, Place, RowForm, form_of
from tui.widgets.line_scroll import LineScroll
from tui.widgets.row_keys import RowKeys
from tui.widgets.row_painter import STYLES, RowPainter


class IssueList(LineScroll, RowKeys, can_focus=True):
    """Rows by id: what is selected stays selected wherever its row moves."""

    BINDINGS = bindings(Area.LIST)
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "issue-list--row",
        "issue-list--quiet",
        "issue-list--selected",
        "issue-list--selected-quiet",
        "issue-list--unread",
        "issue-list--edge",
        "issue-list--overdue",
        "issue-list--pinned",
        "issue-list--danger",
        *(f"issue-list--{name}" for name in STYLES.values()),
    }

    def __init__(self, chosen: Callable[[str], None], *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ascii = ascii_only
        self.chosen = chosen
        self.rows = Rows()
        self.selected: str | None = None
        self.selected_at: int | None = None
        self._wanted: tuple[int, ...] = ()
        self._wanted_ids: Sequence[str] = ()
        self._painter: RowPainter | None = None
        self._painter_look: object = None

    def show(self, rows: Rows, selected: str | None, wanted: Sequence[str] = ()) -> None:
        """Show ``rows``; repaints only the cells that changed.

        ``wanted``: issues that are to be in sight wherever the list is scrolled to, the most wanted first.
        """
        before, was, edge, form = self.rows, self.selected, self.edge, self.form
        pinned = self._pinned(edge)
        self._take(rows, selected, wanted)
        if form is not self.form and selected is not None:
            self.reveal(selected)
        if edge != self.edge or form is not self.form:
            self.refresh()
            return
        if edge is not None and pinned != (now := self._pinned(edge)):
            age_line = edge.first + (0 if edge.is_at_top else COUNTS_HEIGHT)
            whole = Region(0, edge.first, self.size.width, edge.height)
            self.refresh(_age_that_went_on(age_line, self.size.width, pinned, now) or whole)
        for index in self._in_view(max(len(before), len(rows))):
            old, new = before.at(index), rows.at(index)
            if new is not None and was != selected and new.id in (was, selected):
                self._refresh_row(index)
            elif old != new:
                self._refresh_changed(index, old, new)

    def _take(self, rows: Rows, selected: str | None, wanted: Sequence[str]) -> None:
        """Where the selected row moves, scroll with it, so that it stays where the eye is."""
        old = self.selected_at if selected == self.selected else None
        top = self.scroll_offset.y
        is_longer, moved = len(rows) != len(self.rows), rows.ordered is not self.rows.ordered
        if moved or selected != self.selected:
            self.selected_at = rows.index(selected, self.selected_at)
        if moved or wanted != self._wanted_ids:
            near = dict(zip(self._wanted_ids, self._wanted, strict=False))
            places = {one: rows.index(one, near.get(one, self.selected_at)) for one in wanted}
            self._wanted_ids = [one for one, at in places.items() if at is not None]
            self._wanted = tuple(at for at in places.values() if at is not None)
        self.rows, self.selected = rows, selected
        if is_longer:
            self._resize_content()
        if old is not None and self.selected_at is not None and old != self.selected_at:
            there = top + (self.selected_at - old) * self.row_height
            self.scroll_to(y=there, animate=False, immediate=True)

    @property
    def edge(self) -> Edge | None:
        """What lies over the rows at the list's edge, when it is longer than what is seen of it."""
        form, shown, top = self.form, self.size.height, self.scroll_offset.y
        rows = len(self.rows)
        return edge_of(Window(rows, form.height, form.content, top, shown, self.selected_at, self._wanted))

    def _pinned(self, edge: Edge | None) -> Row | None:
        return None if edge is None or edge.pinned is None else self.rows.at(edge.pinned)

    def _in_view(self, count: int) -> range:
        """Indices of the rows that are at least partly on screen: others are drawn when they come into view."""
        first = self.scroll_offset.y // self.row_height
        return range(first, min(count, first + self.size.height // self.row_height + 2))

    @property
    def form(self) -> RowForm:
        """How rows are laid out in the room that there is."""
        return form_of(self.size.width, self.app.size.height, self.size.height, len(self.rows))

    @property
    def row_height(self) -> int:
        return self.form.height

    def on_resize(self) -> None:
        self._resize_content()
        if self.selected is not None:
            self.reveal(self.selected)
        self.refresh()

    def _resize_content(self) -> None:
        form = self.form
        whole = Window(len(self.rows), form.height, form.content, 0, 0)
        self.virtual_size = Size(self.size.width, whole.content)

    def _refresh_row(self, index: int) -> None:
        height = self.row_height
        top = index * height - self.scroll_offset.y
        self.refresh(Region(0, top, self.size.width, height))

    def _refresh_changed(self, index: int, old: Row | None, new: Row | None) -> None:
        """A row of which only the age went on is painted from the first cell on that differs."""
        age = _age_that_went_on(index * self.row_height - self.scroll_offset.y, self.size.width, old, new)
        if age is not None:
            self.refresh(age)
        else:
            self._refresh_row(index)

    def draw(self, lines: Iterable[int]) -> Iterator[Strip]:
        edge, painter, base = self.edge, self._painter_now(), self.rich_style
        chosen, pinned = base + painter.part("selected"), base + painter.part("pinned")
        top, form = self.scroll_offset.y, self.form
        for y in lines:
            if edge is not None and edge.covers(y):
                yield self._edge_line(edge, y, painter, pinned)
                continue
            index, line = divmod(y + top, form.height)
            if index >= len(self.rows) or (edge is not None and edge.cuts(index)):
                yield Strip.blank(self.size.width, base)
                continue
            row = self.rows[index]
            selected = row.id == self.selected
            ground = chosen if selected and line < form.content else base
            yield painter.line(row, Place(index, line), ground, selected=selected, focused=self.has_focus)

    def _edge_line(self, edge: Edge, y: int, painter: RowPainter, base: Style) -> Strip:
        """A line of the counts' rule, or of the row that is pinned to it."""
        width = self.size.width
        row = self._pinned(edge)
        if y == edge.counts_line or row is None or edge.pinned is None:
            return Strip([Segment(_counts(edge, row, width, "-" if self._ascii else "─"), base)], width)
        return painter.line(row, Place(edge.pinned, edge.pinned_line(y)), base, selected=False)

    def notify_style_update(self) -> None:
        """Other colours: a theme is switched."""
        super().notify_style_update()
        self._painter = None

    def _painter_now(self) -> RowPainter:
        """The one that drew before, as long as size, colours and language are the same."""
        size = ListSize(self.size.width, self.form, len(self.rows))
        look = (size, self.rich_style, language())
        if self._painter is None or look != self._painter_look:
            self._painter_look = look
            self._painter = RowPainter(
                lambda part: self.get_component_rich_style(f"issue-list--{part}", partial=True),
                size,
                self.rich_style,
                ascii_only=self._ascii,
            )
        return self._painter

    def reveal(self, issue: str) -> None:
        """Scroll just so far that the row of ``issue`` is in view."""
        index = self.rows.index(issue, self.selected_at)
        if index is not None:
            height = self.row_height
            self.scroll_to_region(Region(0, index * height, self.size.width, height), animate=False)


def _age_that_went_on(line: int, width: int, old: Row | None, new: Row | None) -> Region | None:
    """The cells of the age in ``line`` that differ, where nothing else of the row does."""
    if old is None or new is None or cell_len(old.age) != cell_len(new.age) or replace(old, age=new.age) != new:
        return None
    pairs = enumerate(zip(old.age, new.age, strict=False))
    same = new.age[: next((at for at, (was, now) in pairs if was != now), None)]
    end = width - 1
    start = end - cell_len(new.age) + cell_len(same)
    return Region(start, line, end - start, 1)


def _counts(edge: Edge, pinned: Row | None, width: int, rule: str) -> str:
    """How many rows lie above and below, and which one ``pinned`` is."""
    counts = _("{above} above · {below} below").format(above=edge.above, below=edge.below)
    left = f"{rule} {counts} "
    what = "" if pinned is None else pinned.danger or _("newest")
    right = f" {what} {rule}" if what else ""
    return fit(left + rule * max(0, width - cell_len(left) - cell_len(right)) + right, width)
