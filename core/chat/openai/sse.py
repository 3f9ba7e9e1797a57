"""Server-sent events as they come over the wire (WHATWG HTML, "Server-sent events"). Pure: no network here.

The format lets a reader skip every line that it does not know. An answer must not: such a line is how some servers
tell that they failed (llama.cpp writes ``error: {...}``), and what follows it is no whole answer.
"""

import codecs
from dataclasses import dataclass

_IGNORED = frozenset({"id", "retry"})


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event, or one line that is none."""

    data: str = ""
    name: str = ""
    """The event's type; empty for an ordinary one."""
    stray: str = ""
    """A line that belongs to no event; the rest is empty then."""


class EventDecoder:
    """Bytes in, events out, however they are cut into pieces."""

    def __init__(self) -> None:
        self._text = codecs.getincrementaldecoder("utf-8")("replace")
        self._line = ""
        self._data: list[str] = []
        self._name = ""

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """The events that ``chunk`` completes."""
        self._line += self._text.decode(chunk)
        # A carriage return at the very end may be the first half of a line end.
        whole, self._line = (self._line[:-1], "\r") if self._line.endswith("\r") else (self._line, "")
        *lines, rest = whole.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._line = rest + self._line
        return [event for line in lines if (event := self._take(line)) is not None]

    def end(self) -> list[ServerEvent]:
        """What stands behind the last line end: many servers write none behind ``[DONE]``."""
        last = self._line + self._text.decode(b"", final=True)
        self._line = ""
        events = [self._take(last.rstrip("\r")), self._take("")]
        return [event for event in events if event is not None]

    def _take(self, line: str) -> ServerEvent | None:
        if not line:
            return self._dispatch()
        name, colon, value = line.removeprefix("\ufeff").partition(":")
        if colon and not name:
            return None  # a comment, as proxies send to keep the connection
        value = value.removeprefix(" ")
        match name:
            case "data":
                self._data.append(value)
            case "event":
                self._name = value
            case _ if name in _IGNORED:
                pass
            case _:
                return ServerEvent(stray=line)
        return None

    def _dispatch(self) -> ServerEvent | None:
        event = ServerEvent("\n".join(self._data), self._name)
        is_one = bool(self._data or self._name)
        self._data, self._name = [], ""
        return event if is_one else None
