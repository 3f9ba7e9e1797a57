"""The menu: everything by name, narrowed down while typing."""

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from core.support.i18n import _
from tui.input.keys import ACTIONS, Action, shown_key
from tui.screens.overlay import Overlay
from tui.view.cells import fit
from tui.view.menu_filter import matches
from tui.widgets.safe_text import SafeText

_KEY_WIDTH = 8
_LONGEST = 60


class MenuScreen(Overlay[str | None]):
    """Answers with the id of the chosen action. A letter narrows the list down and never does anything by itself."""

    BINDINGS = [
        Binding("escape", "back", show=False, priority=True),
        Binding("f10", "close", show=False, priority=True),
    ]
    CSS_PATH = "../styles/lists.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._typed = ""

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet sheet--menu"):
            yield SafeText(id="menu-title", classes="sheet-title")
            yield OptionList(markup=False, compact=True)
            keys = (("Enter", _("choose")), ("↑ ↓", _("move")), ("Esc", _("close")))
            foot = Content("   ").join(Content.assemble((key, "bold"), " ", word) for key, word in keys)
            yield SafeText(foot, classes="sheet-foot")

    def on_mount(self) -> None:
        self._draw()

    def on_key(self, event: events.Key) -> None:
        """Letters, in Hangul mode too, and Backspace; whatever was typed before the list was there counts as well."""
        if event.key == "backspace":
            self._narrow_to(self._typed[:-1])
        elif event.is_printable and event.character is not None:
            self._narrow_to(self._typed + event.character)
        else:
            return
        event.stop()

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self._narrow_to(self._typed + event.text)

    def _narrow_to(self, typed: str) -> None:
        self._typed = " ".join(typed.split("\n"))[:_LONGEST]
        if self.is_there:
            self._draw()

    def _draw(self) -> None:
        title: tuple[str | tuple[str, str], ...] = (_("Menu"), "  ", (_("type to narrow it down"), "$quiet"))
        if self._typed:
            title = (_("Menu"), "  ", (self._typed, "reverse"))
        self.query_one("#menu-title", SafeText).show(Content.assemble(*title))
        options = self.query_one(OptionList)
        options.clear_options()
        found = [action for action in ACTIONS if action.in_menu and self._is_meant(action)]
        options.add_options([self._option(action) for action in found] or [Option(_("Nothing here has that name."))])
        options.highlighted = 0 if found else None

    def _is_meant(self, action: Action) -> bool:
        return matches(self._typed, (_(action.name), action.name, self._key(action), _(action.hint or action.name)))

    def _option(self, action: Action) -> Option:
        return Option(Content.assemble((fit(self._key(action), _KEY_WIDTH), "bold"), _(action.name)), id=action.id)

    def _key(self, action: Action) -> str:
        return shown_key(action, self.shell.settings.keys)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            self.dismiss(event.option_id)

    def action_back(self) -> None:
        """What was typed goes first, then the menu."""
        if self._typed:
            self._narrow_to("")
        else:
            self.dismiss(None)

    def action_close(self) -> None:
        self.dismiss(None)
