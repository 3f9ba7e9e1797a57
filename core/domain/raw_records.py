"""A record as it is on the topic: one inert line for people, or a JSON object that loses nothing. Pure."""

from base64 import b64encode
from typing import Any

from core.domain.events import Record, showable_ms, utc_text
from core.support.text import inert_line

NULL = "(null)"
_SHOWN = 4_000
"""Characters of a value that a line shows; the rest is counted. The JSON holds all."""
_SHOWN_BESIDE = 300
"""Characters of a key, and of a header's name and value."""


def raw_line(record: Record) -> str:
    """``topic[partition]@offset  time  key  headers  value`` on one line; bytes that are no UTF-8 as ``\\xff``."""
    kind = "LogAppendTime" if record.log_append else "CreateTime"
    headers = " ".join(f"{inert_line(name, _SHOWN_BESIDE)}={_shown(value)}" for name, value in record.headers)
    parts = (
        f"{inert_line(record.topic)}[{record.partition}]@{record.offset}",
        f"{_time(record)} {kind}",
        f"key={_shown(record.key)}",
        f"headers: {headers or '-'}",
        _shown(record.value, _SHOWN),
    )
    return "  ".join(parts)


def raw_json(record: Record, reason: str | None) -> dict[str, Any]:
    """Everything of the record, byte by byte. ``reason`` says why it is no issue event, or None where it is one.

    What is UTF-8 is text in ``key`` and ``value``; other bytes are base64 in ``keyBase64`` and ``valueBase64``.
    """
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": None if record.timestamp_ms < 0 else utc_text(record.timestamp_ms),
        "timestampMs": record.timestamp_ms,
        "timestampType": "LogAppendTime" if record.log_append else "CreateTime",
        **_exact("key", record.key),
        "headers": [{"name": name, **_exact("value", value)} for name, value in record.headers],
        **_exact("value", record.value),
        "reason": reason,
    }


def _exact(name: str, content: bytes | None) -> dict[str, str | None]:
    if content is None:
        return {name: None}
    try:
        return {name: content.decode()}
    except UnicodeDecodeError:
        return {f"{name}Base64": b64encode(content).decode()}


def _time(record: Record) -> str:
    """The timestamp in UTC; one that is in no calendar as the number that it is."""
    at = record.timestamp_ms
    return utc_text(at) if at == showable_ms(at) else str(at)


def _shown(content: bytes | None, limit: int = _SHOWN_BESIDE) -> str:
    if content is None:
        return NULL
    return inert_line(content.decode("utf-8", "backslashreplace"), limit)
