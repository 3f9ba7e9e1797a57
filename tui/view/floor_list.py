"""The floor's list: in which order rows stand, and what follows from all of them. Pure: a view in, rows out."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping, Sequence

from core.domain.alarms import Urgency, urgency_of
from core.station.view import ListedIssue, StationView
from tui.view.row import Rows
from tui.view.tally import Changes, Tally


class FloorList:
    """Rows in order of urgency; while a hand is on the arrow keys, in the order in which they stood."""

    def __init__(self) -> None:
        self.rows = Rows()
        self.tally = Tally()
        self._seen: int | None = None
        """The version of the view that was taken in last."""
        self._listed: tuple[ListedIssue, ...] = ()
        self._held: HeldOrder | None = None
        """The rows that keep their places; None while none has to."""

    def update(self, view: StationView, now_ms: int, *, is_held: bool) -> Changes:
        """Take in a view at ``now_ms``; ``is_held``: no row may jump. What is new in it."""
        changes = Changes()
        if view.listed is not self._listed or self._seen is None:
            changed = None if self._seen is None else view.changes.after(self._seen)
            changes = self.tally.update(view.by_id, changed)
        ordered = self._ordered(view, changes, is_held=is_held)
        find = self._held.place if self._held is not None else _Sorted(view.listed, view.by_id).place
        self.rows = Rows(ordered, now_ms, view.held.keys(), view.by_id, before=self.rows, find=find)
        self._listed, self._seen = view.listed, view.version
        return changes

    def _ordered(self, view: StationView, changes: Changes, *, is_held: bool) -> Sequence[ListedIssue]:
        if not is_held:
            self._held = None
            return view.listed
        shown = self.rows.ordered
        if view.listed is self._listed:
            return shown
        if self._held is None:
            self._held = HeldOrder(shown)
        return self._held.after(changes)


class HeldOrder:
    """Rows that keep their places. A change among thousands moves what lies behind it, and looks at nothing else."""

    def __init__(self, shown: Sequence[ListedIssue]) -> None:
        self._rows = list(shown)
        self._numbers = {one.id: number for number, one in enumerate(shown)}
        """In which each came; those that came before it and went are not taken off."""
        self._gone: list[int] = []
        """The numbers of those that went, in order."""
        self._next = len(self._rows)

    def place(self, issue: str) -> int | None:
        """Where its row stands."""
        number = self._numbers.get(issue)
        return None if number is None else number - bisect_right(self._gone, number)

    def after(self, changes: Changes) -> Sequence[ListedIssue]:
        """All rows after this; new ones stand at the end, in the order that they want."""
        for issue in changes.gone:
            self._drop(issue)
        new = []
        for one in changes.came:
            at = self.place(one.id)
            if at is None:
                new.append(one)
            else:
                self._rows[at] = one
        for one in sorted(new, key=_urgency):
            self._numbers[one.id] = self._next
            self._next += 1
            self._rows.append(one)
        return tuple(self._rows)

    def _drop(self, issue: str) -> None:
        at = self.place(issue)
        if at is not None:
            del self._rows[at]
            insort(self._gone, self._numbers.pop(issue))


class _Sorted:
    """Rows in the order of urgency, where each is found by what it is sorted by."""

    def __init__(self, listed: Sequence[ListedIssue], by_id: Mapping[str, ListedIssue]) -> None:
        self._listed = listed
        self._by_id = by_id

    def place(self, issue: str) -> int | None:
        one = self._by_id.get(issue)
        return None if one is None else bisect_left(self._listed, _urgency(one), key=_urgency)


def _urgency(one: ListedIssue) -> Urgency:
    return urgency_of(one.issue, one.standing, in_danger=one.in_danger)
