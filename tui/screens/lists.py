"""The help, the menu and the quarantine: plain lists over the floor."""

from rich.table import Table
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from core.domain.events import Quarantined, showable_ms
from core.domain.foreign_values import remedy_for
from core.domain.quarantine import has_own_remedy
from core.support.i18n import N_, _
from core.support.text import inert_line
from tui.input.keys import ACTIONS, Area, shown_key, with_twins
from tui.input.slash import MEANINGS, WORDS
from tui.screens.overlay import Overlay
from tui.view.cells import fit
from tui.view.words import clock
from tui.widgets.safe_text import SafeText

_AREAS = {
    Area.FLOOR: N_("On the floor"),
    Area.LIST: N_("In the list"),
    Area.TRANSCRIPT: N_("In the conversation"),
    Area.COMPOSER: N_("In the composer"),
}


class HelpScreen(Overlay[None]):
    """Every key and every slash command, written from their tables."""

    BINDINGS = [(",".join(with_twins(("escape", "f1", "q"))), "close", "")]
    CSS_PATH = "../styles/lists.tcss"

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield SafeText(Content.from_text(_("Keys"), markup=False), classes="sheet-title")
            with VerticalScroll(can_focus=True):
                yield SafeText(self._table())
            yield SafeText(Content.assemble(("Esc", "bold"), " ", _("close")), classes="sheet-foot")

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True, style="bold")
        table.add_column(overflow="fold")
        area, chosen = Area.EVERYWHERE, self.shell.settings.keys
        for action in ACTIONS:
            if action.area is not area:
                area = action.area
                _add_heading(table, _(_AREAS[area]))
            table.add_row(Text(shown_key(action, chosen) or "F10"), Text(_(action.name)))
        _add_heading(table, _("Commands in the composer"))
        for command, words in WORDS.items():
            table.add_row(Text(" ".join(words)), Text(_(MEANINGS[command])))
        return table

    def action_close(self) -> None:
        self.dismiss()


def _add_heading(table: Table, words: str) -> None:
    table.add_row()
    table.add_row(Text.assemble((words, "underline")))


class MenuScreen(Overlay[str | None]):
    """Everything by name; answers with the id of the chosen action."""

    BINDINGS = [(",".join(with_twins(("escape", "f10", "q"))), "close", "")]
    CSS_PATH = "../styles/lists.tcss"

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet sheet--menu"):
            yield SafeText(Content(_("Menu")), classes="sheet-title")
            yield OptionList(*self._options(), markup=False, compact=True)
            foot = Content.assemble(("Enter", "bold"), " ", _("choose"), "   ", ("Esc", "bold"), " ", _("close"))
            yield SafeText(foot, classes="sheet-foot")

    def _options(self) -> list[Option]:
        return [
            Option(Content.assemble((fit(action.shown_key, 8), "bold"), _(action.name)), id=action.id)
            for action in ACTIONS
            if action.in_menu
        ]

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)

    def action_close(self) -> None:
        self.dismiss(None)


class QuarantineScreen(Overlay[None]):
    """Records that were no issue events: where they lie, why they were set aside, how they begin."""

    BINDINGS = [(",".join(with_twins(("escape", "q"))), "close", "")]
    CSS_PATH = "../styles/lists.tcss"

    def __init__(self, items: list[Quarantined], count: int) -> None:
        super().__init__()
        self._items = items
        self._count = count

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield SafeText(Content(_("Quarantine: {count}").format(count=self._count)), classes="sheet-title")
            with VerticalScroll(can_focus=True):
                yield SafeText(Content.assemble(*self._lines()))
            yield SafeText(Content.assemble(("Esc", "bold"), " ", _("close")), classes="sheet-foot")

    def _lines(self) -> list[str | tuple[str, str]]:
        if not self._items:
            return [_("empty")]
        lines: list[str | tuple[str, str]] = []
        for item in self._items:
            record = item.record
            where = f"{record.topic}[{record.partition}]@{record.offset}"
            at = clock(showable_ms(record.timestamp_ms), self.shell.now_ms())
            lines += [(f"{at}  {where}", "bold"), "  ", _(item.reason), "\n"]
            if has_own_remedy(item.reason):
                lines += ["    " + _(remedy_for(item.reason)), "\n"]
            lines += [("    " + inert_line((record.value or b"")[:300].decode("utf-8", "replace"), 120), "dim"), "\n"]
        return lines

    def action_close(self) -> None:
        self.dismiss()
