"""Why a chatbot did not answer, told apart, in words that say what happened and what to do."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.chatbot_limits import REASONS
from core.domain.tls_words import tls_remedy
from core.support.i18n import N_, _


class ChatProblemKind(StrEnum):
    NAME = "name"
    REFUSED = "refused"
    SILENT = "silent"
    TLS = "tls"
    HTTPS = "https"
    DROPPED = "dropped"
    SERVER = "server"
    DATABASE = "database"
    PROXY = "proxy"
    GARBAGE = "garbage"
    TOO_LARGE = "too-large"
    REDIRECT = "redirect"
    LOGIN = "login"
    FORBIDDEN = "forbidden"
    HOST = "host"
    UNKNOWN_ISSUE = "unknown-issue"
    UNKNOWABLE = "unknowable"
    DEAF = "deaf"
    NOT_FOUND = "not-found"
    REJECTED = "rejected"
    TOO_MANY = "too-many"
    BUSY = "busy"
    CLOSED = "closed"
    NO_ANSWER = "no-answer"
    NO_REPORT = "no-report"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    STORE = "store"
    DEFECT = "defect"


_WORDS = {
    ChatProblemKind.NAME: N_("The chatbot's name is unknown: {detail}. Check ANDON_CHAT_URL and the name service."),
    ChatProblemKind.REFUSED: N_("The chatbot cannot be reached at {detail}."),
    ChatProblemKind.SILENT: N_("The chatbot did not answer in time."),
    ChatProblemKind.TLS: N_("The secure connection to the chatbot failed: {detail}. {remedy}"),
    ChatProblemKind.HTTPS: N_("The chatbot's port speaks https ({detail}): write https:// in ANDON_CHAT_URL."),
    ChatProblemKind.DROPPED: N_("The connection broke off in the middle of the answer."),
    ChatProblemKind.SERVER: N_("The chatbot's server has an error ({detail})."),
    ChatProblemKind.DATABASE: N_("The chatbot's database refuses it ({detail}); see andon doctor."),
    ChatProblemKind.PROXY: N_("The chatbot is not reachable behind its gateway ({detail})."),
    ChatProblemKind.GARBAGE: N_("The chatbot's answer cannot be read ({detail})."),
    ChatProblemKind.TOO_LARGE: N_("The chatbot's answer is too large ({detail})."),
    ChatProblemKind.REDIRECT: N_(
        "The chatbot's address points elsewhere ({detail}). Set ANDON_CHAT_URL to the right one."
    ),
    ChatProblemKind.LOGIN: N_("The chatbot refuses the key. Check ANDON_CHAT_API_KEY."),
    ChatProblemKind.FORBIDDEN: N_("The chatbot forbids this. Ask its administrator for the right."),
    ChatProblemKind.HOST: N_(
        "The chatbot does not accept the host name {detail}. Give one that it lists: ANDON_CHAT_URL or ANDON_CHAT_HOST."
    ),
    ChatProblemKind.UNKNOWN_ISSUE: N_(
        "The chatbot does not know this issue yet. Try again shortly; one from before its own start it never learns."
    ),
    ChatProblemKind.UNKNOWABLE: N_("The chatbot cannot know this issue: {detail}."),
    ChatProblemKind.DEAF: N_(
        "The chatbot has stopped reading issues and does not know this one. Its administrator must mend its consumer."
    ),
    ChatProblemKind.NOT_FOUND: N_("The chatbot does not know what was asked for ({detail})."),
    ChatProblemKind.REJECTED: N_("The chatbot did not accept the message: {detail}."),
    ChatProblemKind.TOO_MANY: N_("Too many questions to the chatbot. Wait a few minutes."),
    ChatProblemKind.BUSY: N_("The chatbot is thinking about another question. It answers one at a time."),
    ChatProblemKind.CLOSED: N_("The chatbot has closed this conversation."),
    ChatProblemKind.NO_ANSWER: N_("The chatbot ended without an answer."),
    ChatProblemKind.NO_REPORT: N_("The chatbot gives no report for this conversation (any more)."),
    ChatProblemKind.CANCELLED: N_("Cancelled."),
    ChatProblemKind.INTERRUPTED: N_("Interrupted: the terminal was ended in the middle of it."),
    ChatProblemKind.STORE: N_("This terminal cannot write its data: {detail}. Check the disk and its rights."),
    ChatProblemKind.DEFECT: N_("The chatbot failed by a defect; the log file says more."),
}

UNREACHABLE = frozenset(
    {
        ChatProblemKind.NAME,
        ChatProblemKind.REFUSED,
        ChatProblemKind.SILENT,
        ChatProblemKind.TLS,
        ChatProblemKind.HTTPS,
        ChatProblemKind.DROPPED,
        ChatProblemKind.SERVER,
        ChatProblemKind.PROXY,
    }
)
"""The chatbot as a whole is not there: the circuit opens."""

NO_CONNECTION = frozenset(
    {
        ChatProblemKind.NAME,
        ChatProblemKind.REFUSED,
        ChatProblemKind.SILENT,
        ChatProblemKind.TLS,
        ChatProblemKind.HTTPS,
    }
)
"""Nothing at all comes from there: what is meant for it can wait together."""

PERMANENT = frozenset(
    {
        ChatProblemKind.CLOSED,
        ChatProblemKind.DATABASE,
        ChatProblemKind.FORBIDDEN,
        ChatProblemKind.HOST,
        ChatProblemKind.LOGIN,
        ChatProblemKind.NOT_FOUND,
        ChatProblemKind.NO_REPORT,
        ChatProblemKind.REDIRECT,
        ChatProblemKind.REJECTED,
        ChatProblemKind.UNKNOWABLE,
    }
)
"""Trying the same again would change nothing until somebody acts."""


@dataclass(frozen=True, slots=True)
class ChatProblem:
    """What is wrong; ``detail`` is an address, a status or the server's own inert words, never a secret."""

    kind: ChatProblemKind
    detail: str = ""

    @property
    def words(self) -> str:
        """One line for the operator, in the operator's language."""
        detail = self.detail
        if self.kind is ChatProblemKind.UNKNOWABLE and detail in REASONS:
            detail = _(REASONS[detail])
        return _(_WORDS[self.kind]).format(detail=detail, remedy=tls_remedy(self.detail))

    @property
    def kept(self) -> str:
        """As it is stored: put into words only where it is shown, in the language of that moment."""
        return f"{self.kind}\n{self.detail}"


def kept_problem(text: str) -> ChatProblem | None:
    """What ``ChatProblem.kept`` was made of; None for an empty text."""
    kind, _newline, detail = text.partition("\n")
    return ChatProblem(ChatProblemKind(kind), detail) if kind else None
