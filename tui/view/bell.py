"""When to ring, and what the terminal's title says. Pure: a time and what changed in, a decision out."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from core.domain.alarms import AlarmState, Concern, Standing
from core.support.i18n import _
from tui.view.words import concern_shape, concern_word


class Alarming(Protocol):
    """What may ring: an issue that is listed."""

    @property
    def id(self) -> str: ...
    @property
    def standing(self) -> Standing: ...


class Ringer:
    """One bell for each fault that came since the topic was first caught up, and one more for each step that is late.

    Never in the middle of a replay. With ``every`` seconds it rings again as long as one is unacknowledged. It is told
    what changed: how many there are beside it costs nothing.
    """

    def __init__(self, every: float = 0.0) -> None:
        self._every = every
        self._is_first = True
        self._rung: dict[str, dict[AlarmState | None, int]] = {}
        """What rang, by issue and step, and of the episode of which time. No step: that nobody acknowledged it."""
        self._came: dict[str, tuple[Standing, int]] = {}
        self._gone: set[str] = set()
        self._rang_at = 0.0

    def changed(self, came: Iterable[tuple[Alarming, int]], gone: Iterable[str]) -> None:
        """``came``: what is new or another now, and since when (epoch ms). ``gone``: what is listed no more."""
        for one, opened_ms in came:
            self._came[one.id] = one.standing, opened_ms
            self._gone.discard(one.id)
        for issue in gone:
            self._came.pop(issue, None)
            self._gone.add(issue)

    def rings(self, now: float, *, live: bool, unseen: bool) -> bool:
        """Whether to ring now (monotonic seconds); ``unseen``: there is one of which nobody took note."""
        if not live:
            return False
        is_first, self._is_first = self._is_first, False
        has_news = self._take_news()
        again = bool(self._every) and unseen
        if not (again and now - self._rang_at >= self._every) and (is_first or not has_news):
            return False
        self._rang_at = now
        return True

    def _take_news(self) -> bool:
        for issue in self._gone:
            self._rung.pop(issue, None)
        has_news = False
        for issue, (standing, opened_ms) in self._came.items():
            rung = self._rung.setdefault(issue, {}) if _steps(standing) else {}
            for step in _steps(standing):
                # An older record that comes late moves the beginning of an episode back: nothing new came by it.
                has_news = has_news or opened_ms > rung.get(step, -1)
                rung[step] = opened_ms
        self._came, self._gone = {}, set()
        return has_news


def _steps(standing: Standing) -> list[AlarmState | None]:
    """What rings once an episode: that nobody acknowledged it, and each step that is late or against the clocks."""
    is_late = standing.is_overdue or standing.state is AlarmState.OVERRULED
    return [*([None] if standing.is_unacknowledged else []), *([standing.state] if is_late else [])]


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
