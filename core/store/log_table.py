"""Which log is kept: the last record read of each partition, and what another log told that this one has not."""

from collections.abc import Iterable, Mapping

from core.domain.last_read import LastRead
from core.domain.log_scope import is_same_name
from core.store.database import Database
from core.store.row_checks import whole_rows

ISSUE = "issue"
"""A doubt about an open issue."""
RECORD = "record"
"""A doubt about a record of ours that was read back from the other log."""
COMPLETE = "complete"
"""Before a scope, in ``meta``: when the list was last known to be all."""
LOG = "log"
"""The log itself: there was another one before."""

Doubt = tuple[str, str]
"""Kind and id."""


class LogTable:
    """Evidence and doubts, by scope."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_reads(self, scope: str) -> dict[int, LastRead]:
        """Partition -> the last record read of it."""
        rows = self._database.rows(
            "SELECT partition, offset, timestamp_ms, checksum FROM last_reads WHERE scope = ?", (scope,)
        )
        return {
            row["partition"]: LastRead(row["offset"], row["timestamp_ms"], row["checksum"])
            for row in whole_rows("last_reads", rows)
        }

    def remember(self, scope: str, last_reads: Mapping[int, LastRead]) -> None:
        with self._database.transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO last_reads (scope, partition, offset, timestamp_ms, checksum)"
                " VALUES (?, ?, ?, ?, ?)",
                [(scope, number, last.offset, last.timestamp_ms, last.checksum) for number, last in last_reads.items()],
            )

    def take_over(self, scope: str) -> list[str]:
        """Give to ``scope`` all that is kept under the same topic's name; returns the scopes that it was kept under.

        A scope without an id is of the time before ids were asked for; one with another id is of another log.
        """
        with self._database.transaction() as db:
            tables = [str(row["name"]) for row in db.execute(_TABLES_WITH_SCOPE)]
            # The tables' names are the schema's own; values go in as parameters.
            kept = {row["scope"] for table in tables for row in db.execute(f'SELECT DISTINCT scope FROM "{table}"')}  # noqa: S608
            others = sorted(one for one in kept if one != scope and is_same_name(one, scope))
            for table in tables:
                change = f'UPDATE OR REPLACE "{table}" SET scope = ? WHERE scope = ?'  # noqa: S608
                db.executemany(change, [(scope, other) for other in others])
            db.executemany(
                "UPDATE OR REPLACE meta SET name = ? WHERE name = ?",
                [(f"{COMPLETE} {scope}", f"{COMPLETE} {other}") for other in others],
            )
        return others

    def doubts(self, scope: str) -> dict[Doubt, int]:
        """What is doubted, and since when (epoch ms)."""
        rows = self._database.rows("SELECT kind, id, since_ms FROM doubts WHERE scope = ?", (scope,))
        return {(row["kind"], row["id"]): row["since_ms"] for row in whole_rows("doubts", rows)}

    def add_doubts(self, scope: str, doubts: Mapping[Doubt, int]) -> None:
        with self._database.transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO doubts (scope, kind, id, since_ms) VALUES (?, ?, ?, ?)",
                [(scope, kind, about, since_ms) for (kind, about), since_ms in doubts.items()],
            )

    def settle(self, scope: str, doubts: Iterable[Doubt]) -> None:
        """These are doubted no more."""
        with self._database.transaction() as db:
            db.executemany(
                "DELETE FROM doubts WHERE scope = ? AND kind = ? AND id = ?", [(scope, *doubt) for doubt in doubts]
            )

    def begin_doubts(self, scope: str, open_issues: Iterable[str], now_ms: int) -> None:
        """What is kept came from another log. The next replay is a full one, and has all of it to confirm.

        Open issues stay, doubted. Solved ones go: what this log tells of them counts. Records of ours that were sent
        wait again; those that were read back are doubted until they are found.
        """
        with self._database.transaction() as db:
            here = (scope,)
            sent = "UPDATE outbox SET state = 'waiting', partition = NULL, offset = NULL"
            db.execute(f"{sent} WHERE scope = ? AND state = 'sent'", here)
            own = db.execute("SELECT event_id FROM outbox WHERE scope = ? AND state = 'confirmed'", here).fetchall()
            wanted = {(ISSUE, issue): now_ms for issue in open_issues}
            self.add_doubts(scope, {**wanted, **{(RECORD, row["event_id"]): now_ms for row in own}, (LOG, ""): now_ms})
            db.execute("DELETE FROM offsets WHERE scope = ?", here)
            db.execute("DELETE FROM last_reads WHERE scope = ?", here)
            db.execute("DELETE FROM snapshot_sums WHERE scope = ?", here)
            db.execute("DELETE FROM meta WHERE name = ?", (f"{COMPLETE} {scope}",))
            db.execute("DELETE FROM lookalikes WHERE scope = ?", here)  # those that stay are told by their issues
            db.execute(
                "DELETE FROM issues WHERE scope = ? AND id NOT IN (SELECT id FROM doubts WHERE scope = ? AND kind = ?)",
                (scope, scope, ISSUE),
            )


_TABLES_WITH_SCOPE = """
SELECT tables.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
WHERE tables.type = 'table' AND columns.name = 'scope'
"""
