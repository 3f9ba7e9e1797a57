"""The protocol that every chatbot answers, and its message types.

A backend is stateless: all it may remember travels in the history (``Turn.memo``), so a
conversation goes on after a restart, on another terminal, or with another backend.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Author(StrEnum):
    """Who said it. Every author is told apart on screen by a word and a shape."""

    SYSTEM = "system"
    OPERATOR = "operator"
    PERSON = "person"
    CHATBOT = "chatbot"
    BUILTIN = "builtin"


@dataclass(frozen=True, slots=True)
class IssueBrief:
    """What a chatbot is told of the issue. The texts are inert already (``core.text``)."""

    issue: str
    process_type: str
    mode_type: str
    mode_log_id: str
    description: str
    is_fault: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation, oldest first in ``ChatRequest.history``."""

    author: Author
    text: str
    at_ms: int
    memo: Mapping[str, str] = field(default_factory=dict)
    """What the backend wrote down for itself with this answer."""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One question. An empty ``text`` asks for the opening words on a new issue."""

    issue: IssueBrief
    history: tuple[Turn, ...]
    text: str
    language: str
    """``ko`` or ``en``."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of an answer that is still being written."""

    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. Precautions are kept apart so that no step can be shown above them."""

    text: str
    precautions: tuple[str, ...] = ()
    confidence: float | None = None
    """0 to 1; None is shown as "not reported"."""
    memo: Mapping[str, str] = field(default_factory=dict)


class ChatError(Exception):
    """A backend could not answer. The message is for the operator, in the operator's language."""


class ChatBackend(Protocol):
    """A chatbot. It never acknowledges or resolves: people do."""

    @property
    def author(self) -> Author:
        """As whom its answers are shown."""
        ...

    def answer(self, request: ChatRequest) -> AsyncIterator[Fragment | Answer]:
        """Yield any number of fragments and, last, exactly one ``Answer``.

        Raises:
            ChatError: there is no answer; the conversation marks the message as failed.
        """
        ...
