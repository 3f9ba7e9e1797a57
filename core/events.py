"""IssueEvent: one event of the issue topic, lenient in, exact out (contracts/issue-events.md)."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, TypeAlias

from core.i18n import N_
from core.text import inert, inert_line

FAULT = "장애접수"
INSPECTION = "정기점검"

TYPE_HEADERS = ("__TypeId__", "__ContentTypeId__", "__KeyTypeId__")
DEFAULT_TYPE_HEADERS: tuple[tuple[str, bytes], ...] = (
    ("__TypeId__", b"java.util.LinkedHashMap"),
    ("__ContentTypeId__", b"java.lang.Object"),
    ("__KeyTypeId__", b"java.lang.Object"),
)
"""What Spring's JsonDeserializer can always load (KAFKA.md, Spring's side)."""

RAISED = "andon.issue.raised"
RESOLVED = "andon.issue.resolved"
REOPENED = "andon.issue.reopened"

_NEWEST_TIME_MS = 253_402_127_999_000
"""Two days before the year 9999 ends: later times cannot be shown in every time zone."""

Headers: TypeAlias = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A Kafka record as it came: ``timestamp_ms`` is its own timestamp in epoch milliseconds, -1 if none."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    log_append: bool = False
    """The timestamp is the broker's, of the moment of writing (LogAppendTime), not the producer's."""


class Kind(IntEnum):
    """What an event says. At one and the same millisecond the greater one has the last word."""

    OPEN = 0
    REOPEN = 1
    SOLVED = 2


@dataclass(frozen=True, slots=True)
class IssueEvent:
    """One event. The texts are inert and ready to show; ``value`` is what was received, byte by byte.

    ``issue`` alone is the exact id, since it is the key of everything; show ``shown_id`` instead.
    """

    issue: str
    kind: Kind
    time_ms: int
    process_type: str
    mode_type: str
    mode_log_id: str
    description: str
    event_id: str
    """CloudEvents ``ce_id``; empty for events that the plant sent."""
    operator: str
    note: str
    source: str
    value: bytes
    headers: Headers

    @property
    def is_solved(self) -> bool:
        return self.kind is Kind.SOLVED

    @property
    def shown_id(self) -> str:
        """The id made inert; one of nothing but white space is quoted and escaped, so that it can be seen."""
        return inert_line(self.issue) or json.dumps(self.issue[:40])

    @property
    def rank(self) -> tuple[int, int, bytes, Headers]:
        """A total order: of any two different events of an issue one is the newer, whatever came first."""
        return (self.time_ms, self.kind, self.value, self.headers)

    @property
    def digest(self) -> int:
        """A short fingerprint that tells events of the same millisecond apart."""
        return zlib.crc32(self.value)

    @property
    def payload(self) -> dict[str, Any]:
        """The JSON object as received: the wire's names, unknown fields too."""
        payload: dict[str, Any] = _parse(self.value)
        return payload


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record that is no issue event, kept whole. ``reason`` is a message id (translate it to show it)."""

    record: Record
    reason: str


NO_VALUE = N_("The record has no value")
NOT_JSON = N_("The value is not JSON")
NOT_AN_OBJECT = N_("The value is not a JSON object")
TOO_DEEP = N_("The JSON is nested too deeply")
NO_ISSUE = N_("The field issue is missing, empty or not a text")
TOO_LARGE = N_("The value is larger than 16 MiB")
UNREADABLE = N_("The record's Kafka frame cannot be read")
NOT_UNDERSTOOD = N_("The event could not be read; the log file says more")
QUARANTINE_REASONS = (
    NO_VALUE, NOT_JSON, NOT_AN_OBJECT, TOO_DEEP, NO_ISSUE, TOO_LARGE, UNREADABLE, NOT_UNDERSTOOD,
)  # fmt: skip

_DEEPEST = 64
"""Levels of nesting that are taken. A fixed limit: what depends on the stack could be read once and never again."""
_LARGEST = 16 * 1024 * 1024
"""Bytes of a value that are parsed: far more than any broker's limit for one record."""
_LONGEST_TYPE_HEADER = 1024


def read_event(record: Record) -> IssueEvent | Quarantined:
    """Read one record of the issue topic. Never raises: what is no event goes to the quarantine."""
    if record.value is None:
        return Quarantined(record, NO_VALUE)
    if len(record.value) > _LARGEST:
        return Quarantined(record, TOO_LARGE)
    try:
        payload = _parse(record.value)
    except (ValueError, RecursionError):
        return Quarantined(record, NOT_JSON)
    if not isinstance(payload, dict):
        return Quarantined(record, NOT_AN_OBJECT)
    if _is_too_deep(payload):
        return Quarantined(record, TOO_DEEP)
    issue = payload.get("issue")
    if not isinstance(issue, str) or not issue or not _encodable(issue):
        return Quarantined(record, NO_ISSUE)
    return _event(issue, payload, record, record.value)


def _event(issue: str, payload: Mapping[str, Any], record: Record, value: bytes) -> IssueEvent:
    headers = {name: _text(content) for name, content in record.headers}
    solved = _is_solved(payload)
    reopens = not solved and headers.get("ce_type") == REOPENED
    return IssueEvent(
        issue=issue,
        kind=Kind.SOLVED if solved else Kind.REOPEN if reopens else Kind.OPEN,
        time_ms=_event_time(record.timestamp_ms, payload.get("timestamp")),
        process_type=_shown_line(payload.get("processType")),
        mode_type=_shown_line(payload.get("modeType")),
        mode_log_id=_shown_line(payload.get("modeLogId")),
        description=inert(_as_text(payload.get("description"))).strip(),
        event_id=inert_line(headers.get("ce_id", ""), 100),
        operator=inert_line(headers.get("ce_operator", ""), 100),
        note=inert(headers.get("ce_note", "")).strip(),
        source=inert_line(headers.get("ce_source", ""), 200),
        value=value,
        headers=record.headers,
    )


def outgoing_value(event: IssueEvent, *, solved: bool, time_ms: int) -> bytes:
    """The issue's own JSON with ``isSolved`` and ``timestamp`` set and all else as last received.

    Null and missing fields stay as they were and unknown fields travel back unchanged, since the chatbot
    overwrites its row with what an event carries (contracts/issue-events.md, "What a publisher must honour").
    The alias ``solved``, where the plant's Java bean wrote it, says the same as ``isSolved``.
    """
    payload = event.payload
    payload["isSolved"] = solved
    payload["timestamp"] = utc_text(time_ms)
    if "solved" in payload:
        payload["solved"] = solved
    return encode_value(payload)


def encode_value(payload: Mapping[str, Any]) -> bytes:
    """Serialise an event's JSON object to UTF-8; a lone surrogate is escaped, as JSON allows."""
    try:
        return json.dumps(payload, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        return json.dumps(payload, ensure_ascii=True, allow_nan=False).encode()


def type_headers(opening: IssueEvent | None) -> Headers:
    """The Spring type headers of the opening event, each once, or those that every Spring consumer can load."""
    found = {name: content for name, content in (opening.headers if opening else ()) if name in TYPE_HEADERS}
    echoable = "__TypeId__" in found and all(len(content) <= _LONGEST_TYPE_HEADER for content in found.values())
    return tuple(found.items()) if echoable else DEFAULT_TYPE_HEADERS


def utc_text(time_ms: int) -> str:
    """Epoch milliseconds as ``2025-08-08T17:05:37.123Z``."""
    time_ms = showable_ms(time_ms)
    moment = datetime.fromtimestamp(time_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_timestamp(raw: object) -> int | None:
    """The JSON ``timestamp`` in epoch ms, or None. ISO 8601 (naive = local time), seconds, or a Java date array."""
    try:
        match raw:
            case bool():
                return None
            case str():
                return round(datetime.fromisoformat(raw.strip()).timestamp() * 1000)
            case int() | float():
                return round(raw * 1000)
            case [int(year), int(month), int(day), *clock]:
                return _java_date(year, month, day, *clock)
    except (ValueError, OverflowError, OSError, TypeError):
        return None
    return None


def _java_date(year: int, month: int, day: int, hour: Any = 0, minute: Any = 0, second: Any = 0, *_: Any) -> int:
    """A ``LocalDateTime`` as older Jackson mappers write it: an array, in the plant's local time."""
    return round(datetime(year, month, day, hour, minute, second).timestamp() * 1000)  # noqa: DTZ001


def _event_time(record_ms: int, raw: object) -> int:
    """The record's timestamp. One without (old message formats), or with one that is in no calendar, falls back on
    what the JSON says. Two times are never cut to one: an event must always be able to be newer than another.
    """
    if 0 <= record_ms <= _NEWEST_TIME_MS:
        return record_ms
    return showable_ms(parse_timestamp(raw) or 0)


def showable_ms(time_ms: int) -> int:
    """``time_ms``, or the nearest time that a calendar knows: a record's timestamp is any 64-bit number."""
    return min(max(time_ms, 0), _NEWEST_TIME_MS)


def _is_solved(payload: Mapping[str, Any]) -> bool:
    """Only a clear yes ends an issue; all else leaves the alarm standing."""
    said = payload.get("isSolved")
    if said is None:
        said = payload.get("solved")
    if isinstance(said, str):
        return said.strip().lower() == "true"
    return said is True or (type(said) is int and said == 1)


def _parse(value: bytes) -> Any:
    return json.loads(value, parse_constant=_no_constant, parse_float=_finite)


def _no_constant(_name: str) -> None:
    """NaN and Infinity are no JSON: what came so is echoed as null, not as something a peer cannot parse."""


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if abs(number) != float("inf") else None


def _is_too_deep(payload: object) -> bool:
    level = [payload]
    for _depth in range(_DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: object) -> list[object]:
    match value:
        case dict():
            return list(value.values())
        case list():
            return value
        case _:
            return []


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown_line(value: object) -> str:
    return inert_line(_as_text(value))


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _text(content: bytes | None) -> str:
    return (content or b"").decode("utf-8", "replace")
