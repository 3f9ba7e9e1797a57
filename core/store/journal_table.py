"""The journal's rows. Entries are only ever appended, inside the transaction of what they tell of."""

import json
from collections.abc import Iterator, Mapping
from sqlite3 import Row
from typing import Any

from core.domain.journal import JournalEntry, chain
from core.store.database import Database

_LOOKED_BACK = 5_000
"""Entries in which names are looked for: some shifts' worth."""
_OPERATORS = (
    "SELECT operator FROM (SELECT operator, seq FROM journal ORDER BY seq DESC LIMIT ?)"
    " WHERE operator != '' GROUP BY operator ORDER BY max(seq) DESC LIMIT ?"
)
_SELECT = "SELECT seq, at_ms, operator, action, issue, detail, previous, hash FROM journal"


class JournalTable:
    """The audit trail, oldest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(
        self,
        *,
        at_ms: int,
        operator: str,
        action: str,
        issue: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> JournalEntry:
        with self._database.transaction() as db:
            last = self._database.rows(f"{_SELECT} ORDER BY seq DESC LIMIT 1")
            entry = chain(
                journal_entry(last[0]) if last else None,
                at_ms=at_ms, operator=operator, action=action, issue=issue, detail=detail or {},
            )  # fmt: skip
            db.execute(
                "INSERT INTO journal (seq, at_ms, operator, action, issue, detail, previous, hash)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    entry.seq, entry.at_ms, entry.operator, entry.action, entry.issue,
                    json.dumps(entry.detail, ensure_ascii=False), entry.previous, entry.hash,
                ),
            )  # fmt: skip
            return entry

    def entries(self, issue: str | None = None) -> Iterator[JournalEntry]:
        """All entries, or those of one issue."""
        only, parameters = ("WHERE issue = ?", (issue,)) if issue is not None else ("", ())
        return map(journal_entry, self._database.rows(f"{_SELECT} {only} ORDER BY seq", parameters))

    def last_operators(self, most: int = 9) -> tuple[str, ...]:
        """The names of who did something here last, the newest first.

        Raises:
            StoreError: it could not be read.
        """
        return tuple(str(row[0]) for row in self._database.rows(_OPERATORS, (_LOOKED_BACK, most)))


def journal_entry(row: Row | Mapping[str, Any]) -> JournalEntry:
    """The entry that a row holds. A detail that a failing disk changed is told as it is, and breaks the chain."""
    at_ms = row["at_ms"] if isinstance(row["at_ms"], int) else 0
    return JournalEntry(
        row["seq"], at_ms, str(row["operator"]), str(row["action"]), str(row["issue"]),
        _detail(row["detail"]), str(row["previous"]), str(row["hash"]),
    )  # fmt: skip


def _detail(text: str) -> Mapping[str, Any]:
    try:
        detail = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        detail = None
    return detail if isinstance(detail, dict) else {"damaged": str(text)}
