"""Carved rows as rows of our own tables: which table each is of is told by its shape, as no schema may be left."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.store.carving import Carved
from core.store.row_checks import is_whole

CARVED_TABLES = (
    "outbox", "outbox_decisions", "journal", "drafts", "messages", "lockouts", "handling", "meta", "issues",
)  # fmt: skip
"""What only this file knows, in the order in which it is put back. The others are the topic's to tell, or passing."""
_PYTHON = {"INTEGER": (int,), "TEXT": (str,), "BLOB": (bytes,), "REAL": (int, float)}


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    kind: str
    may_be_null: bool
    default: Any
    is_rowid: bool
    has_default: bool
    """A row that was written before the column was there ends before it."""

    def takes(self, value: object) -> bool:
        if self.is_rowid or value is None:
            return value is None and (self.is_rowid or self.may_be_null)
        return isinstance(value, _PYTHON.get(self.kind, ()))


class Shapes:
    """The tables of a new store, to tell carved rows by."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        found = {table: _columns(connection, table) for table in CARVED_TABLES}
        self._columns = {table: columns for table, columns in found.items() if columns}

    def sorted(self, records: Iterable[Carved]) -> dict[str, list[dict[str, Any]]]:
        """Table -> its whole rows, each with its ``row_id``. A record that fits none is left out."""
        rows: dict[str, list[dict[str, Any]]] = {table: [] for table in self._columns}
        for record in records:
            for table, columns in self._columns.items():
                row = _row(record, columns)
                if row is not None and is_whole(table, row):
                    rows[table].append(row)
                    break
        return rows

    def insert(self, table: str) -> str:
        """The statement that adds a row, given by column names, unless one of its keys is there."""
        names = [column.name for column in self._columns[table]]
        values = ", ".join(f":{name}" for name in names)
        return f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({values})"  # noqa: S608 - our own names


def _columns(connection: sqlite3.Connection, table: str) -> tuple[_Column, ...]:
    rows = connection.execute('SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?)', (table,))
    found = [tuple(row) for row in rows]
    keys = sum(1 for *_rest, key in found if key)
    return tuple(
        _Column(
            name, kind,
            may_be_null=not required and not key,
            default=None if default is None else connection.execute(f"SELECT {default}").fetchone()[0],
            is_rowid=bool(key) and keys == 1 and kind == "INTEGER",
            has_default=default is not None or not required,
        )
        for name, kind, required, default, key in found
    )  # fmt: skip


def _row(record: Carved, columns: tuple[_Column, ...]) -> dict[str, Any] | None:
    """The record by column names; None where it does not fit."""
    values, count = record.values, len(record.values)
    if not 1 < count <= len(columns) or not all(column.has_default for column in columns[count:]):
        return None
    if not all(column.takes(value) for column, value in zip(columns, values, strict=False)):
        return None
    row = {column.name: column.default for column in columns}
    row |= {column.name: value for column, value in zip(columns, values, strict=False)}
    row |= {column.name: record.rowid for column in columns if column.is_rowid}
    return row | {"row_id": record.rowid}
