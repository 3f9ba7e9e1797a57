"""What the plant's chatbot answers, read leniently (docs/contracts/chatbot-http-api.md). Pure.

The server cannot be changed: what is missing or of another type costs no more than itself. Every text is inert.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.chat.http.problems import garbage
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.support.text import MESSAGE_LIMIT, inert, inert_line

ID_LIMIT = 500
"""Characters of an id; what is longer is none."""

_FIRST_MS = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp() * 1000)
_LAST_MS = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one question of the workflow API."""

    session: str
    """The Redis id, which every later call takes; empty where the server gave none."""
    db_session: str
    """The id in the server's listing; empty where the server gave none, as it never does on continuing."""
    count: int | None
    summary: str
    problem: ChatProblem | None = None
    """Why ``summary`` is none."""


@dataclass(frozen=True, slots=True)
class SessionMessage:
    """One message in the server's listing; ``at_ms`` is epoch ms."""

    id: str
    text: str
    is_bot: bool
    at_ms: int


@dataclass(frozen=True, slots=True)
class Session:
    """One session in the server's listing. ``id`` is that of the database, which no other call takes."""

    id: str
    user: str
    messages: tuple[SessionMessage, ...]
    started_ms: int = 0
    """Epoch ms; 0 where it is not told."""


def reply_of(answer: Mapping[str, Any]) -> Reply:
    """The answer of start-chat or continue-chat.

    Raises:
        ChatError: it has no ``data``.
    """
    data = data_of(answer)
    summary, problem = summary_of(data)
    count = data.get("conversation_count")
    return Reply(
        session=id_of(data.get("redis_session_id")) or id_of(data.get("session_id")),
        db_session=id_of(data.get("db_session_id")),
        count=count if isinstance(count, int) and not isinstance(count, bool) and 0 < count < 10**6 else None,
        summary=summary,
        problem=problem,
    )


def data_of(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """What every call of the workflow API wraps its answer in.

    Raises:
        ChatError: it is missing.
    """
    data = answer.get("data")
    if not isinstance(data, Mapping):
        raise garbage("data")
    return data


def summary_of(data: Mapping[str, Any]) -> tuple[str, ChatProblem | None]:
    """The ``executive_summary``, or why there is none."""
    summary = data.get("executive_summary")
    if isinstance(summary, str) and summary.strip():
        return inert(summary, MESSAGE_LIMIT), None
    if summary is None or isinstance(summary, str):
        return "", ChatProblem(ChatProblemKind.NO_ANSWER)
    return "", ChatProblem(ChatProblemKind.GARBAGE, "executive_summary")


def sessions_of(answer: Mapping[str, Any]) -> tuple[Session, ...]:
    """The sessions of ``issues/{issue_id}/sessions``.

    Raises:
        ChatError: the answer has no ``data``.
    """
    found = data_of(answer).get("sessions")
    return tuple(_session(item) for item in found if isinstance(item, Mapping)) if isinstance(found, list) else ()


def id_of(value: Any) -> str:
    """An id as a text without controls; empty where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    try:
        text = str(value)
    except ValueError:
        return ""
    return text if text.isprintable() and len(text) <= ID_LIMIT else ""


def moment_ms(value: Any) -> int | None:
    """An ISO time as epoch ms, in this terminal's zone where it names none; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        at_ms = round(datetime.fromisoformat(value.strip()).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return None
    return at_ms if _FIRST_MS <= at_ms <= _LAST_MS else None


def _session(item: Mapping[str, Any]) -> Session:
    started_ms = moment_ms(item.get("started_at")) or 0
    return Session(
        id=id_of(item.get("session_id")),
        user=inert_line(id_of(item.get("user_id"))),
        messages=tuple(_messages(item.get("messages"), started_ms)),
        started_ms=started_ms,
    )


def _messages(found: Any, started_ms: int) -> Iterator[SessionMessage]:
    """The messages in their order: none is earlier than the one before, and one without a time takes its."""
    at_ms = started_ms
    for index, item in enumerate(found if isinstance(found, list) else []):
        content = item.get("content") if isinstance(item, Mapping) else None
        if not isinstance(content, str) or not content.strip():
            continue
        at_ms = max(at_ms, moment_ms(item.get("sent_at")) or at_ms)
        # Who is not known to be a person may tell somebody to do something at the machine.
        is_bot = str(item.get("sender")).strip().lower() != "user"
        yield SessionMessage(id_of(item.get("message_id")) or f"#{index}", inert(content, MESSAGE_LIMIT), is_bot, at_ms)
