"""Store: all that a terminal keeps, in one SQLite file, so that what belongs together is committed together."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.domain.errors import StoreError
from core.domain.events import Quarantined
from core.domain.issues import DEFAULT_REOPEN_AFTER_MS, Issue
from core.domain.last_read import LastRead
from core.store.chat_calls import ChatCallTable
from core.store.conversations import ConversationTable
from core.store.database import Database
from core.store.handling_table import HandlingTable
from core.store.issue_table import IssueTable
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


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The issues as they stood when ``offsets`` (partition -> next offset) had been read."""

    issues: tuple[Issue, ...]
    offsets: Mapping[int, int]
    outdated: frozenset[str] = frozenset()
    """Ids of issues that were kept by older rules: to be written anew."""
    is_whole: bool = True
    """No row was damaged or missing. Else there are no offsets either."""


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
        self.issues = IssueTable(self.database)
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
        """Issues and offsets of ``scope``; with ``open_only`` of the issues those alone that are not solved.

        A row that is damaged or missing, or was written by older rules, drops the offsets: a full replay mends it.
        """
        found = self.issues.read(scope, self.reopen_after_ms, open_only=open_only)
        rows = self.database.rows("SELECT partition, next_offset FROM offsets WHERE scope = ?", (scope,))
        whole = found.is_whole and all(has_types("offsets", row) for row in rows)
        offsets = {row["partition"]: row["next_offset"] for row in rows} if whole and not found.outdated else {}
        return Snapshot(tuple(found.issues), offsets, frozenset(found.outdated), whole)

    def archive(self, scope: str) -> StoredIssues:
        """The issues of ``scope`` one by one, as ``core.domain.known_issues`` asks for them."""
        return StoredIssues(self.database, scope, self.reopen_after_ms)

    def copy_snapshot(self, scope: str, target: "Store") -> None:
        """Give ``target`` the issues of ``scope`` as they stand here, but no offsets: it reads from the beginning."""
        self.issues.copy(scope, target.database)

    def commit_batch(self, scope: str, batch: Batch) -> None:
        """Write a batch's issues, offsets, quarantined records and confirmations in one transaction."""
        with self.database.transaction() as db:
            self.issues.write(scope, batch.issues, self.reopen_after_ms)
            db.executemany(
                "INSERT OR REPLACE INTO offsets VALUES (?, ?, ?)",
                [(scope, partition, offset) for partition, offset in batch.offsets.items()],
            )
            self.quarantine.add(scope, batch.quarantined)
            for event_id in batch.confirmed:
                self.outbox.confirm(event_id)
            self.log.remember(scope, batch.last_reads)

    def forget_offsets(self, scope: str) -> None:
        """Make the next replay a full one. The issues stay: folding them again changes nothing."""
        with self.database.transaction() as db:
            db.execute("DELETE FROM offsets WHERE scope = ?", (scope,))
            db.execute("DELETE FROM snapshot_sums WHERE scope = ?", (scope,))


def stored_in(directory: Path) -> bool:
    """Whether a terminal has ever kept anything in ``directory``."""
    return os.path.exists(directory / FILE_NAME)  # noqa: PTH110 - Path.exists raises where there is no right to look


def _make_private(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{directory}: {error.strerror}") from error
