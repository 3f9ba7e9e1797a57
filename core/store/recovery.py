"""A damaged store is set aside with its date, what can be saved is saved, and a new one goes on.

The topic rebuilds the issues. What only this file knows is copied row by row, what was promised to the plant (the
outbox) first: through SQLite, and then from the pages that it does not find any more (``carving``). Nothing of the
damaged file is changed or removed (docs/decisions.md, 22).
"""

import contextlib
import logging
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

from core.domain.journal import JournalEntry, follows
from core.store.database import SCHEMA_VERSION, Database, schema_of
from core.store.journal_table import journal_entry
from core.store.row_checks import is_whole
from core.store.schema_check import schema_damage

log = logging.getLogger(__name__)

_BESIDE = ("", "-wal", "-shm")
"""A SQLite file and those that belong to it."""
_ORDER = (
    "outbox",
    "outbox_decisions",
    "journal",
    "drafts",
    "messages",
    "handling",
    "meta",
    "chat_calls",
    "unread",
    "quarantine",
    "issues",
)
"""Whatever stands here is copied first; then every further table. Offsets never are: the topic is replayed."""
_CHECKED: Mapping[str, str] = MappingProxyType(
    {
        "outbox": "*",
        "outbox_decisions": "*",
        "drafts": "*",
        "handling": "*",
        "lockouts": "*",
        "chat_calls": "*",
        "unread": "*",
        "overruled": "*",
        "doubts": "*",
        "last_reads": "*",
        "meta": "*",
        "quarantine": "scope, topic, partition, offset, timestamp_ms, reason, key, headers",
    }
)
"""Table -> columns that are looked at row by row at the start: every table that is then read, and not a value that may
be large. Issues and offsets are checked by ``load_snapshot``, messages and the journal where they are read.
"""
_NEVER = frozenset({"offsets", "snapshot_sums"})
_LONGEST_LEAP = 1 << 40
_MOST_BYTES = 1 << 30
"""Of a file, to carve: it is held in memory."""
_FILE_HEADER = 100
"""Bytes that a SQLite file begins with before its first page's rows."""
_READ_BYTES = 4096
"""What one bad sector costs."""
_NOT_DAMAGE = ("locked", "busy", "disk i/o error", "unable to open", "readonly", "full")
"""How SQLite begins to tell of a file that may be whole."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What happened to a damaged store."""

    set_aside: Path
    """Where the damaged file is now."""
    why: str
    """The first thing that was found wrong, in SQLite's words."""
    saved: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Table -> rows that were copied."""
    is_partial: bool = True
    """SQLite could not read some rows. Where these were carved, nobody can tell whether they were all."""


def damage_of(path: Path, *, with_log: bool = True) -> str:
    """What is wrong with the store's file; empty for a whole one, for none, and for one that cannot be read now.

    ``with_log`` looks at the write-ahead log too: only where no other process writes it.
    """
    if path.is_dir():
        return "a folder"
    if not path.exists():
        return ""
    if path.stat().st_size == 0:
        return "" if not _has_log_beside(path) else "empty"
    try:
        with closing(_opened(path)) as connection:
            return _damage_within(connection, path if with_log else None)
    except sqlite3.Error as error:
        return "" if any(word in str(error).lower() for word in _NOT_DAMAGE) else str(error)


def recover(path: Path, why: str, stamp: str) -> Recovery:
    """Set the file at ``path`` aside under ``stamp``, and put a new store with what can be saved in its place.

    Raises:
        OSError: it cannot be moved.
        StoreError: the new one cannot be written.
    """
    aside = _set_aside(path, stamp)
    log.error("the store is damaged (%s); it is set aside as %s", why, aside.name)
    content, log_content = _bytes_of(aside), _bytes_of(_log_of(aside))
    fresh = Database(path)
    try:
        saved, is_partial = _copy(aside, fresh) if aside.is_file() else ({}, True)
        from core.store.carved_copy import add_carved

        carved = add_carved(fresh, content, log_content)
        with fresh.transaction() as db:
            db.execute("UPDATE issues SET solved_ms = NULL")  # the first start reads them all
    finally:
        fresh.close()
    is_partial = is_partial or any(carved.values())
    for table, count in carved.items():
        if count:
            saved[table] = saved.get(table, 0) + count
    log.warning("saved from the damaged store: %s", saved)
    return Recovery(aside, why, MappingProxyType(dict(saved)), is_partial)


def set_aside_before(directory: Path, name: str) -> list[Path]:
    """The damaged stores in ``directory`` that were set aside so far, oldest first."""
    return sorted(one for one in directory.glob(f"{name}.damaged-*") if not one.name.endswith(_BESIDE[1:]))


def _has_log_beside(path: Path) -> bool:
    """A write-ahead log without its file: this was no first start that was interrupted."""
    log_file = _log_of(path)
    return log_file.exists() and log_file.stat().st_size > 0


def _damage_within(connection: sqlite3.Connection, path: Path | None) -> str:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    found = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if found != "ok":
        return found
    if path is not None and _is_log_damaged(path):
        return "write-ahead log: a frame that was committed"
    tables = schema_of(connection)
    if not tables and not version:
        return ""  # a kill came between the file and its schema
    if wrong := schema_damage(version, tables):
        return wrong
    return "" if version > SCHEMA_VERSION else _damaged_row(connection, tables)  # a newer Andon's is not ours to judge


def _is_log_damaged(path: Path) -> bool:
    log_content = _bytes_of(_log_of(path))
    from core.store.page_file import layouts
    from core.store.write_ahead_log import read_log

    page_size, _reserved = layouts(_bytes_of(path, _FILE_HEADER), log_content)[0]
    return read_log(log_content, page_size).is_damaged


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _damaged_row(connection: sqlite3.Connection, tables: Mapping[str, frozenset[str]]) -> str:
    """A row that SQLite reads and nobody understands."""
    connection.row_factory = sqlite3.Row
    for table, columns in _CHECKED.items():
        if table in tables:
            query = f"SELECT rowid AS row_id, {columns} FROM {table}"  # noqa: S608 - a constant's names
            for row in connection.execute(query):
                if not is_whole(table, dict(row)):
                    return f"{table}: row {row['row_id']}"
    return ""


def _set_aside(path: Path, stamp: str) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    for suffix in _BESIDE:
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def _copy(damaged: Path, fresh: Database) -> tuple[dict[str, int], bool]:
    """(table -> rows copied, whether any could not be)."""
    saved: dict[str, int] = {}
    is_partial = False
    wanted = fresh.schema()
    try:
        with closing(_opened(damaged)) as source:
            there = schema_of(source)
            tables = [name for name in (*_ORDER, *sorted(set(wanted) - set(_ORDER))) if name in there]
            for name in tables:
                if name not in _NEVER and name in wanted:
                    columns = sorted(wanted[name] & there[name])
                    saved[name], lost = _copy_table(source, fresh, name, columns)
                    is_partial = is_partial or lost
    except sqlite3.Error as error:
        log.warning("the damaged store cannot be read further: %s", error)
        return saved, True
    return saved, is_partial


def _bytes_of(path: Path, most: int = _MOST_BYTES) -> bytes:
    """The file as it is, before SQLite opens it; zeros where the disk gives nothing."""
    if not path.is_file():
        return b""
    content = bytearray()
    try:
        size = min(path.stat().st_size, most)
        with path.open("rb", buffering=0) as file:
            while len(content) < size:
                content += _read_at(file, len(content), min(_READ_BYTES, size - len(content)))
    except OSError as error:
        log.warning("%s cannot be read further: %s", path.name, error)
    return bytes(content)


def _read_at(file: BinaryIO, start: int, length: int) -> bytes:
    try:
        file.seek(start)
        return file.read(length).ljust(length, b"\x00")
    except OSError:
        return bytes(length)


def _opened(path: Path) -> sqlite3.Connection:
    """To read only. On closing another one would write the log into the file, or delete a log that it cannot read."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
    connection.row_factory = sqlite3.Row
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    return connection


def _copy_table(source: sqlite3.Connection, fresh: Database, table: str, columns: list[str]) -> tuple[int, bool]:
    """(rows copied, whether any could not be)."""
    # Names of tables and columns are those of our own schema.
    insert = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
    rows = _Rows(source, table, columns)
    copied, is_partial = 0, False
    with fresh.transaction() as db:
        for row in _chained(rows) if table == "journal" else rows:
            if is_whole(table, row):
                copied += db.execute(insert, tuple(row[name] for name in columns)).rowcount
            else:
                is_partial = True
    return copied, is_partial or rows.lost


def _chained(rows: "_Rows") -> Iterator[Mapping[str, Any]]:
    """The journal up to the first gap: an entry holds the hash of the one before, so none behind it can be joined."""
    previous: JournalEntry | None = None
    for row in rows:
        entry = journal_entry(row) if is_whole("journal", row) else None
        if entry is None or not follows(entry, previous):
            rows.lost = True
            return
        previous = entry
        yield row


class _Rows:
    """A table's rows by their row ids: from the beginning, and on behind each place that cannot be read."""

    def __init__(self, source: sqlite3.Connection, table: str, columns: list[str]) -> None:
        self._source = source
        self._query = f"SELECT rowid AS row_id, {', '.join(columns)} FROM {table}"  # noqa: S608 - our own schema's names
        self._seen: set[int] = set()
        self.lost = False
        """Some place could not be read."""

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        at, leap = 0, 1
        while leap < _LONGEST_LEAP:
            try:
                for row in self._new(f"{self._query} WHERE rowid >= ? ORDER BY rowid", (at,)):
                    at, leap = row["row_id"] + 1, 1
                    yield row
                return
            except sqlite3.Error:
                self.lost = True
                at, leap = at + leap, leap * 2
        with contextlib.suppress(sqlite3.Error):
            yield from self._new(f"{self._query} ORDER BY rowid DESC", ())

    def _new(self, query: str, parameters: tuple[int, ...]) -> Iterator[Mapping[str, Any]]:
        for found in self._source.execute(query, parameters):
            row = dict(found)
            if row["row_id"] not in self._seen:
                self._seen.add(row["row_id"])
                yield row
