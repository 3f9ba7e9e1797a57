"""The keys that go from row to row of the list."""

from collections.abc import Callable

from textual.widget import Widget

from tui.view.list_edge import Edge
from tui.view.row import Rows

_STEPS = {"down", "up", "page_down", "page_up", "first", "last"}


class RowKeys(Widget):
    """Actions of a list of rows of which one is selected. They tell where to go; nothing is selected here.

    To be named behind the widget that it is put to: Textual takes the style of the first base.
    """

    rows: Rows
    selected_at: int | None = None
    """The selected row; None where there is none."""

    chosen: Callable[[str], None]
    """Told of the issue whose row was gone to. No message: what is typed right behind a key is for that issue."""

    @property
    def row_height(self) -> int:
        raise NotImplementedError

    @property
    def edge(self) -> Edge | None:
        raise NotImplementedError

    def press(self, key: str) -> bool:
        """Go to the row that ``key`` means, at once. False: it means none."""
        actions = {binding.action for binding in self._bindings.key_to_bindings.get(key, ())} & _STEPS
        for action in actions:
            getattr(self, f"action_{action}")()
        return bool(actions)

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
        here = self.selected_at
        if here is None:
            here = 0 if rows < 0 else -1
        self.chosen(self.rows.id_at(min(max(here + rows, 0), len(self.rows) - 1)))
