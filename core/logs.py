"""Where logs go: a rotating file in the data directory, and never the screen."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_NAME = "andon.log"
_MAX_BYTES = 2_000_000
_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_NOISY = ("aiokafka", "asyncio")


class _Calm(logging.Filter):
    """Let one and the same line of a noisy logger through once a minute: an outage logs 80 a second (KAFKA.md, 14)."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(_NOISY):
            return True
        key = f"{record.name}:{record.lineno}"
        if record.created - self._last.get(key, -60.0) < 60.0:
            return False
        self._last[key] = record.created
        return True


def log_to_file(directory: Path, level: int = logging.INFO) -> None:
    """Send every log line of this process to ``andon.log`` in ``directory``.

    Raises:
        OSError: the directory cannot be written; the caller says so.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = RotatingFileHandler(directory / LOG_NAME, maxBytes=_MAX_BYTES, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.addFilter(_Calm())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def log_to_nowhere() -> None:
    """Headless commands say what they have to say themselves; a library's log would drown it."""
    logging.getLogger().handlers[:] = [logging.NullHandler()]
