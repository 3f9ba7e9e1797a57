"""The SQLite file: opening, schema, transactions. No other module knows SQLite but its neighbours here."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from core.domain.errors import StoreError

SCHEMA_VERSION = 5
PAGE_SIZE = 8192
"""Bytes of a new file's pages: the whole schema has its place on the first. Spread over more it would be so many more
places at which one damaged page costs every table.
"""

_CHAT = """
CREATE TABLE messages (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL, scope TEXT NOT NULL, issue TEXT NOT NULL, author TEXT NOT NULL,
    name TEXT NOT NULL, text TEXT NOT NULL, at_ms INTEGER NOT NULL, state TEXT NOT NULL,
    precautions TEXT NOT NULL, confidence REAL, memo TEXT NOT NULL, problem TEXT NOT NULL,
    card TEXT NOT NULL, holds_steps INTEGER NOT NULL, UNIQUE (scope, id));
CREATE INDEX messages_issue ON messages (scope, issue);
CREATE TABLE chat_calls (
    seq INTEGER PRIMARY KEY, scope TEXT NOT NULL, issue TEXT NOT NULL, session TEXT NOT NULL, action TEXT NOT NULL,
    summary TEXT NOT NULL, state TEXT NOT NULL, problem TEXT NOT NULL, created_ms INTEGER NOT NULL,
    UNIQUE (scope, session, action));
"""
_LOG = """
CREATE TABLE last_reads (
    scope TEXT, partition INTEGER, offset INTEGER NOT NULL, timestamp_ms INTEGER NOT NULL, checksum INTEGER NOT NULL,
    PRIMARY KEY (scope, partition));
CREATE TABLE doubts (scope TEXT, kind TEXT, id TEXT, since_ms INTEGER NOT NULL, PRIMARY KEY (scope, kind, id));
"""
_OVERRULED = """
CREATE TABLE overruled (scope TEXT, issue TEXT, event TEXT NOT NULL, PRIMARY KEY (scope, issue));
"""
_OUTBOX_DECISIONS = """
CREATE TABLE outbox_decisions (
    event_id TEXT PRIMARY KEY, known_open_ms INTEGER, raised_again_ms INTEGER);
"""
_ALERTS = """
ALTER TABLE messages ADD COLUMN alert TEXT NOT NULL DEFAULT 'none';
"""
"""What is said at once where people may be in danger, as a fact of each message. Since version 4."""
_SNAPSHOT_SUMS = """
CREATE TABLE snapshot_sums (scope TEXT PRIMARY KEY, issues INTEGER NOT NULL, sum INTEGER NOT NULL);
"""
"""How many issues belong to a scope's offsets, and the sum over their rows: a row that is missing or old shows."""
_SOLVED = """
ALTER TABLE issues ADD COLUMN solved_ms INTEGER;
CREATE INDEX issues_maybe_open ON issues (scope) WHERE solved_ms IS NULL;
CREATE INDEX issues_solved ON issues (solved_ms) WHERE solved_ms IS NOT NULL;
CREATE TABLE lookalikes (scope TEXT, id TEXT, PRIMARY KEY (scope, id));
"""
"""A start reads what may be open, and the ids that look like others than themselves. Since version 5."""
_LOCKOUTS = """
CREATE TABLE lockouts (
    seq INTEGER PRIMARY KEY, scope TEXT NOT NULL, issue TEXT NOT NULL, opened_ms INTEGER NOT NULL,
    opened_digest INTEGER, at_ms INTEGER NOT NULL, operator TEXT NOT NULL, done TEXT NOT NULL, missing TEXT NOT NULL,
    why_not TEXT NOT NULL);
CREATE INDEX lockouts_issue ON lockouts (scope, issue);
"""
_LOCKOUTS_FROM_MEMOS = """
INSERT INTO lockouts (scope, issue, opened_ms, at_ms, operator, done, missing, why_not)
    SELECT scope, issue, CAST(seen AS INTEGER), at_ms, name, trim(
        CASE WHEN missing LIKE '% power %' THEN '' ELSE 'power ' END ||
        CASE WHEN missing LIKE '% lock %' THEN '' ELSE 'lock ' END ||
        CASE WHEN missing LIKE '% tag %' THEN '' ELSE 'tag ' END ||
        CASE WHEN missing LIKE '% zero %' THEN '' ELSE 'zero' END), trim(missing), why
    FROM (SELECT scope, issue, seq, at_ms, name, json_extract(read, '$.secured') AS seen,
            ' ' || coalesce(json_extract(read, '$.unchecked'), '') || ' ' AS missing,
            coalesce(json_extract(read, '$.why'), '') AS why
        FROM (SELECT *, CASE WHEN json_valid(memo) THEN memo ELSE '{}' END AS read FROM messages)
        WHERE author = 'system')
    WHERE seen GLOB '[0-9]*' ORDER BY seq;
"""
"""Until version 3 a message of the system told of a check; its memo held the newest event that had been seen then."""
_SCHEMA = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE issues (scope TEXT, id TEXT, data TEXT NOT NULL, PRIMARY KEY (scope, id));
CREATE TABLE offsets (scope TEXT, partition INTEGER, next_offset INTEGER NOT NULL, PRIMARY KEY (scope, partition));
CREATE TABLE quarantine (
    seq INTEGER PRIMARY KEY, scope TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL,
    offset INTEGER NOT NULL, timestamp_ms INTEGER NOT NULL, reason TEXT NOT NULL, key BLOB, value BLOB,
    headers TEXT NOT NULL, UNIQUE (scope, partition, offset, timestamp_ms));
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, issue TEXT NOT NULL, action TEXT NOT NULL,
    timestamp_ms INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, headers TEXT NOT NULL,
    operator TEXT NOT NULL, note TEXT NOT NULL, state TEXT NOT NULL, scope TEXT NOT NULL,
    created_ms INTEGER NOT NULL, partition INTEGER, offset INTEGER, problem TEXT NOT NULL DEFAULT '');
CREATE INDEX outbox_state ON outbox (state);
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, operator TEXT NOT NULL, action TEXT NOT NULL,
    issue TEXT NOT NULL, detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE handling (
    scope TEXT, issue TEXT, seen_ms INTEGER NOT NULL, acknowledged_ms INTEGER, acknowledged_by TEXT NOT NULL,
    claimed_ms INTEGER, claimed_by TEXT NOT NULL, shelved_until_ms INTEGER, shelved_by TEXT NOT NULL,
    shelved_why TEXT NOT NULL, PRIMARY KEY (scope, issue));
CREATE TABLE unread (scope TEXT, issue TEXT, count INTEGER NOT NULL, PRIMARY KEY (scope, issue));
{_CHAT}
{_SNAPSHOT_SUMS}
{_LOCKOUTS}
CREATE TABLE drafts (scope TEXT, issue TEXT, kind TEXT, text TEXT NOT NULL, PRIMARY KEY (scope, issue, kind));
{_LOG}
{_OVERRULED}
{_OUTBOX_DECISIONS}
{_ALERTS}
{_SOLVED}
"""

_MIGRATIONS = {
    2: f"""
ALTER TABLE messages RENAME TO messages_2;
DROP INDEX messages_issue;
{_CHAT}
INSERT INTO messages SELECT seq, id, scope, issue, author, name, text, at_ms,
    CASE WHEN author = 'operator' AND state = 'sent' THEN 'answered' ELSE state END,
    precautions, confidence, memo, '', '', 1 FROM messages_2;
DROP TABLE messages_2;
""",  # noqa: S608 (our own words on both sides)
    3: _SNAPSHOT_SUMS + _OVERRULED + _OUTBOX_DECISIONS + _LOCKOUTS + _LOCKOUTS_FROM_MEMOS + _ALERTS + _LOG,
    4: _SOLVED,
}
"""Schema version -> what makes the next one of it."""
OLDEST_VERSION = min(_MIGRATIONS)
"""Of those that can be brought up to date."""


class Database:
    """One connection. Its transactions nest: what happens inside the outermost is done together or not at all."""

    def __init__(self, path: Path | None, *, read_only: bool = False) -> None:
        """Open (and unless ``read_only`` create) the file; without a path it lives in memory alone.

        Raises:
            StoreError: no such file to read, no right, no database, or one written by a newer Andon.
        """
        self.path = path
        self.read_only = read_only
        self._lock = RLock()
        self._depth = 0
        with _told_as_store_error(path):
            self._connection = _connect(path, read_only=read_only)
            self._prepare(read_only=read_only)

    def _prepare(self, *, read_only: bool) -> None:
        version = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        if version > SCHEMA_VERSION:
            raise StoreError(f"{self.path}: written by a newer Andon (schema {version}, known {SCHEMA_VERSION})")
        if version and version < OLDEST_VERSION:
            raise StoreError(f"{self.path}: written by Andon before its first release (schema {version}); move it away")
        if version == 0 and read_only:
            # A kill came between the file and its schema: it is as good as not there yet.
            self._connection.close()
            self._connection = _connect(None, read_only=False)
        if version < SCHEMA_VERSION and read_only and version:
            raise StoreError(
                f"{self.path}: written by an older Andon; start the terminal once, it brings it up to date"
            )
        if version < SCHEMA_VERSION:
            steps = [_MIGRATIONS[older] for older in range(version, SCHEMA_VERSION)] if version else [_SCHEMA]
            # One script, one transaction: a kill in between leaves what was there before.
            self._connection.executescript(
                f"BEGIN IMMEDIATE; {''.join(steps)} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
            )

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit on leaving the outermost block, roll back on any exception.

        Raises:
            StoreError: the disk is full, the file is locked or broken.
        """
        with self._lock, _told_as_store_error(self.path):
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self._connection
                if self._depth == 1:
                    self._connection.commit()
            except BaseException:
                if self._depth == 1 and self._connection.in_transaction:
                    self._connection.rollback()
                raise
            finally:
                self._depth -= 1

    def rows(self, query: str, parameters: tuple[object, ...] = ()) -> list[sqlite3.Row]:
        """All rows of a query.

        Raises:
            StoreError: the file is locked or broken.
        """
        with self._lock, _told_as_store_error(self.path):
            return self._connection.execute(query, parameters).fetchall()

    def check(self) -> str:
        """SQLite's own word on the file: ``ok``, or the first thing that is broken."""
        return str(self.rows("PRAGMA integrity_check(1)")[0][0])

    def schema(self) -> dict[str, frozenset[str]]:
        """The columns of each table."""
        with self._lock, _told_as_store_error(self.path):
            return schema_of(self._connection)

    def close(self) -> None:
        with self._lock:
            self._connection.close()


def schema_of(connection: sqlite3.Connection) -> dict[str, frozenset[str]]:
    """The columns of each table of an open file.

    Raises:
        sqlite3.Error: it cannot be read.
    """
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    columns = "SELECT name FROM pragma_table_info(?)"
    return {name: frozenset(row[0] for row in connection.execute(columns, (name,))) for (name,) in names.fetchall()}


def _connect(path: Path | None, *, read_only: bool) -> sqlite3.Connection:
    mode = "ro" if read_only else "rwc"
    connection = sqlite3.connect(
        "file::memory:" if path is None else f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=5,
    )
    connection.row_factory = sqlite3.Row
    connection.text_factory = _text
    if path is not None and not read_only:
        path.chmod(0o600)
        connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")  # a file that holds something keeps its own
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL: a commit is on the disk before a screen says so, also when the power goes.
        connection.execute("PRAGMA synchronous = FULL")
    return connection


def _text(data: bytes) -> str:
    """A byte that a failing disk flipped costs a letter, not the row."""
    return data.decode("utf-8", "replace")


@contextmanager
def _told_as_store_error(path: Path | None) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{path}: {error}") from error
