"""What the terminal sends, as keys and pastes. A paste is one text, whatever stands in it.

Textual's parser goes on looking for keys within a paste: an escape sequence in it is told as keys, before the text that
it stands in, and a paste whose end mark is lost swallows every key after it.
"""

import time
from collections.abc import Callable, Iterable

from textual import events
from textual._time import get_time
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.message import Message

from core.support.text import MESSAGE_LIMIT, inert

QUIET_S = 1.0
"""A paste into which nothing comes for so long has lost its end mark."""
SLOW_ESCAPE_S = 0.6
"""On a serial line or a bad network the pieces of one key come so far apart."""
TYPED_S = 3.0
TYPED = 45
"""Fewer characters within ``TYPED_S`` are no paste any more: somebody types at a terminal that does not react."""


class InputParser(XTermParser):
    """Textual's parser for all but what stands between the marks of a paste."""

    def __init__(
        self, debug: bool = False, *, clock: Callable[[], float] = time.monotonic, escape_s: float = 0.0
    ) -> None:
        """``escape_s``: so long at least an escape sequence may be torn before it is taken for the key Esc."""
        super().__init__(debug)
        self._clock = clock
        self._escape_s = escape_s
        self._tail = ""
        """The last characters outside a paste: a mark may come in pieces."""
        self._pasted: str | None = None
        """What came of the paste that is under way."""
        self._last_at = 0.0
        self._window_at = 0.0
        self._window = 0

    def feed(self, data: str) -> Iterable[Message]:
        """The events that ``data`` completes, in the order in which they were sent."""
        if not data:
            yield from super().feed(data)
        while data:
            if self._pasted is None:
                keys, data = self._up_to_a_paste(data)
                yield from self._keys(keys)
            else:
                text, data = self._up_to_its_end(data)
                if text is not None:
                    yield from self._paste(text)

    def tick(self) -> Iterable[Message]:
        """What is due because nothing came for a while."""
        if self._pasted is None:
            yield from super().tick()
        elif self._is_given_up():
            yield from self._paste(self._pasted)

    def _up_to_a_paste(self, data: str) -> tuple[str, str]:
        at = (self._tail + data).find(BRACKETED_PASTE_START)
        if at < 0:
            self._tail = (self._tail + data)[1 - len(BRACKETED_PASTE_START) :]
            return data, ""
        end = at + len(BRACKETED_PASTE_START) - len(self._tail)
        self._tail, self._pasted = "", ""
        self._last_at = self._window_at = self._clock()
        self._window = 0
        return data[:end], data[end:]

    def _up_to_its_end(self, data: str) -> tuple[str | None, str]:
        """The whole text once its end mark is there, and what follows it."""
        self._last_at = self._clock()
        self._window += len(data)
        text, end, rest = ((self._pasted or "") + data).partition(BRACKETED_PASTE_END)
        if end:
            return text, rest
        self._pasted = text
        return None, ""

    def _is_given_up(self) -> bool:
        now = self._clock()
        if now - self._last_at >= QUIET_S:
            return True
        if now - self._window_at < TYPED_S:
            return False
        is_typed = self._window < TYPED
        self._window_at, self._window = now, 0
        return is_typed

    def _paste(self, text: str) -> Iterable[Message]:
        self._pasted = None
        yield from self._keys(BRACKETED_PASTE_END)
        if shown := inert(text.replace("\r\n", "\n").replace("\r", "\n"), MESSAGE_LIMIT):
            yield events.Paste(shown)

    def _keys(self, data: str) -> Iterable[Message]:
        """Textual's own parser sees both marks and nothing in between; what it makes of that is no paste."""
        told = [event for event in super().feed(data) if not isinstance(event, events.Paste)] if data else []
        if self._timeout_time is not None and self._escape_s:
            self._timeout_time = max(self._timeout_time, get_time() + self._escape_s)
        return told
