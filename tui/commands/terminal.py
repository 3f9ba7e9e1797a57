"""``andon``: the screens on the plant's cluster."""

import gc
import os
import sys

from core.chat.conversation.factory import chosen_backend
from core.domain.errors import OperatorError
from core.domain.outbox import OutboxState
from core.settings import Settings
from core.settings.logs import LOG_NAME, log_head, log_to_file
from core.station.data_dir import opened_store
from core.station.host import StationHost
from core.station.station import Station
from core.support.i18n import _, ngettext
from core.support.terminal_charset import UTF_8, terminal_charset
from core.support.terminal_colours import has_few_colours
from core.support.text import inert_line


class NoTerminalError(OperatorError):
    """Screens need a terminal. The message says what else there is."""

    is_wrong_use = True


class ScreensFailedError(OperatorError):
    """A defect ended the screens. What was typed is in the store; the log file holds the traceback."""


def open_terminal(settings: Settings) -> None:
    """Open the screens on the cluster of ``settings``; return when the operator leaves.

    Raises:
        NoTerminalError: there is no terminal that can show them.
        DataDirInUseError, StoreError: see ``opened_store``.
        ScreensFailedError: the screens ended by a defect.
    """
    require_terminal()
    from tui.app import AndonApp
    from tui.input.keys import keymap
    from tui.view.themes import theme_in_few_colours

    keymap(settings.keys)  # what is wrong in the settings is told before the screens open
    charset = terminal_charset(os.environ)
    if charset != UTF_8:
        settings = settings.model_copy(update={"ascii": True})
    if has_few_colours(os.environ):
        settings = settings.model_copy(update={"theme": theme_in_few_colours(settings.theme)})
    backend = chosen_backend(settings)
    with opened_store(settings) as store, StationHost(settings, store, backend, after_first_screen=True) as host:
        start_log(settings)
        host.station.state.operator = store.meta.operator() or settings.operator
        app = AndonApp(settings, host, charset=charset)
        settle_memory()
        app.run(mouse=False)  # keyboard only; the terminal's own selection keeps working
        farewell = _farewell(host.station)
    if app.return_code:
        log_file = settings.data_dir / LOG_NAME
        raise ScreensFailedError(_("The screens failed; {path} says why. Start andon again.").format(path=log_file))
    for line in farewell:
        print(line)


def start_log(settings: Settings) -> None:
    """A log that cannot be written is no reason to keep the screens shut."""
    try:
        log_to_file(settings)
        log_head(settings)
    except OSError as error:
        words = _("The log file {path} cannot be written ({why}); Andon goes on without it.")
        line = words.format(path=settings.data_dir / LOG_NAME, why=error.strerror)
        print(f"andon: {inert_line(line)}", file=sys.stderr)


def settle_memory() -> None:
    """What is there at the start stays to the end: the collector, whose pauses are late keys, looks past it."""
    gc.freeze()
    gc.enable()


def _farewell(station: Station) -> list[str]:
    """What is unsent, and what becomes of it."""
    here = station.waiting_here()
    parked = sum(entry.state is OutboxState.PARKED for entry in here)
    held = len(station.state.held)
    pending = len(here) - parked - held
    elsewhere = len(station.outbox) - len(here)
    lines = []
    if pending:
        words = ngettext(
            "{count} record is not confirmed yet; it goes out at the next start.",
            "{count} records are not confirmed yet; they go out at the next start.",
            pending,
        )
        lines.append(words.format(count=pending))
    if parked:
        words = _("{count} parked: the broker refuses them until the cause is fixed. andon doctor names it.")
        lines.append(words.format(count=parked))
    if held:
        words = _("{count} held until a person decides. The terminal asks at the next start.")
        lines.append(words.format(count=held))
    if elsewhere:
        words = _("{count} wait for another cluster or topic; they go out when this terminal reads that one again.")
        lines.append(words.format(count=elsewhere))
    return lines


def require_terminal() -> None:
    """Make sure that there is a terminal.

    Raises:
        NoTerminalError: there is none that can show screens.
    """
    from tui.input.terminal_driver import terminal_descriptors

    try:
        terminal_descriptors()
    except OSError as error:
        raise _no_terminal() from error
    if os.environ.get("TERM", "dumb") == "dumb":
        raise _no_terminal()


def _no_terminal() -> NoTerminalError:
    from core.doctor import DUMB_REMEDY

    return NoTerminalError(_(DUMB_REMEDY))
