"""AndonApp: screens, theme, and what wakes them: a new view of the Station, or a second that passed."""

import asyncio
import contextlib
import gc
import logging
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from rich.console import RenderableType
from textual import events, on
from textual import screen as textual_screen
from textual._compositor import ChopsUpdate
from textual.app import App, ScreenStackError
from textual.binding import Binding
from textual.css.query import NoMatches
from textual.driver import Driver
from textual.message import Message
from textual.screen import Screen

from core.emergency import assess
from core.settings import Settings
from core.station.host import StationHost
from core.support import i18n
from core.support.i18n import _, ngettext
from core.support.terminal_charset import UTF_8
from core.support.text import inert_line
from tui.input.behind_escape import BehindEscape
from tui.input.key_sequences import teach
from tui.input.keys import Area, bindings, keymap, row_number, with_twins
from tui.screens.floor import FloorScreen
from tui.screens.overlay import Overlay
from tui.screens.windows import OverlayWindows, load
from tui.station_app import StationApp
from tui.view.themes import THEMES, next_theme
from tui.widgets.composer import Composer
from tui.widgets.narrow_update import NarrowUpdate

log = logging.getLogger(__name__)

SLOW_GAP_S = 0.5
"""On a slow line, between two updates of the screen."""
FPS = 120
"""Paints a second at most. A key that comes just after a paint waits for the next: at Textual's 60 for 16 ms."""
SLOW_FPS = 5
INTERRUPT_S = 3.0
LOAD_AFTER_S = 0.5
"""After the first screen, when what opens over it is loaded: the feed begins first."""


class AndonApp(StationApp):
    """The terminal. It owns no data and no connection: the host's Station does."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [
        *bindings(Area.EVERYWHERE),
        Binding(",".join(with_twins(("ctrl+c",))), "interrupt", show=False, priority=True),
        Binding(",".join(with_twins(("ctrl+q",))), "quit", show=False, priority=True),
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
        super().__init__(host, now_ms, monotonic)
        self.charset = charset
        self.has_seen_recovery = False
        """The operator has read that the store was damaged."""
        teach()
        self.settings = settings
        self.blinks = blinks and not settings.slow
        if settings.slow:
            self.animation_level = "none"
        frames = SLOW_FPS if settings.slow else FPS
        textual_screen.UPDATE_PERIOD = 1 / frames  # type: ignore[misc]  # Textual reads its variable too early
        self.theme_name: str = "mono" if self.no_color else settings.theme
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = f"andon-{self.theme_name}"  # before the style sheets are read: they are read once
        self._shown_at = float("-inf")
        self._waits = False
        self._caught_up = False
        self._title = ""
        self._interrupted_at: float | None = None
        self._behind_escape = BehindEscape(self)
        self.windows = OverlayWindows(self)
        self.floor = FloorScreen(self)

    def get_driver_class(self) -> type[Driver]:
        """The terminal itself, where Textual would take the standard streams."""
        chosen = super().get_driver_class()
        if chosen.__name__ != "LinuxDriver":
            return chosen
        from tui.input.terminal_driver import TerminalDriver

        return TerminalDriver

    # --- life

    async def on_event(self, event: events.Event) -> None:
        """What is typed is led to its place before the next key is looked at, in the order in which it was typed."""
        is_typed = False
        if isinstance(event, events.Key | events.Paste) and not self._screen_stack:
            return  # the terminal is left
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            is_typed = True
            self.floor.end_notice()
            if self._behind_escape.keeps(event) or leads(self.screen, event):
                return
        await super().on_event(event)
        if isinstance(event, events.Key) and event.key == "escape":
            if is_typed and isinstance(self.screen, Overlay):
                self._behind_escape.wait()
            elif not is_typed:
                self._behind_escape.done()  # it has bubbled up: what it closes is closed

    def on_mount(self) -> None:
        self.set_class(self.settings.ascii, "ascii")
        self.set_keymap(keymap(self.settings.keys))
        self.push_screen(self.floor)
        self.call_after_refresh(self._first_screen_is_there)
        self.host.watch(self._woken)
        self._wait_for_the_second()
        if not self.is_headless:
            leave_when_told(self)

    def _first_screen_is_there(self) -> None:
        self.show_news()  # by now each part knows how wide it is
        self.host.first_screen_is_there()
        if not self.is_headless:
            self.set_timer(LOAD_AFTER_S, lambda: threading.Thread(target=load, name="screens", daemon=True).start())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """What the style sheets use must be there before a theme of ours is chosen."""
        return {**super().get_theme_variable_defaults(), **THEMES[0].variables}

    class Changed(Message):
        """There is a newer view of the Station."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, AndonApp.Changed)

    def _woken(self) -> None:
        self.post_message(self.Changed())

    @on(Changed)
    def _changed(self) -> None:
        """Show it, on a slow line together with all else that comes in a moment."""
        rest_s = self._shown_at + SLOW_GAP_S - time.monotonic() if self.settings.slow else 0.0
        if rest_s <= 0:
            self.show_news()
        elif not self._waits:
            self._waits = True
            self.set_timer(rest_s, self.show_news)

    def _wait_for_the_second(self) -> None:
        """Ages and the data's freshness are told in seconds: the next time that a text on the screen is another."""
        self.set_timer(1.001 - self.monotonic() % 1, self._second_passed)

    def _second_passed(self) -> None:
        self._wait_for_the_second()
        self.show_news()

    def show_news(self) -> None:
        """Have the floor, and what lies over it, show the newest view as of now."""
        self._waits, self._shown_at = False, time.monotonic()
        if not (self.is_running and self.floor.is_there):
            return  # the widgets are not there yet, or are being taken down
        self._spare_what_stays()
        self.floor.refresh_state()
        if isinstance(self.screen, Overlay) and self.screen.is_mounted:
            self.screen.refresh_state()

    def _spare_what_stays(self) -> None:
        """What a replay left in memory stays there: looking through it for garbage makes a key 0.1 s late."""
        was, self._caught_up = self._caught_up, not self.view.is_catching_up and bool(self.view.listed)
        if self._caught_up and not was and not self.is_headless:
            gc.freeze()

    @on(Composer.Emergency)
    def _called(self, message: Composer.Emergency) -> None:
        told = assess(message.about)
        self.windows.emergency(told.dangers, told.language)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """A part of the screen is painted from its first changed cell on."""
        super()._display(screen, NarrowUpdate.of(renderable) if isinstance(renderable, ChopsUpdate) else renderable)

    def _handle_exception(self, error: Exception) -> None:
        """A defect of the screens: the traceback goes to the log file, one line to the operator.

        A key that was on its way when the terminal is left may find a screen half taken down: that is none.
        """
        if self._exit and isinstance(error, NoMatches | ScreenStackError):
            log.info("something came as the screens were taken down: %r", error)
            return
        log.critical("the screens failed", exc_info=error)
        super()._handle_exception(error)

    def _print_error_renderables(self) -> None:
        if "debug" in self.features:
            super()._print_error_renderables()
        self._exit_renderables.clear()

    def action_emergency(self) -> None:
        """The emergency key, on every screen: what the event that is looked at tells of, else all of it."""
        told = self.floor.looked_at_danger()
        self.windows.emergency(told.dangers, told.language)

    def action_interrupt(self) -> None:
        """Ctrl+C: twice within a few seconds leaves, so that one by mistake does nothing."""
        now = self.monotonic()
        if self._interrupted_at is not None and now - self._interrupted_at <= INTERRUPT_S:
            self.exit()
            return
        self._interrupted_at = now
        unsent = len(self.view.outbox)
        words = _("Ctrl+C again, or Ctrl+Q, leaves.")
        if unsent:
            more = ngettext("{count} record is not confirmed yet.", "{count} records are not confirmed yet.", unsent)
            words = f"{words} " + more.format(count=unsent)
        self.floor.say(words)

    async def action_quit(self) -> None:
        """Ctrl+Q, on every screen."""
        self.windows.leave()

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


def leave_when_told(app: App[None]) -> None:
    """Kubernetes and systemd end a terminal by SIGTERM, which process 1 of a container would ignore otherwise."""
    with contextlib.suppress(NotImplementedError):  # Windows has no such thing
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, app.exit)


def leads(screen: Screen[Any], event: events.Key | events.Paste) -> bool:
    """Whether nothing is left to be done with what was typed."""
    row = row_number(event.key, event.character) if isinstance(event, events.Key) else None
    if isinstance(screen, FloorScreen):
        return screen.leads(event, row)
    return row is not None  # over the floor it names nothing, and is no text either
