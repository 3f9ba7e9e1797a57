"""Whether a row that was read from a damaged file still says something: what is copied must be readable later."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from core.chat.backend import Author
from core.chat.messages import MessageState
from core.events import showable_ms
from core.outbox import OutboxState
from core.store.codec import headers_from_json, issue_from_json, unsealed


def is_whole(table: str, row: Mapping[str, Any]) -> bool:
    """Whether ``row`` of ``table`` can be read as what it was written as."""
    check = _CHECKS.get(table)
    try:
        return check is None or check(row)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return False


def _outbox(row: Mapping[str, Any]) -> bool:
    """Nothing but an issue's own JSON may ever be published (contracts/issue-events.md)."""
    OutboxState(row["state"])
    headers_from_json(row["headers"])
    if not isinstance(row["value"], bytes):
        return False
    value = json.loads(row["value"])
    return bool(row["event_id"] and isinstance(row["timestamp_ms"], int) and value["issue"] == row["issue"])


def _decision(row: Mapping[str, Any]) -> bool:
    times = (row["known_open_ms"], row["raised_again_ms"])
    return all(one is None or (isinstance(one, int) and showable_ms(one) == one) for one in times)


def _message(row: Mapping[str, Any]) -> bool:
    Author(row["author"])
    MessageState(row["state"])
    memo = json.loads(row["memo"])
    return isinstance(json.loads(row["precautions"]), list) and isinstance(memo, dict) and isinstance(row["at_ms"], int)


def _journal(row: Mapping[str, Any]) -> bool:
    return isinstance(json.loads(row["detail"]), dict)


def _issue(row: Mapping[str, Any]) -> bool:
    return bool(issue_from_json(unsealed(row["data"])).id == row["id"])


def _draft(row: Mapping[str, Any]) -> bool:
    return isinstance(row["text"], str) and isinstance(row["issue"], str)


def _lockout(row: Mapping[str, Any]) -> bool:
    """In doubt nobody checked."""
    times = (row["opened_ms"], row["at_ms"], row["opened_digest"] or 0)
    words = [row[name] for name in ("issue", "operator", "done", "missing", "why_not")]
    is_read = all(isinstance(time, int) for time in times) and all(isinstance(word, str) for word in words)
    return is_read and bool(row["done"] or row["missing"])


_CHECKS: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "outbox": _outbox,
    "outbox_decisions": _decision,
    "messages": _message,
    "journal": _journal,
    "issues": _issue,
    "drafts": _draft,
    "lockouts": _lockout,
}
