"""The floor's list under a hand: what the arrow keys choose, and what follows a frame later."""

from textual.timer import Timer

from core.support.i18n import _
from tui.screens.floor_actions import FloorPart
from tui.view.floor import next_needy
from tui.widgets.issue_list import IssueList

HELD_S = 5.0
"""After a key moved the cursor in the list, its rows keep their places for this long."""


class RowsPart(FloorPart):
    """Keys and messages that concern the list."""

    _moved_at: float | None = None
    _release: Timer | None = None
    _is_behind = False
    """The row that an arrow went to is painted first: its pane is made when that is done."""

    def refresh_state(self) -> None:
        raise NotImplementedError

    def select(self, issue: str) -> bool:
        """From now on keys are for ``issue``; whether they were for another one before."""
        raise NotImplementedError

    def show_rows(self) -> None:
        raise NotImplementedError

    def look(self) -> None:
        """Have the conversation of what is selected brought, and show in the pane what is known of it."""
        raise NotImplementedError

    @property
    def is_held(self) -> bool:
        """A finger is on the arrow keys: no row may jump under it."""
        on_list = self.query_one(IssueList).has_focus
        return on_list and self._moved_at is not None and self.shell.monotonic() - self._moved_at < HELD_S

    def row_chosen(self, issue: str) -> None:
        """A key went to the row of ``issue``: its row is painted first, its pane a frame later."""
        self._moved_at = self.shell.monotonic()
        if self._release is None:
            self._release = self.set_timer(HELD_S, self._let_go)
        issues = self.query_one(IssueList)
        if self.select(issue) and not self._is_behind:
            self._is_behind = True
            # The list says what of it is to be painted before it runs this: only then is there a paint to wait for.
            issues.call_next(self.call_after_refresh, self.catch_up)
        self.show_rows()
        issues.reveal(issue)

    def catch_up(self) -> None:
        """Have the pane show what is selected, where it does not yet."""
        was, self._is_behind = self._is_behind, False
        if was and self.selected is not None:
            self.look()

    def _let_go(self) -> None:
        """Rows take their places again once the arrow keys have rested."""
        self._release = None
        if self.is_held and self._moved_at is not None:
            rest_s = self._moved_at + HELD_S - self.shell.monotonic()
            self._release = self.set_timer(max(rest_s, 0.1), self._let_go)
        else:
            self.refresh_state()

    def action_next(self) -> None:
        found = next_needy(self.rows.ordered, self.rows.index(self.selected))
        if found is not None:
            self.go_to(found)

    def action_go_to_row(self, number: int) -> None:
        if 0 < number <= len(self.rows):
            self.go_to(self.rows.id_at(number - 1))
        else:
            self.say(_("There is no row {number}.").format(number=number))
