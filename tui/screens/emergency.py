"""What to do when people are in danger, from any screen: whole at once, and by danger on a digit. It needs nothing.

No issue, no contact and no store stand behind it: only the catalogue.
"""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content

from core.emergency import Danger, instructions_for
from core.emergency.instructions import Instructions
from core.support.i18n import _, language
from tui.input.keys import with_twins
from tui.screens.overlay import Overlay
from tui.view.cells import in_lines
from tui.view.words import DANGER_WORDS, danger_shape, danger_word, danger_words
from tui.widgets.safe_text import SafeText

DANGERS = tuple(sorted(Danger, key=lambda danger: [*DANGER_WORDS, danger].index(danger)))
_KEYS = "123456789abcdefghi"
DANGERS_BY_KEY = dict(zip(_KEYS, DANGERS, strict=False))


_WIDTH, _AROUND = 88, 6
"""The sheet's width at most, and what edges and padding take of it (emergency.tcss)."""


class EmergencyScreen(Overlay[None]):
    """The emergency instructions. Esc goes back to where somebody was, with all that was typed there."""

    BINDINGS = [
        (",".join(with_twins(("escape", "q"))), "close", ""),
        (",".join(with_twins(("j", "down"))), "scroll('down')", ""),
        (",".join(with_twins(("k", "up"))), "scroll('up')", ""),
        Binding("0", "tell('')", show=False),
        *(Binding(",".join(with_twins((key,))), f"tell('{key}')", show=False) for key in DANGERS_BY_KEY),
    ]
    CSS_PATH = "../styles/emergency.tcss"

    def __init__(self, dangers: Sequence[Danger] = (), said_in: str = "") -> None:
        """``dangers`` none: the general instructions. ``said_in`` empty: the language in use."""
        super().__init__()
        self._dangers = tuple(dangers)
        self._said_in = said_in

    def compose(self) -> ComposeResult:
        with Vertical(id="emergency"):
            yield SafeText(id="emergency-title")
            with VerticalScroll(id="emergency-scroll", can_focus=True):
                yield SafeText(id="emergency-told")
            yield SafeText(id="emergency-dangers")

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self.query_one("#emergency-dangers", SafeText).show(self._choices())

    def tell(self, dangers: Sequence[Danger] = (), said_in: str = "") -> None:
        """Show the instructions for other dangers, from their beginning."""
        self._dangers, self._said_in = tuple(dangers), said_in
        self._draw()
        self.query_one(VerticalScroll).scroll_home(animate=False)

    @property
    def instructions(self) -> Instructions:
        """What is shown now."""
        return instructions_for(self._dangers, self._said_in or language())

    def _draw(self) -> None:
        sign = danger_shape(ascii_only=self.shell.settings.ascii)
        named = danger_words(self._dangers) or _("somebody is hurt or in danger")
        head = f"{sign} " + _("EMERGENCY") + f"  {named}"
        self.query_one("#emergency-title", SafeText).show(Content(head))
        self.query_one("#emergency-told", SafeText).update(self._table(self.instructions, sign))
        self.query_one("#emergency-dangers", SafeText).show(self._choices())

    def _table(self, told: Instructions, sign: str) -> Table:
        """Each line under its sign, so that one is told from the next at a glance."""
        table = Table.grid(padding=(0, 1, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for line in told.precautions:
            table.add_row(Text(sign, "bold"), Text(line, "bold"))
        table.add_row()
        table.add_row("", Text(told.text))
        return table

    def _choices(self) -> Content:
        """Digit and word stay together where the line breaks."""
        choices = (("0", _("all"), ()), *((key, danger_word(one), (one,)) for key, one in DANGERS_BY_KEY.items()))
        pieces = [(f"{key} {word}", "reverse" if self._dangers == told else "") for key, word, told in choices]
        return in_lines(pieces, min(_WIDTH, self.app.size.width) - _AROUND)

    def hint(self) -> Content:
        keys = ((f"1-{list(DANGERS_BY_KEY)[-1]}", _("what happened")), ("↑ ↓", _("read on")), ("Esc", _("back")))
        return Content("   ").join(Content.assemble((key, "bold"), " ", word) for key, word in keys)

    def action_tell(self, key: str) -> None:
        """One danger by its key; an empty one: the general instructions."""
        self.tell((DANGERS_BY_KEY[key],) if key else ())

    def action_scroll(self, way: str) -> None:
        told = self.query_one(VerticalScroll)
        (told.scroll_down if way == "down" else told.scroll_up)(animate=False)

    def action_close(self) -> None:
        self.dismiss()
