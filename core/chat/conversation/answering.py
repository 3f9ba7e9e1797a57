"""Asking one question of one chatbot: who is asked, how the answer comes in, and why there is none."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from core.chat.backend import Answer, ChatBackend, ChatError, ChatRequest, Fragment, IssueBrief, Noted, Retracted, Turn
from core.chat.conversation.fallback import Fallback
from core.chat.conversation.message_log import MessageLog
from core.chat.conversation.stream_buffer import StreamBuffer
from core.chat.playbook.alerts import standing_ask
from core.chat.playbook.intents import choice, intent
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.domain.chatbot_limits import why_unknown
from core.domain.errors import StoreError
from core.domain.issues import Issue
from core.domain.messages import Alert, Author, Message, MessageState
from core.domain.past_fix import PastFix
from core.support.i18n import language
from core.support.text import inert_line

log = logging.getLogger(__name__)

TO = "to"
"""Memo of a question: the chatbot that was called by name."""
INSTEAD = "instead"
"""Memo of an answer: it was given in place of a chatbot that did not answer."""

_INTERRUPTED = "interrupted"
_BETWEEN_PEOPLE = frozenset({Author.PERSON, Author.SYSTEM})
"""What they say is not for chatbots."""
_NO_FALLBACK = frozenset({ChatProblemKind.CANCELLED, ChatProblemKind.CLOSED, ChatProblemKind.STORE})


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A chatbot thinks about a question of an issue."""

    author: Author
    since_ms: int
    question: str
    """The message's id."""


class Answering:
    """Puts questions to chatbots, one of an issue at a time."""

    def __init__(
        self,
        message_log: MessageLog,
        fallback: Fallback,
        past_fixes: Callable[[Issue], tuple[PastFix, ...]],
        answered: Callable[[Issue, Message], None],
        thinks: Callable[[], None],
    ) -> None:
        """``answered`` is told each answer in the transaction in which it is kept; ``thinks`` of ``under_way``."""
        self._message_log = message_log
        self._fallback = fallback
        self._past_fixes = past_fixes
        self._answered = answered
        self._thinks = thinks
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._insisted: set[str] = set()
        self.under_way: Mapping[str, UnderWay] = {}
        """What chatbots think about now, by issue. Only ever replaced."""

    def insist(self, question: Message) -> None:
        """Ask the chosen chatbot of it even while that is given a rest."""
        self._insisted.add(question.id)

    def cancel(self, issue: str) -> bool:
        """Do not wait for the answer that is under way. False where none is."""
        task = self._tasks.get(issue)
        return task is not None and task.cancel()

    async def open(self, issue: Issue) -> None:
        """The built-in assistant speaks first, with the precautions.

        Raises:
            StoreError: it could not be kept.
        """
        await self._speak_instead(issue, None)

    async def ask(self, issue: Issue, question: Message) -> None:
        """Have ``question`` answered; where the chosen chatbot does not, by the built-in assistant in its place.

        Raises:
            StoreError: it could not be kept.
        """
        backend = self._backend_for(issue, question)
        problem = await self._try(backend, issue, question)
        self._insisted.discard(question.id)
        if problem is None:
            self._fallback.answered(backend)
            return
        log.warning("no answer from %s: %s", backend.name, problem.kind)
        self._fallback.failed(backend, problem)
        cancelled = problem.kind is ChatProblemKind.CANCELLED
        state = MessageState.CANCELLED if cancelled else MessageState.FAILED
        failed = replace(self._message_log.latest(question), state=state, problem=problem)
        try:
            self._message_log.keep(failed)
        except StoreError:
            self._message_log.show(failed)  # it must be seen, and asked again by its key, all the same
            raise
        needs_no_fallback = backend is self._fallback.builtin or question.alert is Alert.EMERGENCY
        if problem.kind not in _NO_FALLBACK and not needs_no_fallback:
            await self._speak_instead(issue, question, instead_of=backend.name)

    def _backend_for(self, issue: Issue, question: Message) -> ChatBackend:
        """Who is called by name, else the chosen one; a walk through a playbook goes on with who began it."""
        fallback, to = self._fallback, question.memo.get(TO, "")
        if to:
            return fallback.builtin if to == fallback.builtin.name else fallback.chosen
        answers = (m for m in reversed(self._message_log.messages(issue.id)) if m.is_chatbots and m.alert is Alert.NONE)
        spoke_last = next((m.author for m in answers), None)
        walks = intent(question.text) is not None or choice(question.text) is not None
        return fallback.builtin if walks and spoke_last is fallback.builtin.author else fallback.chosen

    async def _try(self, backend: ChatBackend, issue: Issue, question: Message) -> ChatProblem | None:
        """Why there is no answer; None when there is one."""
        if backend is not self._fallback.builtin:
            resting = self._fallback.health.problem
            if resting is not None and question.id not in self._insisted:
                return resting
            self._message_log.keep(replace(question, state=MessageState.SENT))
            self._show(issue.id, UnderWay(backend.author, self._message_log.now_ms(), question.id))
        task = self._tasks[issue.id] = asyncio.create_task(self._speak(backend, issue, question))
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel(_INTERRUPTED)
            await asyncio.wait({task})
            raise
        finally:
            self._tasks.pop(issue.id, None)
            self._show(issue.id, None)
        return _outcome(task)

    async def _speak(
        self, backend: ChatBackend, issue: Issue, question: Message | None, *, instead_of: str = ""
    ) -> None:
        """Have ``backend`` answer, and keep the answer together with the question's new state.

        Raises:
            ChatError: there is no answer.
            StoreError: it could not be kept.
        """
        message_log = self._message_log
        writing = StreamBuffer(
            lambda: message_log.new(issue.id, backend.author, "", "", MessageState.WRITING), message_log
        )
        try:
            async with aclosing(backend.answer(self._request(issue, question))) as parts:
                answer = await self._last_word(parts, writing, question)
            if instead_of:
                answer = replace(answer, memo={**answer.memo, INSTEAD: instead_of})
            said = writing.whole(answer)
            self._show(issue.id, None)
            settled = [] if question is None or instead_of else [message_log.latest(question)]
            also = partial(self._answered, issue, said)
            message_log.keep(said, *(replace(one, state=MessageState.ANSWERED) for one in settled), also=also)
        except BaseException as error:
            writing.break_off(_why(error))
            raise

    async def _speak_instead(self, issue: Issue, question: Message | None, **how: Any) -> None:
        """The built-in assistant speaks; a defect of it must keep no question from the chosen chatbot.

        Raises:
            StoreError: it could not be kept.
        """
        try:
            await self._speak(self._fallback.builtin, issue, question, **how)
        except StoreError:
            raise
        except Exception:
            log.exception("the built-in assistant failed")

    async def _last_word(
        self,
        parts: AsyncIterator[Fragment | Retracted | Noted | Answer],
        writing: StreamBuffer,
        question: Message | None,
    ) -> Answer:
        async for part in parts:
            match part:
                case Fragment(text):
                    writing.add(text)
                case Retracted():
                    writing.retract()
                case Noted(memo):
                    self._note(question, memo)
                case Answer():
                    return part
        raise ChatError(ChatProblem(ChatProblemKind.NO_ANSWER))

    def _note(self, question: Message | None, memo: Mapping[str, str]) -> None:
        if question is not None:
            latest = self._message_log.latest(question)
            self._message_log.keep(replace(latest, memo={**latest.memo, **memo}))

    def _request(self, issue: Issue, question: Message | None) -> ChatRequest:
        earlier = self._message_log.messages(issue.id)
        if question is not None:
            earlier = tuple(m for m in earlier if m.id != question.id and m.state is not MessageState.SENDING)
        said = (m for m in earlier if m.author not in _BETWEEN_PEOPLE)
        turns = tuple(Turn(m.author, m.text, m.at_ms, m.name, m.memo, m.alert) for m in said)
        opening = Alert.ASK if standing_ask(turns) else Alert.NONE
        return ChatRequest(
            issue=brief_of(issue),
            history=turns,
            text=question.text if question else "",
            language=language(),
            operator=question.name if question else "",
            noted=self._message_log.latest(question).memo if question else {},
            past_fixes=self._past_fixes(issue),
            alert=question.alert if question else opening,
        )

    def _show(self, issue: str, under_way: UnderWay | None) -> None:
        others = {key: value for key, value in self.under_way.items() if key != issue}
        self.under_way = others if under_way is None else {**others, issue: under_way}
        self._thinks()


def _why(error: BaseException) -> ChatProblem:
    """What a broken-off answer says of itself."""
    if isinstance(error, ChatError):
        return error.problem
    if isinstance(error, asyncio.CancelledError):
        interrupted = _INTERRUPTED in error.args
        return ChatProblem(ChatProblemKind.INTERRUPTED if interrupted else ChatProblemKind.CANCELLED)
    return ChatProblem(ChatProblemKind.DEFECT)


def _outcome(task: "asyncio.Task[None]") -> ChatProblem | None:
    """Why there is no answer, from how asking ended."""
    if task.cancelled():
        return ChatProblem(ChatProblemKind.CANCELLED)
    match task.exception():
        case None:
            return None
        case ChatError(problem=problem):
            return problem
        case StoreError() as error:
            return ChatProblem(ChatProblemKind.STORE, inert_line(str(error), 200))
        case error:
            # A defect of one chatbot must end neither this conversation nor the others.
            log.error("the chatbot failed unexpectedly", exc_info=error)
            return ChatProblem(ChatProblemKind.DEFECT)


def brief_of(issue: Issue) -> IssueBrief:
    """What a chatbot is told of ``issue``."""
    return IssueBrief(
        issue=issue.id,
        shown_id=issue.shown_id,
        process_type=issue.process_type,
        mode_type=issue.mode_type,
        mode_log_id=issue.mode_log_id,
        description=issue.description,
        is_fault=issue.is_fault,
        dropped=why_unknown((issue.latest_open, issue.latest_solved)),
    )
