"""What the chatbot's server must still be told of a session, as values (docs/contracts/chatbot-http-api.md)."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.chat_problems import ChatProblem


class CallAction(StrEnum):
    COMPLETE = "complete"
    """How it ended: complete-chat with the note as ``final_summary``."""
    SKIP = "skip"
    """No report is wanted."""
    SAVE = "save"
    """The report was downloaded. The terminal does this at once or not at all; the row remembers it."""


class CallState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    CLOSED = "closed"
    """The server had closed the session before: it can be told no more, and need not be."""
    PARKED = "parked"
    """Trying again would change nothing until somebody acts."""


@dataclass(frozen=True, slots=True)
class ChatCall:
    """One call; ``created_ms`` is epoch ms."""

    issue: str
    session: str
    action: CallAction
    summary: str
    created_ms: int
    state: CallState = CallState.WAITING
    problem: ChatProblem | None = None

    def is_waiting(self, action: CallAction) -> bool:
        return self.action is action and self.state is CallState.WAITING
