"""The program in a real pseudo-terminal, its screen read by an emulator: bytes in, screen out."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType

import pyte

F2, F4 = b"\x1bOQ", b"\x1bOS"
ENTER, CTRL_Q = b"\r", b"\x11"


class Terminal:
    """A running ``andon`` and what its terminal shows."""

    def __init__(self, process: "subprocess.Popen[bytes]", master: int, size: tuple[int, int]) -> None:
        self.process = process
        self._master = master
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""

    def type(self, keys: bytes | str) -> None:
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)

    def ask_to_leave(self) -> None:
        """Ctrl+Q, and Enter once it is asked."""
        before = len(self.raw)
        self.type(CTRL_Q)
        asked = (b"Leave Andon", "나가겠습니까".encode(), "나가겠습니까".encode("euc-kr"))
        self.until(lambda _text: any(words in self.raw[before:] for words in asked))
        self.type(ENTER)

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._screen.resize(lines, columns)
        os.killpg(self.process.pid, signal.SIGWINCH)

    @property
    def text(self) -> str:
        """The screen's lines. The emulator leaves an empty cell behind each wide character."""
        buffer, columns = self._screen.buffer, range(self._screen.columns)
        return "\n".join("".join(buffer[y][x].data for x in columns) for y in range(self._screen.lines))

    def until(self, condition: Callable[[str], bool], within: float = 30.0) -> str:
        """Read on until the screen fulfils ``condition``; the message holds the screen that did not."""
        give_up = time.monotonic() + within
        while not condition(self.text):
            if time.monotonic() > give_up:
                raise AssertionError(f"not within {within} s:\n{self.text}")
            self._read(0.05)
        return self.text

    def ended(self, within: float = 15.0) -> int:
        """The exit code, once the program ended; its output is read meanwhile, or it would block."""
        give_up = time.monotonic() + within
        while self.process.poll() is None:
            if time.monotonic() > give_up:
                raise AssertionError(f"still running:\n{self.text}")
            self._read(0.05)
        return self.process.returncode

    def _read(self, seconds: float) -> None:
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return
        with contextlib.suppress(OSError):  # EIO: the program ended
            data = os.read(self._master, 65536)
            self._take(data)

    def _take(self, data: bytes) -> None:
        self.raw += data
        self._stream.feed(data)


@contextmanager
def andon_in_terminal(
    environment: Mapping[str, str],
    size: tuple[int, int] = (120, 36),
    kind: type[Terminal] = Terminal,
    program: Sequence[str] = ("-m", "tui"),
    streams: Mapping[str, int] = MappingProxyType({}),
) -> Iterator[Terminal]:
    """Start ``andon`` (or another Python ``program``) in a pseudo-terminal of ``size`` columns and lines.

    ``streams`` redirects some of ``stdin``, ``stdout`` and ``stderr`` away from it. It is killed at the end if need be.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    # Test runners tell children a size of their own; the pseudo-terminal's is the true one.
    inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    process = subprocess.Popen(
        [sys.executable, *program],
        stdin=streams.get("stdin", slave),
        stdout=streams.get("stdout", slave),
        stderr=streams.get("stderr", slave),
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(slave, termios.TIOCSCTTY, 0),  # the terminal, whatever the streams
        env={**inherited, "TERM": "xterm-256color", "LANG": "C.UTF-8", **environment},
    )
    os.close(slave)
    try:
        yield kind(process, master, size)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(master)
