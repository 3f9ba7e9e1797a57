"""What an OpenAI-compatible server's answer says, event by event. Pure: no network here.

The format is that of ``POST /v1/chat/completions``: ``chat.completion.chunk`` objects in server-sent events up to
``[DONE]``, or one ``chat.completion`` object from servers that do not stream.
"""

import json
from collections.abc import Mapping
from typing import Any

from core.chat.backend import ChatError
from core.chat.http_problems import detail_of, garbage
from core.chat.problems import ChatProblem, ChatProblemKind
from core.text import MESSAGE_LIMIT

DONE = "[DONE]"
LENGTH = "length"
FILTERED = "content_filter"

_BEGIN, _END = "<think>", "</think>"
_REFUSED_BELOW = 500
"""An error's ``code`` below which the question is at fault, and not the server."""


class Reading:
    """One answer while it comes in."""

    def __init__(self) -> None:
        self.finish = ""
        """Why the model stopped, as the server has it: ``stop``, ``length``, ...; empty while it goes on."""
        self.model = ""
        """Which model was asked."""
        self.is_done = False
        """The server said that nothing more follows."""
        self._thoughts = _Thoughts()
        self._length = 0

    @property
    def is_whole(self) -> bool:
        """The answer came to an end, rather than broke off."""
        return self.is_done or bool(self.finish)

    def event(self, data: str) -> str:
        """What the next event adds to the answer; ``data`` is its payload.

        Raises:
            ChatError: the server tells of an error, the payload is no chunk, or the answer is too large.
        """
        if data.strip() == DONE:
            self.is_done = True
            return ""
        return self._choice(_object(data), "delta")

    def body(self, answer: Mapping[str, Any]) -> str:
        """The whole answer of a server that does not stream.

        Raises:
            ChatError: as ``event``.
        """
        said = self._choice(answer, "message") + self.rest()
        self.is_done = True
        return said

    def rest(self) -> str:
        """What was held back because it could have been the model's thoughts. To be asked for at the end."""
        return self._thoughts.rest()

    def _choice(self, answer: Mapping[str, Any], part: str) -> str:
        if answer.get("error"):
            raise ChatError(_told(answer["error"]))
        choices = answer.get("choices")
        if choices is None or choices == []:
            return ""  # the use of tokens, after the last words
        choice = choices[0] if isinstance(choices, list) else None
        if not isinstance(choice, Mapping):
            raise garbage("choices")
        self.finish = _text(choice.get("finish_reason")) or self.finish
        said = _content(choice.get(part))
        self._length += len(said)
        if self._length > MESSAGE_LIMIT:
            raise ChatError(ChatProblem(ChatProblemKind.TOO_LARGE, f"> {MESSAGE_LIMIT:,}"))
        return self._thoughts.without(said)


class _Thoughts:
    """Leaves out what some servers let through of a model's thinking: a ``<think>`` block before the answer."""

    def __init__(self) -> None:
        self._held = ""
        self._inside = False
        self._is_over = False

    def without(self, text: str) -> str:
        if self._is_over:
            return text
        self._held += text
        if not self._inside:
            start = self._held.lstrip()
            if start.startswith(_BEGIN):
                self._inside, self._held = True, start.removeprefix(_BEGIN)
            elif not _BEGIN.startswith(start):
                return self._answer(self._held)
        if self._inside:
            thought, end, answer = self._held.partition(_END)
            if end:
                return self._answer(answer.lstrip())
            self._held = thought[-len(_END) :]
        return ""

    def rest(self) -> str:
        return "" if self._inside else self._answer(self._held)

    def _answer(self, text: str) -> str:
        self._is_over, self._inside, self._held = True, False, ""
        return text


def _object(data: str) -> Mapping[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise garbage("JSON") from None
    if not isinstance(found, dict):
        raise garbage("JSON")
    return found


def _content(message: Any) -> str:
    """The words of a ``delta`` or ``message``; the roles and tool calls in it are no words."""
    content = message.get("content") if isinstance(message, Mapping) else None
    if isinstance(content, list):  # parts, as some gateways pass them on
        return "".join(_text(part.get("text")) for part in content if isinstance(part, Mapping))
    return _text(content)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _told(error: Any) -> ChatProblem:
    """An error object in an answer that began well."""
    if not isinstance(error, Mapping):
        return ChatProblem(ChatProblemKind.SERVER, detail_of(_text(error)))
    code, words = error.get("code"), detail_of(_text(error.get("message")) or _text(error.get("type")))
    if isinstance(code, int) and 0 < code < _REFUSED_BELOW:
        return ChatProblem(ChatProblemKind.REJECTED, words)
    return ChatProblem(ChatProblemKind.SERVER, words)
