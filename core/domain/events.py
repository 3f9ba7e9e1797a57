"""IssueEvent: one event of the issue topic, lenient in, exact out (docs/contracts/issue-events.md)."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple, TypeAlias

from core.domain.event_time import event_time
from core.domain.event_time import parse_timestamp as parse_timestamp
from core.domain.event_time import showable_ms as showable_ms
from core.domain.event_time import utc_text as utc_text
from core.domain.foreign_values import NO_ISSUE as NO_ISSUE
from core.domain.foreign_values import NO_VALUE as NO_VALUE
from core.domain.foreign_values import NOT_AN_OBJECT as NOT_AN_OBJECT
from core.domain.foreign_values import NOT_JSON as NOT_JSON
from core.domain.foreign_values import NOT_UNDERSTOOD as NOT_UNDERSTOOD
from core.domain.foreign_values import REASONS, name_bytes, name_json
from core.domain.foreign_values import TOO_DEEP as TOO_DEEP
from core.domain.foreign_values import TOO_LARGE as TOO_LARGE
from core.domain.foreign_values import UNREADABLE as UNREADABLE
from core.domain.wire_json import FACTS, field_of, is_too_deep, outgoing_payload, parse_value, says_solved
from core.domain.wire_json import encode_value as encode_value
from core.support.text import inert, inert_line, shown_id

FAULT = "장애접수"
INSPECTION = "정기점검"

QUARANTINE_REASONS = REASONS

TYPE_HEADERS = ("__TypeId__", "__ContentTypeId__", "__KeyTypeId__")
DEFAULT_TYPE_HEADERS: tuple[tuple[str, bytes], ...] = (
    ("__TypeId__", b"java.util.LinkedHashMap"),
    ("__ContentTypeId__", b"java.lang.Object"),
    ("__KeyTypeId__", b"java.lang.Object"),
)
"""What Spring's JsonDeserializer can always load (docs/kafka.md, 25)."""

RAISED = "andon.issue.raised"
RESOLVED = "andon.issue.resolved"
REOPENED = "andon.issue.reopened"
_BY_TERMINALS = (RESOLVED.encode(), REOPENED.encode())

TERMINALS = "/terminals/"
"""How the ``ce_source`` of every terminal begins."""

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


class Facts(NamedTuple):
    """What a record says of its issue, inert and ready to show."""

    process_type: str = ""
    mode_type: str = ""
    mode_log_id: str = ""
    description: str = ""


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
    by_broker: bool = False
    """Its time is the broker's (LogAppendTime), not of whoever sent it."""

    @property
    def is_solved(self) -> bool:
        return self.kind is Kind.SOLVED

    @property
    def facts(self) -> Facts:
        return Facts(self.process_type, self.mode_type, self.mode_log_id, self.description)

    @property
    def repeats_the_opening(self) -> bool:
        """Whether a terminal wrote it: what a terminal resolves or reopens carries the fields of the opening."""
        return self.source.startswith(TERMINALS) and any(
            name == "ce_type" and content in _BY_TERMINALS for name, content in self.headers
        )

    @property
    def shown_id(self) -> str:
        """The id made inert. Where another id may look the same: ``core.domain.issue_names.Names.shown``."""
        return shown_id(self.issue)

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
        payload: dict[str, Any] = parse_value(self.value)
        return payload


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record that is no issue event, kept whole. ``reason`` is a message id (translate it to show it)."""

    record: Record
    reason: str


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
        payload = parse_value(record.value)
    except (ValueError, RecursionError):
        return Quarantined(record, name_bytes(record.value))
    if not isinstance(payload, dict):
        return Quarantined(record, name_json(payload))
    if is_too_deep(payload):
        return Quarantined(record, TOO_DEEP)
    issue = payload.get("issue")
    if not isinstance(issue, str) or not issue or not _encodable(issue):
        return Quarantined(record, name_json(payload) if issue is None else NO_ISSUE)
    return _event(issue, payload, record, record.value)


def _event(issue: str, payload: Mapping[str, Any], record: Record, value: bytes) -> IssueEvent:
    headers = {name: _text(content) for name, content in record.headers}
    solved = says_solved(payload)
    reopens = not solved and headers.get("ce_type") == REOPENED
    return IssueEvent(
        issue=issue,
        kind=Kind.SOLVED if solved else Kind.REOPEN if reopens else Kind.OPEN,
        time_ms=event_time(record.timestamp_ms, payload.get("timestamp"), by_broker=record.log_append),
        process_type=_shown_line(field_of(payload, "processType")),
        mode_type=_shown_line(field_of(payload, "modeType")),
        mode_log_id=_shown_line(field_of(payload, "modeLogId")),
        description=inert(_as_text(payload.get("description"))).strip(),
        event_id=inert_line(headers.get("ce_id", ""), 100),
        operator=inert_line(headers.get("ce_operator", ""), 100),
        note=inert(headers.get("ce_note", "")).strip(),
        source=inert_line(headers.get("ce_source", ""), 200),
        value=value,
        headers=record.headers,
        by_broker=record.log_append,
    )


def outgoing_value(event: IssueEvent, *, solved: bool, time_ms: int) -> bytes:
    """The event's own JSON, plain, with ``isSolved`` and ``timestamp`` set (see ``outgoing_payload``)."""
    return encode_value(outgoing_payload(event.payload, solved=solved, time_ms=time_ms))


def outgoing_unknown(issue: str, *, solved: bool, time_ms: int) -> bytes:
    """The value for an issue of which nothing but the id is known (``Issue.opened_as``): its facts are null.

    Terminals see it open or solved. The plant's chatbot drops a record without a modeLogId as a whole and so keeps what
    it knows of the issue, where a guess, or what the solving record said, would overwrite it for good.
    """
    nothing = {"issue": issue, **dict.fromkeys(FACTS)}
    return encode_value(outgoing_payload(nothing, solved=solved, time_ms=time_ms))


def type_headers(opening: IssueEvent | None) -> Headers:
    """The Spring type headers of the opening event, each once, or those that every Spring consumer can load."""
    found = {name: content for name, content in (opening.headers if opening else ()) if name in TYPE_HEADERS}
    echoable = "__TypeId__" in found and all(len(content) <= _LONGEST_TYPE_HEADER for content in found.values())
    return tuple(found.items()) if echoable else DEFAULT_TYPE_HEADERS


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
