"""What the plant's chatbot remembers of a conversation: memos in, values out. Pure.

The backend itself keeps nothing, so a conversation goes on after a restart with what stands in its messages.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.chat.backend import ChatRequest

SESSION = "smartfactory.session"
"""The Redis id, which continue-chat and the report calls take."""
DB_SESSION = "smartfactory.db_session"
"""The id of the same session in the server's listing."""
COUNT = "smartfactory.count"
"""How many questions of the session were answered with this answer."""
ENDED = "smartfactory.ended"
"""A session that takes no more questions: terminated, reported, or forgotten by the server."""
CHAT_SESSION = "smartfactory.chat_session"
"""The session of the older API."""
BY_CHAT = "smartfactory.by_chat"
"""The workflow API was refused, so the question goes by the older one: ``ALWAYS`` or ``ONCE``."""
ALWAYS, ONCE = "always", "once"
"""Whether the rest of the conversation goes there too, or this question alone."""

_ASKED = "smartfactory.asked"
_KNOWN = "smartfactory.known"
_AFTER = "smartfactory.after"
_ASKED_SESSION = "smartfactory.asked_session"
_ASKED_DB_SESSION = "smartfactory.asked_db_session"
_WAITED = "smartfactory.waited"
_CUT = "smartfactory.cut"
_AT = "smartfactory.asked_at"
_START = "start"
_CONTINUE = "continue"

SETTLED = {_ASKED: ""}
"""The server refused the question: another attempt need not look for an answer."""
WAITED = {_WAITED: "1"}
"""The next attempt looks once for an answer, and waits for none."""
CUT_OFF = {_CUT: "1"}
"""A gateway gave up waiting for a start, of which the server lists no session."""


@dataclass(frozen=True, slots=True)
class Thread:
    """The session in which a conversation goes on."""

    session: str
    db_session: str
    count: int

    @property
    def memo(self) -> dict[str, str]:
        written = {SESSION: self.session, DB_SESSION: self.db_session, COUNT: str(self.count)}
        return {key: value for key, value in written.items() if value}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an attempt wrote down before it called the server, so that the next one looks for its answer first."""

    thread: Thread | None = None
    """The session that was continued; None where one was to be started."""
    known: frozenset[str] = frozenset()
    """On starting: the database ids of the sessions that were there before."""
    waited: bool = False
    at_s: int = 0
    """When it was asked, in epoch seconds by this terminal's clock; 0 where nobody knows."""
    was_cut: bool = False

    @property
    def memo(self) -> dict[str, str]:
        thread = self.thread or Thread("", "", 0)
        return {
            _ASKED: _CONTINUE if self.thread else _START,
            _KNOWN: ",".join(sorted(self.known)),
            _ASKED_SESSION: thread.session,
            _ASKED_DB_SESSION: thread.db_session,
            _AFTER: str(thread.count),
            _WAITED: "1" if self.waited else "",
            _CUT: "1" if self.was_cut else "",
            _AT: str(self.at_s) if self.at_s else "",
        }


def asked_before(noted: Mapping[str, str]) -> Asked | None:
    """What the last attempt at a question did; None where it did nothing that may still be answered."""
    waited, was_cut = bool(noted.get(_WAITED)), bool(noted.get(_CUT))
    at_s = _number(noted.get(_AT), digits=12)
    match noted.get(_ASKED):
        case "start":
            known = frozenset(part for part in noted.get(_KNOWN, "").split(",") if part)
            return Asked(known=known, waited=waited, at_s=at_s, was_cut=was_cut)
        case "continue":
            session, db_session = noted.get(_ASKED_SESSION, ""), noted.get(_ASKED_DB_SESSION, "")
            thread = Thread(session, db_session, _number(noted.get(_AFTER)))
            return Asked(thread, waited=waited, at_s=at_s, was_cut=was_cut)
        case _:
            return None


def thread_of(request: ChatRequest) -> Thread | None:
    """The newest session of the conversation; None where it has none that takes another question."""
    memos = list(_memos(request))
    ended = {memo[ENDED] for memo in memos if ENDED in memo}
    newest = next((memo for memo in memos if memo.get(SESSION) or memo.get(DB_SESSION)), {})
    session = newest.get(SESSION, "")
    if not session or session in ended:
        return None
    return Thread(session, newest.get(DB_SESSION, ""), _number(newest.get(COUNT)))


def chat_session_of(request: ChatRequest) -> str:
    """The newest session of the older API; empty where there is none that takes another question."""
    memos = list(_memos(request))
    ended = {memo[ENDED] for memo in memos if ENDED in memo}
    session = next((memo[CHAT_SESSION] for memo in memos if memo.get(CHAT_SESSION)), "")
    return "" if session in ended else session


def goes_by_chat(request: ChatRequest) -> bool:
    """Whether the workflow API refused this question before, or an earlier one for good."""
    return BY_CHAT in request.noted or any(turn.memo.get(BY_CHAT) == ALWAYS for turn in request.history)


def _memos(request: ChatRequest) -> Iterable[Mapping[str, str]]:
    """Newest first."""
    yield request.noted
    yield from (turn.memo for turn in reversed(request.history))


def _number(text: str | None, digits: int = 9) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= digits else 0
