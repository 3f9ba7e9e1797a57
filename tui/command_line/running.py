"""What surrounds a command: its settings, its loop, its exit code, and one line on stderr for what went wrong."""

import errno
import os
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from core.domain.errors import OperatorError, SettingsError
from core.support import i18n
from core.support.i18n import _
from core.support.text import inert_line
from tui.command_line.spec import Given

if TYPE_CHECKING:
    from logging import Logger

    from core.settings import Settings

DONE, FAILED, WRONG_USE = 0, 1, 2
INTERRUPTED = 130
_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
"""What standard output is told where it is a file that takes no more."""

T = TypeVar("T")


def exit_code(work: Callable[[], int | None]) -> int:
    """Do the work. Errors are one line on stderr; a traceback goes to the log file alone."""
    try:
        code = work()
        sys.stdout.flush()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else DONE
    except OperatorError as error:
        return say(error, WRONG_USE if error.is_wrong_use else FAILED)
    except BrokenPipeError:
        reader_is_gone()
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _UNWRITABLE:
            reader_is_gone()
            return say(_("The output cannot be written: {why}.").format(why=error.strerror), FAILED)
        logger = _logger()
        logger.exception("internal error")
        return say(_("Andon failed. The log file in the data directory says why; please report it."), FAILED)
    return DONE if code is None else code


def _logger() -> "Logger":
    import logging

    if not logging.getLogger().handlers:
        quiet_log()  # logging's last resort would be stderr
    return logging.getLogger(__name__)


def reader_is_gone() -> None:
    """Whoever read our output has seen enough; keep the interpreter from complaining about it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(what: object, code: int) -> int:
    """One line on stderr. It may name an issue or a file, so it is made inert like everything from outside."""
    print(f"andon: {inert_line(str(what))}", file=sys.stderr)
    return code


def settings_of(given: Given) -> "Settings":
    """The settings, with what was given as flags, and their language.

    Raises:
        SettingsError: one of them is wrong.
    """
    from core.settings import load_settings

    settings = load_settings(
        bootstrap_servers=given.optional("--bootstrap-servers"),
        topic=given.optional("--topic"),
        data_dir=given.path("--data-dir"),
        operator=given.optional("--operator"),
        lang=given.optional("--lang"),
        config=given.path("--config"),
        slow=given.flag("--slow") or None,
    )
    i18n.use(settings.lang)
    return settings


def with_playbooks(given: Given) -> "Settings":
    """The settings, the plant's own playbooks in force."""
    settings = settings_of(given)
    if settings.playbooks_dir is not None:
        from core.chat.playbook.library import install

        install(settings.playbooks_dir)
    return settings


def connected(given: Given) -> "Settings":
    """The settings of a command that needs a broker.

    Raises:
        SettingsError: as ``settings_of``, or no broker is set.
    """
    settings = with_playbooks(given)
    require_broker(settings)
    quiet_log()
    return settings


def require_broker(settings: "Settings") -> None:
    """Say what to set where there is no broker.

    Raises:
        SettingsError: there is none.
    """
    if not settings.kafka.servers:
        raise SettingsError(_("No broker is set. Set KAFKA_BOOTSTRAP_SERVERS (host:port), or try: andon demo"))


def quiet_log() -> None:
    """A command says itself what it has to say."""
    from core.settings.logs import log_to_nowhere

    log_to_nowhere()


def run(work: Coroutine[Any, Any, T], *, interrupted: int = FAILED) -> T:
    """Run a command's work. Ctrl+C is how ``watch`` ends; elsewhere the work was not done.

    Raises:
        SystemExit: somebody ended it.
    """
    import asyncio
    import gc

    gc.freeze()  # what was loaded for it
    gc.enable()
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        raise SystemExit(interrupted) from None
