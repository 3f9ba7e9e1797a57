"""Where logs go: a rotating file in the data directory, and never the screen. No line holds a secret."""

import logging
import os
import platform
import stat
import time
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import cast

from core.settings import Settings
from core.support.masking import Masking
from core.support.text import inert, inert_json, inert_line
from core.support.version import version

LOG_NAME = "andon.log"
_MAX_BYTES = 2_000_000
_NOISY = ("aiokafka", "asyncio", "azure")
_NOISY_S = 60.0
_OURS = ("core", "tui")
_LONGEST_TRACE = 50_000
"""Characters of a traceback."""


def log_to_file(settings: Settings) -> None:
    """Send this process's log to ``andon.log`` in the data directory, readable for its owner alone.

    ``debug`` is for Andon's own lines: a library's would show requests with the logins in them.

    Raises:
        OSError: the directory or the file cannot be written; the caller says so. Then nothing is logged.
    """
    log_to_nowhere()
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = _PrivateFile(settings.data_dir / LOG_NAME)
    masking = Masking(settings.secrets)
    handler.setFormatter(_JsonLines(masking) if settings.log_format == "json" else _Lines(masking))
    handler.addFilter(_RateLimit())
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.INFO))
    for name in _OURS:
        logging.getLogger(name).setLevel(level)


def log_head(settings: Settings) -> None:
    """Say at the head of the log, and of each file that follows it, which program writes here; whatever the level."""
    words = "andon %s, Python %s, %s, terminal %s"
    facts = (version(), platform.python_version(), platform.system(), settings.terminal_id)
    head = logging.LogRecord(__name__, logging.INFO, __file__, 0, words, facts, None)
    for handler in logging.getLogger().handlers:
        if isinstance(handler, _PrivateFile):
            handler.head = head
            handler.handle(head)


def log_to_nowhere() -> None:
    """Headless commands say what they have to say themselves; a library's log would drown it."""
    logging.getLogger().handlers[:] = [logging.NullHandler()]


class _PrivateFile(RotatingFileHandler):
    """A rotating file of mode 0600. What it cannot write (a full disk) is lost in silence: stderr is the screen."""

    head: logging.LogRecord | None = None
    """What a fresh file begins with."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_MAX_BYTES, backupCount=3, encoding="utf-8", errors="backslashreplace")

    def doRollover(self) -> None:  # noqa: N802 - logging's own name
        super().doRollover()
        if self.head is not None and self.stream is not None:
            self.stream.write(self.format(self.head) + self.terminator)

    def _open(self) -> TextIOWrapper:
        file = open(self.baseFilename, self.mode, encoding=self.encoding, errors=self.errors, opener=_private)  # noqa: SIM115
        return cast(TextIOWrapper, file)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        pass


def _private(path: str, flags: int) -> int:
    descriptor = os.open(path, flags, 0o600)
    if os.name == "posix" and stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.fchmod(descriptor, 0o600)  # also one that an older version left open to others
    return descriptor


class _RateLimit(logging.Filter):
    """Let the same line of a noisy logger through once a minute: an outage logs 80 a second (docs/kafka.md, 14).

    The next that passes tells how many did not.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, float] = {}
        self._held_back: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(_NOISY):
            return True
        key = f"{record.name}:{record.lineno}"
        if record.created - self._last.get(key, -_NOISY_S) < _NOISY_S:
            self._held_back[key] = self._held_back.get(key, 0) + 1
            return False
        self._last[key] = record.created
        record.held_back = self._held_back.pop(key, 0)
        return True


class _Lines(logging.Formatter):
    """``2026-11-23 20:05:11.042 WARNING logger message``, in local time; a traceback follows, set in.

    Whatever a message holds, it is one line, and no line of a traceback can be taken for a message's.
    """

    def __init__(self, masking: Masking) -> None:
        super().__init__()
        self._masking = masking

    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.created))
        line = f"{at}.{int(record.msecs):03} {record.levelname} {record.name} {inert_line(self.message(record))}"
        trace = self.trace(record)
        return f"{line}\n{_set_in(trace)}" if trace else line

    def message(self, record: logging.LogRecord) -> str:
        """The message as it was meant, without secrets; not yet inert."""
        held_back = getattr(record, "held_back", 0)
        return self._masking.masked(record.getMessage()) + (f" (+{held_back} like it)" if held_back else "")

    def trace(self, record: logging.LogRecord) -> str:
        """The traceback without secrets, or nothing."""
        parts = [self.formatException(record.exc_info)] if record.exc_info and record.exc_info[0] else []
        parts += [self.formatStack(record.stack_info)] if record.stack_info else []
        return self._masking.masked("\n".join(parts))


class _JsonLines(_Lines):
    """A JSON object a line: ``time`` (UTC, ms), ``level``, ``logger``, ``message``; ``traceback`` if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        trace = self.trace(record)
        fields = {"time": at, "level": record.levelname.lower(), "logger": record.name, "message": self.message(record)}
        return inert_json({**fields, "traceback": trace} if trace else fields)


def _set_in(trace: str) -> str:
    return "\n".join(f"    {line}" for line in inert(trace, _LONGEST_TRACE).split("\n"))
