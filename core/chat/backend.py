"""The protocol that every chatbot answers, and its message types.

A backend is stateless: all it may remember travels in the conversation (``Turn.memo``, ``Noted``), so it
goes on after a restart, on another terminal, or with another backend.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from core.domain.card import Card
from core.domain.chat_problems import ChatProblem
from core.domain.messages import Alert, Author
from core.domain.past_fix import PastFix

CUT = "cut"
"""Memo of an answer that the chatbot itself ended too early: ``length`` or ``content_filter``."""

NOTICE = "notice"
"""Memo of a question: what went wrong on the way to its answer (``ChatProblem.kept``), although it went on."""


@dataclass(frozen=True, slots=True)
class IssueBrief:
    """What a chatbot is told of the issue. The texts are inert already (``core.support.text``)."""

    issue: str
    """The id as the plant wrote it, for calls that name it; ``shown_id`` is for showing."""
    shown_id: str
    process_type: str
    mode_type: str
    mode_log_id: str
    description: str
    is_fault: bool
    dropped: str = ""
    """Why the plant's chatbot dropped every event of it that is held here (``smartfactory_limits.REASONS``)."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation, oldest first in ``ChatRequest.history``."""

    author: Author
    text: str
    at_ms: int
    name: str = ""
    memo: Mapping[str, str] = field(default_factory=dict)
    """What the backend wrote down for itself with this answer, or with this question (``Noted``)."""
    alert: Alert = Alert.NONE
    """As ``core.domain.messages.Message`` has it."""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One question. An empty ``text`` asks for the opening words on a new issue."""

    issue: IssueBrief
    history: tuple[Turn, ...]
    text: str
    language: str
    """``ko`` or ``en``."""
    operator: str = ""
    """Who asks; inert."""
    noted: Mapping[str, str] = field(default_factory=dict)
    """What earlier attempts at this very question wrote down (``Noted``)."""
    past_fixes: tuple[PastFix, ...] = ()
    """What solved the same or similar issues before, best first."""
    alert: Alert = Alert.NONE
    """What was said at once to this question; it stands above the answer."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of an answer that is still being written, as it came."""

    text: str


@dataclass(frozen=True, slots=True)
class Retracted:
    """All fragments so far were no part of the answer: the model was thinking, as it turned out."""


@dataclass(frozen=True, slots=True)
class Noted:
    """To be kept with the question before the backend goes on; a later attempt finds it in ``ChatRequest.noted``."""

    memo: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. Precautions are kept apart so that no step can be shown above them."""

    text: str
    precautions: tuple[str, ...] = ()
    confidence: float | None = None
    """0 to 1; of None nothing is shown."""
    memo: Mapping[str, str] = field(default_factory=dict)
    card: Card | None = None
    """The structured part of an answer, where the chatbot gives one."""
    holds_steps: bool = True
    """Whether it may tell somebody to do something at the machine. Only the built-in assistant can know better."""
    alert: Alert = Alert.NONE
    """Whether it is said at once where people may be in danger (``core.chat.playbook.alerts``)."""


class ChatError(Exception):
    """A backend could not answer."""

    def __init__(self, problem: ChatProblem) -> None:
        super().__init__(problem.words)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Earlier:
    """A message of an earlier session, read from the chatbot's server. Inert; ``at_ms`` is epoch ms."""

    id: str
    """Stable: the same message has the same id whenever it is read."""
    author: Author
    """``PERSON`` or the chatbot."""
    name: str
    text: str
    at_ms: int
    session: str
    """The server's id of the session in which it was said."""


@dataclass(frozen=True, slots=True)
class Report:
    """A session's report, as it was downloaded: ``path`` is a complete temporary file, ``name`` the server's wish."""

    path: Path
    name: str


@runtime_checkable
class ChatBackend(Protocol):
    """A chatbot. It never acknowledges or resolves: people do."""

    @property
    def name(self) -> str:
        """What it is called in memos and in ``/bot``: ``smartfactory``, ``openai``, ``builtin``."""
        ...

    @property
    def author(self) -> Author:
        """As whom its answers are shown."""
        ...

    def answer(self, request: ChatRequest) -> AsyncGenerator[Fragment | Retracted | Noted | Answer, None]:
        """Yield any number of fragments and notes and, last, exactly one ``Answer``.

        Raises:
            ChatError: there is no answer; the conversation marks the message as failed.
        """
        ...

    async def ping(self) -> None:
        """Return when the chatbot can be reached.

        Raises:
            ChatError: it cannot.
        """
        ...

    async def close(self) -> None:
        """Let go of connections; no call follows."""
        ...


@runtime_checkable
class SessionBackend(ChatBackend, Protocol):
    """A chatbot whose server keeps sessions: they are read back, completed, and end in a report.

    Every call raises ``ChatError`` where it cannot be done; ``session`` is what ``session_in`` found.
    """

    def session_in(self, memo: Mapping[str, str]) -> str | None:
        """The id of the session that a memo of this backend's tells of; None where it tells of none."""
        ...

    async def earlier(self, issue: IssueBrief, own_memos: Sequence[Mapping[str, str]]) -> list[Earlier]:
        """What was said of the issue in sessions that are not in ``own_memos``, oldest first."""
        ...

    async def complete(self, session: str, summary: str) -> None:
        """Tell the server how it ended. Saying it twice is no error."""
        ...

    async def report(self, session: str, folder: Path) -> Report:
        """Download the report into a temporary file in ``folder``. The server gives it once."""
        ...

    async def skip_report(self, session: str) -> None:
        """No report is wanted. Saying it twice is no error."""
        ...
