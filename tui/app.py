"""AndonApp: screens, theme, and the one tick that carries the Station's state to the screen."""

import logging
import time
from collections.abc import Callable

from textual.app import App
from textual.theme import Theme

from core import i18n
from core.events import Quarantined
from core.host import StationHost
from core.i18n import _
from core.issues import Issue
from core.settings import Settings
from core.station import RESOLVE_DRAFT, Station
from tui.screens.floor import FloorScreen
from tui.screens.lists import HelpScreen, MenuScreen, QuarantineScreen
from tui.screens.outbox import OutboxScreen
from tui.screens.resolve import ResolveScreen

log = logging.getLogger(__name__)

TICK_S = 0.1
"""One update of the screen for all that came since the last."""

CALM = Theme(
    name="andon",
    primary="#8a94a6",
    secondary="#6b7280",
    accent="#6cb0e0",
    warning="#e0a840",
    error="#ff6b60",
    success="#7cc77f",
    foreground="#d5d8de",
    background="#15171b",
    surface="#1b1e23",
    panel="#22262d",
    dark=True,
    variables={"text-muted": "#8b9099"},
)


class AndonApp(App[None]):
    """The terminal. It owns no data and no connection: the host's Station does."""

    ENABLE_COMMAND_PALETTE = False
    TITLE = "Andon"

    def __init__(
        self,
        settings: Settings,
        host: StationHost,
        *,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        monotonic: Callable[[], float] = time.monotonic,
        blinks: bool = True,
    ) -> None:
        super().__init__()
        self.settings = settings
        self.host = host
        self.now_ms = now_ms
        self.monotonic = monotonic
        self.blinks = blinks
        self._seen = (-1, -1)
        self.floor = FloorScreen()
        self._resolve = ResolveScreen()

    @property
    def station(self) -> Station:
        return self.host.station

    def on_mount(self) -> None:
        self.register_theme(CALM)
        self.theme = "andon"
        self.install_screen(self._resolve, "resolve")
        self.push_screen(self.floor)
        self.set_interval(TICK_S, self._tick)

    def _tick(self) -> None:
        """Show what is new; ages count from the clock, so a second that passed is news too."""
        if not (self.is_running and self.floor.ready):
            return  # the widgets are not there yet, or are being taken down
        seen = (self.station.revision, int(self.monotonic()))
        if seen != self._seen:
            self._seen = seen
            self.floor.refresh_state()

    def open_help(self) -> None:
        self.push_screen(HelpScreen())

    def open_menu(self) -> None:
        self.push_screen(MenuScreen(), self._run_from_menu)

    async def _run_from_menu(self, action: str | None) -> None:
        if action is not None:
            await self.floor.run_action(action)

    def open_quarantine(self, items: list[Quarantined]) -> None:
        self.push_screen(QuarantineScreen(items, self.station.quarantine_count))

    def open_outbox(self) -> None:
        self.push_screen(OutboxScreen())

    def open_resolve(self, issue: Issue) -> None:
        """Open the resolve dialog, with the note that was begun earlier."""
        self._resolve.prepare(issue, self.station.drafts.get((issue.id, RESOLVE_DRAFT), ""))
        self.push_screen("resolve")

    def _handle_exception(self, error: Exception) -> None:
        """A defect of the screens: the traceback goes to the log file, one line to the operator."""
        log.critical("the screens failed", exc_info=error)
        super()._handle_exception(error)

    def _print_error_renderables(self) -> None:
        if "debug" in self.features:
            super()._print_error_renderables()
        self._exit_renderables.clear()

    def action_help_quit(self) -> None:
        """Ctrl+C: Textual would say so in a toast of its own, in English."""
        self.floor.say(_("Ctrl+Q leaves."))

    def switch_language(self) -> None:
        """Korean to English and back, at once and everywhere."""
        i18n.use("en" if i18n.language() == "ko" else "ko")
        self.floor.language_changed()
