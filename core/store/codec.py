"""Issues and headers as the store writes them. An event is kept as its record and read anew by the same rules."""

import json
from base64 import b64decode, b64encode
from typing import Any

from core.events import Headers, IssueEvent, Kind, Record, read_event
from core.issues import DEFAULT_REOPEN_AFTER_MS, Issue, Mark, refold


def headers_to_json(headers: Headers) -> str:
    return json.dumps([[name, _b64(content)] for name, content in headers])


def headers_from_json(text: str) -> Headers:
    return tuple((name, b64decode(content)) for name, content in json.loads(text))


def issue_to_json(issue: Issue) -> str:
    """The issue's marks and its (at most three) newest events, as received."""
    return json.dumps(
        {
            "marks": [
                [m.time_ms, int(m.kind), m.digest, m.operator, m.note, m.source, m.event_id] for m in issue.marks
            ],
            "latest": _event_to_list(issue.latest),
            "latest_open": _event_to_list(issue.latest_open),
            "latest_solved": _event_to_list(issue.latest_solved),
            "reopened_ms": issue.reopened_ms,
        }
    )


def issue_from_json(text: str, reopen_after_ms: int | None = DEFAULT_REOPEN_AFTER_MS) -> Issue:
    """The issue again. ``reopen_after_ms`` may have changed since: what follows from it is reckoned anew.

    Raises:
        ValueError: the text was not written by ``issue_to_json``.
    """
    data = json.loads(text)
    latest = _event_from_list(data["latest"])
    if latest is None:
        raise ValueError("a snapshot row without its newest event")
    return refold(
        latest.issue,
        tuple(Mark(row[0], Kind(row[1]), *row[2:]) for row in data["marks"]),
        latest=latest,
        latest_open=_event_from_list(data["latest_open"]),
        latest_solved=_event_from_list(data["latest_solved"]),
        reopened_ms=data["reopened_ms"],
        reopen_after_ms=reopen_after_ms,
    )


def _event_to_list(event: IssueEvent | None) -> list[Any] | None:
    if event is None:
        return None
    return [event.time_ms, _b64(event.value), headers_to_json(event.headers)]


def _event_from_list(row: list[Any] | None) -> IssueEvent | None:
    if row is None:
        return None
    time_ms, value, headers = row
    record = Record("", 0, 0, time_ms, None, b64decode(value), headers_from_json(headers))
    event = read_event(record)
    if not isinstance(event, IssueEvent):
        raise ValueError(f"a snapshot row that is no event: {event.reason}")
    return event


def _b64(content: bytes | None) -> str:
    return b64encode(content or b"").decode()
