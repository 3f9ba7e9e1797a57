"""One message of an issue's conversation, as it is kept and shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from core.domain.card import Card
from core.domain.chat_problems import ChatProblem
from core.domain.offers import Offer, offers_in


class Author(StrEnum):
    """Who said it. Every author is told apart on screen by a word and a shape."""

    SYSTEM = "system"
    OPERATOR = "operator"
    PERSON = "person"
    CHATBOT = "chatbot"
    """The plant's chatbot."""
    MODEL = "model"
    """A language model behind an OpenAI-compatible server."""
    BUILTIN = "builtin"


class Alert(StrEnum):
    """What is said at once where people may be in danger, before any chatbot answers; least pressing first."""

    NONE = "none"
    ADVICE = "advice"
    """No emergency: power off, keep away."""
    ASK = "ask"
    """In doubt: whether somebody is hurt. The digit 1 takes the emergency answer."""
    EMERGENCY = "emergency"


CHATBOTS = frozenset({Author.CHATBOT, Author.MODEL, Author.BUILTIN})


class MessageState(StrEnum):
    """How far a message has come."""

    SENDING = "sending"
    """A question that waits for its turn. It is asked, whatever happens to the terminal meanwhile."""
    SENT = "sent"
    """A question that a chatbot is thinking about; anything else that was said whole."""
    ANSWERED = "answered"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """The operator did not want to wait for the answer."""
    REPLACED = "replaced"
    """A question that was put in other words instead."""
    WRITING = "writing"
    """An answer that is still coming in."""
    PARTIAL = "partial"
    """An answer that broke off."""


ASK_AGAIN = frozenset({MessageState.FAILED, MessageState.CANCELLED})
"""Questions that may be asked again."""


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
    """A copy of what is given, which nobody can change: screens read it in another thread."""
    problem: ChatProblem | None = None
    """Why it failed or broke off."""
    card: Card | None = None
    holds_steps: bool = True
    """Of a chatbot's answer: whether it may tell somebody to do something at the machine."""
    alert: Alert = Alert.NONE
    """Of a chatbot's answer: what it is said at once for. Of what a person wrote: what was said at once to it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "memo", MappingProxyType(dict(self.memo)))

    @property
    def is_chatbots(self) -> bool:
        return self.author in CHATBOTS

    @property
    def offers(self) -> tuple[Offer, ...]:
        """Of a chatbot's answer: what a message that is only a digit takes."""
        return offers_in(self.memo) if self.is_chatbots else ()

    @property
    def may_be_asked_again(self) -> bool:
        return self.author is Author.OPERATOR and self.state in ASK_AGAIN
