"""StoredIssues: the issues of one scope, read one by one when somebody asks for them."""

import json
import logging
from collections.abc import Iterable, Iterator
from sqlite3 import Row

from core.domain.issues import Issue
from core.store.codec import issue_from_json, unsealed
from core.store.database import Database

log = logging.getLogger(__name__)

_AT_ONCE = 5_000


class StoredIssues:
    """An ``Archive``. Everything may raise StoreError."""

    def __init__(self, database: Database, scope: str, reopen_after_ms: int | None) -> None:
        self._database = database
        self._scope = scope
        self._reopen_after_ms = reopen_after_ms

    def get(self, issue: str) -> Issue | None:
        return next(self.some([issue]), None)

    def some(self, issues: Iterable[str]) -> Iterator[Issue]:
        """Those of ``issues`` whose rows can be read; a damaged one is logged, a replay tells it anew."""
        wanted = list(issues)
        for at in range(0, len(wanted), _AT_ONCE):
            rows = self._database.rows(
                "SELECT id, data FROM issues WHERE scope = ? AND id IN (SELECT value FROM json_each(?))",
                (self._scope, json.dumps(wanted[at : at + _AT_ONCE])),
            )
            yield from self._readable(rows)

    def has(self, issue: str) -> bool:
        return bool(self._database.rows("SELECT 1 FROM issues WHERE scope = ? AND id = ?", (self._scope, issue)))

    def ids(self) -> list[str]:
        return [str(row["id"]) for row in self._database.rows("SELECT id FROM issues WHERE scope = ?", (self._scope,))]

    def is_empty(self) -> bool:
        return not self._database.rows("SELECT 1 FROM issues WHERE scope = ? LIMIT 1", (self._scope,))

    def newest_solved(self, most: int) -> list[Issue]:
        """Those that were solved last, the newest first."""
        rows = self._database.rows(
            "SELECT id, data FROM issues WHERE scope = ? AND solved_ms IS NOT NULL ORDER BY solved_ms DESC, id LIMIT ?",
            (self._scope, most),
        )
        return list(self._readable(rows))

    def _readable(self, rows: Iterable[Row]) -> Iterator[Issue]:
        return (found for row in rows if (found := self._read(str(row["data"]))) is not None)

    def _read(self, data: str) -> Issue | None:
        try:
            return issue_from_json(unsealed(data), self._reopen_after_ms)
        except (ValueError, KeyError, IndexError, TypeError, RecursionError):
            log.exception("a kept issue cannot be read any more")
            return None
