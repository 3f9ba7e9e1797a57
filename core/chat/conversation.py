"""Conversations: order, fallback and persistence around whatever chatbot answers.

A message is in the store before a chatbot hears of it, so a kill at any instant leaves a question that is
asked again at the next start, never a lost one.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol
from uuid import uuid4

from core.chat.backend import Answer, Author, ChatBackend, ChatError, ChatRequest, IssueBrief, Turn
from core.chat.messages import Message, MessageState
from core.i18n import _, language
from core.issues import Issue
from core.store.database import StoreError
from core.text import MESSAGE_LIMIT, inert

log = logging.getLogger(__name__)


class ConversationStore(Protocol):
    """Where conversations are kept (``core.store``)."""

    def save(self, message: Message) -> None: ...

    def of_issue(self, issue: str) -> list[Message]: ...

    def unanswered(self) -> list[str]: ...


class Conversations:
    """Every issue's conversation. Questions of one issue are answered in order, those of several side by side."""

    def __init__(
        self,
        store: ConversationStore,
        backend: ChatBackend,
        *,
        find_issue: Callable[[str], Issue | None],
        now_ms: Callable[[], int],
        changed: Callable[[Message, bool], None],
    ) -> None:
        """``changed`` is told each message that is kept, and whether it is a new one."""
        self._store = store
        self._backend = backend
        self._find_issue = find_issue
        self._now_ms = now_ms
        self._changed = changed
        self._messages: dict[str, tuple[Message, ...]] = {}
        self._questions: asyncio.Queue[str] = asyncio.Queue()
        self._answering: dict[str, asyncio.Task[None]] = {}

    def messages(self, issue: str) -> tuple[Message, ...]:
        """What was said so far, oldest first."""
        known = self._messages.get(issue)
        if known is not None:
            return known
        # A screen may ask from another thread: what was kept meanwhile must not be replaced by an older reading.
        return self._messages.setdefault(issue, tuple(self._store.of_issue(issue)))

    def open(self, issue: str) -> None:
        """A pane is looked at for the first time: the chatbot speaks first, with the precautions."""
        if not any(m.author is self._backend.author for m in self.messages(issue)):
            self._ask(issue)

    def say(self, issue: str, text: str, *, name: str) -> Message:
        """The operator asks the chatbot.

        Raises:
            StoreError: it could not be kept; the text is still the caller's.
        """
        message = self._new(issue, Author.OPERATOR, name, text, MessageState.SENDING)
        self._keep(message)
        self._ask(issue)
        return message

    def note(self, issue: str, text: str, *, name: str) -> Message:
        """The operator writes to the people on this issue, not to the chatbot.

        Raises:
            StoreError: it could not be kept; the text is still the caller's.
        """
        message = self._new(issue, Author.PERSON, name, text, MessageState.SENT)
        self._keep(message)
        return message

    def retry(self, issue: str) -> None:
        """Ask again what failed."""
        for message in self.messages(issue):
            if message.state is MessageState.FAILED:
                self._keep(replace(message, state=MessageState.SENDING, problem=""))
        self._ask(issue)

    def move(self, store: ConversationStore) -> None:
        """Go on with another cluster's conversations. What is being answered here is asked again on return."""
        self._store = store
        self._messages = {}
        tasks, self._answering = self._answering, {}
        for task in tasks.values():
            task.cancel()
        self._ask_unanswered()

    def _ask_unanswered(self) -> None:
        try:
            for issue in self._store.unanswered():
                self._ask(issue)
        except StoreError:
            log.exception("what is unanswered could not be read; it is asked with the next question")

    async def run(self) -> None:
        """Answer until cancelled; first what an earlier run left unanswered."""
        self._ask_unanswered()
        async with asyncio.TaskGroup() as tasks:
            while True:
                issue = await self._questions.get()
                if issue not in self._answering:
                    self._answering[issue] = tasks.create_task(self._answer_all(issue))

    def _ask(self, issue: str) -> None:
        self._questions.put_nowait(issue)

    async def _answer_all(self, issue: str) -> None:
        try:
            known = self._find_issue(issue)
            if known is None:
                return
            if not any(m.author is self._backend.author for m in self.messages(issue)):
                await self._answer(known, None)
            while (question := self._next_question(issue)) is not None:
                await self._answer(known, question)
        except Exception:
            # The question is in the store and is asked again at the next start, or with the next question. Whatever
            # went wrong with one issue, the others are answered on.
            log.exception("an answer could not be kept")
        finally:
            if self._answering.get(issue) is asyncio.current_task():
                del self._answering[issue]

    def _next_question(self, issue: str) -> Message | None:
        return next((m for m in self.messages(issue) if m.state is MessageState.SENDING), None)

    async def _answer(self, issue: Issue, question: Message | None) -> None:
        request = self._request(issue, question)
        try:
            answer = await self._last_word(request)
        except ChatError as error:
            self._failed(question, str(error))
            return
        except Exception:
            # A defect of one chatbot must end neither this conversation nor the others.
            log.exception("the chatbot failed unexpectedly")
            self._failed(question, _("The chatbot failed by a defect; the log file says more."))
            return
        said = self._new(issue.id, self._backend.author, "", answer.text, MessageState.SENT)
        said = replace(
            said,
            precautions=tuple(inert(line) for line in answer.precautions),
            confidence=answer.confidence,
            memo=answer.memo,
        )
        self._keep(said)
        if question is not None:
            self._keep(replace(question, state=MessageState.SENT))

    def _failed(self, question: Message | None, why: str) -> None:
        log.warning("no answer: %s", why)
        if question is not None:
            self._keep(replace(question, state=MessageState.FAILED, problem=inert(why)))

    async def _last_word(self, request: ChatRequest) -> Answer:
        async for part in self._backend.answer(request):
            if isinstance(part, Answer):
                return part
        raise ChatError(_("The chatbot ended without an answer."))

    def _request(self, issue: Issue, question: Message | None) -> ChatRequest:
        earlier = self.messages(issue.id)
        if question is not None:
            earlier = tuple(m for m in earlier if m.id != question.id and m.state is not MessageState.SENDING)
        turns = tuple(Turn(m.author, m.text, m.at_ms, m.memo) for m in earlier if m.author is not Author.PERSON)
        return ChatRequest(brief_of(issue), turns, question.text if question else "", language())

    def _new(self, issue: str, author: Author, name: str, text: str, state: MessageState) -> Message:
        return Message(
            id=str(uuid4()),
            issue=issue,
            author=author,
            name=name,
            text=inert(text, MESSAGE_LIMIT),
            at_ms=self._now_ms(),
            state=state,
        )

    def _keep(self, message: Message) -> None:
        """Store first, then show."""
        known = self.messages(message.issue)
        self._store.save(message)
        is_new = all(m.id != message.id for m in known)
        if not is_new:
            self._messages[message.issue] = tuple(message if m.id == message.id else m for m in known)
        else:
            self._messages[message.issue] = (*known, message)
        self._changed(message, is_new)


def brief_of(issue: Issue) -> IssueBrief:
    """What a chatbot is told of ``issue``."""
    latest = issue.latest
    return IssueBrief(
        issue=issue.shown_id,
        process_type=latest.process_type,
        mode_type=latest.mode_type,
        mode_log_id=latest.mode_log_id,
        description=latest.description,
        is_fault=issue.is_fault,
    )
