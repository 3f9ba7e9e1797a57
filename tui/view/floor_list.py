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
        self._places: dict[str, int] = {}
        """Of the rows that keep their places, by issue; empty while none has to."""

    def update(self, view: StationView, now_ms: int, *, is_held: bool) -> Changes:
        """Take in a view at ``now_ms``; ``is_held``: no row may jump. What is new in it."""
        changes = self.tally.update(view.listed)
        ordered = self._ordered(view, changes, is_held=is_held)
        self.rows = Rows(ordered, now_ms, view.held.keys(), view.by_id, before=self.rows)
        self._listed = view.listed
        return changes

    def _ordered(self, view: StationView, changes: Changes, *, is_held: bool) -> Sequence[ListedIssue]:
        """New ones stand at the end of those that keep their places, in the order that they want."""
        if not is_held:
            self._places = {}
            return view.listed
        shown = self.rows.ordered
        if view.listed is self._listed:
            return shown
        kept = [one for one in shown if one.id not in changes.gone] if changes.gone else list(shown)
        if changes.gone or not self._places:
            self._places = {one.id: place for place, one in enumerate(kept)}
        came = [one for one in changes.came if one.id not in self._places]
        for one in changes.came:
            if one.id in self._places:
                kept[self._places[one.id]] = one
        for one in _in_order(came, view):
            self._places[one.id] = len(kept)
            kept.append(one)
        return kept


def _in_order(came: Sequence[ListedIssue], view: StationView) -> Sequence[ListedIssue]:
    if len(came) < 2:
        return came
    new = {one.id for one in came}
    return [one for one in view.listed if one.id in new]
