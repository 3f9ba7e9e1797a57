"""One message of an issue's conversation, as it is kept and shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.chat.backend import Author


class MessageState(StrEnum):
    """How far a message has come."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``text`` is inert; ``at_ms`` is epoch ms by this terminal's clock."""

    id: str
    issue: str
    author: Author
    name: str
    text: str
    at_ms: int
    state: MessageState = MessageState.SENT
    precautions: tuple[str, ...] = ()
    confidence: float | None = None
    memo: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    """Why it failed, in the words that the operator was shown."""
