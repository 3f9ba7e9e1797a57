"""Asking the plant's chatbot by its workflow API, in a session bound to the issue.

A question may take minutes and its call may be lost on the way, with the answer already written down on the
server. So every call is noted before it is made, and another attempt looks for the answer before it asks again:
a question never starts a second session while the first is there.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import aclosing
from http import HTTPStatus

from core.chat.backend import Answer, ChatError, ChatRequest, Noted
from core.chat.http_problems import StatusError
from core.chat.problems import ChatProblem, ChatProblemKind
from core.chat.smartfactory_api import WorkflowApi, is_closed, is_unknown
from core.chat.smartfactory_lost import Exchange, lost_exchange
from core.chat.smartfactory_memo import ENDED, SETTLED, WAITED, Asked, Thread, asked_before, thread_of
from core.chat.smartfactory_wire import Reply

LONGEST_PAUSE_S = 20.0

_NOBODY = "andon"
"""Who asks where nobody is known to: the server demands a name."""
_CANNOT_LIST = frozenset(
    {ChatProblemKind.SERVER, ChatProblemKind.SILENT, ChatProblemKind.TOO_LARGE, ChatProblemKind.GARBAGE}
)
_LOST = frozenset({ChatProblemKind.SILENT, ChatProblemKind.DROPPED})


class _AttemptError(Exception):
    """An attempt that ended without an answer, and what the next one must know of it."""

    def __init__(self, problem: ChatProblem, memo: Mapping[str, str]) -> None:
        super().__init__(problem.words)
        self.problem = problem
        self.memo = memo


class Workflow:
    """Puts questions. It keeps nothing between calls."""

    def __init__(self, api: WorkflowApi, *, wait_for_issue_s: float, first_pause_s: float) -> None:
        self._api = api
        self._wait_for_issue_s = wait_for_issue_s
        self._first_pause_s = first_pause_s

    async def answer(self, request: ChatRequest) -> AsyncGenerator[Noted | Answer, None]:
        """As ``ChatBackend.answer``."""
        try:
            async with aclosing(self._attempt(request)) as parts:
                async for part in parts:
                    yield part
        except _AttemptError as error:
            yield Noted(error.memo)
            raise ChatError(error.problem) from error

    async def _attempt(self, request: ChatRequest) -> AsyncGenerator[Noted | Answer, None]:
        before = asked_before(request.noted)
        if before is not None and (lost := await self._lost_answer(request, before)):
            yield lost
            return
        thread = thread_of(request)
        if thread is not None:
            asked = Asked(thread)
            yield Noted(asked.memo)
            try:
                yield await self._outcome(request, asked, self._api.go_on(thread.session, request.text))
                return
            except StatusError as error:
                if not is_unknown(error):
                    raise
        known = await self._known_sessions(request, asked_already=before is not None)
        asked = Asked(known=known)
        yield Noted({**asked.memo, ENDED: thread.session} if thread else asked.memo)
        yield await self._outcome(request, asked, self._start(request))

    async def _known_sessions(self, request: ChatRequest, *, asked_already: bool) -> frozenset[str]:
        """The sessions that are not this question's. A server that cannot list them may still answer a new question;
        one that may have been asked already is not asked again blindly.
        """
        try:
            return frozenset(session.id for session in await self._api.sessions(request.issue.issue))
        except ChatError as error:
            if asked_already or error.problem.kind not in _CANNOT_LIST:
                raise
            return frozenset()

    async def _start(self, request: ChatRequest) -> Reply:
        """Start a session, as soon as the server's own consumer has stored the issue."""
        give_up, pause = _now() + self._wait_for_issue_s, self._first_pause_s
        while True:
            try:
                return await self._api.start(request.issue.issue, _user(request), request.text)
            except StatusError as error:
                if not is_unknown(error):
                    raise
                if _now() + pause > give_up:
                    raise _AttemptError(ChatProblem(ChatProblemKind.UNKNOWN_ISSUE), SETTLED) from error
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _outcome(self, request: ChatRequest, asked: Asked, call: Awaitable[Reply]) -> Answer:
        """The answer that ``call`` brings, or that the server wrote down although the call was lost.

        Raises:
            StatusError: a gateway gave up, or the session that was to be continued is forgotten.
        """
        try:
            reply = await call
        except StatusError as error:
            problem, memo = _refusal(error, asked)
            if not memo:
                raise
            raise _AttemptError(problem, memo) from error
        except ChatError as error:
            if error.problem.kind not in _LOST:
                raise
            exchange = await self._look_once(request, asked)
            if exchange is None or not exchange.answer:
                raise
            return _answer_of(exchange)
        thread = _thread_after(reply, asked.thread)
        if reply.problem is not None:
            raise _AttemptError(reply.problem, {**thread.memo, **WAITED})
        return Answer(reply.summary, memo=thread.memo)

    # --- answers whose call was lost

    async def _lost_answer(self, request: ChatRequest, asked: Asked) -> Answer | None:
        """The answer to an earlier attempt, waited for as long as for any; None where it must be asked again."""
        give_up, pause = _now() + self._api.timeout_s, self._first_pause_s
        while (exchange := await self._look(request, asked)) is not None and not exchange.answer:
            if asked.waited:
                return None
            if _now() + pause > give_up:
                raise _AttemptError(ChatProblem(ChatProblemKind.SILENT), WAITED)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)
        return _answer_of(exchange) if exchange else None

    async def _look_once(self, request: ChatRequest, asked: Asked) -> Exchange | None:
        try:
            return await self._look(request, asked)
        except ChatError:
            return None

    async def _look(self, request: ChatRequest, asked: Asked) -> Exchange | None:
        sessions = await self._api.sessions(request.issue.issue)
        return lost_exchange(sessions, asked, _user(request), request.text)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _user(request: ChatRequest) -> str:
    return request.operator or _NOBODY


def _refusal(error: StatusError, asked: Asked) -> tuple[ChatProblem, Mapping[str, str]]:
    """What a refusal means, and what the next attempt must know of it; nothing where that is to be seen yet.

    Behind a gateway that gave up, the server may still think.
    """
    if asked.thread is not None and is_closed(error):
        return ChatProblem(ChatProblemKind.CLOSED), {**SETTLED, ENDED: asked.thread.session}
    if asked.thread is not None and is_unknown(error):
        return error.problem, {}
    if error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return error.problem, SETTLED
    return error.problem, WAITED if error.status == HTTPStatus.INTERNAL_SERVER_ERROR else {}


def _thread_after(reply: Reply, before: Thread | None) -> Thread:
    thread = before or Thread("", "", 0)
    return Thread(
        session=thread.session or reply.session,
        db_session=thread.db_session or reply.db_session,
        count=reply.count or thread.count + 1,
    )


def _answer_of(exchange: Exchange) -> Answer:
    return Answer(exchange.answer, memo=exchange.thread.memo)
