"""Tells a store from another program's file, a newer Andon's and one whose version number is damaged.

The version number is four bytes of the file's header that nothing protects. What tables there are is believed first.
"""

from collections.abc import Mapping
from contextlib import closing

from core.store.database import OLDEST_VERSION, SCHEMA_VERSION, Database

Tables = Mapping[str, frozenset[str]]
"""The columns of each table."""

_CORE: Tables = {
    "outbox": frozenset({"event_id", "value", "state"}),
    "journal": frozenset(),
    "issues": frozenset(),
    "meta": frozenset(),
}
"""What every version has had, and every later one will have."""
_SINCE = {3: ("messages", "card"), 4: ("messages", "alert"), 5: ("issues", "solved_ms")}
"""Version -> a table and a column that it added: by these the file itself tells which it is."""


def schema_damage(version: int, tables: Tables) -> str:
    """Why a file with these tables is no store of ``version``; empty for one of ours, or a newer Andon's."""
    if missing := _missing(_CORE, tables):
        return f"without the tables: {missing}"
    with closing(Database(None)) as blank:
        ours = blank.schema()
    if version == SCHEMA_VERSION:
        missing = _missing(ours, tables)
        return f"without the tables: {missing}" if missing else ""
    # A newer one has something that we do not know.
    is_right = bool(_missing(tables, ours)) if version > SCHEMA_VERSION else version == _told_version(tables)
    return "" if is_right else f"version number: {version}"


def _told_version(tables: Tables) -> int:
    return max(
        (number for number, (table, column) in _SINCE.items() if column in tables.get(table, ())),
        default=OLDEST_VERSION,
    )


def _missing(wanted: Tables, tables: Tables) -> str:
    there = {name: tables.get(name) for name in wanted}
    return ", ".join(sorted(name for name, has in there.items() if has is None or not wanted[name] <= has))
