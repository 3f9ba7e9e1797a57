"""Whether a row that was read from a damaged file still says something: what is copied must be readable later."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from functools import lru_cache
from sqlite3 import Row
from typing import Any

from core.domain.chat_problems import ChatProblemKind
from core.domain.cluster_problems import ClusterProblemKind
from core.domain.events import REOPENED, RESOLVED, showable_ms
from core.domain.messages import Author, MessageState
from core.domain.outbox import OutboxState
from core.domain.pending_calls import CallAction, CallState
from core.domain.problems import kept_problem
from core.store.codec import event_from_list, headers_from_json, issue_from_json, unsealed
from core.store.database import Database

log = logging.getLogger(__name__)

_UNREADABLE = (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, OverflowError)
_PYTHON: Mapping[str, tuple[type, ...]] = {"INTEGER": (int,), "TEXT": (str,), "BLOB": (bytes,), "REAL": (int, float)}
_MOST_UNREAD = 1 << 31


def is_whole(table: str, row: Mapping[str, Any] | Row) -> bool:
    """Whether ``row`` of ``table``, or those columns of it that are given, can be read as what it was written as."""
    check = _CHECKS.get(table)
    try:
        return has_types(table, row) and (check is None or check(row))
    except _UNREADABLE:
        return False


def has_types(table: str, row: Mapping[str, Any] | Row) -> bool:
    """Whether each column holds what its table declares: SQLite itself takes anything anywhere."""
    types = _types().get(table, {})
    return all(isinstance(row[name], types[name]) for name in row.keys() if name in types)  # noqa: SIM118 - a Row has no other


def whole_rows(table: str, rows: Iterable[Row]) -> Iterator[Row]:
    """Those that can be read. A file that fails while the terminal runs costs a row, not the screen."""
    for row in rows:
        if is_whole(table, row):
            yield row
        else:
            log.warning("%s: a row is damaged", table)


@lru_cache(maxsize=1)
def _types() -> Mapping[str, Mapping[str, tuple[type, ...]]]:
    """Table -> column -> what Python reads of it."""
    with closing(Database(None)) as blank:
        found = {}
        for table in blank.schema():
            columns = blank.rows('SELECT name, type, "notnull" OR pk AS wanted FROM pragma_table_info(?)', (table,))
            found[table] = {
                column["name"]: _PYTHON[column["type"]] + (() if column["wanted"] else (type(None),))
                for column in columns
            }
        return found


def _are_times(row: Mapping[str, Any] | Row, *names: str) -> bool:
    """Whether a calendar knows them (epoch ms)."""
    return all(row[name] is None or showable_ms(row[name]) == row[name] for name in names)


def _outbox(row: Mapping[str, Any]) -> bool:
    """Nothing but an issue's own JSON may ever be published (docs/contracts/issue-events.md)."""
    OutboxState(row["state"])
    headers_from_json(row["headers"])
    kept_problem(ClusterProblemKind, row["problem"])
    value = json.loads(row["value"])
    return bool(
        row["event_id"]
        and value["issue"] == row["issue"]
        and row["key"] == row["issue"].encode()
        and row["action"] in (RESOLVED, REOPENED)
        and _are_times(row, "created_ms")
    )


def _decision(row: Mapping[str, Any]) -> bool:
    return _are_times(row, "known_open_ms", "raised_again_ms")


def _message(row: Mapping[str, Any]) -> bool:
    Author(row["author"])
    MessageState(row["state"])
    memo = json.loads(row["memo"])
    return isinstance(json.loads(row["precautions"]), list) and isinstance(memo, dict)


def _journal(row: Mapping[str, Any]) -> bool:
    return isinstance(json.loads(row["detail"]), dict)


def _issue(row: Mapping[str, Any]) -> bool:
    return bool(issue_from_json(unsealed(row["data"])).id == row["id"])


def _lockout(row: Mapping[str, Any]) -> bool:
    """In doubt nobody checked."""
    return bool(row["done"] or row["missing"]) and _are_times(row, "opened_ms", "at_ms")


def _quarantine(row: Mapping[str, Any]) -> bool:
    headers_from_json(row["headers"])
    return True


def _handling(row: Mapping[str, Any]) -> bool:
    """In doubt nobody saw it."""
    return _are_times(row, "seen_ms", "acknowledged_ms", "claimed_ms", "shelved_until_ms")


def _chat_call(row: Mapping[str, Any]) -> bool:
    CallAction(row["action"])
    CallState(row["state"])
    kept_problem(ChatProblemKind, row["problem"])
    return _are_times(row, "created_ms")


def _unread(row: Mapping[str, Any]) -> bool:
    return bool(0 <= row["count"] < _MOST_UNREAD)


def _doubt(row: Mapping[str, Any]) -> bool:
    return _are_times(row, "since_ms")


def _overruled(row: Mapping[str, Any]) -> bool:
    return bool(event_from_list(json.loads(row["event"])).issue == row["issue"])


_CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "outbox": _outbox,
    "outbox_decisions": _decision,
    "messages": _message,
    "journal": _journal,
    "issues": _issue,
    "lockouts": _lockout,
    "quarantine": _quarantine,
    "handling": _handling,
    "chat_calls": _chat_call,
    "unread": _unread,
    "doubts": _doubt,
    "overruled": _overruled,
}
"""Beyond the types of the columns, which every table's rows are asked for."""
