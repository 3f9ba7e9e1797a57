"""What the status bar tells, as a value; from a view and the time."""

from dataclasses import dataclass

from core.settings import Settings
from core.station.view import StationView
from core.support.i18n import _
from core.support.text import inert_line
from tui.view.words import chat_words, clock, freshness_words


@dataclass(frozen=True, slots=True)
class Status:
    """What the status bar tells; every text is inert and translated."""

    station: str
    freshness: str
    live: bool
    outbox: int
    quarantine: int
    chat: str
    """That the chosen chatbot does not answer; empty while it does."""
    operator: str
    clock: str
    held: int = 0
    """Of ``outbox``: what goes out only once a person says so."""


def status_of(view: StationView, settings: Settings, now_ms: int, now: float, *, has_failed: bool) -> Status:
    """``now``: monotonic seconds. ``has_failed``: the Station ended, so nothing is live any more."""
    place = " · ".join(part for part in (settings.station, settings.terminal_id) if part)
    return Status(
        station=inert_line(place, 60),
        freshness=freshness_words(view.freshness, now),
        live=view.freshness.is_live(now) and not has_failed,
        outbox=len(view.waiting),
        quarantine=view.quarantine_count,
        chat=chat_words(view.chat, now_ms),
        operator=inert_line(view.operator, 40),
        clock=clock(now_ms, now_ms),
        held=len(view.held),
    )


def quiet_words(view: StationView, now_ms: int, now: float) -> str:
    """Words for an empty pane: that none is open is only said of a list that may be believed."""
    freshness = view.freshness
    if not freshness.is_live(now):
        return _("Not known yet: {state}").format(state=freshness_words(freshness, now))
    if view.listed:
        return ""
    since_ms = now_ms - round((now - freshness.since) * 1000)
    words = _("None open, live since {at}").format(at=clock(since_ms, now_ms))
    if freshness.log_starts_ms is None:
        return words
    starts = _("the log starts at {date}").format(date=clock(freshness.log_starts_ms, now_ms))
    return f"{words} · {starts}"
