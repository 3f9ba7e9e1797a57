"""The floor's list: in which order rows stand, and what follows from all of them. Pure: a view in, rows out."""

from collections.abc import Sequence

from core.station.view import ListedIssue, StationView
from tui.view.row import Rows
from tui.view.tally import Changes, Tally


class FloorList:
    """Rows in order of urgency; while a hand is on the arrow keys, in the order in which they stood."""

    def __init__(self) -> None:
        self.rows = Rows()
        self.tally = Tally()
        self._listed: tuple[ListedIssue, ...] = ()
        self._is_held = False

    def update(self, view: StationView, now_ms: int, *, is_held: bool) -> Changes:
        """Take in a view at ``now_ms``; ``is_held``: no row may jump. What is new in it."""
        changes = self.tally.update(view.listed)
        self.rows = Rows(self._ordered(view, changes, is_held=is_held), now_ms, view.held.keys(), view.by_id)
        self._listed, self._is_held = view.listed, is_held
        return changes

    def _ordered(self, view: StationView, changes: Changes, *, is_held: bool) -> Sequence[ListedIssue]:
        """New ones stand at the end of those that keep their places, in the order that they want."""
        if not is_held:
            return view.listed
        shown = self.rows.ordered
        if view.listed is self._listed:
            return shown
        stayed = [view.by_id[one.id] for one in shown if one.id in view.by_id]
        known = {one.id for one in shown} if changes.came else ()
        return [*stayed, *(one for one in view.listed if changes.came and one.id not in known)]
