"""Days in a transcript: a line where another one begins, so that times stand in one column whatever their date."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime

from core.domain.messages import Author
from core.support.i18n import _
from tui.view.entry import Entry
from tui.view.words import today

_TIME = len("00:00")


def with_days(told: Iterable[tuple[int, Entry]], now_ms: int) -> Iterator[Entry]:
    """The entries, each with its time (epoch ms) and in its order; a transcript of today has no line for it."""
    day = present = today(now_ms)
    is_first = True
    for at_ms, entry in told:
        its_day = datetime.fromtimestamp(at_ms / 1000).date()  # noqa: DTZ006 - operators live in local time
        if its_day != day or (is_first and its_day != present):
            yield _line(its_day, present)
        day, is_first = its_day, False
        yield entry if its_day == present else replace(entry, clock=entry.clock[-_TIME:])


def _line(day: date, present: date) -> Entry:
    words = _("Today") if day == present else _("{year}-{month}-{day}")
    text = words.format(year=day.year, month=f"{day.month:02}", day=f"{day.day:02}")
    return Entry(id=f"day-{day.isoformat()}", author=Author.SYSTEM, who="", clock="", text=text, divides=True)
