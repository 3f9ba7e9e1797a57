"""Adds to a new store what a damaged file's pages still hold and SQLite did not find.

What SQLite read stands: a row whose key is there is not added again.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from core.domain.journal import JournalEntry, follows
from core.store.carved_rows import Shapes
from core.store.carving import carved
from core.store.database import Database
from core.store.journal_table import journal_entry
from core.store.recovered_outbox import newest_copies, settle, told_states

log = logging.getLogger(__name__)

Row = Mapping[str, Any]


def add_carved(fresh: Database, data: bytes, log_data: bytes) -> dict[str, int]:
    """Table -> rows that were added to ``fresh`` from a damaged file's bytes and those of its write-ahead log.

    Raises:
        StoreError: the new store cannot be written.
    """
    with fresh.transaction() as db:
        shapes = Shapes(db)
        rows = shapes.sorted(carved(data, log_data))
        kept = {row["event_id"] for row in db.execute("SELECT event_id FROM outbox")}
        added = {table: _ADD.get(table, _add_all)(db, shapes.insert(table), found) for table, found in rows.items()}
        settle(db, {row["event_id"] for row in rows["outbox"]} - kept, told_states(rows["journal"]))
    if any(added.values()):
        log.warning("carved from the damaged store's pages: %s", added)
    return added


def _add_all(db: sqlite3.Connection, insert: str, rows: Iterable[Row]) -> int:
    """Of rows with one key the one written last, which has the highest row id."""
    newest_first = sorted(rows, key=lambda row: row["row_id"], reverse=True)
    return sum(db.execute(insert, row).rowcount for row in newest_first)


def _add_outbox(db: sqlite3.Connection, insert: str, rows: Iterable[dict[str, Any]]) -> int:
    """A row whose number is another's now is kept all the same, behind all others."""
    added = 0
    for row in newest_copies(rows):
        added += db.execute(insert, row).rowcount or db.execute(insert, row | {"seq": None}).rowcount
    return added


def _add_decisions(db: sqlite3.Connection, insert: str, rows: Iterable[Row]) -> int:
    """Those of records that are there: nothing else tells them from other tables' rows."""
    known = {row["event_id"] for row in db.execute("SELECT event_id FROM outbox")}
    ours = [row for row in rows if row["event_id"] in known]
    return _add_all(db, insert, sorted(ours, key=lambda row: row["raised_again_ms"] is not None))


def _add_journal(db: sqlite3.Connection, insert: str, rows: Iterable[Row]) -> int:
    """As far as each entry holds the hash of the one before."""
    last = db.execute("SELECT * FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    following = _following(journal_entry(last) if last else None, rows)
    return sum(db.execute(insert, row).rowcount for row in following)


def _following(previous: JournalEntry | None, rows: Iterable[Row]) -> Iterator[Row]:
    by_number: dict[int, list[Row]] = {}
    for row in rows:
        by_number.setdefault(row["seq"], []).append(row)
    while True:
        number = previous.seq + 1 if previous else 1
        fitting = [one for one in by_number.get(number, ()) if follows(journal_entry(one), previous)]
        if not fitting:
            return
        previous = journal_entry(fitting[0])
        yield fitting[0]


_ADD: Mapping[str, Callable[[sqlite3.Connection, str, Iterable[dict[str, Any]]], int]] = {
    "outbox": _add_outbox,
    "outbox_decisions": _add_decisions,
    "journal": _add_journal,
}
