"""Issues and headers as the store writes them. An event is kept as its record and read anew by the same rules."""

import json
import zlib
from base64 import b64decode, b64encode
from typing import Any

from core.events import Headers, IssueEvent, Kind, Record, read_event
from core.issues import DEFAULT_REOPEN_AFTER_MS, Issue, Mark, refold


def headers_to_json(headers: Headers) -> str:
    return json.dumps([[name, _b64(content)] for name, content in headers])


def headers_from_json(text: str) -> Headers:
    return tuple((name, b64decode(content)) for name, content in json.loads(text))


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
    return zlib.crc32(stored.encode(errors="replace"))


def issue_to_json(issue: Issue) -> str:
    """The issue's marks and its newest event, open and solve as received, each once (a value can be large)."""
    newest = (issue.latest, issue.latest_open, issue.latest_solved)
    events = list(dict.fromkeys(event for event in newest if event is not None))
    return json.dumps(
        {
            "marks": [[m.time_ms, int(m.kind), *m[2:]] for m in issue.marks],
            "events": [_event_to_list(event) for event in events],
            "newest": [None if event is None else events.index(event) for event in newest],
            "reopened_ms": issue.reopened_ms,
        }
    )


def issue_from_json(text: str, reopen_after_ms: int | None = DEFAULT_REOPEN_AFTER_MS) -> Issue:
    """The issue again. ``reopen_after_ms`` may have changed since: what follows from it is reckoned anew.

    Raises:
        ValueError, KeyError, IndexError, TypeError: the text was not written by ``issue_to_json``.
    """
    data = json.loads(text)
    events = [_event_from_list(row) for row in data["events"]]
    latest, latest_open, latest_solved = (None if at is None else events[at] for at in data["newest"])
    if latest is None:
        raise ValueError("a snapshot row without its newest event")
    return refold(
        latest.issue,
        (Mark(row[0], Kind(row[1]), *row[2:]) for row in data["marks"]),
        latest=latest,
        latest_open=latest_open,
        latest_solved=latest_solved,
        reopened_ms=data["reopened_ms"],
        reopen_after_ms=reopen_after_ms,
    )


def _event_to_list(event: IssueEvent) -> list[Any]:
    return [event.time_ms, _b64(event.value), headers_to_json(event.headers)]


def _event_from_list(row: list[Any]) -> IssueEvent:
    time_ms, value, headers = row
    record = Record("", 0, 0, time_ms, None, b64decode(value), headers_from_json(headers))
    event = read_event(record)
    if not isinstance(event, IssueEvent):
        raise ValueError(f"a snapshot row that is no event: {event.reason}")
    return event


def _b64(content: bytes | None) -> str:
    return b64encode(content or b"").decode()
