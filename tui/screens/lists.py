"""The help and the quarantine: plain lists over the floor."""

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content

from core.domain.events import Quarantined, showable_ms
from core.domain.foreign_values import remedy_for
from core.domain.quarantine import has_own_remedy
from core.support.i18n import N_, _
from core.support.text import inert_line
from tui.input.keys import ACTIONS, BY_ID, Area, shown_key, with_twins
from tui.input.slash import MEANINGS, WORDS
from tui.screens.overlay import Overlay
from tui.view.words import clock
from tui.widgets.safe_text import SafeText

_AREAS = {
    Area.FLOOR: N_("On the floor"),
    Area.LIST: N_("In the list"),
    Area.TRANSCRIPT: N_("In the conversation"),
    Area.COMPOSER: N_("In the composer"),
}


_FIRST: tuple[tuple[str, str], ...] = (
    ("emergency", N_("Somebody hurt or in danger: what to do now, from every screen")),
    ("acknowledge", N_("I have seen this fault; again: it is mine")),
    ("", N_("What is wrong, or a question: just type it, Enter sends it")),
    ("secure", N_("Before the work: power off, locked, tagged, verified; then the steps show")),
    ("resolve", N_("It runs again: resolve it, with what it was")),
)
"""What somebody needs who was never shown this program."""


class HelpScreen(Overlay[None]):
    """What a newcomer needs first, then every key and every slash command, written from their tables."""

    BINDINGS = [(",".join(with_twins(("escape", "f1", "q"))), "close", "")]
    CSS_PATH = "../styles/lists.tcss"

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield SafeText(Content.from_text(_("Keys"), markup=False), classes="sheet-title")
            with VerticalScroll(can_focus=True):
                yield SafeText(self._table())
            yield SafeText(Content.assemble(("Esc", "bold"), " ", _("close")), classes="sheet-foot")

    def _table(self) -> Group:
        return Group(self._keys(), "", _commands())

    def _keys(self) -> Table:
        table = _two_columns()
        area, chosen = Area.EVERYWHERE, self.shell.settings.keys
        table.add_row(Text.assemble((_("First"), "underline")))
        for action_id, words in _FIRST:
            key = shown_key(BY_ID[action_id], chosen) if action_id else _("letters")
            table.add_row(Text(key), Text(_(words)))
        _add_heading(table, _("On every screen"))
        for action in ACTIONS:
            if action.area is not area:
                area = action.area
                _add_heading(table, _(_AREAS[area]))
            table.add_row(Text(shown_key(action, chosen) or "F10"), Text(_(action.name)))
        return table

    def action_close(self) -> None:
        self.dismiss()


def _two_columns() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    return table


def _commands() -> Table:
    table = _two_columns()
    table.add_row(Text.assemble((_("Commands in the composer"), "underline")))
    for command, names in WORDS.items():
        table.add_row(Text(" ".join(names)), Text(_(MEANINGS[command])))
    return table


def _add_heading(table: Table, words: str) -> None:
    table.add_row()
    table.add_row(Text.assemble((words, "underline")))


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
