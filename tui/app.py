"""AndonApp: screens, theme, and the one tick that carries the Station's state to the screen."""

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Callable, Sequence

from textual import on
from textual import screen as textual_screen
from textual.app import App
from textual.binding import Binding
from textual.driver import Driver

from core.domain.events import Quarantined
from core.domain.issues import Issue
from core.emergency import Danger, assess
from core.settings import Settings
from core.station.host import StationHost
from core.station.station import Station
from core.support import i18n
from core.support.i18n import _, ngettext
from core.support.terminal_charset import UTF_8
from core.support.text import inert_line
from tui.input.key_sequences import teach
from tui.input.keys import Area, bindings, keymap, with_twins
from tui.screens.ask import AskScreen, Question
from tui.screens.emergency import EmergencyScreen
from tui.screens.find import FindScreen
from tui.screens.floor import FloorScreen
from tui.screens.lists import HelpScreen, MenuScreen, QuarantineScreen
from tui.screens.lockout import SecureScreen
from tui.screens.outbox import OutboxScreen
from tui.screens.resolve import ResolveScreen
from tui.screens.terminal_status import ConditionScreen
from tui.view.themes import THEMES, next_theme
from tui.widgets.composer import Composer

log = logging.getLogger(__name__)

TICK_S = 0.1
"""One update of the screen for all that came since the last."""
SLOW_TICK_S = 0.5
FPS = 120
"""Paints a second at most. A key that comes just after a paint waits for the next: at Textual's 60 for 16 ms."""
SLOW_FPS = 5
INTERRUPT_S = 3.0


class AndonApp(App[None]):
    """The terminal. It owns no data and no connection: the host's Station does."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [
        *bindings(Area.EVERYWHERE),
        Binding(",".join(with_twins(("ctrl+c",))), "interrupt", show=False, priority=True),
    ]
    TITLE = "Andon"

    def __init__(
        self,
        settings: Settings,
        host: StationHost,
        *,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        monotonic: Callable[[], float] = time.monotonic,
        blinks: bool = True,
        charset: str = UTF_8,
    ) -> None:
        """``charset``: the terminal's own, as Python calls it."""
        super().__init__()
        self.charset = charset
        self.has_seen_recovery = False
        """The operator has read that the store was damaged."""
        teach()
        self.settings = settings
        self.host = host
        self.now_ms = now_ms
        self.monotonic = monotonic
        self.blinks = blinks and not settings.slow
        if settings.slow:
            self.animation_level = "none"
        frames = SLOW_FPS if settings.slow else FPS
        textual_screen.UPDATE_PERIOD = 1 / frames  # type: ignore[misc]  # Textual reads its variable too early
        self.theme_name: str = "mono" if self.no_color else settings.theme
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = f"andon-{self.theme_name}"  # before the style sheets are read: they are read once
        self._seen = (-1, -1)
        self._title = ""
        self._interrupted_at: float | None = None
        self.floor = FloorScreen(bell_every=settings.bell_every)
        self._resolve = ResolveScreen()
        self._ask = AskScreen()
        self._find = FindScreen()
        self._secure = SecureScreen()

    def get_driver_class(self) -> type[Driver]:
        """The terminal itself, where Textual would take the standard streams."""
        chosen = super().get_driver_class()
        if chosen.__name__ != "LinuxDriver":
            return chosen
        from tui.input.terminal_driver import TerminalDriver

        return TerminalDriver

    @property
    def station(self) -> Station:
        return self.host.station

    def on_mount(self) -> None:
        self.set_class(self.settings.ascii, "ascii")
        self.set_keymap(keymap(self.settings.keys))
        # One of each for the whole run: a removed text area leaks (docs/textual.md, 7).
        once = (("resolve", self._resolve), ("ask", self._ask), ("find", self._find), ("secure", self._secure))
        for name, screen in once:
            self.install_screen(screen, name)
        self.push_screen(self.floor)
        self.set_interval(SLOW_TICK_S if self.settings.slow else TICK_S, self._tick)
        if not self.is_headless:
            self._leave_when_told()

    def _leave_when_told(self) -> None:
        """Kubernetes and systemd end a terminal by SIGTERM, which process 1 of a container would ignore otherwise."""
        with contextlib.suppress(NotImplementedError):  # Windows has no such thing
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.exit)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """What the style sheets use must be there before a theme of ours is chosen."""
        return {**super().get_theme_variable_defaults(), **THEMES[0].variables}

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

    def open_emergency(self, dangers: Sequence[Danger] = (), said_in: str = "") -> None:
        """What to do when people are in danger, over whatever is open. One is enough: a second key changes it."""
        if isinstance(self.screen, EmergencyScreen):
            self.screen.tell(dangers, said_in)
        else:
            self.push_screen(EmergencyScreen(dangers, said_in))

    @on(Composer.Emergency)
    def _called(self, message: Composer.Emergency) -> None:
        told = assess(message.about)
        self.open_emergency(told.dangers, told.language)

    def open_condition(self) -> None:
        self.push_screen(ConditionScreen())

    def open_doctor(self) -> None:
        from tui.screens.doctor import DoctorScreen

        self.push_screen(DoctorScreen())

    async def open_find(self, found: Callable[[str | None], None]) -> None:
        """Open the search; ``found`` is told the chosen issue, or None."""
        await self._find.prepare()
        self.push_screen("find", found)

    def ask(self, question: Question) -> None:
        """Open the small dialog."""

        def closed(_none: None) -> None:
            if question.closed is not None:
                question.closed()

        self._ask.prepare(question)
        self.push_screen("ask", closed)

    def open_outbox(self) -> None:
        self.push_screen(OutboxScreen(), self.floor.decide)

    def open_resolve(self, issue: Issue) -> None:
        """Open the resolve dialog, with what was begun in it earlier."""
        self._resolve.prepare(issue, self.floor.note_offered(issue.id))
        self.push_screen("resolve")

    def open_secure(self, issue: Issue) -> None:
        """Open the safety check."""
        self._secure.prepare(issue)
        self.push_screen("secure")

    def _handle_exception(self, error: Exception) -> None:
        """A defect of the screens: the traceback goes to the log file, one line to the operator."""
        log.critical("the screens failed", exc_info=error)
        super()._handle_exception(error)

    def _print_error_renderables(self) -> None:
        if "debug" in self.features:
            super()._print_error_renderables()
        self._exit_renderables.clear()

    def action_emergency(self) -> None:
        """The emergency key, on every screen: what the event that is looked at tells of, else all of it."""
        told = self.floor.looked_at_danger()
        self.open_emergency(told.dangers, told.language)

    def action_interrupt(self) -> None:
        """Ctrl+C: twice within a few seconds leaves, so that one by mistake does nothing."""
        now = self.monotonic()
        if self._interrupted_at is not None and now - self._interrupted_at <= INTERRUPT_S:
            self.exit()
            return
        self._interrupted_at = now
        unsent = len(self.station.outbox)
        words = _("Ctrl+C again, or Ctrl+Q, leaves.")
        if unsent:
            more = ngettext("{count} record is not confirmed yet.", "{count} records are not confirmed yet.", unsent)
            words = f"{words} " + more.format(count=unsent)
        self.floor.say(words)

    def set_title(self, words: str) -> None:
        """Tell the terminal's title, where its tab or the desk's window list shows it. ``words`` are inert."""
        if words == self._title:
            return
        if not self._title:
            self._to_terminal("\x1b[22;2t")  # the title that was there comes back at the end
        self._to_terminal(f"\x1b]2;{inert_line(words, 200)}\x07")
        self._title = words

    def on_unmount(self) -> None:
        if self._title:
            self._to_terminal("\x1b[23;2t")

    def _to_terminal(self, sequence: str) -> None:
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)

    @property
    def title_words(self) -> str:
        """What the terminal's title says now."""
        return self._title

    def switch_theme(self) -> None:
        """The next of the themes, at once and everywhere."""
        self.theme_name = next_theme(self.theme_name)
        self.theme = f"andon-{self.theme_name}"
        self.call_after_refresh(self.floor.looks_changed)

    def switch_language(self) -> None:
        """Korean to English and back, at once and everywhere."""
        i18n.use("en" if i18n.language() == "ko" else "ko")
        self.floor.looks_changed()
