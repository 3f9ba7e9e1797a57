"""Records that are no issue events, the newest of them: what they held, and why they were set aside."""

from collections.abc import Sequence
from sqlite3 import Connection, Row

from core.domain.events import Quarantined, Record
from core.store.codec import headers_from_json, headers_to_json
from core.store.database import Database
from core.store.row_checks import whole_rows

MAX_QUARANTINED = 10_000
MAX_QUARANTINED_BYTES = 256 * 1024 * 1024
"""Of the values; beyond either the oldest records go, and are still counted."""


class QuarantineTable:
    """Every scope's, in the order in which they came."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, scope: str, items: Sequence[Quarantined]) -> None:
        """A record that is there already stays as it is."""
        if not items:
            return
        with self._database.transaction() as db:
            db.executemany(
                "INSERT OR IGNORE INTO quarantine (scope, topic, partition, offset, timestamp_ms, reason, key, value,"
                " headers) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [_row(scope, item) for item in items],
            )
            _drop_oldest(db)

    def newest(self, limit: int = 200, preview: int | None = None) -> list[Quarantined]:
        """The newest records, newest first; with ``preview`` only that many bytes of their values."""
        value = "value" if preview is None else f"substr(value, 1, {preview:d}) AS value"
        rows = self._database.rows(
            f"SELECT topic, partition, offset, timestamp_ms, reason, key, {value}, headers"  # noqa: S608 - a number
            " FROM quarantine ORDER BY seq DESC LIMIT ?",
            (limit,),
        )
        return [_quarantined(row) for row in whole_rows("quarantine", rows)]

    def count(self) -> int:
        """Records that were ever set aside, those that are no longer kept too."""
        [row] = self._database.rows("SELECT coalesce(max(seq), 0) AS count FROM quarantine")
        return int(row["count"])


def _row(scope: str, item: Quarantined) -> tuple[object, ...]:
    record = item.record
    return (
        scope, record.topic, record.partition, record.offset, record.timestamp_ms, item.reason,
        record.key, record.value, headers_to_json(record.headers),
    )  # fmt: skip


def _quarantined(row: Row) -> Quarantined:
    record = Record(
        row["topic"], row["partition"], row["offset"], row["timestamp_ms"],
        row["key"], row["value"], headers_from_json(row["headers"]),
    )  # fmt: skip
    return Quarantined(record, row["reason"])


def _drop_oldest(db: Connection) -> None:
    """Keep within the limits. Never the newest row, whose number is the count of all."""
    newest = db.execute("SELECT max(seq) AS seq FROM quarantine").fetchone()["seq"]
    db.execute("DELETE FROM quarantine WHERE seq <= ?", (newest - MAX_QUARANTINED,))
    size = db.execute("SELECT total(length(value)) AS size FROM quarantine").fetchone()["size"]
    while size > MAX_QUARANTINED_BYTES:
        oldest = db.execute(
            "SELECT seq, coalesce(length(value), 0) AS size FROM quarantine ORDER BY seq LIMIT 1"
        ).fetchone()
        if oldest["seq"] == newest:
            return
        db.execute("DELETE FROM quarantine WHERE seq = ?", (oldest["seq"],))
        size -= oldest["size"]
