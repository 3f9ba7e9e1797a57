"""Who acknowledged, claimed and shelved what."""

from sqlite3 import Row

from core.domain.alarms import Handling
from core.store.database import Database
from core.store.row_checks import whole_rows

_COLUMNS = (
    "seen_ms, acknowledged_ms, acknowledged_by, claimed_ms, claimed_by, shelved_until_ms, shelved_by, shelved_why"
)


class HandlingTable:
    """One scope's, one row an issue."""

    def __init__(self, database: Database, scope: str) -> None:
        self._database = database
        self._scope = scope

    def by_issue(self) -> dict[str, Handling]:
        """A damaged row is left out: in doubt nobody saw the issue."""
        # ``_COLUMNS`` is this file's constant; values go in as parameters.
        query = f"SELECT issue, {_COLUMNS} FROM handling WHERE scope = ?"  # noqa: S608
        rows = self._database.rows(query, (self._scope,))
        return {row["issue"]: _handling(row) for row in whole_rows("handling", rows)}

    def save(self, issue: str, handling: Handling) -> None:
        with self._database.transaction() as db:
            db.execute(
                f"INSERT OR REPLACE INTO handling (scope, issue, {_COLUMNS})"  # noqa: S608 - as above
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self._scope, issue, handling.seen_ms, handling.acknowledged_ms, handling.acknowledged_by,
                    handling.claimed_ms, handling.claimed_by, handling.shelved_until_ms, handling.shelved_by,
                    handling.shelved_why,
                ),
            )  # fmt: skip


def _handling(row: Row) -> Handling:
    return Handling(
        seen_ms=row["seen_ms"],
        acknowledged_ms=row["acknowledged_ms"],
        acknowledged_by=row["acknowledged_by"],
        claimed_ms=row["claimed_ms"],
        claimed_by=row["claimed_by"],
        shelved_until_ms=row["shelved_until_ms"],
        shelved_by=row["shelved_by"],
        shelved_why=row["shelved_why"],
    )
