"""Raises that the clocks overruled, kept until they are dealt with."""

import json

from core.domain.overruled import Raises
from core.store.codec import event_from_list, event_to_list
from core.store.database import Database


class OverruledTable:
    """One row an issue and scope."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, scope: str) -> Raises:
        """By issue. A row that cannot be read is left out: the next raise is told again."""
        found = {}
        for row in self._database.rows("SELECT issue, event FROM overruled WHERE scope = ?", (scope,)):
            try:
                found[row["issue"]] = event_from_list(json.loads(row["event"]))
            except (ValueError, KeyError, IndexError, TypeError, RecursionError):
                continue
        return found

    def save(self, scope: str, raises: Raises) -> None:
        """Make ``raises`` all that is kept of ``scope``."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM overruled WHERE scope = ?", (scope,))
            db.executemany(
                "INSERT INTO overruled (scope, issue, event) VALUES (?, ?, ?)",
                [(scope, issue, json.dumps(event_to_list(event))) for issue, event in raises.items()],
            )
