"""How much came on each issue since somebody looked at it."""

from collections.abc import Mapping

from core.store.database import Database
from core.store.row_checks import whole_rows


class UnreadTable:
    """One scope's counts; an issue of which all was seen has no row."""

    def __init__(self, database: Database, scope: str) -> None:
        self._database = database
        self._scope = scope

    def counts(self) -> dict[str, int]:
        """By issue."""
        rows = self._database.rows("SELECT issue, count FROM unread WHERE scope = ?", (self._scope,))
        return {row["issue"]: row["count"] for row in whole_rows("unread", rows)}

    def save(self, counts: Mapping[str, int]) -> None:
        """Bring these issues' counts up to date."""
        with self._database.transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO unread (scope, issue, count) VALUES (?, ?, ?)",
                [(self._scope, issue, count) for issue, count in counts.items()],
            )
            db.execute("DELETE FROM unread WHERE count = 0")
