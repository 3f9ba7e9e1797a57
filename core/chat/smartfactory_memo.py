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

_ASKED = "smartfactory.asked"
_KNOWN = "smartfactory.known"
_AFTER = "smartfactory.after"
_ASKED_SESSION = "smartfactory.asked_session"
_ASKED_DB_SESSION = "smartfactory.asked_db_session"
_WAITED = "smartfactory.waited"
_START = "start"
_CONTINUE = "continue"

SETTLED = {_ASKED: ""}
"""The server refused the question: another attempt need not look for an answer."""
WAITED = {_WAITED: "1"}
"""The next attempt looks once for an answer, and waits for none."""


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
        }


def asked_before(noted: Mapping[str, str]) -> Asked | None:
    """What the last attempt at a question did; None where it did nothing that may still be answered."""
    waited = bool(noted.get(_WAITED))
    match noted.get(_ASKED):
        case "start":
            known = frozenset(part for part in noted.get(_KNOWN, "").split(",") if part)
            return Asked(known=known, waited=waited)
        case "continue":
            session, db_session = noted.get(_ASKED_SESSION, ""), noted.get(_ASKED_DB_SESSION, "")
            return Asked(Thread(session, db_session, _number(noted.get(_AFTER))), waited=waited)
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


def _memos(request: ChatRequest) -> Iterable[Mapping[str, str]]:
    """Newest first."""
    yield request.noted
    yield from (turn.memo for turn in reversed(request.history))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
