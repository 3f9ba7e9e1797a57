"""Which state a record of the outbox has that was found on a damaged file's pages alone.

Such a page may be an old one: what was read back or given up since must not wait again, and a resolve that was decided
before a newer alarm must not end it. In doubt it is held, and the operator asked.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from core.domain.held import known_open_ms
from core.domain.issues import Issue
from core.domain.journal import JournalEntry, follows
from core.domain.outbox import PENDING, OutboxState
from core.store.codec import issue_from_json, unsealed
from core.store.journal_table import journal_entry

Row = Mapping[str, Any]

_ENTRY = "SELECT * FROM outbox LEFT JOIN outbox_decisions USING (event_id)"
_TOLD = {
    "confirmed": OutboxState.CONFIRMED,
    "withdrawn": OutboxState.WITHDRAWN,
    "held": OutboxState.HELD,
    "retried": OutboxState.WAITING,
    "sent again": OutboxState.WAITING,
}
"""What the journal calls each step (core/station/station.py)."""
_FURTHEST = (
    OutboxState.WAITING,
    OutboxState.SENT,
    OutboxState.PARKED,
    OutboxState.HELD,
    OutboxState.WITHDRAWN,
    OutboxState.CONFIRMED,
)
"""Of two copies of one row the further one is the newer."""


def newest_copies(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each record once, oldest first."""
    newest: dict[str, dict[str, Any]] = {}
    for row in rows:
        other = newest.get(row["event_id"])
        if other is None or _how_far(other) < _how_far(row):
            newest[row["event_id"]] = row
    return sorted(newest.values(), key=lambda row: row["seq"])


def told_states(journal: Iterable[Row]) -> dict[str, OutboxState]:
    """Event id -> what the journal tells of last. Each line is believed for its own hash, as those before may be lost.

    It is written in the same transaction as the outbox.
    """
    told: dict[str, OutboxState] = {}
    for row in sorted(journal, key=lambda row: row["seq"]):
        if row["action"] in _TOLD and _is_itself(row):
            event_id = json.loads(row["detail"]).get("event")
            if isinstance(event_id, str):
                told[event_id] = _TOLD[row["action"]]
    return told


def settle(db: sqlite3.Connection, carved: Iterable[str], told: Mapping[str, OutboxState]) -> None:
    """Give each record the state that is safe; ``carved``: the event ids of those that SQLite did not read."""
    for event_id in carved:
        _settle_carved(db, event_id, told.get(event_id))
    # Without its decision nobody can tell whether a record is older than the alarm that is shown, whatever read it.
    db.execute(
        "UPDATE outbox SET state = ? WHERE state IN (?, ?) AND event_id NOT IN (SELECT event_id FROM outbox_decisions)",
        (OutboxState.HELD, *PENDING),
    )


def _settle_carved(db: sqlite3.Connection, event_id: str, told: OutboxState | None) -> None:
    row = db.execute(f"{_ENTRY} WHERE event_id = ?", (event_id,)).fetchone()
    state = _agreed(OutboxState(row["state"]), told)
    raised_ms = _raised_again_ms(db, row) if state in PENDING else None
    if raised_ms is not None:
        state = OutboxState.HELD
        db.execute("UPDATE outbox_decisions SET raised_again_ms = ? WHERE event_id = ?", (raised_ms, event_id))
    db.execute("UPDATE outbox SET state = ? WHERE event_id = ?", (state, event_id))


def _agreed(state: OutboxState, told: OutboxState | None) -> OutboxState:
    """The state of a page that may be old, and what the journal tells."""
    if told is None:
        return state
    if told is not OutboxState.WAITING:
        return told
    return state if state in PENDING else OutboxState.HELD


def _how_far(row: Row) -> int:
    return _FURTHEST.index(OutboxState(row["state"]))


def _is_itself(row: Row) -> bool:
    entry = journal_entry(row)
    before = JournalEntry(entry.seq - 1, 0, "", "", "", {}, "", entry.previous) if entry.seq > 1 else None
    return follows(entry, before)


def _raised_again_ms(db: sqlite3.Connection, row: sqlite3.Row) -> int | None:
    """The time of an opening that is known and was not when ``row`` was decided: the replay brings no news of it."""
    known_ms = known_open_ms(_issue(db, row))
    if known_ms is None:
        return None
    return known_ms if row["known_open_ms"] is None or known_ms > row["known_open_ms"] else None


def _issue(db: sqlite3.Connection, row: sqlite3.Row) -> Issue | None:
    found = db.execute("SELECT data FROM issues WHERE scope = ? AND id = ?", (row["scope"], row["issue"])).fetchone()
    return None if found is None else issue_from_json(unsealed(found[0]))
