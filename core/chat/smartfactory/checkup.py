"""Whether the plant's chatbot can answer by its workflow API, found out without a question.

As published every start-chat is a 500: two columns of its database are too short. Nobody can see a column from here,
but a session that was begun and never answered can be seen.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from core.chat.backend import ChatError
from core.chat.smartfactory.api import WorkflowApi
from core.chat.smartfactory.wire import Session

COLUMNS = ("ChatMessage.chatMessageId", "ChatbotSession.chatbotSessionId")
"""What is too short as published: VARCHAR(50), to be widened to VARCHAR(255)."""

_ISSUES = 20
"""Stored issues that are looked at."""
_PATIENCE_S = 15.0
_THOUGHT_ABOUT_MS = 5 * 60_000
"""A session of this age that has no messages is not thought about any more."""


@dataclass(frozen=True, slots=True)
class CheckUp:
    """What was found. ``starts`` tells whether start-chat was ever seen to work: None where nobody asked yet."""

    is_deaf: bool = False
    """A record broke its Kafka consumer: it learns of no new issue."""
    starts: bool | None = True


async def check_up(api: WorkflowApi) -> CheckUp:
    """Look at the consumer's state and at the sessions of stored issues. What cannot be had is not known."""
    is_deaf = await api.is_deaf()
    try:
        async with asyncio.timeout(_PATIENCE_S):
            now_ms = await api.server_now_ms()
            issues = await api.stored_issues(_ISSUES)
            sessions = [session for issue in issues for session in await api.sessions(issue)]
    except (ChatError, TimeoutError):
        now_ms, sessions = None, []
    return CheckUp(is_deaf, starts(sessions, now_ms or 0))


def starts(sessions: Sequence[Session], now_ms: int) -> bool | None:
    """Whether start-chat works, by what it left: an answer, or only empty sessions that are older than any thought.

    ``now_ms`` is the server's now as it writes its times, which name no zone; 0 where it is not known.
    """
    if any(session.messages for session in sessions):
        return True
    old = [session for session in sessions if session.started_ms < now_ms - _THOUGHT_ABOUT_MS]
    return False if old else None
