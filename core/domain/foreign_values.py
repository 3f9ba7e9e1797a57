"""What a record is that is no issue event, by name, and where to mend it. Pure."""

from typing import Any

from core.domain.wire_json import parse_value
from core.support.i18n import N_

NO_VALUE = N_("The record has no value")
NOT_JSON = N_("The value is not JSON")
NOT_AN_OBJECT = N_("The value is not a JSON object")
TOO_DEEP = N_("The JSON is nested too deeply")
NO_ISSUE = N_("The field issue is missing, empty or not a text")
TOO_LARGE = N_("The value is larger than 16 MiB")
UNREADABLE = N_("The record's Kafka frame cannot be read")
NOT_UNDERSTOOD = N_("The event could not be read; the log file says more")
A_LIST = N_("The value is a JSON array, not one issue")
TWICE_ENCODED = N_("The value is JSON inside a JSON text")
CONNECT_ENVELOPE = N_("The issue is inside an envelope of Kafka Connect (payload)")
CHANGE_ENVELOPE = N_("The issue is inside an envelope of a database's change (after)")
ENVELOPE = N_("The issue is inside an envelope, in one of its fields")
KOREAN_ENCODING = N_("The text is in CP949 (EUC-KR), not in UTF-8")
OTHER_ENCODING = N_("The text is in UTF-16 or UTF-32, not in UTF-8")
SCHEMA_FRAME = N_("The value is in a schema registry's frame and holds Avro or Protobuf")
AVRO_FILE = N_("The value is an Avro file")
JAVA_OBJECT = N_("The value is a serialised Java object")
COMPRESSED = N_("The value is compressed (gzip, zlib, zstd, lz4 or snappy)")
XML = N_("The value is XML")

REASONS = (
    NO_VALUE, NOT_JSON, NOT_AN_OBJECT, TOO_DEEP, NO_ISSUE, TOO_LARGE, UNREADABLE, NOT_UNDERSTOOD, A_LIST, TWICE_ENCODED,
    CONNECT_ENVELOPE, CHANGE_ENVELOPE, ENVELOPE, KOREAN_ENCODING, OTHER_ENCODING, SCHEMA_FRAME, AVRO_FILE, JAVA_OBJECT,
    COMPRESSED, XML,
)  # fmt: skip

_PLAIN_JSON = N_("At the producer send plain JSON (Spring: JsonSerializer; Connect: JsonConverter).")
_UTF_8 = N_("At the producer encode the JSON as UTF-8.")
_REMEDIES = {
    NO_VALUE: N_("Find out who sends deletes to this topic: a record without a value also stops the plant's chatbot."),
    A_LIST: N_("At the producer send each issue as a record of its own."),
    TWICE_ENCODED: N_("The producer serialises twice: send the object, or the text with StringSerializer."),
    CONNECT_ENVELOPE: N_("In the connector set value.converter.schemas.enable=false."),
    CHANGE_ENVELOPE: N_("In the connector add the transform ExtractNewRecordState (unwrap)."),
    ENVELOPE: N_("At the producer send the issue's own object, nothing around it."),
    KOREAN_ENCODING: _UTF_8,
    OTHER_ENCODING: _UTF_8,
    SCHEMA_FRAME: _PLAIN_JSON,
    AVRO_FILE: _PLAIN_JSON,
    JAVA_OBJECT: _PLAIN_JSON,
    COMPRESSED: N_("At the producer leave compressing to Kafka: set compression.type, send plain JSON."),
    XML: _PLAIN_JSON,
}
ANY_REMEDY = N_("Find out who writes them; they are kept whole in the store.")


def remedy_for(reason: str) -> str:
    """Where to mend what a quarantined record's ``reason`` names: a message id."""
    return _REMEDIES.get(reason, ANY_REMEDY)


_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", COMPRESSED),
    (b"\x28\xb5\x2f\xfd", COMPRESSED),
    (b"\x04\x22\x4d\x18", COMPRESSED),
    (b"\x82SNAPPY", COMPRESSED),
    (b"\xff\x06\x00\x00sNaPpY", COMPRESSED),
    (b"\x78\x01", COMPRESSED),
    (b"\x78\x9c", COMPRESSED),
    (b"\x78\xda", COMPRESSED),
    (b"Obj\x01", AVRO_FILE),
    (b"\xac\xed\x00\x05", JAVA_OBJECT),
    (b"\xff\xfe", OTHER_ENCODING),
    (b"\xfe\xff", OTHER_ENCODING),
    (b"\x00\x00\xfe\xff", OTHER_ENCODING),
)
_GLUE_FRAMES = (b"\x03\x00", b"\x03\x05")
_LONG_FRAME = 17
"""Bytes of a frame with a schema's UUID: one, and sixteen (AWS Glue: eighteen)."""
_LOOKED_AT = 65_536
"""Bytes whose text tells its encoding."""


def name_bytes(value: bytes) -> str:
    """Why bytes are no JSON: what they look like instead."""
    for beginning, reason in _BEGINNINGS:
        if value.startswith(beginning):
            return reason
    if _is_framed(value):
        return SCHEMA_FRAME
    if _is_wide(value):
        return OTHER_ENCODING
    return _name_text(value[:_LOOKED_AT])


def _is_framed(value: bytes) -> bool:
    """A zero and a schema's number (no registry has 16 million), or one of the frames with a UUID."""
    numbered = len(value) > 5 and value[0] == 0 and value[1] == 0 and not _is_wide(value)
    return numbered or (len(value) > _LONG_FRAME and (value[0] == 1 or value.startswith(_GLUE_FRAMES)))


def _is_wide(value: bytes) -> bool:
    """UTF-16 or UTF-32 without a mark: every second byte of what begins a JSON text is zero."""
    head = value[:8]
    return len(head) == 8 and (head[1::2] == b"\0" * 4 or head[::2] == b"\0" * 4) and any(head)


def _name_text(head: bytes) -> str:
    try:
        text = head.decode()
    except UnicodeDecodeError:
        return KOREAN_ENCODING if _is_korean(head) else NOT_JSON
    return XML if text.lstrip().startswith(("<?xml", "<")) and ">" in text else NOT_JSON


def _is_korean(head: bytes) -> bool:
    # The end may be cut within a character; in front of it no byte may be wrong.
    for end in (len(head), len(head) - 1):
        try:
            text = head[:end].decode("cp949")
        except UnicodeDecodeError:
            continue
        return any("가" <= sign <= "힣" for sign in text) and all(sign.isprintable() or sign.isspace() for sign in text)
    return False


def name_json(payload: object) -> str:
    """Why a JSON value is no issue event, by what it holds instead."""
    match payload:
        case list() if payload:
            return A_LIST
        case str():
            return TWICE_ENCODED if _holds_issue(payload) else NOT_AN_OBJECT
        case dict():
            return _name_object(payload)
        case _:
            return NOT_AN_OBJECT


def _name_object(payload: dict[str, Any]) -> str:
    inside = payload.get("payload")
    if isinstance(inside, dict) and ("after" in inside or "before" in inside):
        return CHANGE_ENVELOPE
    if _holds_issue(inside):
        return CONNECT_ENVELOPE
    if _holds_issue(payload.get("after")) or {"before", "after"} <= payload.keys():
        return CHANGE_ENVELOPE
    return ENVELOPE if any(_holds_issue(value) for value in payload.values()) else NO_ISSUE


def _holds_issue(value: object) -> bool:
    """Whether ``value`` is an issue's object, or the text of one."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = parse_value(value.encode("utf-8", "replace"))
        except (ValueError, RecursionError):
            return False
    return isinstance(value, dict) and isinstance(value.get("issue"), str)
