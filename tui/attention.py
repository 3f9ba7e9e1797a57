"""When to ring, and what the terminal's title says. Pure: a time and rows in, a decision out."""

from collections.abc import Sequence

from core.alarms import AlarmState
from core.i18n import _
from tui.widgets.issue_list import Row
from tui.words import state_shape, state_word

_RINGING = (AlarmState.UNACKNOWLEDGED, AlarmState.OVERRULED)


class Ringer:
    """One bell for each fault that came since the topic was first caught up; never in the middle of a replay.

    With ``every`` seconds it rings again as long as one is unacknowledged.
    """

    def __init__(self, every: float = 0.0) -> None:
        self._every = every
        self._known: set[tuple[str, int]] | None = None
        self._rang_at = 0.0

    def rings(self, rows: Sequence[Row], now: float, *, live: bool) -> bool:
        """Whether to ring now (monotonic seconds)."""
        if not live:
            return False
        episodes = {(row.id, row.opened_ms) for row in rows}
        unseen = {(row.id, row.opened_ms) for row in rows if row.state in _RINGING}
        is_first = self._known is None
        news = unseen - (self._known or set())
        self._known = ((self._known or set()) | unseen) & episodes
        again = bool(self._every and unseen) and now - self._rang_at >= self._every
        if not (again or (news and not is_first)):
            return False
        self._rang_at = now
        return True


def title_words(
    counts: Sequence[tuple[AlarmState, int]], station: str, *, live: bool, ascii_only: bool, known: str = ""
) -> str:
    """What needs someone comes first: a title is often cut at its end.

    ``known``: how many are open, as far as that is known; told where the list is not live.
    """
    needy = [(state, count) for state, count in counts if state is not AlarmState.SHELVED]
    parts = [f"{state_shape(state, ascii_only=ascii_only)} {state_word(state)} {count}" for state, count in needy]
    if not live:
        parts[:0] = [_("not live"), *([known] if known else [])]
    return " · ".join([*parts, "Andon", *([station] if station else [])])
