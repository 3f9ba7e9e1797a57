"""An answer that comes in by fragments: shown at a calm pace, kept once a second, whole or broken off in the end."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from core.chat.backend import Answer
from core.chat.conversation.message_log import MessageLog
from core.domain.chat_problems import ChatProblem
from core.domain.errors import StoreError
from core.domain.messages import Message, MessageState
from core.support.text import MESSAGE_LIMIT, inert

log = logging.getLogger(__name__)

SHOWN_EVERY_S = 0.1
KEPT_EVERY_S = 1.0


class StreamBuffer:
    """One answer on its way into the conversation; ``begin`` makes its message when the first piece is there."""

    def __init__(self, begin: Callable[[], Message], message_log: MessageLog) -> None:
        self._begin = begin
        self._message_log = message_log
        self._message: Message | None = None
        self._pieces: list[str] = []
        self._length = 0
        self._kept_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, fragment: str) -> None:
        """Another piece. It is shown within ``SHOWN_EVERY_S``, whether or not more follows."""
        if not fragment or self._length > MESSAGE_LIMIT:
            return
        self._pieces.append(fragment)
        self._length += len(fragment)
        if self._timer is None:
            delay = SHOWN_EVERY_S if self._message else 0.0
            self._timer = asyncio.get_running_loop().call_later(delay, self._flush)

    def retract(self) -> None:
        """What came so far was no part of the answer."""
        self._stop()
        self._pieces, self._length = [], 0
        if self._message is not None:
            self._flush()

    def whole(self, answer: Answer) -> Message:
        """The message of the whole answer, which counts, whatever the fragments were."""
        self._stop()
        return replace(
            self._message or self._begin(),
            text=inert(answer.text, MESSAGE_LIMIT),
            state=MessageState.SENT,
            precautions=tuple(inert(line) for line in answer.precautions),
            confidence=answer.confidence,
            memo=dict(answer.memo),
            card=answer.card,
            holds_steps=answer.holds_steps,
            alert=answer.alert,
        )

    def break_off(self, problem: ChatProblem) -> None:
        """No more will come: what came is kept as it is, and marked."""
        self._stop()
        if not self._pieces and self._message is None:
            return
        broken = replace(self._written(), state=MessageState.PARTIAL, problem=problem)
        try:
            self._message_log.keep(broken)
        except StoreError:
            log.exception("a broken-off answer could not be kept")
            self._message_log.show(broken)

    def _flush(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        is_first = self._message is None
        self._message = self._written()
        if not is_first and now - self._kept_at < KEPT_EVERY_S:
            self._message_log.show(self._message)
            return
        self._kept_at = now
        try:
            self._message_log.keep(self._message)
        except StoreError:
            log.exception("a part of an answer could not be kept; the whole answer is tried again")
            self._message_log.show(self._message)

    def _written(self) -> Message:
        """All pieces as one text: what is active in it may be spread over several of them."""
        self._pieces = ["".join(self._pieces)]
        text = inert(self._pieces[0], MESSAGE_LIMIT)
        return replace(self._message or self._begin(), text=text, state=MessageState.WRITING)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
