"""Conversations and drafts, as they stand after every keystroke and every message."""

import json
import logging
from collections.abc import Callable
from sqlite3 import Row

from pydantic import TypeAdapter

from core.domain.card import Card
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.domain.messages import Alert, Author, Message, MessageState
from core.domain.problems import kept_problem
from core.store.database import Database
from core.store.row_checks import has_types, whole_rows

log = logging.getLogger(__name__)

_CARD = TypeAdapter(Card)


_SELECT = (
    "SELECT seq, id, issue, author, name, text, at_ms, state, precautions, confidence, memo, problem, card,"
    " holds_steps, alert FROM messages"
)


class ConversationTable:
    """One scope's messages by issue, in the order in which they were said, and its drafts."""

    def __init__(self, database: Database, scope: str) -> None:
        self._database = database
        self._scope = scope

    def save(self, *messages: Message, also: Callable[[], None] | None = None) -> None:
        """Add messages, or bring those with these ids up to date, all together; each keeps its place.

        ``also`` writes what must be kept with them, or not at all.
        """
        with self._database.transaction() as db:
            if also is not None:
                also()
            db.executemany(
                "INSERT INTO messages (scope, id, issue, author, name, text, at_ms, state, precautions, confidence,"
                " memo, problem, card, holds_steps, alert) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (scope, id) DO UPDATE SET text = excluded.text, state = excluded.state,"
                " precautions = excluded.precautions, confidence = excluded.confidence, memo = excluded.memo,"
                " problem = excluded.problem, card = excluded.card, holds_steps = excluded.holds_steps,"
                " alert = excluded.alert",
                [self._row(message) for message in messages],
            )

    def _row(self, message: Message) -> tuple[object, ...]:
        return (
            self._scope, message.id, message.issue, message.author, message.name, message.text, message.at_ms,
            message.state, json.dumps(message.precautions, ensure_ascii=False), message.confidence,
            json.dumps(dict(message.memo), ensure_ascii=False), message.problem.kept if message.problem else "",
            _CARD.dump_json(message.card).decode() if message.card else "", message.holds_steps,
            message.alert,
        )  # fmt: skip

    def of_issue(self, issue: str) -> list[Message]:
        rows = self._database.rows(f"{_SELECT} WHERE scope = ? AND issue = ? ORDER BY seq", (self._scope, issue))
        return [message for row in rows if (message := _message_or_none(row)) is not None]

    def issues_saying(self, text: str, most: int = 500) -> set[str]:
        """Issues in whose conversations ``text`` was said."""
        pattern = _pattern(text)
        rows = self._database.rows(
            "SELECT DISTINCT issue FROM messages WHERE scope = ? AND text LIKE ? ESCAPE '\\' LIMIT ?",
            (self._scope, pattern, most),
        )
        return {row["issue"] for row in rows}

    def newest_saying(self, text: str, most: int = 500) -> dict[str, Message]:
        """By issue, the newest message in which ``text`` was said, of the ``most`` newest of all."""
        rows = self._database.rows(
            f"{_SELECT} WHERE scope = ? AND text LIKE ? ESCAPE '\\' ORDER BY seq DESC LIMIT ?",
            (self._scope, _pattern(text), most),
        )
        found: dict[str, Message] = {}
        for row in rows:
            message = _message_or_none(row)
            if message is not None:
                found.setdefault(message.issue, message)
        return found

    def last_notes(self) -> dict[str, str]:
        """By issue, what a person wrote last to the others on it."""
        rows = self._database.rows(
            "SELECT issue, text, max(seq) FROM messages WHERE scope = ? AND author = 'person'"
            " AND id NOT LIKE 'smartfactory:%' GROUP BY issue",  # what others asked is no note
            (self._scope,),
        )
        return {row["issue"]: row["text"] for row in rows}

    def unanswered(self) -> list[str]:
        """Issues with a question that waits for its turn."""
        rows = self._database.rows(
            "SELECT DISTINCT issue FROM messages WHERE scope = ? AND state = 'sending'", (self._scope,)
        )
        return [row["issue"] for row in rows]

    def mark_interrupted(self, problem: ChatProblem) -> None:
        """What a kill left in the middle: questions that a chatbot thought about, answers that were being written."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE messages SET state = 'failed', problem = ? WHERE scope = ? AND state = 'sent'"
                " AND author = 'operator'",
                (problem.kept, self._scope),
            )
            db.execute(
                "UPDATE messages SET state = 'partial', problem = ? WHERE scope = ? AND state = 'writing'",
                (problem.kept, self._scope),
            )

    def save_draft(self, issue: str, kind: str, text: str) -> None:
        """Keep what is being typed; an empty text ends the draft. ``kind``: ``message`` or ``resolve``."""
        with self._database.transaction() as db:
            if text:
                db.execute(
                    "INSERT OR REPLACE INTO drafts (scope, issue, kind, text) VALUES (?, ?, ?, ?)",
                    (self._scope, issue, kind, text),
                )
            else:
                db.execute("DELETE FROM drafts WHERE scope = ? AND issue = ? AND kind = ?", (self._scope, issue, kind))

    def drafts(self) -> dict[tuple[str, str], str]:
        """Every draft by (issue, kind)."""
        rows = self._database.rows("SELECT issue, kind, text FROM drafts WHERE scope = ?", (self._scope,))
        return {(row["issue"], row["kind"]): row["text"] for row in whole_rows("drafts", rows)}


def _pattern(text: str) -> str:
    """What LIKE looks for: ``text`` anywhere, as it is written."""
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _message_or_none(row: Row) -> Message | None:
    """A message whose row a failing disk changed is left out: the others are shown all the same."""
    try:
        if has_types("messages", row):
            return _message(row)
    except (ValueError, TypeError):
        pass
    log.warning("message %s is damaged", row["seq"])
    return None


def _message(row: Row) -> Message:
    return Message(
        id=row["id"],
        issue=row["issue"],
        author=Author(row["author"]),
        name=row["name"],
        text=row["text"],
        at_ms=row["at_ms"],
        state=MessageState(row["state"]),
        precautions=tuple(json.loads(row["precautions"])) if row["precautions"] != "[]" else (),
        confidence=row["confidence"],
        memo=json.loads(row["memo"]) if row["memo"] != "{}" else {},
        problem=kept_problem(ChatProblemKind, row["problem"]),
        card=_CARD.validate_json(row["card"]) if row["card"] else None,
        holds_steps=bool(row["holds_steps"]),
        alert=Alert(row["alert"]),
    )
