"""IssueTable: the issues of each scope. A start reads those that may be open; the others are asked for by id.

``solved_ms`` is the time of the newest solve; NULL where an issue is open, or not known to be solved: in doubt it is
read. The sum in ``snapshot_sums`` is over these rows: one that is missing or old shows, and then every row is read.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from core.domain.issue_names import look
from core.domain.issues import Issue
from core.store.codec import (
    READING_RULES,
    is_by_older_rules,
    issue_from_json,
    issue_to_json,
    newest_solve_ms,
    sealed,
    solved_beginning,
    sum_of,
    unsealed,
)
from core.store.database import Database

_SUM_MODULUS = 1 << 32
_AT_ONCE = 5_000
_FOLDED = "issues folded"
"""In ``meta``: by which rules the column ``solved_ms`` was filled."""
_UNREADABLE = (ValueError, KeyError, IndexError, TypeError, RecursionError)


@dataclass(slots=True)
class Found:
    """What was read of a scope."""

    issues: list[Issue] = field(default_factory=list)
    outdated: set[str] = field(default_factory=set)
    """Ids of issues that were kept by older rules."""
    is_whole: bool = True
    count: int = 0
    total: int = 0
    """How many rows may be open, and the sum over them."""


class IssueTable:
    """Rows of issues. Everything may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.rows_read = 0
        """At starts, so far: what tests count."""

    def read(self, scope: str, window: int | None, *, open_only: bool) -> Found:
        """The issues of ``scope``, with ``open_only`` those alone that may be open."""
        if not open_only:
            return self._read(scope, window, "", open_only=False)
        found = self._read(scope, window, _MAY_BE_OPEN if self._has_rules(window) else "", open_only=True)
        if found.is_whole:
            return found
        # A row that is not as it was committed may be one that only seems to be solved.
        everything = self._read(scope, window, "", open_only=True)
        everything.is_whole = False
        return everything

    def _read(self, scope: str, window: int | None, only: str, *, open_only: bool) -> Found:
        found, kept_sums = Found(), self._sums(scope)
        for rows in self._chunks(scope, only):
            settled: list[tuple[int | None, sqlite3.Row]] = []
            for row in rows:
                if row["solved_ms"] is None:
                    found.count, found.total = found.count + 1, found.total + sum_of(row["data"])
                solved_ms = self._take(row, window, found, open_only=open_only)
                if open_only and solved_ms != row["solved_ms"]:
                    settled.append((solved_ms, row))
            if settled and not self._database.read_only:
                self._settle(scope, settled)
        found.is_whole = found.is_whole and (
            kept_sums is None or kept_sums == (found.count, found.total % _SUM_MODULUS)
        )
        return found

    def _take(self, row: sqlite3.Row, window: int | None, found: Found, *, open_only: bool) -> int | None:
        """Put the row's issue where it belongs; when it was solved, None where it may be open."""
        self.rows_read += 1
        try:
            text = unsealed(str(row["data"]))
            if open_only and text.startswith(solved_beginning(window)):
                return newest_solve_ms(text)
            issue = issue_from_json(text, window)
            is_outdated = is_by_older_rules(text)
        except _UNREADABLE:
            found.is_whole = False
            return None
        if is_outdated:
            found.outdated.add(issue.id)
        if not open_only or issue.is_open or is_outdated:
            found.issues.append(issue)
        return None if is_outdated else issue.solved_ms

    def _chunks(self, scope: str, only: str) -> Iterator[list[sqlite3.Row]]:
        last = -(1 << 63)
        while True:
            rows = self._database.rows(
                f"SELECT rowid AS row_id, id, data, solved_ms FROM issues WHERE scope = ? {only}"  # noqa: S608 - ours
                " AND rowid > ? ORDER BY rowid LIMIT ?",
                (scope, last, _AT_ONCE),
            )
            if not rows:
                return
            yield rows
            last = rows[-1]["row_id"]

    def _settle(self, scope: str, found: Sequence[tuple[int | None, sqlite3.Row]]) -> None:
        """Fill the column of rows that are other than it says, so that the next start knows."""
        with self._database.transaction() as db:
            db.executemany(
                "UPDATE issues SET solved_ms = ? WHERE rowid = ?", [(ms, row["row_id"]) for ms, row in found]
            )
            _note_lookalikes(db, scope, (row["id"] for _ms, row in found))
            gone = [sum_of(row["data"]) for ms, row in found if row["solved_ms"] is None]
            come = [sum_of(row["data"]) for ms, row in found if ms is None]
            db.execute(
                f"UPDATE snapshot_sums SET issues = issues + ?, sum = (sum + ?) % {_SUM_MODULUS} WHERE scope = ?",  # noqa: S608
                (len(come) - len(gone), (sum(come) - sum(gone)) % _SUM_MODULUS, scope),
            )

    def _has_rules(self, window: int | None) -> bool:
        """Whether the column says who is solved under these rules. Where it may be written, it is emptied if not."""
        rules = f"{READING_RULES} {window}"
        rows = self._database.rows("SELECT value FROM meta WHERE name = ?", (_FOLDED,))
        if not (rows and rows[0]["value"] == rules):
            if self._database.read_only:
                return False
            with self._database.transaction() as db:
                if db.execute("UPDATE issues SET solved_ms = NULL WHERE solved_ms IS NOT NULL").rowcount:
                    db.execute("DELETE FROM snapshot_sums")
                db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_FOLDED, rules))
        return True

    def write(self, scope: str, issues: Iterable[Issue], window: int | None) -> None:
        """Keep issues as they are now, within the transaction that is open or in one of its own."""
        by_id = {issue.id: issue for issue in issues}
        rows = [(scope, id_, sealed(issue_to_json(one, window)), one.solved_ms) for id_, one in by_id.items()]
        with self._database.transaction() as db:
            self._has_rules(window)
            self._keep_sums(db, scope, rows)
            db.executemany("INSERT OR REPLACE INTO issues (scope, id, data, solved_ms) VALUES (?, ?, ?, ?)", rows)
            _note_lookalikes(db, scope, (row[1] for row in rows))

    def drop(self, scope: str, issue: str) -> None:
        """Forget an issue that no log confirms."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM issues WHERE scope = ? AND id = ?", (scope, issue))
            db.execute("DELETE FROM lookalikes WHERE scope = ? AND id = ?", (scope, issue))
            db.execute("DELETE FROM snapshot_sums WHERE scope = ?", (scope,))
            self._keep_sums(db, scope, ())

    def lookalikes(self, scope: str) -> list[str]:
        """Ids that look like others than themselves (``core.domain.issue_names``), of solved issues too."""
        return [str(row["id"]) for row in self._database.rows("SELECT id FROM lookalikes WHERE scope = ?", (scope,))]

    def copy(self, scope: str, target: Database) -> None:
        """Give ``target`` the issues of ``scope`` as they stand here."""
        with target.transaction() as db:
            for rows in self._chunks(scope, ""):
                db.executemany(
                    "INSERT OR REPLACE INTO issues (scope, id, data, solved_ms) VALUES (?, ?, ?, ?)",
                    [(scope, row["id"], row["data"], row["solved_ms"]) for row in rows],
                )
            _note_lookalikes(db, scope, self.lookalikes(scope))
            folded = self._database.rows("SELECT name, value FROM meta WHERE name = ?", (_FOLDED,))
            db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", [tuple(row) for row in folded])

    def _sums(self, scope: str) -> tuple[int, int] | None:
        kept = self._database.rows("SELECT issues, sum FROM snapshot_sums WHERE scope = ?", (scope,))
        return (kept[0][0], kept[0][1]) if kept else None

    def _keep_sums(self, db: sqlite3.Connection, scope: str, rows: Sequence[tuple[str, str, str, int | None]]) -> None:
        """Bring the scope's count and sum up to date with the rows that are about to be written."""
        kept = self._sums(scope)
        if kept is None:  # the first batch, or an older version's rows
            every = db.execute(f"SELECT data FROM issues WHERE scope = ? {_MAY_BE_OPEN}", (scope,))  # noqa: S608 - ours
            before = [sum_of(row[0]) for row in every]
            kept = (len(before), sum(before))
        former = db.execute(
            f"SELECT data FROM issues WHERE scope = ? AND id IN (SELECT value FROM json_each(?)) {_MAY_BE_OPEN}",  # noqa: S608
            (scope, json.dumps([row[1] for row in rows])),
        )
        gone = [sum_of(row[0]) for row in former]
        come = [sum_of(data) for _scope, _issue, data, solved_ms in rows if solved_ms is None]
        count, total = kept[0] + len(come) - len(gone), kept[1] + sum(come) - sum(gone)
        db.execute("INSERT OR REPLACE INTO snapshot_sums VALUES (?, ?, ?)", (scope, count, total % _SUM_MODULUS))


_MAY_BE_OPEN = "AND solved_ms IS NULL"


def _note_lookalikes(db: sqlite3.Connection, scope: str, issues: Iterable[str]) -> None:
    found = [(scope, issue) for issue in issues if look(issue) != issue]
    db.executemany("INSERT OR IGNORE INTO lookalikes VALUES (?, ?)", found)
