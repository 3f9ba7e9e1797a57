"""Conversations and drafts, as they stand after every keystroke and every message."""

import json
from sqlite3 import Row

from core.chat.backend import Author
from core.chat.messages import Message, MessageState
from core.store.database import Database


class ConversationTable:
    """One scope's messages by issue, in the order in which they were said, and its drafts."""

    def __init__(self, database: Database, scope: str) -> None:
        self._database = database
        self._scope = scope

    def save(self, message: Message) -> None:
        """Add a message, or bring the one with this id up to date; it keeps its place."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO messages (id, scope, issue, author, name, text, at_ms, state, precautions, confidence,"
                " memo, problem) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                " text = excluded.text, state = excluded.state, problem = excluded.problem",
                (
                    message.id, self._scope, message.issue, message.author, message.name, message.text, message.at_ms,
                    message.state, json.dumps(message.precautions, ensure_ascii=False), message.confidence,
                    json.dumps(dict(message.memo), ensure_ascii=False), message.problem,
                ),
            )  # fmt: skip

    def of_issue(self, issue: str) -> list[Message]:
        rows = self._database.rows(
            "SELECT * FROM messages WHERE scope = ? AND issue = ? ORDER BY seq", (self._scope, issue)
        )
        return [_message(row) for row in rows]

    def issues_saying(self, text: str, most: int = 500) -> set[str]:
        """Issues in whose conversations ``text`` was said."""
        pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rows = self._database.rows(
            "SELECT DISTINCT issue FROM messages WHERE scope = ? AND text LIKE ? ESCAPE '\\' LIMIT ?",
            (self._scope, pattern, most),
        )
        return {row["issue"] for row in rows}

    def unanswered(self) -> list[str]:
        """Issues with a message that a kill or a restart left without an answer."""
        rows = self._database.rows(
            "SELECT DISTINCT issue FROM messages WHERE scope = ? AND state = 'sending'", (self._scope,)
        )
        return [row["issue"] for row in rows]

    def save_draft(self, issue: str, kind: str, text: str) -> None:
        """Keep what is being typed; an empty text ends the draft. ``kind``: ``message`` or ``resolve``."""
        with self._database.transaction() as db:
            if text:
                db.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?)", (self._scope, issue, kind, text))
            else:
                db.execute("DELETE FROM drafts WHERE scope = ? AND issue = ? AND kind = ?", (self._scope, issue, kind))

    def drafts(self) -> dict[tuple[str, str], str]:
        """Every draft by (issue, kind)."""
        rows = self._database.rows("SELECT * FROM drafts WHERE scope = ?", (self._scope,))
        return {(row["issue"], row["kind"]): row["text"] for row in rows}


def _message(row: Row) -> Message:
    return Message(
        id=row["id"],
        issue=row["issue"],
        author=Author(row["author"]),
        name=row["name"],
        text=row["text"],
        at_ms=row["at_ms"],
        state=MessageState(row["state"]),
        precautions=tuple(json.loads(row["precautions"])),
        confidence=row["confidence"],
        memo=json.loads(row["memo"]),
        problem=row["problem"],
    )
