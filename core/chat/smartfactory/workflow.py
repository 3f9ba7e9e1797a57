"""Asking the plant's chatbot by its workflow API, in a session bound to the issue.

A question may take minutes and its call may be lost on the way, or given up by a proxy while the server thinks on.
So every call is noted before it is made, and another attempt looks for the answer before it asks again: a question
never starts a second session while the first is there. Where the server's database refuses (as published it refuses
every start, after the experts have run), the question goes on by the older API, and start-chat is left alone.
"""

import asyncio
import logging
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import aclosing
from http import HTTPStatus

from core.chat.backend import NOTICE, Answer, ChatError, ChatRequest, Noted
from core.chat.http.problems import StatusError
from core.chat.smartfactory.api import WorkflowApi, is_closed, is_unknown, stands_still
from core.chat.smartfactory.database_errors import database_refusal
from core.chat.smartfactory.legacy_chat import LegacyChat
from core.chat.smartfactory.recovery import Exchange, lost_exchange
from core.chat.smartfactory.state import (
    ALWAYS,
    BY_CHAT,
    CUT_OFF,
    ENDED,
    ONCE,
    SETTLED,
    WAITED,
    Asked,
    Thread,
    asked_before,
    chat_session_of,
    goes_by_chat,
    thread_of,
)
from core.chat.smartfactory.user import user_id_of
from core.chat.smartfactory.wire import Reply
from core.domain.chat_problems import ChatProblem, ChatProblemKind

log = logging.getLogger(__name__)

LONGEST_PAUSE_S = 20.0
REFUSED_FOR_S = 24 * 3600.0
"""For so long start-chat is not tried again once it was refused for good: each try costs a whole debate."""

_CANNOT_LIST = frozenset(
    {
        ChatProblemKind.DATABASE,
        ChatProblemKind.SERVER,
        ChatProblemKind.SILENT,
        ChatProblemKind.TOO_LARGE,
        ChatProblemKind.GARBAGE,
    }
)
_LOST = frozenset({ChatProblemKind.SILENT, ChatProblemKind.DROPPED})
_PASSING = re.compile(r"overload|rate.?limit|too many requests|time.?out|timed out|unavailable|\b529\b|과부하", re.I)
"""Words of a 500 that tell of experts who could not answer now, rather than of a database."""


class _AttemptError(Exception):
    """An attempt that ended without an answer, and what the next one must know of it."""

    def __init__(self, problem: ChatProblem, memo: Mapping[str, str]) -> None:
        super().__init__(problem.words)
        self.problem = problem
        self.memo = memo


class _RefusedError(Exception):
    """The workflow API gives no answer to this question; the older API is asked."""

    def __init__(self, problem: ChatProblem, *, is_lasting: bool, once_answered: bool = False) -> None:
        """``once_answered``: it is lasting if the experts do answer by the other way."""
        super().__init__(problem.words)
        self.problem = problem
        self.is_lasting = is_lasting
        self.once_answered = once_answered


class Workflow:
    """Puts questions. Between calls it keeps whether start-chat is refused, and which issues it waited for in vain."""

    def __init__(self, api: WorkflowApi, older: LegacyChat, *, wait_for_issue_s: float, first_pause_s: float) -> None:
        self._api = api
        self._older = older
        self._wait_for_issue_s = wait_for_issue_s
        self._first_pause_s = first_pause_s
        self._refused_until = 0.0
        """By the loop's time."""
        self._waited_for_in_vain: set[str] = set()
        """Issues that the server had not stored at the end of all patience: those are older than what it reads."""

    async def answer(self, request: ChatRequest) -> AsyncGenerator[Noted | Answer, None]:
        """As ``ChatBackend.answer``."""
        refused = None
        if await self._cannot_know(request):
            raise ChatError(ChatProblem(ChatProblemKind.UNKNOWABLE, request.issue.dropped))
        if not self._leaves_workflow(request):
            try:
                async with aclosing(self._attempt(request)) as parts:
                    async for part in parts:
                        yield part
                return
            except _AttemptError as error:
                if error.memo:
                    yield Noted(error.memo)
                raise ChatError(error.problem) from error
            except _RefusedError as error:
                refused = error
        async with aclosing(self._by_chat(request, refused)) as parts:
            async for part in parts:
                yield part

    async def _cannot_know(self, request: ChatRequest) -> bool:
        """Whether the server dropped the issue's event, by our own copy, and does not say that it knows it."""
        begun = thread_of(request) is not None or chat_session_of(request)
        return bool(request.issue.dropped) and not begun and not await self._api.knows(request.issue.issue)

    # --- the older API, where this one is refused

    def _leaves_workflow(self, request: ChatRequest) -> bool:
        return goes_by_chat(request) or (thread_of(request) is None and self._is_refused)

    @property
    def _is_refused(self) -> bool:
        return self._refused_until > _now()

    async def _by_chat(
        self, request: ChatRequest, refused: _RefusedError | None
    ) -> AsyncGenerator[Noted | Answer, None]:
        """The older API's answer. It is noted first, so that no later attempt has the experts debate for nothing."""
        lasting = refused.is_lasting or refused.once_answered if refused else self._is_refused
        told = {NOTICE: refused.problem.kept} if refused else {}
        if refused or BY_CHAT not in request.noted:
            yield Noted({BY_CHAT: ALWAYS if lasting else ONCE, **SETTLED, **told})
        if refused and refused.is_lasting:
            self._refused_until = _now() + REFUSED_FOR_S
        async with aclosing(self._older.answer(request)) as parts:
            async for part in parts:
                if isinstance(part, Answer) and refused and refused.once_answered:
                    self._refused_until = _now() + REFUSED_FOR_S
                yield part

    # --- one attempt

    async def _attempt(self, request: ChatRequest) -> AsyncGenerator[Noted | Answer, None]:
        before = asked_before(request.noted)
        if before is not None and (lost := await self._lost_answer(request, before)):
            yield lost
            return
        thread = thread_of(request)
        if thread is not None:
            asked = Asked(thread, at_s=_epoch_s())
            yield Noted(asked.memo)
            try:
                yield await self._outcome(request, asked, self._api.go_on(thread.session, request.text))
                return
            except StatusError as error:
                if not (is_unknown(error) or is_closed(error)):
                    raise
        known = await self._known_sessions(request, asked_already=before is not None)
        asked = Asked(known=known, at_s=_epoch_s())
        yield Noted({**asked.memo, ENDED: thread.session} if thread else asked.memo)
        yield await self._outcome(request, asked, self._start(request))

    async def _known_sessions(self, request: ChatRequest, *, asked_already: bool) -> frozenset[str]:
        """The sessions that are not this question's. A server that cannot list them may still answer a new question;
        one that may have been asked already is not asked again blindly.
        """
        try:
            return frozenset(session.id for session in await self._api.sessions(request.issue.issue))
        except ChatError as error:
            if asked_already or not (error.problem.kind in _CANNOT_LIST or stands_still(error)):
                raise
            return frozenset()

    async def _start(self, request: ChatRequest) -> Reply:
        """Start a session, as soon as the server's own consumer has stored the issue.

        Of two starts within a second the server takes one: the other is tried once more.
        """
        issue = request.issue.issue
        patience_s = 0.0 if issue in self._waited_for_in_vain else self._wait_for_issue_s
        give_up, pause = _now() + patience_s, self._first_pause_s
        was_duplicate = was_unknown = False
        while True:
            try:
                return await self._api.start(issue, user_id_of(request.operator), request.text)
            except StatusError as error:
                if not was_duplicate and _is_duplicate(error):
                    was_duplicate = True
                elif not is_unknown(error):
                    raise
                elif not was_unknown and await self._api.is_deaf():
                    raise _AttemptError(ChatProblem(ChatProblemKind.DEAF), SETTLED) from error
                elif _now() + pause > give_up:
                    self._waited_for_in_vain.add(issue)
                    raise _AttemptError(ChatProblem(ChatProblemKind.UNKNOWN_ISSUE), SETTLED) from error
                was_unknown = was_unknown or is_unknown(error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _outcome(self, request: ChatRequest, asked: Asked, call: Awaitable[Reply]) -> Answer:
        """The answer that ``call`` brings, or that the server wrote down although the call was lost.

        Raises:
            StatusError: the session that was to be continued takes no more questions.
        """
        give_up = _now() + self._api.timeout_s
        try:
            reply = await call
        except StatusError as error:
            if asked.thread is not None and (is_closed(error) or is_unknown(error)):
                raise
            return await self._after_refusal(request, asked, error, give_up)
        except ChatError as error:
            return await self._after_loss(request, asked, error.problem, give_up)
        thread = _thread_after(reply, asked.thread)
        if reply.problem is not None:
            raise _AttemptError(reply.problem, {**thread.memo, **WAITED})
        return Answer(reply.summary, memo=thread.memo)

    async def _after_refusal(self, request: ChatRequest, asked: Asked, error: StatusError, give_up: float) -> Answer:
        """What becomes of a question to which the server, or a gateway, said no."""
        if stands_still(error):
            return await self._waited_for(request, asked, error.problem, give_up)
        if error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _AttemptError(error.problem, SETTLED)
        if error.status != HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _AttemptError(error.problem, {} if asked.thread is None else WAITED)
        log.warning("the chatbot's server answered 500: %s", error.words)
        if refusal := database_refusal(error.words):
            problem = ChatProblem(ChatProblemKind.DATABASE, refusal.words)
            raise _RefusedError(problem, is_lasting=refusal.is_lasting)
        left = await self._look_once(request, asked) if asked.thread is None else None
        if left is None or left.answer:
            raise _AttemptError(error.problem, WAITED)
        if _PASSING.search(error.words):
            raise _AttemptError(error.problem, SETTLED)
        # The session's row is there and its messages are not: the experts ran, and nothing could be written.
        raise _RefusedError(error.problem, is_lasting=False, once_answered=True)

    async def _after_loss(self, request: ChatRequest, asked: Asked, problem: ChatProblem, give_up: float) -> Answer:
        """What becomes of a question whose call brought no answer that can be read."""
        waits_again = asked.thread is None or problem.kind is ChatProblemKind.SILENT
        failed = _AttemptError(problem, {} if waits_again else WAITED)
        exchange = await self._look_once(request, asked) if problem.kind in _LOST else None
        if exchange is None:
            raise failed
        if not exchange.answer:
            return await self._waited_for(request, asked, problem, give_up)
        return _answer_of(exchange)

    # --- answers whose call was lost

    async def _waited_for(self, request: ChatRequest, asked: Asked, problem: ChatProblem, give_up: float) -> Answer:
        """The answer that the server still thinks about, once it is written down."""
        pause = self._first_pause_s
        while True:
            exchange, is_seen = await self._look_patiently(request, asked)
            if exchange is not None and exchange.answer:
                return _answer_of(exchange)
            if is_seen and exchange is None and asked.thread is None:
                raise _AttemptError(problem, CUT_OFF)
            if _now() + pause > give_up:
                raise _AttemptError(ChatProblem(ChatProblemKind.SILENT), {})
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _lost_answer(self, request: ChatRequest, asked: Asked) -> Answer | None:
        """The answer to an earlier attempt, waited for as long as for any; None where it must be asked again.

        Raises:
            _RefusedError: it came to nothing, and another start would come to the same.
        """
        give_up, pause = _now() + self._api.timeout_s, self._first_pause_s
        while True:
            exchange, is_seen = await self._look_patiently(request, asked)
            if exchange is not None and exchange.answer:
                return _answer_of(exchange)
            if is_seen and not self._may_still_come(asked, exchange):
                _refuse_another_start(asked, exchange)
                return None
            if _now() + pause > give_up:
                raise _AttemptError(ChatProblem(ChatProblemKind.SILENT), WAITED if is_seen else {})
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    def _may_still_come(self, asked: Asked, exchange: Exchange | None) -> bool:
        """Whether the server may still think about the question, of which no answer is to be seen.

        A question in an older session is written down with its answer alone: only the time tells.
        """
        if asked.waited:
            return False
        if exchange is not None or asked.thread is None:
            return exchange is not None
        return 0 <= _epoch_s() - asked.at_s < self._api.timeout_s

    async def _look_patiently(self, request: ChatRequest, asked: Asked) -> tuple[Exchange | None, bool]:
        """As ``_look``, and whether the server told: while it thinks it may stand still."""
        try:
            return await self._look(request, asked), True
        except ChatError as error:
            if not stands_still(error):
                raise
            return None, False

    async def _look_once(self, request: ChatRequest, asked: Asked) -> Exchange | None:
        try:
            return await self._look(request, asked)
        except ChatError:
            return None

    async def _look(self, request: ChatRequest, asked: Asked) -> Exchange | None:
        sessions = await self._api.sessions(request.issue.issue)
        return lost_exchange(sessions, asked, user_id_of(request.operator), request.text)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _epoch_s() -> int:
    return int(time.time())


def _is_duplicate(error: StatusError) -> bool:
    refusal = database_refusal(error.words) if error.status == HTTPStatus.INTERNAL_SERVER_ERROR else None
    return refusal is not None and refusal.is_duplicate


def _refuse_another_start(asked: Asked, exchange: Exchange | None) -> None:
    """A start that left an empty session, or nothing behind a gateway that cut it, is not made again.

    Raises:
        _RefusedError: it was such a start.
    """
    is_empty = exchange is not None and not exchange.question
    if asked.thread is None and (is_empty or (exchange is None and asked.was_cut)):
        raise _RefusedError(ChatProblem(ChatProblemKind.SILENT), is_lasting=False, once_answered=True)


def _thread_after(reply: Reply, before: Thread | None) -> Thread:
    thread = before or Thread("", "", 0)
    return Thread(
        session=thread.session or reply.session,
        db_session=thread.db_session or reply.db_session,
        count=reply.count or thread.count + 1,
    )


def _answer_of(exchange: Exchange) -> Answer:
    return Answer(exchange.answer, memo=exchange.thread.memo)
