"""What all screens over the floor have in common."""

from typing import TypeVar

from textual import events
from textual.await_complete import AwaitComplete
from textual.content import Content
from textual.screen import ModalScreen

from core.support.i18n import _
from tui.input.keys import EMERGENCY, emergency_key
from tui.shell import Shell, shell_of
from tui.view.floor_layout import LOW_BELOW
from tui.widgets.safe_text import SafeText

T = TypeVar("T")


class Overlay(ModalScreen[T]):
    """A screen over the floor. It goes once: a second key that was on its way takes nothing else away with it.

    Its last line names the emergency key, where the floor does: no dialog stands between somebody and help.
    """

    DEFAULT_CSS = """
    Overlay > .overlay-hint {
        dock: bottom;
        height: 1;
        padding: 0 1;
        background: $bar;
        color: $foreground;
    }
    """

    _leaves: "tuple[T | None] | None" = None
    """With what it goes as soon as it is in front again."""

    @property
    def shell(self) -> Shell:
        return shell_of(self)

    @property
    def is_there(self) -> bool:
        """Its widgets are there: what was waited for may come when they are taken down, as the terminal is left."""
        return self.is_mounted and len(self.children) > 0

    def refresh_state(self) -> None:
        """There is a newer view, or a second has passed; most dialogs show nothing of either."""

    def on_mount(self) -> None:
        self.mount(SafeText(self.hint(), classes="overlay-hint"))
        self.call_after_refresh(self._go_late)

    def on_resize(self) -> None:
        self.set_class(self.size.height < LOW_BELOW, "low")

    def on_screen_resume(self) -> None:
        """The language may have changed since."""
        for line in self.query(".overlay-hint").results(SafeText):
            line.show(self.hint())
        self._go_late()

    def _go_late(self) -> None:
        if self._leaves is not None:
            (result,), self._leaves = self._leaves, None
            self.dismiss(result)

    def on_key(self, event: events.Key) -> None:
        """A key that was pressed here does nothing to what came over this screen meanwhile, be it the emergency screen.

        Textual would look it up among the bindings of whatever screen is in front by now.
        """
        if not self.is_active:
            event.stop()

    def hint(self) -> Content:
        """The last line of the screen."""
        key = emergency_key(shell_of(self).settings.keys)
        return Content.assemble((key, "bold"), " ", _(EMERGENCY.hint))

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Go, if this screen is still the one in front; Textual would take away whichever is.

        Where the emergency screen came over it meanwhile, it goes with that one. One that is still being built goes as
        soon as it is there: half of it may not be taken away from the rest.
        """
        if self.is_active and self.is_mounted:
            return super().dismiss(result)
        if self in self.app.screen_stack:
            self._leaves = (result,)
        return AwaitComplete()
