"""What stands above everything: what is wrong with the connection, the clock and what waits. Words from values."""

from collections.abc import Mapping, Set

from core.domain.events import RESOLVED
from core.domain.outbox import OutboxEntry
from core.domain.stamps import ahead_words
from core.station.clock import WRONG_FROM_MS
from core.station.view import StationView
from core.support.i18n import _
from core.support.text import inert_line
from tui.view.log_words import log_words
from tui.view.words import trouble_words

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_DAY_MS = 24 * _HOUR_MS


def notices(view: StationView, terminal: str, failure: BaseException | None, now_ms: int, ahead_ms: int | None) -> str:
    """A line each, most urgent first; empty where nothing is wrong.

    ``terminal``: this one's id. ``ahead_ms``: how far its clock is ahead of the broker's; None where that is unknown.
    """
    right_ms = now_ms - (ahead_ms or 0)
    lines = (
        trouble_words(view.freshness, failure, ahead_words(view.newest, right_ms, terminal)),
        clock_words(ahead_ms if ahead_ms is not None and abs(ahead_ms) >= WRONG_FROM_MS else 0),
        held_words(view.held),
        log_words(view.freshness, view.doubts, now_ms),
    )
    return "\n".join(line for line in lines if line)


def clock_words(wrong_ms: int) -> str:
    """That this terminal's clock is wrong, by the broker's; ``wrong_ms`` ahead of it, or behind it where negative."""
    if not wrong_ms:
        return ""
    words = (
        _("This terminal's clock is {span} ahead of the broker's. Have it set right.")
        if wrong_ms > 0
        else _("This terminal's clock is {span} behind the broker's. Have it set right.")
    )
    return words.format(span=span_words(abs(wrong_ms)))


def clock_fact(ahead_ms: int | None) -> str:
    """How far this terminal's clock is from the broker's, to the second; or that it is not known."""
    if ahead_ms is None:
        return _("the broker does not tell its time")
    return _("{seconds} s apart from the broker's clock").format(seconds=f"{abs(ahead_ms) / 1000:,.0f}")


def span_words(span_ms: int) -> str:
    """In minutes; in hours from two on; in days from two on."""
    if span_ms >= 2 * _DAY_MS:
        return _("{count} d").format(count=round(span_ms / _DAY_MS))
    if span_ms >= 2 * _HOUR_MS:
        return _("{count} h").format(count=round(span_ms / _HOUR_MS))
    return _("{count} min").format(count=round(span_ms / _MINUTE_MS))


def held_words(held: Mapping[str, OutboxEntry]) -> str:
    """Which issues' resolves wait for a person's word, why, and what to do; empty where none does."""
    entries = [entry for entry in held.values() if entry.record.action == RESOLVED]
    names = [inert_line(entry.record.issue, 60) for entry in entries]
    if not names:
        return ""
    shown = ", ".join(names[:2]) + (" …" if names[2:] else "")
    if any(entry.raised_again_ms is None for entry in entries):
        return _("Resolve held back: {issues} · Ctrl+R there decides").format(issues=shown)
    return _("Raised again, resolve held back: {issues} · Ctrl+R there decides").format(issues=shown)


class HeldBell:
    """One bell for each record that begins to be held: somebody must say whether it still holds."""

    def __init__(self) -> None:
        self._known: Set[str] = frozenset()

    def rings(self, held: Mapping[str, OutboxEntry]) -> bool:
        """Whether to ring now."""
        events = {entry.record.event_id for entry in held.values()}
        known, self._known = self._known, events
        return bool(events - known)
