"""What an OpenAI-compatible server's answer says, event by event. Pure: no network here.

The format is that of ``POST /v1/chat/completions``: ``chat.completion.chunk`` objects in server-sent events up to
``[DONE]``, or one ``chat.completion`` object from servers that do not stream.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from core.chat.backend import ChatError
from core.chat.http.problems import detail_of, garbage, told_words
from core.chat.openai.reasoning import AnswerFilter, Piece
from core.chat.openai.sse import ServerEvent
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.support.text import MESSAGE_LIMIT

DONE = "[DONE]"
LENGTH = "length"
FILTERED = "content_filter"

_ENDS = {
    "stop": "stop", "eos": "stop", "eos_token": "stop", "end_turn": "stop", "stop_sequence": "stop",
    "tool_calls": "stop", "function_call": "stop",
    "length": LENGTH, "max_tokens": LENGTH, "max_length": LENGTH, "model_length": LENGTH,
    "content_filter": FILTERED, "sensitive": FILTERED, "safety": FILTERED,
}  # fmt: skip
"""Why a model stops of itself, in the words of the servers. Whatever else is said there is a failure."""
_THOUGHTS = ("reasoning_content", "reasoning", "thinking")
"""Fields of a ``delta`` in which servers put the model's thinking."""
_PARTS = frozenset({None, "text", "output_text"})
"""Types of parts of a ``content`` list that are the answer; others are thinking, images, tool calls."""
_FAILS = re.compile(r"error|exception|fail|timeout|abort|cancel", re.IGNORECASE)
"""In an event's name: the answer ends here, whatever stands in it."""
_FAULTS = ("error", "errors", "error_message", "error_msg", "errorMessage")
"""Fields of an object that tells of a failure, beside those of ``told_words``."""
_ALIVE = frozenset({"ping", "heartbeat", "keepalive", "keep-alive"})
_LEAST_FAULT, _REFUSED_BELOW = 400, 500
"""An error's ``code`` below which the question is at fault, and not the server."""


class Reading:
    """One answer while it comes in. Whatever is not a known good chunk ends it."""

    def __init__(self, *, begins_thinking: bool = False) -> None:
        """``begins_thinking``: as ``AnswerFilter``."""
        self.finish = ""
        """Why the model stopped: ``stop``, ``length`` or ``content_filter``; empty while it goes on."""
        self.model = ""
        """Which model was asked."""
        self.is_done = False
        """The server said that nothing more follows."""
        self.is_thinking = False
        """The model thinks, in a field of its own."""
        self._filter = AnswerFilter(begins_thinking=begins_thinking)
        self._length = 0

    @property
    def is_whole(self) -> bool:
        """The answer came to an end, rather than broke off."""
        return self.is_done or bool(self.finish)

    @property
    def opens_thoughts_itself(self) -> bool:
        """The template of this model opens its thoughts: only their closing mark is ever seen."""
        return self._filter.closed_unopened

    def event(self, event: ServerEvent) -> Piece:
        """What the next event adds to the answer.

        Raises:
            ChatError: the server tells of an error, the payload is no chunk, or the answer is too large.
        """
        if event.stray or _FAILS.search(event.name):
            raise ChatError(_told_line(event))
        data = event.data.strip()
        if data == DONE:
            self.is_done = True
        if data in ("", DONE):
            return Piece()
        return self._chunk(_object(data))

    def body(self, answer: Mapping[str, Any]) -> Piece:
        """The whole answer of a server that does not stream.

        Raises:
            ChatError: as ``event``.
        """
        piece = self._choice(answer, "message")
        rest = self.rest()
        self.is_done = True
        return Piece((rest.text if rest.retracts else piece.text + rest.text), retracts=False)

    def rest(self) -> Piece:
        """What was held back because it could have been the model's thoughts. To be asked for at the end."""
        return self._filter.rest()

    def _chunk(self, answer: Mapping[str, Any]) -> Piece:
        choices = answer.get("choices")
        is_usage = choices == [] or (choices is None and isinstance(answer.get("usage"), Mapping))
        if (choices is None and not is_usage and answer.get("type") not in _ALIVE) or _is_error(answer):
            raise ChatError(_told(answer))
        if not choices:
            return Piece()  # the use of tokens, after the last words
        return self._choice(answer, "delta")

    def _choice(self, answer: Mapping[str, Any], part: str) -> Piece:
        choices = answer.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if _is_error(answer):
            raise ChatError(_told(answer))
        if not isinstance(choice, Mapping):
            raise garbage("choices")
        message = choice.get(part)
        for told in (choice, message):
            if isinstance(told, Mapping) and told.get("error"):
                raise ChatError(_told(told))
        reason = choice.get("finish_reason")
        if reason is not None and not isinstance(reason, str):
            raise garbage("finish_reason")
        self.finish = self._end(reason or "") or self.finish
        self.is_thinking = isinstance(message, Mapping) and any(message.get(name) for name in _THOUGHTS)
        return self._counted(self._filter.add(_content(message)))

    def _end(self, reason: str) -> str:
        if reason and reason.lower() not in _ENDS:
            raise ChatError(ChatProblem(ChatProblemKind.SERVER, detail_of(reason)))
        return _ENDS.get(reason.lower(), "")

    def _counted(self, piece: Piece) -> Piece:
        self._length = len(piece.text) + (0 if piece.retracts else self._length)
        if self._length > MESSAGE_LIMIT:
            raise ChatError(ChatProblem(ChatProblemKind.TOO_LARGE, f"> {MESSAGE_LIMIT:,}"))
        return piece


def _object(data: str) -> Mapping[str, Any]:
    """The object that a chunk is. Plain words in its place are the server's own on what went wrong."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None if data.lstrip()[:1] in ("{", "[") and not data.startswith("[ERR") else data
    if isinstance(found, str) and any(sign.isalpha() for sign in found):
        raise ChatError(ChatProblem(ChatProblemKind.SERVER, detail_of(found)))
    if not isinstance(found, dict):
        raise garbage("JSON")
    return found


def _content(message: Any) -> str:
    """The words of a ``delta`` or ``message``; the roles, thoughts and tool calls in it are no words."""
    content = message.get("content") if isinstance(message, Mapping) else None
    if isinstance(content, list):  # parts, as some gateways pass them on
        parts = (part for part in content if isinstance(part, Mapping))
        return "".join(_text(part.get("text")) for part in parts if _kind(part) in _PARTS)
    return _text(content)


def _kind(part: Mapping[str, Any]) -> object:
    kind = part.get("type")
    return kind if isinstance(kind, str) else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _is_error(answer: Mapping[str, Any]) -> bool:
    """Whether an object tells of a failure, also beside good-looking choices: none of these is part of an answer."""
    if any(answer.get(name) for name in _FAULTS) or "error" in (answer.get("object"), answer.get("type")):
        return True
    return bool(told_words(answer)) or _fails(answer.get("status"))


def _fails(status: Any) -> bool:
    if isinstance(status, str):
        return bool(_FAILS.search(status))
    return isinstance(status, int) and not isinstance(status, bool) and status >= _LEAST_FAULT


def _told_line(event: ServerEvent) -> ChatProblem:
    """An error that stands in a line or an event of its own, as JSON or in plain words."""
    name, _colon, words = event.stray.partition(":")
    said = event.data or (words if name.strip().lower() == "error" else event.stray)
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, Mapping) and _is_error(found):
        return _told(found)
    return ChatProblem(ChatProblemKind.SERVER, detail_of(event.name if isinstance(found, Mapping) else said.strip()))


def _told(answer: Mapping[str, Any]) -> ChatProblem:
    """An error object in an answer that began well, or in the place of a chunk."""
    error = next((answer[name] for name in _FAULTS if answer.get(name)), None)
    error = error[0] if isinstance(error, list) and error else error
    inner = error if isinstance(error, Mapping) else answer
    words = told_words(answer) or told_words(inner) or _text(error) or _text(inner.get("type"))
    if not words and not _is_error(answer):
        return garbage("JSON").problem
    code = inner.get("code")
    if isinstance(code, int) and not isinstance(code, bool) and 0 < code < _REFUSED_BELOW:
        return ChatProblem(ChatProblemKind.REJECTED, detail_of(words))
    return ChatProblem(ChatProblemKind.SERVER, detail_of(words))
