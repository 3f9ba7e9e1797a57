"""The keys that go from row to row of the list."""

from textual.message import Message
from textual.widget import Widget

from tui.view.list_edge import Edge
from tui.view.row import Rows


class RowKeys(Widget):
    """Actions of a list of rows of which one is selected. They tell where to go; nothing is selected here."""

    rows: Rows
    selected_at: int | None = None
    """The selected row; None where there is none."""

    class Selected(Message):
        """Another row was chosen, by key."""

        def __init__(self, issue: str) -> None:
            super().__init__()
            self.issue = issue

    @property
    def row_height(self) -> int:
        raise NotImplementedError

    @property
    def edge(self) -> Edge | None:
        raise NotImplementedError

    def goal(self, key: str) -> str | None:
        """The issue that ``key`` goes to; None: it is no key that moves here, or there is nowhere to go."""
        steps = {
            "down": 1,
            "up": -1,
            "page_down": self._page,
            "page_up": -self._page,
            "first": -len(self.rows),
            "last": len(self.rows),
        }
        actions = (binding.action for binding in self._bindings.key_to_bindings.get(key, ()))
        return next((self._from_here(steps[action]) for action in actions if action in steps), None)

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
        there = self._from_here(rows)
        if there is not None:
            self.post_message(self.Selected(there))

    def _from_here(self, rows: int) -> str | None:
        if not self.rows:
            return None
        here = self.selected_at
        if here is None:
            here = 0 if rows < 0 else -1
        return self.rows.id_at(min(max(here + rows, 0), len(self.rows) - 1))
