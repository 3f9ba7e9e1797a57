"""Lockouts as they were checked, each with its episode, its person and its time. Rows are only ever added."""

from collections.abc import Iterable
from sqlite3 import Row

from core.domain.lockout import Lockout
from core.store.database import Database
from core.store.row_checks import whole_rows

_SELECT = "SELECT issue, opened_ms, opened_digest, at_ms, operator, done, missing, why_not FROM lockouts"


class LockoutTable:
    """One scope's lockouts."""

    def __init__(self, database: Database, scope: str) -> None:
        self._database = database
        self._scope = scope

    def add(self, lockout: Lockout) -> None:
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO lockouts (scope, issue, opened_ms, opened_digest, at_ms, operator, done, missing, why_not)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self._scope, lockout.issue, lockout.opened_ms, lockout.opened_digest, lockout.at_ms, lockout.by,
                    " ".join(lockout.done), " ".join(lockout.missing), lockout.why_not,
                ),
            )  # fmt: skip

    def of_issue(self, issue: str) -> tuple[Lockout, ...]:
        """Oldest first."""
        rows = self._database.rows(f"{_SELECT} WHERE scope = ? AND issue = ? ORDER BY seq", (self._scope, issue))
        return tuple(map(_lockout, whole_rows("lockouts", rows)))

    def by_issue(self) -> dict[str, tuple[Lockout, ...]]:
        """Every issue's, oldest first."""
        rows = self._database.rows(f"{_SELECT} WHERE scope = ? ORDER BY seq", (self._scope,))
        return _by_issue(map(_lockout, whole_rows("lockouts", rows)))


def _by_issue(lockouts: Iterable[Lockout]) -> dict[str, tuple[Lockout, ...]]:
    found: dict[str, list[Lockout]] = {}
    for lockout in lockouts:
        found.setdefault(lockout.issue, []).append(lockout)
    return {issue: tuple(ones) for issue, ones in found.items()}


def _lockout(row: Row) -> Lockout:
    return Lockout(
        issue=row["issue"],
        opened_ms=row["opened_ms"],
        opened_digest=row["opened_digest"],
        at_ms=row["at_ms"],
        by=row["operator"],
        done=tuple(row["done"].split()),
        missing=tuple(row["missing"].split()),
        why_not=row["why_not"],
    )
