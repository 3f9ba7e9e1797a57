"""What the chatbot's server must be told of a session: how it ended, and what became of its report."""

from sqlite3 import Row

from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.domain.pending_calls import CallAction, CallState, ChatCall
from core.domain.problems import kept_problem
from core.store.database import Database
from core.store.row_checks import whole_rows


class ChatCallTable:
    """One scope's calls, oldest first; a session has at most one of each action."""

    def __init__(self, database: Database, scope: str) -> None:
        self._database = database
        self._scope = scope

    def add(self, call: ChatCall) -> None:
        """Add a call. One of the same session and action begins anew where it is not done, or has another summary."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO chat_calls (scope, issue, session, action, summary, state, problem, created_ms)"
                " VALUES (?, ?, ?, ?, ?, ?, '', ?) ON CONFLICT (scope, session, action) DO UPDATE SET"
                " summary = excluded.summary, state = excluded.state, problem = '', created_ms = excluded.created_ms"
                " WHERE state <> 'done' OR summary <> excluded.summary",
                (self._scope, call.issue, call.session, call.action, call.summary, call.state, call.created_ms),
            )

    def mark(self, call: ChatCall, state: CallState, problem: ChatProblem | None = None) -> None:
        """What became of ``call``, if it is still the one to be made: another summary may have come meanwhile."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE chat_calls SET state = ?, problem = ?"
                " WHERE scope = ? AND session = ? AND action = ? AND summary = ?",
                (state, problem.kept if problem else "", self._scope, call.session, call.action, call.summary),
            )

    def all(self) -> list[ChatCall]:
        rows = self._database.rows(
            "SELECT issue, session, action, summary, state, problem, created_ms FROM chat_calls WHERE scope = ?"
            " ORDER BY seq",
            (self._scope,),
        )
        return [_call(row) for row in whole_rows("chat_calls", rows)]


def _call(row: Row) -> ChatCall:
    return ChatCall(
        row["issue"], row["session"], CallAction(row["action"]), row["summary"], row["created_ms"],
        CallState(row["state"]), kept_problem(ChatProblemKind, row["problem"]),
    )  # fmt: skip
