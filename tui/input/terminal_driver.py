"""Textual's driver on the terminal itself, wherever the standard streams lead to, and in the terminal's charset."""

import codecs
import contextlib
import os
import selectors
import sys
from typing import TYPE_CHECKING, Any, TextIO

from rich.cells import cell_len
from textual._parser import ParseError
from textual.drivers.linux_driver import LinuxDriver

from core.support.terminal_charset import terminal_charset
from tui.input.parser import SLOW_ESCAPE_S, InputParser

if TYPE_CHECKING:
    from textual.app import App

_READ_BYTES = 4096
_TICK_S = 0.1
_BY_CELLS = "andon.cells"


class TerminalDriver(LinuxDriver):
    """Writes to the terminal and reads its keys; a stream that is redirected stays with whoever redirected it."""

    def __init__(
        self, app: "App[Any]", *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._is_slow = bool(getattr(getattr(app, "settings", None), "slow", False))
        self._charset = terminal_charset(os.environ)
        keys, screen = terminal_descriptors()
        self.fileno = keys
        self.input_tty = True
        self._screen = screen
        codecs.register_error(_BY_CELLS, _replaced_by_cells)
        self._file = open(  # noqa: SIM115 - a descriptor, which stays open as long as the process
            screen, "w", encoding=self._charset, errors=_BY_CELLS, newline="", closefd=False
        )

    def _get_terminal_size(self) -> tuple[int, int]:
        with contextlib.suppress(OSError):
            size = os.get_terminal_size(self._screen)
            if size.columns and size.lines:
                return size.columns, size.lines
        return super()._get_terminal_size()

    def run_input_thread(self) -> None:
        """Read what is typed until the driver is told to stop. Bytes that are no text are replaced."""
        parser = InputParser(self._debug, escape_s=SLOW_ESCAPE_S if self._is_slow else 0.0)
        decoder = codecs.getincrementaldecoder(self._charset)("replace")
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_TICK_S):
                    data = decoder.decode(os.read(self.fileno, _READ_BYTES))
                    for event in parser.feed(data) if data else ():
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
        with contextlib.suppress(EOFError, ParseError):
            for _event in parser.feed(""):
                pass


def _replaced_by_cells(error: UnicodeError) -> tuple[str, int]:
    """As many question marks as the character has cells, so that what follows stays in its column."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "?" * cell_len(error.object[error.start : error.end]), error.end


def terminal_descriptors() -> tuple[int, int]:
    """Where keys are read and where the screen is written: a standard stream that is the terminal, else the terminal.

    Raises:
        OSError: this process has no terminal.
    """
    keys = _descriptor(sys.__stdin__)
    screen = next((found for stream in (sys.__stdout__, sys.__stderr__) if (found := _descriptor(stream)) >= 0), -1)
    if keys >= 0 and screen >= 0:
        return keys, screen
    terminal = os.open(os.ctermid(), os.O_RDWR | os.O_NOCTTY)
    return (keys if keys >= 0 else terminal), (screen if screen >= 0 else terminal)


def _descriptor(stream: TextIO | None) -> int:
    """The stream's descriptor where it is a terminal, else -1."""
    try:
        return stream.fileno() if stream is not None and stream.isatty() else -1
    except (OSError, ValueError):
        return -1
