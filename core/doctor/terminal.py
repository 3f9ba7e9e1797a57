"""The terminal: size, colours, encoding, and whether a Hangul syllable is two cells wide, as the screens have it."""

import contextlib
import os
import re
import select
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from core.doctor.check import Finding, failed, ok, warning
from core.support.i18n import N_, _
from core.support.terminal_charset import UTF_8, terminal_charset
from core.support.text import inert_line

SMALLEST = (80, 24)
DUMB_REMEDY = N_("This terminal cannot show screens. Use andon watch or andon issues, or set TERM.")

_ASK_POSITION = "\x1b[6n"
_POSITION = re.compile(rb"\x1b\[(\d+);(\d+)R")
_ANSWER_S = 0.5


class Terminal:
    """Looks at the terminal that standard output is."""

    def __init__(self, environment: Mapping[str, str], *, beside_screens: bool) -> None:
        self._environment = environment
        self._beside_screens = beside_screens

    async def look(self) -> Finding:
        """What can be known, and measured where nothing else uses the terminal."""
        # While the screens are open, standard output is Textual's own.
        output = sys.__stdout__ if self._beside_screens else sys.stdout
        if output is None or not output.isatty():
            return ok(_("not a terminal; the screens need one"))
        size = shutil.get_terminal_size()
        charset = terminal_charset(self._environment)
        encoding = (output.encoding or "") if charset == UTF_8 else charset
        found = " · ".join((f"{size.columns}x{size.lines}", *self._told(), encoding))
        if self._environment.get("TERM", "") in ("", "dumb"):
            return failed(found, _(DUMB_REMEDY))
        if encoding.lower().replace("-", "") != "utf8":
            return failed(found, _("Set a UTF-8 locale, such as LANG=ko_KR.UTF-8 or C.UTF-8."))
        if size.columns < SMALLEST[0] or size.lines < SMALLEST[1]:
            return warning(found, _("Make it at least 80 columns by 24 lines."))
        return self._with_hangul(found)

    def _told(self) -> list[str]:
        """What the environment says of it."""
        told = [f"TERM={inert_line(self._environment.get('TERM', '') or '-', 40)}"]
        program = self._environment.get("TERM_PROGRAM") or ("tmux" if self._environment.get("TMUX") else "")
        return [*told, *([inert_line(program, 40)] if program else []), self._colours()]

    def _colours(self) -> str:
        if self._environment.get("NO_COLOR"):
            return _("no colours (NO_COLOR)")
        if self._environment.get("COLORTERM") in ("truecolor", "24bit"):
            return _("all colours")
        return _("256 colours") if "256" in self._environment.get("TERM", "") else _("few colours")

    def _with_hangul(self, found: str) -> Finding:
        width = None if self._beside_screens else hangul_width()
        if width is None:
            return ok(found)
        found += " · " + _("Hangul {count} cells wide").format(count=width)
        if width != 2:
            return warning(found, _("Choose a font with Hangul of two cells, such as D2Coding (deploy/kiosk.md)."))
        return ok(found)


def hangul_width() -> int | None:
    """Cells that the terminal gives to a Hangul syllable, by asking where the cursor is behind one.

    None where it does not answer in time, or standard input is no terminal.
    """
    try:
        with _keys_unread() as descriptor:
            sys.stdout.write(f"\r한{_ASK_POSITION}\r  \r")
            sys.stdout.flush()
            column = _column(descriptor)
    except (OSError, ImportError, ValueError):
        return None
    return None if column is None else column - 1


@contextmanager
def _keys_unread() -> Iterator[int]:
    """Standard input without echo and line by line reading; as it was afterwards."""
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor) if os.isatty(descriptor) else None
    if before is None:
        raise OSError("no terminal")
    try:
        tty.setcbreak(descriptor, termios.TCSANOW)
        yield descriptor
    finally:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(descriptor, termios.TCSANOW, before)


def _column(descriptor: int) -> int | None:
    """The column of the answer, counted from 1."""
    answer, give_up = b"", time.monotonic() + _ANSWER_S
    while (left := give_up - time.monotonic()) > 0:
        if not select.select([descriptor], [], [], left)[0]:
            return None
        answer += os.read(descriptor, 64)
        if found := _POSITION.search(answer):
            return int(found[2])
    return None
