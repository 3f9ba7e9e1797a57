"""Store: all that a terminal keeps, in one SQLite file, so that what belongs together is committed together."""

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.domain.errors import StoreError
from core.domain.events import Quarantined
from core.domain.issues import DEFAULT_REOPEN_AFTER_MS, Issue
from core.domain.last_read import LastRead
from core.store.chat_calls import ChatCallTable
from core.store.codec import (
    is_by_older_rules,
    issue_from_json,
    issue_to_json,
    sealed,
    solved_beginning,
    sum_of,
    unsealed,
)
from core.store.conversations import ConversationTable
from core.store.database import Database
from core.store.handling_table import HandlingTable
from core.store.journal_table import JournalTable
from core.store.lockout_table import LockoutTable
from core.store.log_table import LogTable
from core.store.meta_table import MetaTable
from core.store.outbox_table import OutboxTable
from core.store.overruled_table import OverruledTable
from core.store.quarantine_table import QuarantineTable
from core.store.recovery import Recovery
from core.store.row_checks import has_types
from core.store.stored_issues import StoredIssues
from core.store.unread_table import UnreadTable

__all__ = ["Batch", "Snapshot", "Store", "StoreError"]

FILE_NAME = "andon.db"

_SUM_MODULUS = 1 << 32


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The issues as they stood when ``offsets`` (partition -> next offset) had been read."""

    issues: tuple[Issue, ...]
    offsets: Mapping[int, int]
    outdated: frozenset[str] = frozenset()
    """Ids of issues that were kept by older rules: to be written anew."""
    is_whole: bool = True
    """No row was damaged or missing. Else there are no offsets either."""
    solved: tuple[str, ...] = ()
    """Ids of issues that are solved and were not read."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch of records changed; committed whole or not at all."""

    issues: Iterable[Issue]
    offsets: Mapping[int, int]
    quarantined: Sequence[Quarantined] = ()
    confirmed: Iterable[str] = ()
    """Event ids of ours that were read back."""
    last_reads: Mapping[int, LastRead] = field(default_factory=dict)
    """Partition -> the last record read of it."""


class Store:
    """The terminal's memory. A *scope* names the log that issues and offsets come from (``core.domain.log_scope``)."""

    def __init__(
        self,
        directory: Path | None,
        *,
        read_only: bool = False,
        reopen_after_ms: int | None = DEFAULT_REOPEN_AFTER_MS,
    ) -> None:
        """Open the store in ``directory``, making both unless ``read_only``; None: a scratch store in memory.

        Raises:
            StoreError: see ``Database``.
        """
        if directory is not None and not read_only:
            _make_private(directory)
        self.database = Database(directory and directory / FILE_NAME, read_only=read_only)
        self.reopen_after_ms = reopen_after_ms
        self.recovery: Recovery | None = None
        """What happened to the store that was here before, where that was damaged."""
        self.snapshot_problem = ""
        """Why a scratch store does not know what the terminal's own knows."""
        self.outbox = OutboxTable(self.database)
        self.journal = JournalTable(self.database)
        self.log = LogTable(self.database)
        self.overruled = OverruledTable(self.database)
        self.meta = MetaTable(self.database)
        self.quarantine = QuarantineTable(self.database)

    @property
    def is_scratch(self) -> bool:
        """Whether it lives in memory, for the length of one command."""
        return self.database.path is None

    def close(self) -> None:
        self.database.close()

    def conversations(self, scope: str) -> ConversationTable:
        """Messages and drafts of ``scope``: another cluster's issue of the same id is another issue."""
        return ConversationTable(self.database, scope)

    def chat_calls(self, scope: str) -> ChatCallTable:
        """What the chatbot's server must be told of sessions of ``scope``."""
        return ChatCallTable(self.database, scope)

    def lockouts(self, scope: str) -> LockoutTable:
        """Who made which machine of ``scope`` safe, and when."""
        return LockoutTable(self.database, scope)

    def handling(self, scope: str) -> HandlingTable:
        """What people did with the issues of ``scope``."""
        return HandlingTable(self.database, scope)

    def unread(self, scope: str) -> UnreadTable:
        """What nobody looked at yet of the issues of ``scope``."""
        return UnreadTable(self.database, scope)

    def load_snapshot(self, scope: str, *, open_only: bool = False) -> Snapshot:
        """Issues and offsets of ``scope``; with ``open_only`` of those that are solved the ids alone.

        A row that is damaged or missing, or was written by older rules, drops the offsets: a full replay mends it.
        """
        issues: list[Issue] = []
        outdated: set[str] = set()
        solved: list[str] = []
        whole, total = True, 0
        beginning = solved_beginning(self.reopen_after_ms)
        stored = self.database.rows("SELECT id, data FROM issues WHERE scope = ?", (scope,))
        for row in stored:
            total += sum_of(row["data"])
            try:
                text = unsealed(str(row["data"]))
                if open_only and text.startswith(beginning):
                    solved.append(row["id"])
                    continue
                issue = issue_from_json(text, self.reopen_after_ms)
                if is_by_older_rules(text):
                    outdated.add(issue.id)
                issues.append(issue)
            except (ValueError, KeyError, IndexError, TypeError, RecursionError):
                whole = False
        whole = whole and self._sums_fit(scope, len(stored), total)
        rows = self.database.rows("SELECT partition, next_offset FROM offsets WHERE scope = ?", (scope,))
        whole = whole and all(has_types("offsets", row) for row in rows)
        offsets = {row["partition"]: row["next_offset"] for row in rows} if whole and not outdated else {}
        return Snapshot(tuple(issues), offsets, frozenset(outdated), whole, tuple(solved))

    def archive(self, scope: str) -> StoredIssues:
        """The issues of ``scope`` one by one, as ``core.domain.known_issues`` asks for them."""
        return StoredIssues(self.database, scope, self.reopen_after_ms)

    def copy_snapshot(self, scope: str, target: "Store") -> None:
        """Give ``target`` the issues of ``scope`` as they stand here, but no offsets: it reads from the beginning."""
        rows = self.database.rows("SELECT scope, id, data FROM issues WHERE scope = ?", (scope,))
        with target.database.transaction() as db:
            db.executemany("INSERT OR REPLACE INTO issues VALUES (?, ?, ?)", [tuple(row) for row in rows])

    def _sums_fit(self, scope: str, count: int, total: int) -> bool:
        """Whether these rows are those that were committed with the offsets."""
        kept = self.database.rows("SELECT issues, sum FROM snapshot_sums WHERE scope = ?", (scope,))
        return not kept or tuple(kept[0]) == (count, total % _SUM_MODULUS)

    def commit_batch(self, scope: str, batch: Batch) -> None:
        """Write a batch's issues, offsets, quarantined records and confirmations in one transaction."""
        rows = {issue.id: sealed(issue_to_json(issue, self.reopen_after_ms)) for issue in batch.issues}
        with self.database.transaction() as db:
            _keep_sums(db, scope, rows)
            db.executemany(
                "INSERT OR REPLACE INTO issues VALUES (?, ?, ?)", [(scope, issue, data) for issue, data in rows.items()]
            )
            db.executemany(
                "INSERT OR REPLACE INTO offsets VALUES (?, ?, ?)",
                [(scope, partition, offset) for partition, offset in batch.offsets.items()],
            )
            self.quarantine.add(scope, batch.quarantined)
            for event_id in batch.confirmed:
                self.outbox.confirm(event_id)
            self.log.remember(scope, batch.last_reads)

    def drop_issue(self, scope: str, issue: str) -> None:
        """Forget an issue that no log confirms."""
        with self.database.transaction() as db:
            db.execute("DELETE FROM issues WHERE scope = ? AND id = ?", (scope, issue))
            db.execute("DELETE FROM snapshot_sums WHERE scope = ?", (scope,))
            _keep_sums(db, scope, {})

    def forget_offsets(self, scope: str) -> None:
        """Make the next replay a full one. The issues stay: folding them again changes nothing."""
        with self.database.transaction() as db:
            db.execute("DELETE FROM offsets WHERE scope = ?", (scope,))
            db.execute("DELETE FROM snapshot_sums WHERE scope = ?", (scope,))


def _keep_sums(db: sqlite3.Connection, scope: str, rows: Mapping[str, str]) -> None:
    """Bring the scope's count and sum up to date with the rows that are about to be written."""
    kept = db.execute("SELECT issues, sum FROM snapshot_sums WHERE scope = ?", (scope,)).fetchone()
    if kept is None:  # the first batch, or an older version's rows
        before = [row[0] for row in db.execute("SELECT data FROM issues WHERE scope = ?", (scope,))]
        kept = (len(before), sum(map(sum_of, before)))
    count, total = kept
    former = dict(
        db.execute(
            "SELECT id, data FROM issues WHERE scope = ? AND id IN (SELECT value FROM json_each(?))",
            (scope, json.dumps(list(rows))),
        ).fetchall()
    )
    count += len(rows) - len(former)
    total += sum(map(sum_of, rows.values())) - sum(map(sum_of, former.values()))
    db.execute("INSERT OR REPLACE INTO snapshot_sums VALUES (?, ?, ?)", (scope, count, total % _SUM_MODULUS))


def stored_in(directory: Path) -> bool:
    """Whether a terminal has ever kept anything in ``directory``."""
    return os.path.exists(directory / FILE_NAME)  # noqa: PTH110 - Path.exists raises where there is no right to look


def _make_private(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{directory}: {error.strerror}") from error
