"""When an event happened: its record's stamp, and the JSON's word where that stamp cannot be right. Pure."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

NEWEST_TIME_MS = 253_402_127_999_000
"""Two days before the year 9999 ends: later times cannot be shown in every time zone."""

OLDEST_STAMP_MS = 946_684_800_000
"""The year 2000, before there was any Kafka: an earlier stamp is in another unit, or of a clock that was never set."""

LONGEST_DELAY_MS = 10 * 366 * 86_400_000
"""Ten years: no producer sends a record so long after what it tells of. A stamp that says so is of a wrong clock."""

_SHORTEST_YEAR_MS = 365 * 86_400_000
_BEFORE_NEW_YEAR_MS = 5 * 86_400_000
"""More than a year of weeks (ISO 8601) and a time zone can begin before the first of January."""

_MILLISECONDS_FROM = 1e11
"""A number from here on is epoch milliseconds: as seconds it would be the year 5138."""

_UNITS = (1_000, 1 / 1_000, 1 / 1_000_000)
"""What makes milliseconds of seconds, microseconds and nanoseconds."""


def event_time(record_ms: int, raw: object, *, by_broker: bool = False) -> int:
    """Epoch ms of an event: the record's stamp, else what the JSON ``timestamp`` (``raw``) says.

    A stamp cannot be right when it is from before 2000, in no calendar, or ten years after what the JSON says. One
    that the broker gave (``by_broker``, LogAppendTime) is. Without a witness a stamp in another unit is read in that
    unit, and else taken as it is: two times are never cut to one, since an event must be able to be newer than another.
    """
    if by_broker and 0 <= record_ms <= NEWEST_TIME_MS:
        return record_ms
    if OLDEST_STAMP_MS <= record_ms <= NEWEST_TIME_MS and type(raw) is str and record_ms <= _latest_near(raw[:5]):
        return record_ms
    said = parse_timestamp(raw)
    witness = said if said is not None and OLDEST_STAMP_MS <= said <= NEWEST_TIME_MS else None
    if OLDEST_STAMP_MS <= record_ms <= NEWEST_TIME_MS:
        return record_ms if witness is None or record_ms - witness <= LONGEST_DELAY_MS else witness
    if witness is not None:
        return witness
    if (in_unit := _in_another_unit(record_ms)) is not None:
        return in_unit
    return record_ms if 0 <= record_ms <= NEWEST_TIME_MS else showable_ms(said or 0)


@lru_cache(maxsize=256)
def _latest_near(beginning: str) -> int:
    """The last stamp (epoch ms) of which the year alone that an ISO text begins with, as in ``2025-``, tells that it is
    not ten years later; -1 where there is no year.
    """
    year = beginning[:4]
    if beginning[4:] != "-" or not (year.isascii() and year.isdigit()):
        return -1
    return (int(year) - 1970) * _SHORTEST_YEAR_MS - _BEFORE_NEW_YEAR_MS + LONGEST_DELAY_MS


def _in_another_unit(stamp: int) -> int | None:
    """``stamp`` in ms, where read as seconds, microseconds or nanoseconds it is a time of this century."""
    times = (int(stamp * unit) for unit in _UNITS)
    return next((ms for ms in times if OLDEST_STAMP_MS <= ms < OLDEST_STAMP_MS + 10 * LONGEST_DELAY_MS), None)


def utc_text(time_ms: int) -> str:
    """Epoch milliseconds as ``2025-08-08T17:05:37.123Z``."""
    time_ms = showable_ms(time_ms)
    moment = datetime.fromtimestamp(time_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_timestamp(raw: object) -> int | None:
    """The JSON ``timestamp`` in epoch ms, or None.

    ISO 8601 (naive = local time), a number of seconds or milliseconds, or a Java date array.
    """
    try:
        match raw:
            case bool():
                return None
            case str():
                return round(datetime.fromisoformat(raw.strip()).timestamp() * 1000)
            case int() | float():
                return round(raw if raw >= _MILLISECONDS_FROM else raw * 1000)
            case [int(year), int(month), int(day), *clock]:
                return _java_date(year, month, day, *clock)
            case _:
                return None
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _java_date(year: int, month: int, day: int, hour: Any = 0, minute: Any = 0, second: Any = 0, *_: Any) -> int:
    """A ``LocalDateTime`` as older Jackson mappers write it: an array, in the plant's local time."""
    return round(datetime(year, month, day, hour, minute, second).timestamp() * 1000)  # noqa: DTZ001


def showable_ms(time_ms: int) -> int:
    """``time_ms``, or the nearest time that a calendar knows: a record's timestamp is any 64-bit number."""
    return min(max(time_ms, 0), NEWEST_TIME_MS)
