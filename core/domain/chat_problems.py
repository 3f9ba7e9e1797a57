"""Why a chatbot did not answer, told apart."""

from typing import TypeAlias

from core.domain.chatbot_limits import REASONS
from core.domain.problems import Problem, ProblemKind, Remedy
from core.domain.tls_words import tls_remedy
from core.support.i18n import N_, _


class ChatProblemKind(ProblemKind):
    NAME = "name", N_("The chatbot's name is unknown: {detail}. Check ANDON_CHAT_URL and the name service.")
    REFUSED = "refused", N_("The chatbot cannot be reached at {detail}.")
    SILENT = "silent", N_("The chatbot did not answer in time.")
    TLS = "tls", N_("The secure connection to the chatbot failed: {detail}. {remedy}")
    HTTPS = "https", N_("The chatbot's port speaks https ({detail}): write https:// in ANDON_CHAT_URL.")
    DROPPED = "dropped", N_("The connection broke off in the middle of the answer.")
    SERVER = "server", N_("The chatbot's server has an error ({detail}).")
    DATABASE = "database", N_("The chatbot's database refuses it ({detail}); see andon doctor."), Remedy.ACT
    PROXY = "proxy", N_("The chatbot is not reachable behind its gateway ({detail}).")
    GARBAGE = "garbage", N_("The chatbot's answer cannot be read ({detail}).")
    TOO_LARGE = "too-large", N_("The chatbot's answer is too large ({detail}).")
    REDIRECT = (
        "redirect",
        N_("The chatbot's address points elsewhere ({detail}). Set ANDON_CHAT_URL to the right one."),
        Remedy.ACT,
    )
    LOGIN = "login", N_("The chatbot refuses the key. Check ANDON_CHAT_API_KEY."), Remedy.ACT
    FORBIDDEN = "forbidden", N_("The chatbot forbids this. Ask its administrator for the right."), Remedy.ACT
    HOST = (
        "host",
        N_(
            "The chatbot does not accept the host name {detail}. Give one that it lists: ANDON_CHAT_URL or"
            " ANDON_CHAT_HOST."
        ),
        Remedy.ACT,
    )
    UNKNOWN_ISSUE = (
        "unknown-issue",
        N_(
            "The chatbot does not know this issue yet. Try again shortly; one from before its own start it never"
            " learns."
        ),
    )
    UNKNOWABLE = "unknowable", N_("The chatbot cannot know this issue: {detail}."), Remedy.ACT
    DEAF = (
        "deaf",
        N_(
            "The chatbot has stopped reading issues and does not know this one. Its administrator must repair its"
            " consumer."
        ),
    )
    NOT_FOUND = "not-found", N_("The chatbot does not know what was asked for ({detail})."), Remedy.ACT
    REJECTED = "rejected", N_("The chatbot did not accept the message: {detail}."), Remedy.ACT
    TOO_MANY = "too-many", N_("Too many questions to the chatbot. Wait a few minutes.")
    BUSY = "busy", N_("The chatbot is thinking about another question. It answers one at a time.")
    CLOSED = "closed", N_("The chatbot has closed this conversation."), Remedy.ACT
    NO_ANSWER = "no-answer", N_("The chatbot ended without an answer.")
    NO_REPORT = "no-report", N_("The chatbot gives no report for this conversation (any more)."), Remedy.ACT
    CANCELLED = "cancelled", N_("Cancelled.")
    INTERRUPTED = "interrupted", N_("Interrupted: the terminal was closed in the middle of it.")
    STORE = "store", N_("This terminal cannot write its data: {detail}. Check the disk and its rights.")
    DEFECT = "defect", N_("The chatbot failed with an internal error; the log file says more.")

    def words(self, detail: str) -> str:
        """One line; with what to do about a certificate, or why this issue cannot be known."""
        told = _(REASONS[detail]) if self is ChatProblemKind.UNKNOWABLE and detail in REASONS else detail
        return _(self.text).format(detail=told, remedy=tls_remedy(detail))


ChatProblem: TypeAlias = Problem[ChatProblemKind]

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
