"""The floor's columns: what stands beside what in this window, and which of list and pane is seen in a small one."""

from collections.abc import Sequence
from functools import partial

from textual import events
from textual.css.query import NoMatches
from textual.widget import Widget

from core.domain.errors import CommandError, StoreError
from core.domain.past_fix import PastFix
from tui.screens.floor_actions import FloorPart
from tui.view.floor_layout import LOW_BELOW, NARROW_BELOW, TEXT, TINY_BELOW, Columns, columns_of
from tui.view.side_facts import side_facts
from tui.widgets.issue_pane import IssuePane
from tui.widgets.side_facts import SideFacts

_REST_S = 0.3


class ColumnsPart(FloorPart):
    """Sizes follow the window. In a small one list and pane take turns, by what has the focus."""

    _columns = Columns(0, 0)
    _fixes: Sequence[PastFix] = ()
    _fixes_of: str | None = None
    """Whose similar fixes these are, or are being looked for."""

    def on_resize(self) -> None:
        width, height = self.size
        self._columns = columns = columns_of(width)
        self.set_class(width < NARROW_BELOW, "narrow")
        self.set_class(height < LOW_BELOW, "low")
        self.set_class(height < TINY_BELOW, "tiny")
        self.set_class(bool(columns.facts), "wide")
        self.query_one("#side").styles.width = columns.issues
        pane = self.query_one(IssuePane)
        pane.styles.width = columns.pane
        pane.be_brief(brief=bool(columns.facts) or height < LOW_BELOW)
        facts = self.query_one(SideFacts)
        facts.display = bool(columns.facts)
        facts.styles.width = columns.facts
        self.query_one("#trouble").styles.padding = (0, max(1, width - TEXT - 1), 0, 1)
        self._take_turns()
        self.show_side_facts()

    # --- list and pane in turn

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        self._take_turns()

    def _take_turns(self) -> None:
        """Show that of list and pane which has the focus; both where there is room for both."""
        side, pane = self.query_one("#side"), self.query_one(IssuePane)
        on_pane = _is_within(self.focused, pane)
        side.display = not (self._columns.are_alone and on_pane)
        pane.display = not (self._columns.are_alone and not on_pane)
        self.query_one("#side").set_class(self._columns.are_alone, "alone")

    def focus_next(self, selector: str | type[Widget] = "*") -> Widget | None:
        """Tab reaches what is not seen now, too."""
        self._show_both()
        found = super().focus_next(selector)
        self._take_turns()
        return found

    def focus_previous(self, selector: str | type[Widget] = "*") -> Widget | None:
        self._show_both()
        found = super().focus_previous(selector)
        self._take_turns()
        return found

    def _show_both(self) -> None:
        self.query_one("#side").display = self.query_one(IssuePane).display = True

    # --- the third column

    def show_side_facts(self) -> None:
        """Facts, people and similar fixes, where there is a column for them."""
        if not self._columns.facts:
            return
        facts = None if self.selected is None else self.shell.view.facts(self.selected)
        column = self.query_one(SideFacts)
        if facts is None:
            column.show_sections(())
            return
        if facts.id != self._fixes_of:
            self._fixes, self._fixes_of = (), facts.id
            self.set_timer(_REST_S, partial(self._look_at_rest, facts.id))
        pane = self.shell.view.pane
        read = pane if pane is not None and pane.id == facts.id else None
        column.show_sections(side_facts(facts, read, self._fixes, self.shell.now_ms()))

    def _look_at_rest(self, issue: str) -> None:
        """Rows that an arrow key only passes are not compared with hundreds of others."""
        if issue == self._fixes_of and self.is_mounted:
            self.start_beside(self._look_for_fixes(issue))

    async def _look_for_fixes(self, issue: str) -> None:
        try:
            found = await self.shell.call(self.shell.chat.past_fixes(issue))
        except (CommandError, StoreError):
            return  # /similar says why; here they are simply not there
        if issue != self._fixes_of:
            return  # another one is looked at meanwhile
        self._fixes = found
        try:
            self.show_side_facts()
        except NoMatches:
            return  # the terminal is left meanwhile


def _is_within(widget: Widget | None, ancestor: Widget) -> bool:
    return widget is not None and ancestor in widget.ancestors_with_self
