"""Finding the answer to a question whose call never came back, in the server's own listing. Pure.

A session's messages are written when its answer is ready: until then a new one is listed without any, and of a
question in an older one nothing is to be seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.chat.smartfactory.state import Asked, Thread
from core.chat.smartfactory.user import is_same_user
from core.chat.smartfactory.wire import Session
from core.support.text import MESSAGE_LIMIT, inert_line


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question as the server keeps it, and its answer; an empty ``answer`` is still being thought about."""

    thread: Thread
    """The session up to this question."""
    question: str
    """Empty while the server has not written it down."""
    answer: str


def lost_exchange(sessions: Sequence[Session], asked: Asked, user: str, text: str) -> Exchange | None:
    """What became of the question ``text`` of ``user``; None where it never arrived.

    A start is a session that was not there before, whose first question is ours or still unwritten. A continuation
    is a question in our session beyond those that were answered before. Where there are several, the last one that
    has an answer.
    """
    found = [
        one
        for one in (_started(sessions, asked, user) if asked.thread is None else _continued(sessions, asked.thread))
        if not one.question or _plain(one.question) == _plain(text)
    ]
    answered = [one for one in found if one.answer]
    return next(reversed(answered or found), None)


def _started(sessions: Sequence[Session], asked: Asked, user: str) -> Iterator[Exchange]:
    for session in sessions:
        if not session.id or session.id in asked.known or not is_same_user(session.user, user):
            continue
        if not session.messages:
            yield Exchange(Thread("", session.id, 1), "", "")
        yield from _exchanges(session, "")[:1]


def _continued(sessions: Sequence[Session], thread: Thread) -> Iterator[Exchange]:
    for session in sessions:
        if session.id and session.id == thread.db_session:
            yield from _exchanges(session, thread.session)[thread.count :]


def _exchanges(session: Session, redis_session: str) -> list[Exchange]:
    found: list[tuple[str, list[str]]] = []
    for message in session.messages:
        if not message.is_bot:
            found.append((message.text, []))
        elif found:
            found[-1][1].append(message.text)
    return [
        Exchange(Thread(redis_session, session.id, number), question, "\n\n".join(answers))
        for number, (question, answers) in enumerate(found, start=1)
    ]


def _plain(text: str) -> str:
    return inert_line(text, MESSAGE_LIMIT)
