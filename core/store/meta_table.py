"""What the terminal remembers of itself: the log that it read last, who was at it, when its list was complete."""

from core.domain.events import showable_ms
from core.store.database import Database
from core.store.log_table import COMPLETE

_SCOPE = "scope"
_OPERATOR = "operator"


class MetaTable:
    """One row a name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_scope(self) -> str | None:
        """The scope that this terminal read last: what to show before there is any contact."""
        return self._value(_SCOPE)

    def remember_scope(self, scope: str) -> None:
        self._save(_SCOPE, scope)

    def operator(self) -> str:
        """Who was at this terminal last; empty when nobody ever said so."""
        return self._value(_OPERATOR) or ""

    def save_operator(self, name: str) -> None:
        self._save(_OPERATOR, name)

    def complete_ms(self, scope: str) -> int | None:
        """Epoch ms at which the issues of ``scope`` were last known to be all; None: never yet."""
        kept = self._value(f"{COMPLETE} {scope}") or ""
        time_ms = int(kept) if kept.isascii() and kept.isdigit() else None
        return time_ms if time_ms is not None and showable_ms(time_ms) == time_ms else None

    def save_complete_ms(self, scope: str, time_ms: int) -> None:
        self._save(f"{COMPLETE} {scope}", str(time_ms))

    def _value(self, name: str) -> str | None:
        rows = self._database.rows("SELECT value FROM meta WHERE name = ?", (name,))
        return str(rows[0]["value"]) if rows else None

    def _save(self, name: str, value: str) -> None:
        with self._database.transaction() as db:
            db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))
