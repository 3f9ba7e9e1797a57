"""What is counted of all that is listed. A change among thousands costs what changed, not all of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from core.domain.alarms import Standing
from core.station.listed_issues import differing
from core.station.view import ListedIssue
from tui.view.row import since_ms

_SLACK = 64


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new in a view: ``came`` is new or another than before, ``gone`` the ids that are listed no more."""

    came: Sequence[ListedIssue] = ()
    gone: frozenset[str] = frozenset()


class Tally:
    """Counts of the listed issues, kept as they change."""

    def __init__(self) -> None:
        self._known: dict[str, ListedIssue] = {}
        self.standings: Counter[Standing] = Counter()
        """Of what the log tells of."""
        self.lost = 0
        """Listed, and not in the log that is read now."""
        self.unseen = 0
        """Nobody took note of them yet."""
        self._newest_danger = _Newest()
        self._newest = _Newest()

    def update(self, listed: Mapping[str, ListedIssue], changed: Iterable[str] | None = None) -> Changes:
        """Take in what is listed now, by id; what changed by it. ``changed``: nothing else is another than before."""
        if changed is None:
            changed = differing(self._known, listed)
        came, gone = [], []
        for issue in changed:
            before, now = self._known.get(issue), listed.get(issue)
            if before is now:  # what did not change is the same object (core.station.view.ListedIssue)
                continue
            if before is not None:
                self._count(self._known.pop(issue), -1)
            if now is None:
                gone.append(issue)
            else:
                came.append(now)
                self._known[issue] = now
                self._count(now, 1)
        return Changes(came, frozenset(gone))

    def wanted(self) -> tuple[str, ...]:
        """What is to be in sight of what nobody acknowledged: people in danger, then the fault raised last."""
        found = (self._newest_danger.first(), self._newest.first())
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def _count(self, one: ListedIssue, by: int) -> None:
        if one.unconfirmed_since_ms is None:
            self.standings[one.standing] += by
            if not self.standings[one.standing]:
                del self.standings[one.standing]
        else:
            self.lost += by
        if one.standing.is_unseen:
            self.unseen += by
            (self._newest.add if by > 0 else self._newest.drop)(one)
            if one.in_danger:
                (self._newest_danger.add if by > 0 else self._newest_danger.drop)(one)


class _Newest:
    """Which of several was raised last: a heap; what was dropped is left in it until it comes up."""

    def __init__(self) -> None:
        self._since: dict[str, int] = {}
        self._heap: list[tuple[int, _Reversed]] = []

    def add(self, one: ListedIssue) -> None:
        self._since[one.id] = since_ms(one)
        heappush(self._heap, (-since_ms(one), _Reversed(one.id)))
        if len(self._heap) > 2 * len(self._since) + _SLACK:
            self._heap = [(-since, _Reversed(issue)) for issue, since in self._since.items()]
            heapify(self._heap)

    def drop(self, one: ListedIssue) -> None:
        self._since.pop(one.id, None)

    def first(self) -> str | None:
        while self._heap and self._since.get(self._heap[0][1]) != -self._heap[0][0]:
            heappop(self._heap)
        return str(self._heap[0][1]) if self._heap else None


class _Reversed(str):
    """Of two raised at once the one that stands lower in the list: ids are its last order."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)
