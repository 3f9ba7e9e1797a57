"""The outbox: records that must reach Kafka, in the order in which they were typed."""

from sqlite3 import Row

from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.domain.errors import StoreError
from core.domain.outbox import PENDING, STUCK, OutboxEntry, OutboxState, Outgoing
from core.domain.problems import kept_problem
from core.store.codec import headers_from_json, headers_to_json
from core.store.database import Database
from core.store.row_checks import is_whole

_SELECT = (
    "SELECT seq, event_id, issue, action, timestamp_ms, key, value, headers, operator, note, state, scope, created_ms,"
    " partition, offset, problem, known_open_ms, raised_again_ms"
    " FROM outbox LEFT JOIN outbox_decisions USING (event_id)"
)
_PENDING = tuple(state.value for state in PENDING)
_STUCK = tuple(state.value for state in STUCK)


class OutboxTable:
    """Rows go from waiting to sent to confirmed, or are parked or held; none is ever deleted by the publisher."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: Outgoing, *, scope: str, now_ms: int, known_open_ms: int | None = None) -> OutboxEntry:
        """A new row; ``known_open_ms``: the time of the issue's newest opening that whoever decided knew of."""
        with self._database.transaction() as db:
            cursor = db.execute(
                "INSERT INTO outbox (event_id, issue, action, timestamp_ms, key, value, headers, operator, note,"
                " state, scope, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    record.event_id, record.issue, record.action, record.timestamp_ms, record.key, record.value,
                    headers_to_json(record.headers), record.operator, record.note, OutboxState.WAITING, scope, now_ms,
                ),
            )  # fmt: skip
            db.execute(
                "INSERT INTO outbox_decisions (event_id, known_open_ms) VALUES (?, ?)", (record.event_id, known_open_ms)
            )
            return OutboxEntry(
                cursor.lastrowid or 0, record, OutboxState.WAITING, scope, now_ms, known_open_ms=known_open_ms
            )

    def unconfirmed(self) -> list[OutboxEntry]:
        """Everything that is not read back yet, parked rows too, oldest first."""
        rows = self._database.rows(f"{_SELECT} WHERE state NOT IN ('confirmed', 'withdrawn') ORDER BY seq")
        return [_entry(row) for row in rows]

    def get(self, event_id: str) -> OutboxEntry | None:
        rows = self._database.rows(f"{_SELECT} WHERE event_id = ?", (event_id,))
        return _entry(rows[0]) if rows else None

    def mark_sent(self, event_id: str, partition: int, offset: int) -> None:
        """The broker has it. A row that was read back meanwhile stays confirmed."""
        self._update(
            "state = 'sent', partition = ?, offset = ?, problem = ''",
            (partition, offset, event_id),
            states=_PENDING,
        )

    def confirm(self, event_id: str) -> None:
        """It was read back from the topic: the only thing that counts as done."""
        self._update("state = 'confirmed', problem = ''", (event_id,))

    def park(self, event_id: str, problem: ClusterProblem) -> bool:
        """Trying again would change nothing until somebody acts. False: it goes nowhere by itself any more."""
        return self._update("state = 'parked', problem = ?", (problem.kept, event_id), states=_PENDING)

    def hold(self, event_id: str, raised_again_ms: int) -> None:
        """Its issue was raised again: it goes nowhere until a person says so."""
        with self._database.transaction() as db:
            self._update("state = 'held'", (event_id,), states=(*_PENDING, OutboxState.PARKED.value))
            db.execute(
                "INSERT INTO outbox_decisions (event_id, raised_again_ms) VALUES (?, ?)"
                " ON CONFLICT (event_id) DO UPDATE SET raised_again_ms = excluded.raised_again_ms",
                (event_id, raised_again_ms),
            )

    def withdraw(self, event_id: str) -> None:
        """A person gave a parked or held row up."""
        self._update("state = 'withdrawn'", (event_id,), states=_STUCK)

    def wait(self, event_id: str, problem: ClusterProblem | None) -> None:
        """It goes out (again) as soon as it can."""
        self._update(
            "state = 'waiting', problem = ?, partition = NULL, offset = NULL",
            (problem.kept if problem else "", event_id),
            states=(*_PENDING, OutboxState.PARKED.value),
        )

    def was_lost(self, event_id: str) -> None:
        """It was read back once, from a log that is gone: it goes out again."""
        self._update(
            "state = 'waiting', partition = NULL, offset = NULL", (event_id,), states=(OutboxState.CONFIRMED.value,)
        )

    def send_again(self, record: Outgoing) -> None:
        """A parked row goes out again, as ``record`` now is."""
        self._restamp(record, OutboxState.PARKED)

    def restamp(self, record: Outgoing) -> None:
        """A row that was never sent goes out as ``record`` now is."""
        self._restamp(record, OutboxState.WAITING)

    def _restamp(self, record: Outgoing, state: OutboxState) -> None:
        self._update(
            "state = 'waiting', problem = '', timestamp_ms = ?, value = ?, headers = ?",
            (record.timestamp_ms, record.value, headers_to_json(record.headers), record.event_id),
            states=(state.value,),
        )

    def _update(self, change: str, parameters: tuple[object, ...], states: tuple[str, ...] = ()) -> bool:
        """Whether there was such a row, in one of ``states``."""
        only = f" AND state IN ({', '.join('?' * len(states))})" if states else ""
        with self._database.transaction() as db:
            # ``change`` and ``only`` are made of this file's constants; values go in as parameters.
            query = f"UPDATE outbox SET {change} WHERE event_id = ?{only}"  # noqa: S608
            return db.execute(query, (*parameters, *states)).rowcount > 0


def _entry(row: Row) -> OutboxEntry:
    """The entry that a row holds; a damaged one is never passed over: it was promised to the plant."""
    if not (is_whole("outbox", row) and is_whole("outbox_decisions", row)):
        raise StoreError(f"outbox: row {row['seq']}: damaged")
    record = Outgoing(
        row["event_id"], row["issue"], row["action"], row["timestamp_ms"], row["key"], row["value"],
        headers_from_json(row["headers"]), row["operator"], row["note"],
    )  # fmt: skip
    return OutboxEntry(
        row["seq"], record, OutboxState(row["state"]), row["scope"], row["created_ms"],
        row["partition"], row["offset"], kept_problem(ClusterProblemKind, row["problem"]),
        row["known_open_ms"], row["raised_again_ms"],
    )  # fmt: skip
