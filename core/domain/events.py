"""IssueEvent: one event of the issue topic, lenient in, exact out (docs/contracts/issue-events.md)."""

import json
import zlib
from enum import IntEnum
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import msgspec

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
_Said: TypeAlias = tuple[object, object, object, object, object]
"""Process type, mode type, mode log id, description and timestamp, as a record says them."""


class Record(msgspec.Struct, frozen=True, gc=False):
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


class IssueEvent(msgspec.Struct, frozen=True, gc=False):
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
    def tells_facts(self) -> bool:
        """Whether it says anything of what the issue is."""
        return bool(self.process_type or self.mode_type or self.mode_log_id or self.description)

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


class Quarantined(msgspec.Struct, frozen=True, gc=False):
    """A record that is no issue event, kept whole. ``reason`` is a message id (translate it to show it)."""

    record: Record
    reason: str


_LARGEST = 16 * 1024 * 1024
"""Bytes of a value that are parsed: far more than any broker's limit for one record."""
_LONGEST_TYPE_HEADER = 1024
_SHORT = 64
"""Characters of a text that is worth remembering."""


class _Plain(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """The contract's seven fields and no other, each of the type that the plant's producers write."""

    issue: str
    processType: str | None = None  # noqa: N815 - the wire's names
    modeType: str | None = None  # noqa: N815
    modeLogId: str | None = None  # noqa: N815
    description: str | None = None
    isSolved: bool | None = None  # noqa: N815
    timestamp: str | None = None


_decode_plain = msgspec.json.Decoder(_Plain).decode


def read_event(record: Record) -> IssueEvent | Quarantined:
    """Read one record of the issue topic. Never raises: what is no event goes to the quarantine.

    What the contract's producers write is read by a strict decoder, all else by the lenient one. The strict one takes
    nothing that the lenient one would read otherwise (a property test compares them).
    """
    if record.value is None:
        return Quarantined(record, NO_VALUE)
    try:
        plain = _decode_plain(record.value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return read_leniently(record, record.value)
    if not plain.issue or len(record.value) > _LARGEST:
        return read_leniently(record, record.value)
    return _plain_event(plain, record, record.value)


def _plain_event(plain: _Plain, record: Record, value: bytes) -> IssueEvent:
    kind, event_id, operator, note, source = _terminal_headers(record.headers) if record.headers else _OF_THE_PLANT
    process_type, mode_type = plain.processType or "", plain.modeType or ""
    return IssueEvent(
        plain.issue,
        Kind.SOLVED if plain.isSolved else kind,
        event_time(record.timestamp_ms, plain.timestamp, by_broker=record.log_append),
        _known_line(process_type) if len(process_type) <= _SHORT else inert_line(process_type),
        _known_line(mode_type) if len(mode_type) <= _SHORT else inert_line(mode_type),
        inert_line(plain.modeLogId) if plain.modeLogId else "",
        inert(plain.description).strip() if plain.description else "",
        event_id,
        operator,
        note,
        source,
        value,
        record.headers,
        record.log_append,
    )


def read_leniently(record: Record, value: bytes) -> IssueEvent | Quarantined:
    """``read_event`` for whatever JSON a producer may write, and for what is none."""
    if len(value) > _LARGEST:
        return Quarantined(record, TOO_LARGE)
    try:
        payload = parse_value(value)
    except (ValueError, RecursionError):
        return Quarantined(record, name_bytes(value))
    if not isinstance(payload, dict):
        return Quarantined(record, name_json(payload))
    if is_too_deep(payload):
        return Quarantined(record, TOO_DEEP)
    issue = payload.get("issue")
    if not isinstance(issue, str) or not issue or not _encodable(issue):
        return Quarantined(record, name_json(payload) if issue is None else NO_ISSUE)
    said = (*(field_of(payload, name) for name in FACTS[:3]), payload.get("description"), payload.get("timestamp"))
    return _event(issue, says_solved(payload), said, record, value)


def _event(issue: str, solved: bool, said: _Said, record: Record, value: bytes) -> IssueEvent:
    process_type, mode_type, mode_log_id, description, timestamp = said
    kind, event_id, operator, note, source = _OF_THE_PLANT
    if record.headers:
        kind, event_id, operator, note, source = _terminal_headers(record.headers)
    return IssueEvent(
        issue,
        Kind.SOLVED if solved else kind,
        event_time(record.timestamp_ms, timestamp, by_broker=record.log_append),
        _shown_line(process_type),
        _shown_line(mode_type),
        _shown_line(mode_log_id),
        inert(_as_text(description)).strip(),
        event_id,
        operator,
        note,
        source,
        value,
        record.headers,
        record.log_append,
    )


_OF_THE_PLANT = (Kind.OPEN, "", "", "", "")
"""What the headers of a record tell that no terminal wrote."""


def _terminal_headers(headers: Headers) -> tuple[Kind, str, str, str, str]:
    """What a terminal's headers tell: kind of an event that is not solved, its id, operator, note and source."""
    told = {name: _text(content) for name, content in headers if name.startswith("ce_")}
    if not told:
        return _OF_THE_PLANT
    return (
        Kind.REOPEN if told.get("ce_type") == REOPENED else Kind.OPEN,
        inert_line(told.get("ce_id", ""), 100),
        inert_line(told.get("ce_operator", ""), 100),
        inert(told.get("ce_note", "")).strip(),
        inert_line(told.get("ce_source", ""), 200),
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


@lru_cache(maxsize=4096)
def _known_line(text: str) -> str:
    """``inert_line`` of what a plant says again and again: its equipment and its kinds of process."""
    return inert_line(text)


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _text(content: bytes | None) -> str:
    return (content or b"").decode("utf-8", "replace")
