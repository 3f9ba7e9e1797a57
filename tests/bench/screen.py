"""A program in a pseudo-terminal whose every piece of output has a time, with an emulator or without."""

import contextlib
import os
import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.bench.processes import cpu_seconds
from tests.tui.terminal import CTRL_Q, ENTER, Terminal, andon_in_terminal

SIZE = (120, 36)
UP, DOWN = b"\x1b[A", b"\x1b[B"
_ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[ -/]*[@-~]")
_TAIL = 4096
"""Bytes kept so that words are found which two pieces share."""
_CALM_S = 2.0
_PATIENCE = 150
_LIVE = re.compile(rb"live \d+ s")
_OPEN = re.compile(rb"open ([\d,]+)")
_CURSOR = re.compile(r"^▌ *(\d+) ", re.MULTILINE)
FRAME = (b"ANDON", b"open ", b"Ctrl+Q Leave")
"""The first line, the list's head and the last line: what every complete floor shows."""


class Screen(Terminal):
    """Knows when each piece of the screen came in, however long the emulator takes over it."""

    def __init__(self, process: "subprocess.Popen[bytes]", master: int, size: tuple[int, int]) -> None:
        super().__init__(process, master, size)
        self.painted_at = 0.0
        """When the last piece came that stands on the emulator's screen, in monotonic seconds."""
        self.received = 0
        """Bytes that came in."""
        self._tail = b""
        self._pieces: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        sys.setswitchinterval(0.0005)  # the listener waits for nobody
        threading.Thread(target=self._listen, args=(master,), daemon=True).start()

    def _listen(self, master: int) -> None:
        with contextlib.suppress(OSError):
            while data := os.read(master, 65536):
                self.received += len(data)
                self._pieces.put((time.monotonic(), data))

    def _read(self, seconds: float) -> None:
        with contextlib.suppress(queue.Empty):
            self.painted_at, data = self._pieces.get(timeout=seconds)
            self._take(data)

    def _take(self, data: bytes) -> None:
        self._stream.feed(data)

    def rest(self, seconds: float) -> None:
        """Take in what comes for so long."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._read(left)

    def settle(self) -> None:
        """Rest until it no longer works off what it was started with: under half a core over two seconds.

        Raises ``AssertionError`` where it never does.
        """
        for _ in range(_PATIENCE):
            used = cpu_seconds(self.process.pid)
            self.rest(_CALM_S)
            if cpu_seconds(self.process.pid) - used < _CALM_S / 2:
                return
        raise AssertionError(f"it does not come to rest:\n{self.text}")

    def words(self, within: float) -> Iterator[tuple[float, bytes]]:
        """Each piece's time and its words, without the emulator, which falls behind thousands of them.

        What the emulator shows is stale from then on. Raises ``AssertionError`` after ``within`` seconds.
        """
        give_up = time.monotonic() + within
        while (left := give_up - time.monotonic()) > 0:
            try:
                at, data = self._pieces.get(timeout=min(left, 1.0))
            except queue.Empty:
                if self.process.poll() is not None:
                    raise AssertionError(f"it ended: {self._tail!r}") from None
                continue
            self._tail = self._tail[-_TAIL:] + data
            yield at, _ESCAPES.sub(b"", self._tail)
        raise AssertionError(f"not within {within} s: {_ESCAPES.sub(b'', self._tail).decode(errors='replace')}")

    def shows(self, *needles: bytes, within: float = 1800.0) -> float:
        """When all of these had been painted, in monotonic seconds."""
        missing = set(needles)
        for at, words in self.words(within):
            missing -= {needle for needle in missing if needle in words}
            if not missing:
                return at
        raise AssertionError(missing)

    def live(self, standing: int, within: float = 1800.0) -> float:
        """When it was live with so many open, in monotonic seconds."""
        is_live, counted = False, -1
        for at, words in self.words(within):
            is_live = is_live or _LIVE.search(words) is not None
            counted = open_count(words, counted)
            if is_live and counted == standing:
                return at
        raise AssertionError(counted)

    def leave(self) -> None:
        """Ctrl+Q, Enter once it was asked, and wait for the end."""
        self.type(CTRL_Q)
        self.rest(1.0)
        self.type(ENTER)
        self.ended(60.0)


def open_count(words: bytes, before: int = -1) -> int:
    """The newest number of open issues among these words; ``before`` where there is none."""
    found = _OPEN.findall(words)
    return int(found[-1].replace(b",", b"")) if found else before


def cursor(text: str) -> int | None:
    """The number of the row that is chosen; None while the screen shows none."""
    found = _CURSOR.search(text)
    return int(found[1]) if found else None


@contextmanager
def andon_screen(bootstrap: str, topic: str, data: Path, **given: str) -> Iterator[Screen]:
    """Andon's floor on that topic, in English; ``given`` are further variables."""
    surroundings = {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "KAFKA_TOPIC": topic,
        "ANDON_DATA_DIR": str(data),
        "ANDON_OPERATOR": "kim",
        "ANDON_LANG": "en",
        **given,
    }
    with _screen(surroundings, ("-m", "tui")) as screen:
        yield screen


@contextmanager
def baseline_screen(app: str) -> Iterator[Screen]:
    """One of ``tests.bench.apps``."""
    with _screen({}, ("-m", "tests.bench.apps", app)) as screen:
        yield screen


@contextmanager
def _screen(surroundings: Mapping[str, str], program: tuple[str, ...]) -> Iterator[Screen]:
    with andon_in_terminal(surroundings, SIZE, kind=Screen, program=program) as screen:
        assert isinstance(screen, Screen)
        yield screen


class Typist:
    """Types letters and takes them back, one at a time, and measures when each is seen."""

    LONGEST = 40
    FIRST_S = 1.0

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._typed = "z"
        self._grows = True
        screen.type(self._typed)
        screen.rest(self.FIRST_S)  # One letter may stand anywhere on the screen.
        self.key()

    def key(self) -> float:
        """Seconds from the next key to its paint."""
        if len(self._typed) in (2, self.LONGEST):
            self._grows = len(self._typed) == 2
        letter = "zqxj"[len(self._typed) % 4]
        before = self._typed
        self._typed = before + letter if self._grows else before[:-1]
        return pressed(self._screen, letter if self._grows else "\x7f", self._is_seen(before))

    def _is_seen(self, before: str) -> Callable[[str], bool]:
        if self._grows:
            return lambda text: self._typed in text
        return lambda text: self._typed in text and before not in text


def pressed(screen: Screen, key: bytes | str, is_seen: Callable[[str], bool], within: float = 60.0) -> float:
    """Seconds from a key to the piece after which ``is_seen`` holds."""
    started = time.monotonic()
    screen.type(key)
    screen.until(is_seen, within)
    return screen.painted_at - started


def to_first_row(screen: Screen) -> None:
    """Go up to the first row: while a replay fills the list, rows come above the one that is chosen."""
    while (at := cursor(screen.text)) != 1:
        pressed(screen, UP, lambda text, at=at: cursor(text) not in (at, None))  # type: ignore[misc]
