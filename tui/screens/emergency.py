"""What to do when people are in danger, from any screen: whole at once, and by danger on a digit. It needs nothing.

No issue, no contact and no store stand behind it: only the catalogue.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content

from core.emergency import Danger, instructions_for
from core.i18n import _, language
from tui.cells import in_lines
from tui.keys import with_twins
from tui.screens.over import Over
from tui.widgets.safe_text import SafeText
from tui.words import danger_shape, danger_word

if TYPE_CHECKING:
    from tui.app import AndonApp

_FIRST = (Danger.CAUGHT, Danger.FIRE, Danger.SHOCK, Danger.FALL, Danger.CHEMICAL, Danger.BREATH, Danger.INJURY)
DANGERS = (*_FIRST, *(danger for danger in Danger if danger not in _FIRST))
"""By digit, from 1."""


class EmergencyScreen(Over[None]):
    """The emergency instructions. Esc goes back to where somebody was, with all that was typed there."""

    BINDINGS = [
        (",".join(with_twins(("escape", "q"))), "close", ""),
        (",".join(with_twins(("j", "down"))), "scroll('down')", ""),
        (",".join(with_twins(("k", "up"))), "scroll('up')", ""),
        Binding("0", "tell(0)", show=False),
        *(Binding(str(number), f"tell({number})", show=False) for number in range(1, len(DANGERS) + 1)),
    ]
    CSS_PATH = "../styles/emergency.tcss"

    def __init__(self, dangers: Sequence[Danger] = (), said_in: str = "") -> None:
        """``dangers`` none: the general instructions. ``said_in`` empty: the language in use."""
        super().__init__()
        self._dangers = tuple(dangers)
        self._said_in = said_in

    @property
    def andon(self) -> "AndonApp":
        return cast("AndonApp", self.app)

    def compose(self) -> ComposeResult:
        with Vertical(id="emergency"):
            yield SafeText(id="emergency-title")
            with VerticalScroll(id="emergency-scroll", can_focus=True):
                yield SafeText(id="emergency-told")
            yield SafeText(id="emergency-dangers")

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def tell(self, dangers: Sequence[Danger] = (), said_in: str = "") -> None:
        """Show the instructions for other dangers, from their beginning."""
        self._dangers, self._said_in = tuple(dangers), said_in
        self._draw()
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def _draw(self) -> None:
        sign = danger_shape(ascii_only=self.andon.settings.ascii)
        named = " · ".join(danger_word(danger) for danger in self._dangers)
        head = f"{sign} " + _("EMERGENCY") + "  " + (named or _("somebody is hurt or in danger"))
        self.query_one("#emergency-title", SafeText).show(Content(head))
        told = instructions_for(self._dangers, self._said_in or language())
        lines = [Content.assemble((f"{sign} ", "bold $danger on $danger-ground"), " ", (line, "bold"))
                 for line in told.precautions]  # fmt: skip
        self.query_one("#emergency-told", SafeText).show(Content("\n").join([*lines, Content(""), Content(told.text)]))
        self._draw_dangers()

    def _draw_dangers(self) -> None:
        choices = ((0, _("all")), *((number, danger_word(one)) for number, one in enumerate(DANGERS, 1)))
        line = self.query_one("#emergency-dangers", SafeText)
        pieces = [(f"{number} {word}", "reverse" if self._is_chosen(number) else "") for number, word in choices]
        line.show(in_lines(pieces, max(20, line.content_size.width)))

    def _is_chosen(self, number: int) -> bool:
        return self._dangers == ((DANGERS[number - 1],) if number else ())

    def hint(self) -> Content:
        keys = ((f"1-{len(DANGERS)}", _("what happened")), ("↑ ↓", _("read on")), ("Esc", _("back")))
        return Content("   ").join(Content.assemble((key, "bold"), " ", word) for key, word in keys)

    def action_tell(self, number: int) -> None:
        self.tell((DANGERS[number - 1],) if number else ())

    def action_scroll(self, way: str) -> None:
        told = self.query_one(VerticalScroll)
        (told.scroll_down if way == "down" else told.scroll_up)(animate=False)

    def action_close(self) -> None:
        self.dismiss()
