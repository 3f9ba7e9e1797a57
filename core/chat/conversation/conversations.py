"""Conversations: order, retries and persistence around whatever chatbot answers.

A message is in the store before a chatbot hears of it, so a kill at any instant leaves a question that is
asked again, or marked as interrupted, at the next start, never a lost one.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from core.chat.backend import Answer, ChatError, Earlier, SessionBackend
from core.chat.conversation.answering import TO, Answering, UnderWay, brief_of
from core.chat.conversation.fallback import Fallback
from core.chat.conversation.message_log import ConversationStore, MessageLog
from core.chat.conversation.stream_buffer import StreamBuffer
from core.chat.playbook.alerts import alert_for, alert_of, alert_to, event_memo, is_told, says_yes
from core.chat.playbook.digits import is_unanswered
from core.chat.playbook.offering import empty_message, took_memo
from core.domain.chat_problems import ChatProblemKind
from core.domain.errors import CommandError, StoreError
from core.domain.event_danger import EventDangers, event_key
from core.domain.issues import Issue
from core.domain.messages import Alert, Author, Message, MessageState
from core.domain.past_fix import PastFix
from core.emergency import Assessment
from core.support.i18n import _, language
from core.support.text import MESSAGE_LIMIT, inert, inert_line

log = logging.getLogger(__name__)

READ_AFTER_S = 1.0
QUIET_MS = 300_000
"""For so long nothing is read back after the server said that there were too many requests."""

_SETTLED = frozenset({MessageState.ANSWERED, MessageState.REPLACED})


class Conversations:
    """Every issue's conversation. Questions of one issue are answered in order, those of several side by side."""

    def __init__(
        self,
        store: ConversationStore,
        fallback: Fallback,
        *,
        find_issue: Callable[[str], Issue | None],
        past_fixes: Callable[[Issue], tuple[PastFix, ...]],
        now_ms: Callable[[], int],
        changed: Callable[[Message, bool], None],
        answered: Callable[[Issue, Message], None] = lambda _issue, _message: None,
        danger: Callable[[Issue], Assessment] | None = None,
        thinks: Callable[[], None] = lambda: None,
        read_after_s: float = READ_AFTER_S,
    ) -> None:
        """``changed`` is told each message that is new or other than it was, and whether it is a new one.

        ``answered`` is told each answer in the transaction in which it is kept. ``danger`` tells whether an issue's
        own event speaks of people in danger. ``thinks`` is told when ``under_way`` changes. ``read_after_s``: how long
        an issue is looked at before its earlier sessions are read.
        """
        self._fallback = fallback
        self._find_issue = find_issue
        self._past_fixes = past_fixes
        self._now_ms = now_ms
        self._changed = changed
        self._answered = answered
        self._danger = danger or EventDangers().of
        self._thinks = thinks
        self._read_after_s = read_after_s
        self._looked_at = ""
        self._reader = asyncio.Lock()
        self._reads_again_ms = 0
        self._begin(store)
        self._questions: asyncio.Queue[str] = asyncio.Queue()
        self._queued: set[str] = set()
        self._answer_tasks: dict[str, asyncio.Task[None]] = {}
        self._rested = asyncio.Event()
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._read_back: set[str] = set()

    def _begin(self, store: ConversationStore) -> None:
        """What is under way goes on to its end in the store in which it began."""
        self._message_log = MessageLog(store, now_ms=self._now_ms, changed=self._changed)
        self._answering = Answering(self._message_log, self._fallback, self._past_fixes, self._answered, self._thinks)

    # --- what is to be seen

    def messages(self, issue: str) -> tuple[Message, ...]:
        """What was said so far, oldest first. Raises StoreError where it cannot be read."""
        return self._message_log.messages(issue)

    @property
    def under_way(self) -> Mapping[str, UnderWay]:
        """What chatbots think about now, by issue."""
        return self._answering.under_way

    # --- what people do

    def open(self, issue: str) -> None:
        """A pane is looked at: the built-in assistant speaks first, and what the server knows is read once.

        Raises:
            StoreError: what is said first could not be kept.
        """
        self._looked_at = issue
        self._message_log.forget_others(issue, self._answer_tasks)
        self._tell_of_event(issue)
        if not self._is_opened(issue) or (self._fallback.has_sessions and issue not in self._read_back):
            self._ask(issue)

    def say(self, issue: str, text: str, *, name: str, to: str = "", instead_of: str = "") -> Message:
        """The operator asks a chatbot: the chosen one, or that named ``to``. Without any text: "next", where that is
        offered.

        ``instead_of`` is the id of a question that failed and is put in other words by this one.

        Raises:
            CommandError: the text is empty, and nothing is offered that it takes.
            StoreError: it could not be kept; the text is still the caller's.
        """
        text = text if text.strip() else self._empty(issue)
        alert = alert_to(text, self.messages(issue), language())
        state = MessageState.ANSWERED if self._is_settled_by(alert, text, to) else MessageState.SENDING
        message = self._message_log.new(issue, Author.OPERATOR, name, text, state)
        memo = {TO: to} if to else _took(text, alert, self.messages(issue))
        message = replace(message, memo=memo, alert=alert.alert if alert else Alert.NONE)
        replaced = [
            replace(m, state=MessageState.REPLACED, problem=None)
            for m in self.messages(issue)
            if m.id == instead_of and m.may_be_asked_again
        ]
        self._message_log.keep(*replaced, message, *self._at_once(issue, alert))
        if to and state is MessageState.SENDING:
            self._answering.insist(message)
        self._ask(issue)
        return message

    def _empty(self, issue: str) -> str:
        """What a message without any text says."""
        said = empty_message(self.messages(issue))
        if not said:
            raise CommandError(_("There is nothing to go on with here. Write what you see."))
        return said

    def _is_settled_by(self, alert: Answer | None, text: str, to: str) -> bool:
        """Whether the emergency answer is all the answer that there is: no other chatbot was meant to hear it."""
        if alert is None or alert.alert is not Alert.EMERGENCY:
            return False
        meant = to or self._fallback.chosen.name
        return meant == self._fallback.builtin.name or says_yes(text)

    def _at_once(self, issue: str, *alerts: Answer | None) -> list[Message]:
        """The built-in assistant says these now, in the transaction of what they answer: nothing is waited for."""
        author = self._fallback.builtin.author
        begin = partial(self._message_log.new, issue, author, "", "", MessageState.SENT)
        return [StreamBuffer(begin, self._message_log).whole(alert) for alert in alerts if alert is not None]

    def _tell_of_event(self, issue: str) -> None:
        """Where the issue's own event speaks of people in danger, that comes before the usual opening."""
        known = self._find_issue(issue)
        if known is None or (alert := alert_of(danger := self._danger(known), language())) is None:
            return
        key = event_key(known, danger)
        if not is_told(key, self.messages(issue)):
            told = replace(alert, memo={**alert.memo, **event_memo(key)})
            self._message_log.keep(*self._at_once(issue, told))

    def event_came(self, issue: str) -> None:
        """The plant said something new of ``issue``. What is looked at hears of a danger at once."""
        if issue != self._looked_at:
            return
        try:
            self._tell_of_event(issue)
        except StoreError:
            log.exception("what an event tells of people in danger could not be kept; the pane's line says it")

    def note(self, issue: str, text: str, *, name: str) -> Message:
        """The operator writes to the people on this issue, not to the chatbot.

        Raises:
            StoreError: it could not be kept; the text is still the caller's.
        """
        alert = alert_for(text, language())
        message = self._message_log.new(issue, Author.PERSON, name, text, MessageState.SENT)
        message = replace(message, alert=alert.alert if alert else Alert.NONE)
        self._message_log.keep(message, *self._at_once(issue, alert))
        return message

    def tell(
        self,
        issue: str,
        author: Author,
        text: str = "",
        *,
        name: str = "",
        memo: Mapping[str, str],
        also: Callable[[], None] | None = None,
    ) -> Message:
        """Something that this terminal itself says in a conversation; ``also`` is done in the same transaction.

        Raises:
            StoreError: it could not be kept.
        """
        told = self._message_log.new(issue, author, name, text, MessageState.SENT)
        told = replace(told, memo=dict(memo), holds_steps=False)
        self._message_log.keep(told, also=also)
        return told

    def retry(self, issue: str) -> None:
        """Ask again what failed, in its order; where nothing did, what was cancelled last.

        Raises:
            StoreError: it could not be kept.
        """
        again = [m for m in self.messages(issue) if m.may_be_asked_again]
        failed = [m for m in again if m.state is MessageState.FAILED]
        for message in failed or again[-1:]:
            self._answering.insist(message)
            alert = alert_for(message.text, language())
            asked = replace(message, state=MessageState.SENDING, problem=None)
            self._message_log.keep(asked, *self._at_once(issue, alert))
        self._ask(issue)

    def cancel(self, issue: str) -> bool:
        """Do not wait for the answer that is under way. False where none is."""
        return self._answering.cancel(issue)

    def move(self, store: ConversationStore) -> None:
        """Go on with another cluster's conversations. What is being answered here is marked as interrupted."""
        for task in (*self._answer_tasks.values(), *self._reading.values()):
            task.cancel()
        self._answer_tasks, self._reading = {}, {}
        self._read_back.clear()
        self._message_log.retire()
        self._begin(store)
        self._take_up()

    # --- life

    async def run(self) -> None:
        """Answer until cancelled; first what an earlier run left unanswered."""
        self._take_up()
        async with asyncio.TaskGroup() as tasks:
            while True:
                issue = await self._questions.get()
                self._queued.discard(issue)
                if issue not in self._answer_tasks:
                    self._answer_tasks[issue] = tasks.create_task(self._answer_all(issue))
                if issue not in self._reading and issue not in self._read_back:
                    self._reading[issue] = tasks.create_task(self._read_earlier(issue))

    def _take_up(self) -> None:
        try:
            for issue in self._message_log.take_up():
                self._ask(issue)
        except StoreError:
            log.exception("what is unanswered could not be read; it is asked with the next question")

    def _ask(self, issue: str) -> None:
        self._queued.add(issue)
        self._questions.put_nowait(issue)

    async def settled(self, issue: str) -> None:
        """Return once nothing of ``issue`` waits for an answer any more; ``run`` must be running."""
        while issue in self._queued or issue in self._answer_tasks:
            self._rested.clear()
            await self._rested.wait()

    def _is_opened(self, issue: str) -> bool:
        spoken = (m for m in self.messages(issue) if m.author is self._fallback.builtin.author)
        return any(m.alert is Alert.NONE for m in spoken)

    async def _answer_all(self, issue: str) -> None:
        try:
            known = self._find_issue(issue)
            if known is None:
                return
            if not self._is_opened(issue):
                await self._answering.open(known)
            while (question := self._message_log.next_question(issue)) is not None:
                await self._answering.ask(known, question)
        except Exception:
            # The question is in the store and is asked again at the next start, or with the next question. Whatever
            # went wrong with one issue, the others are answered on.
            log.exception("an answer could not be kept")
        finally:
            if self._answer_tasks.get(issue) is asyncio.current_task():
                del self._answer_tasks[issue]
            self._rested.set()

    # --- what the server knows of earlier sessions

    async def _read_earlier(self, issue: str) -> None:
        """Show what was said in sessions that are not this terminal's, once."""
        backend, store = self._fallback.chosen, self._message_log.store
        try:
            await asyncio.sleep(self._read_after_s)  # whoever goes through the list wants nothing of each issue
            async with self._reader:
                known = self._find_issue(issue)
                if known is None or not isinstance(backend, SessionBackend) or not self._may_read(issue):
                    return
                own = [m.memo for m in self.messages(issue) if m.memo]
                found = await backend.earlier(brief_of(known), own)
            if store is self._message_log.store:
                self._add_earlier(issue, found)
                self._read_back.add(issue)
        except ChatError as error:
            if error.problem.kind is ChatProblemKind.TOO_MANY:
                self._reads_again_ms = self._now_ms() + QUIET_MS
            self._fallback.failed(backend, error.problem)
        except Exception:
            log.exception("earlier sessions could not be read")
        finally:
            if self._reading.get(issue) is asyncio.current_task():
                del self._reading[issue]

    def _may_read(self, issue: str) -> bool:
        """The server takes so many requests an hour of all terminals together, and questions need them."""
        looked_at = issue == self._looked_at or issue in self._answer_tasks
        return looked_at and not self._fallback.is_open and self._now_ms() >= self._reads_again_ms

    def _add_earlier(self, issue: str, found: Sequence[Earlier]) -> None:
        messages = self.messages(issue)
        there = {m.id for m in messages}
        # A question of ours without an answer yet finds its session itself when it is asked again.
        unsettled = {m.text for m in messages if m.author is Author.OPERATOR and m.state not in _SETTLED}
        ours = {one.session for one in found if one.author is Author.PERSON and one.text in unsettled}
        new = [one for one in found if one.id not in there and one.session not in ours]
        if new:
            self._message_log.keep(*(_message_of(one, issue) for one in new))


def _took(text: str, alert: Answer | None, said: Sequence[Message]) -> dict[str, str]:
    """What a message takes of what was offered, as its memo; nothing of what a waiting question may change."""
    return {} if alert is not None or is_unanswered(said) else took_memo(text, said)


def _message_of(one: Earlier, issue: str) -> Message:
    text = inert(one.text, MESSAGE_LIMIT)
    return Message(one.id, issue, one.author, inert_line(one.name, 60), text, one.at_ms)
