"""The message log of conversations: every message is in the store before anybody sees it."""

from collections.abc import Callable, Collection
from typing import Protocol
from uuid import uuid4

from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.domain.messages import Author, Message, MessageState
from core.support.text import MESSAGE_LIMIT, inert

HELD_CONVERSATIONS = 16
"""Conversations that are held in memory; others are read again when they are looked at."""


class ConversationStore(Protocol):
    """Where conversations are kept (``core.store``)."""

    def save(self, *messages: Message, also: Callable[[], None] | None = None) -> None: ...

    def of_issue(self, issue: str) -> list[Message]: ...

    def unanswered(self) -> list[str]: ...

    def mark_interrupted(self, problem: ChatProblem) -> None: ...


class MessageLog:
    """One scope's messages by issue. Its tuples are only ever replaced, so they may be read from another thread."""

    def __init__(
        self, store: ConversationStore, *, now_ms: Callable[[], int], changed: Callable[[Message, bool], None]
    ) -> None:
        """``changed`` is told each message that is new or other than it was, and whether it is a new one."""
        self.store = store
        self.now_ms = now_ms
        self._changed = changed
        self._messages: dict[str, tuple[Message, ...]] = {}

    def messages(self, issue: str) -> tuple[Message, ...]:
        """What was said so far, oldest first.

        Raises:
            StoreError: it cannot be read.
        """
        known = self._messages.get(issue)
        if known is not None:
            return known
        # A screen may ask from another thread: what was kept meanwhile must not be replaced by an older reading.
        return self._messages.setdefault(issue, tuple(self.store.of_issue(issue)))

    def latest(self, message: Message) -> Message:
        """``message`` as it stands now."""
        return next((m for m in self.messages(message.issue) if m.id == message.id), message)

    def next_question(self, issue: str) -> Message | None:
        """The question whose turn it is."""
        return next((m for m in self.messages(issue) if m.state is MessageState.SENDING), None)

    def new(self, issue: str, author: Author, name: str, text: str, state: MessageState) -> Message:
        """A message of now; not kept yet."""
        text = inert(text, MESSAGE_LIMIT)
        return Message(str(uuid4()), issue, author, name, text, self.now_ms(), state)

    def keep(self, *messages: Message, also: Callable[[], None] | None = None) -> None:
        """Store first, all together and with what ``also`` writes, then show.

        Raises:
            StoreError: nothing was kept, and nothing is shown.
        """
        for message in messages:
            self.messages(message.issue)  # as it was before, so that what is new is known as new
        self.store.save(*messages, also=also)
        for message in messages:
            self.show(message)

    def show(self, message: Message) -> None:
        """Show what is kept already, or is kept soon: a piece of an answer."""
        known = self.messages(message.issue)
        is_new = all(m.id != message.id for m in known)
        self._messages[message.issue] = (
            (*known, message) if is_new else tuple(message if m.id == message.id else m for m in known)
        )
        self._changed(message, is_new)

    def retire(self) -> None:
        """Another cluster is read: what still comes is kept here, and shown to nobody."""
        self._changed = lambda _message, _is_new: None

    def take_up(self) -> list[str]:
        """Mark what an earlier run left in the middle; the issues with questions that wait for their turn.

        Raises:
            StoreError: it cannot be read or written.
        """
        self.store.mark_interrupted(ChatProblem(ChatProblemKind.INTERRUPTED))
        self._messages = {}
        return self.store.unanswered()

    def forget_others(self, issue: str, busy: Collection[str]) -> None:
        """Hold the conversations that were looked at last, and the ``busy`` ones."""
        held = self._messages.pop(issue, None)
        if held is not None:
            self._messages[issue] = held
        for other in list(self._messages)[:-HELD_CONVERSATIONS]:
            if other not in busy:
                self._messages.pop(other, None)
