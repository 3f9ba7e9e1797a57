"""Issues and headers as the store writes them. An event is kept as its record and read anew by the same rules."""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec.structs import astuple, replace

from core.domain.events import Headers, IssueEvent, Kind, Record, read_event
from core.domain.issues import DEFAULT_REOPEN_AFTER_MS, Issue, Mark, mark_of, refold

READING_RULES = 2
"""Raised whenever records are read otherwise than before (another time, kind or field of the same record).

What was kept by older rules is shown until the topic is replayed, and replayed it is: once, and whole.
"""
_BEGINNINGS = (f'{{"rules":{READING_RULES},', f'{{"rules": {READING_RULES},')


def headers_to_json(headers: Headers) -> str:
    return msgspec.json.encode(headers).decode() if headers else "[]"


def headers_from_json(text: str) -> Headers:
    """Raises ValueError or TypeError: the text was not written by ``headers_to_json``."""
    headers = tuple((name, b64decode(content)) for name, content in json.loads(text))
    if not all(isinstance(name, str) for name, _content in headers):
        raise ValueError("a header without a name")
    return headers


def sealed(text: str) -> str:
    """``text`` with its checksum before it: SQLite itself has none, and a flipped bit would become a fact."""
    return f"{zlib.crc32(text.encode()):08x}{text}"


def unsealed(text: str) -> str:
    """What was sealed. A text without a seal, as older versions wrote it, is taken as it is.

    Raises:
        ValueError: it is not what was sealed.
    """
    if text.startswith("{"):
        return text
    seal, content = text[:8], text[8:]
    if seal != f"{zlib.crc32(content.encode(errors='replace')):08x}":
        raise ValueError("the checksum does not fit")
    return content


def sum_of(stored: str) -> int:
    """A row's part in the sum over a snapshot."""
    return zlib.crc32(str(stored).encode(errors="replace"))  # a damaged row's may be no text


def solved_beginning(reopen_after_ms: int | None) -> str:
    """How the row of an issue begins that is solved, as long as this ``reopen_after_ms`` is in force."""
    return f'{{"rules":{READING_RULES},"solved":"{reopen_after_ms}",'


class _Marks(msgspec.Struct):
    marks: list[list[int | str]]
    """Of each the time, the kind, and what else this version or one before keeps of a mark."""


_decode_marks = msgspec.json.Decoder(_Marks).decode


def newest_solve_ms(text: str) -> int | None:
    """When an issue was solved last (epoch ms), told at a glance; None where nothing tells it.

    Raises:
        ValueError: the text was not written by ``issue_to_json``.
    """
    try:
        marks = _decode_marks(text).marks
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error
    times = [mark[0] for mark in marks if len(mark) > 1 and mark[1] == Kind.SOLVED]
    return max((time for time in times if isinstance(time, int)), default=None)


def issue_to_json(issue: Issue, reopen_after_ms: int | None = DEFAULT_REOPEN_AFTER_MS) -> str:
    """The issue's marks and its newest event, open and solve as received, each once (a value can be large).

    ``reopen_after_ms`` is what it was folded with: that it is solved stands at the beginning, to be told at a glance.
    """
    events = [issue.latest]
    for event in (issue.latest_open, issue.latest_told, issue.latest_solved):
        if event is not None and event not in events:
            events.append(event)
    data: dict[str, object] = {"rules": READING_RULES}
    if not issue.is_open:
        data["solved"] = str(reopen_after_ms)
    data |= {
        "marks": [astuple(mark) for mark in issue.marks],
        "events": [
            (event.time_ms, _kept(event.value), headers_to_json(event.headers), event.by_broker) for event in events
        ],
        "reopened_ms": issue.reopened_ms,
    }
    return msgspec.json.encode(data).decode()


def is_by_older_rules(text: str) -> bool:
    """Whether an issue was written by a version that read records otherwise."""
    return not text.startswith(_BEGINNINGS)


def issue_from_json(text: str, reopen_after_ms: int | None = DEFAULT_REOPEN_AFTER_MS) -> Issue:
    """The issue again. ``reopen_after_ms`` may have changed since: what follows from it is reckoned anew.

    Raises:
        ValueError, KeyError, IndexError, TypeError: the text was not written by ``issue_to_json``.
    """
    data = json.loads(text)
    marks = [Mark(row[0], Kind(row[1]), *row[2:]) for row in data["marks"]]
    if data.get("rules") == READING_RULES:
        events = [event_from_list(row) for row in data["events"]]
    else:
        events = [_read_anew(row) for row in data["events"]]
        marks = _corrected(marks, [(row[0], event) for row, event in zip(data["events"], events, strict=True)])
    return _folded(events, marks, data["reopened_ms"], reopen_after_ms)


def _folded(
    events: Sequence[IssueEvent], marks: Iterable[Mark], reopened_ms: int | None, reopen_after_ms: int | None
) -> Issue:
    if not events:
        raise ValueError("a snapshot row without its newest event")
    opens = [event for event in events if not event.is_solved]
    return refold(
        events[0].issue,
        marks,
        latest=_newest(events) or events[0],
        latest_open=_newest(opens),
        latest_told=_newest([event for event in opens if any(event.facts)]),
        latest_solved=_newest([event for event in events if event.is_solved]),
        reopened_ms=reopened_ms,
        reopen_after_ms=reopen_after_ms,
    )


def _newest(events: Sequence[IssueEvent]) -> IssueEvent | None:
    return max(events, key=lambda event: event.rank, default=None)


def _corrected(marks: Sequence[Mark], events: Sequence[tuple[int, IssueEvent]]) -> list[Mark]:
    """The marks of older rules, those of the events at hand (with the times they had) as today's rules make them."""
    changed = {(was_ms, event.digest): event for was_ms, event in events if mark_of(event) not in marks}
    kept = [mark for mark in marks if (mark.time_ms, mark.digest) not in changed]
    return kept + [mark_of(event) for event in changed.values()]


def event_to_list(event: IssueEvent) -> list[Any]:
    """An event as a row of JSON values, for ``event_from_list``."""
    return [event.time_ms, _b64(event.value), headers_to_json(event.headers), event.by_broker]


def event_from_list(row: list[Any]) -> IssueEvent:
    """The event again, at the time that it had.

    Raises:
        ValueError: the row is no event.
    """
    time_ms, *_rest = row
    return replace(_read_anew(row), time_ms=time_ms)


def _read_anew(row: list[Any]) -> IssueEvent:
    time_ms, value, headers, *by_broker = row
    record = Record("", 0, 0, time_ms, None, _received(value), headers_from_json(headers), any(by_broker))
    event = read_event(record)
    if not isinstance(event, IssueEvent):
        raise ValueError(f"a snapshot row that is no event: {event.reason}")
    return event


def _kept(value: bytes) -> list[str] | bytes:
    """A value as JSON: its text as an only element; bytes that are none in base64, as all were until version 4."""
    try:
        return [value.decode()]
    except UnicodeDecodeError:
        return value


def _received(kept: list[str] | str) -> bytes:
    return kept[0].encode() if isinstance(kept, list) else b64decode(kept)


def _b64(content: bytes) -> str:
    return b64encode(content).decode()
