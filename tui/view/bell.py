"""When to ring, and what the terminal's title says. Pure: a time and rows in, a decision out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.domain.alarms import AlarmState, Concern
from core.support.i18n import _
from tui.view.row import Row
from tui.view.words import concern_shape, concern_word


class Ringer:
    """One bell for each fault that came since the topic was first caught up, and one more for each step that is late.

    Never in the middle of a replay. With ``every`` seconds it rings again as long as one is unacknowledged.
    """

    def __init__(self, every: float = 0.0) -> None:
        self._every = every
        self._rung: dict[Alarm, int] | None = None
        """What rang, and of the episode of which time."""
        self._rang_at = 0.0

    def rings(self, rows: Sequence[Row], now: float, *, live: bool) -> bool:
        """Whether to ring now (monotonic seconds)."""
        if not live:
            return False
        alarms = {alarm: row.opened_ms for row in rows for alarm in _alarms_of(row)}
        is_first, rung = self._rung is None, self._rung or {}
        # An older record that comes late moves the beginning of an episode back: nothing new came by it.
        has_news = any(alarm not in rung or opened_ms > rung[alarm] for alarm, opened_ms in alarms.items())
        present = {row.id for row in rows}
        self._rung = {alarm: at for alarm, at in rung.items() if alarm.issue in present} | alarms
        again = bool(self._every) and any(row.standing.is_unseen for row in rows)
        if not (again and now - self._rang_at >= self._every) and (is_first or not has_news):
            return False
        self._rang_at = now
        return True


@dataclass(frozen=True, slots=True)
class Alarm:
    """What rings once an episode: a fault that nobody acknowledged, and each step of it that became late."""

    issue: str
    step: AlarmState | None = None
    """The step that should be over; ``OVERRULED`` for a raise against the clocks."""


def _alarms_of(row: Row) -> Iterable[Alarm]:
    standing = row.standing
    if standing.is_unacknowledged:
        yield Alarm(row.id)
    if standing.is_overdue or standing.state is AlarmState.OVERRULED:
        yield Alarm(row.id, standing.state)


def title_words(
    counts: Sequence[tuple[Concern, int]], station: str, *, live: bool, ascii_only: bool, known: str = ""
) -> str:
    """What needs someone comes first: a title is often cut at its end.

    ``known``: how many are open, as far as that is known; told where the list is not live.
    """
    needy = [(concern, count) for concern, count in counts if concern is not Concern.SHELVED]
    parts = [f"{concern_shape(one, ascii_only=ascii_only)} {concern_word(one)} {count}" for one, count in needy]
    if not live:
        parts[:0] = [_("not live"), *([known] if known else [])]
    return " · ".join([*parts, "Andon", *([station] if station else [])])
