"""The JSON of an event: read as its producers write it, written as every peer can read it. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from core.domain.event_time import utc_text

WIRE_FIELDS = ("issue", "processType", "modeType", "modeLogId", "description", "isSolved", "timestamp")
FACTS = ("processType", "modeType", "modeLogId", "description")
"""The fields that say what an issue is."""

_SNAKE_CASE = {"processType": "process_type", "modeType": "mode_type", "modeLogId": "mode_log_id"}
"""The names that mappers with a snake case strategy write (Jackson, pydantic)."""
_SOLVED = ("isSolved", "solved", "is_solved")
"""What says that an issue is solved, the first that is there: the contract's field, a Java bean's, a snake case one."""

_FRAME = 5
"""Bytes of a schema registry's frame: a zero, and the schema's number in four."""
_DEEPEST = 64
"""Levels of nesting that are taken. A fixed limit: what depends on the stack could be read once and never again."""


def parse_value(value: bytes) -> Any:
    """What the bytes say as JSON. A schema registry's frame before it and NULs behind it are passed over.

    Raises:
        ValueError: they are no JSON.
        RecursionError: they are nested beyond all measure.
    """
    try:
        return _parse(value)
    except ValueError:
        bare = _bare(value)
        if bare == value:
            raise
        return _parse(bare)


def _bare(value: bytes) -> bytes:
    framed = len(value) > _FRAME and value[0] == 0 and value[_FRAME:].lstrip().startswith(b"{")
    return (value[_FRAME:] if framed else value).rstrip(b"\0")


def _parse(value: bytes) -> Any:
    return json.loads(value, parse_constant=_no_constant, parse_float=_finite)


def _no_constant(_name: str) -> None:
    """NaN and Infinity are no JSON: what came so is echoed as null, not as something a peer cannot parse."""


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if abs(number) != float("inf") else None


def field_of(payload: Mapping[str, Any], name: str) -> Any:
    """The field that the contract calls ``name``, under that name or its snake case one."""
    said = payload.get(name)
    return payload.get(_SNAKE_CASE.get(name, "")) if said is None else said


def says_solved(payload: Mapping[str, Any]) -> bool:
    """Only a clear yes ends an issue; all else leaves the alarm standing."""
    said = next((payload[name] for name in _SOLVED if payload.get(name) is not None), None)
    if isinstance(said, str):
        return said.strip().lower() == "true"
    return said is True or (type(said) is int and said == 1)


def outgoing_payload(payload: Mapping[str, Any], *, solved: bool, time_ms: int) -> dict[str, Any]:
    """``payload`` with ``isSolved`` and ``timestamp`` set, and all else as it was.

    Null and missing fields stay as they were and unknown fields travel back unchanged, since the chatbot overwrites its
    row with what an event carries (docs/contracts/issue-events.md, "What a publisher must honour"). Where a mapper
    wrote other names the contract's say the same beside them, since these are what peers read.
    """
    sent = dict(payload)
    for name, snake in _SNAKE_CASE.items():
        if sent.get(name) is None and sent.get(snake) is not None:
            sent[name] = sent[snake]
    for name in _SOLVED:
        if name in sent:
            sent[name] = solved
    return {**sent, "isSolved": solved, "timestamp": utc_text(time_ms)}


def encode_value(payload: Mapping[str, Any]) -> bytes:
    """Serialise an event's JSON object to UTF-8; a lone surrogate is escaped, as JSON allows."""
    try:
        return json.dumps(payload, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        return json.dumps(payload, ensure_ascii=True, allow_nan=False).encode()


def is_too_deep(payload: object) -> bool:
    """Whether it is nested beyond what is taken."""
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
