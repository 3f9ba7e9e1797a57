"""Finding an issue: by words (open, solved, past fixes, conversations), or among those resolved last."""

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from core.domain.errors import StoreError
from core.station.searching import Hit
from core.support.i18n import _
from core.support.text import inert_line
from tui.input.keys import with_twins
from tui.screens.overlay import Overlay
from tui.view.search_hits import hit_lines
from tui.view.words import clock
from tui.widgets.composer import Composer
from tui.widgets.safe_text import SafeText


class FindScreen(Overlay[str | None]):
    """One for the whole run; ``prepare`` it before each showing. Answers with the id of the chosen issue."""

    BINDINGS = [
        (",".join(with_twins(("escape",))), "close", ""),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("enter", "choose", show=False, priority=True),
    ]
    CSS_PATH = "../styles/lists.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._found: Sequence[Hit] = ()
        self._query = ""

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield SafeText(id="find-title", classes="sheet-title")
            yield Composer(id="find-words", blink=self.shell.blinks)
            yield SafeText(id="find-says")
            yield OptionList(markup=False, compact=True)
            yield SafeText(id="find-foot", classes="sheet-foot")

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self.call_later(self.prepare)

    def prepare(self) -> None:
        """Begin anew: no words yet, so what was resolved last is shown."""
        if not self.is_mounted:
            return
        self.query_one("#find-title", SafeText).show(Content(_("Search: issues, past fixes, conversations")))
        foot = (("Enter", _("look at it")), ("Ctrl+O", _("reopen it there")), ("Esc", _("close")))
        words = Content("   ").join(Content.assemble((key, "bold"), " ", word) for key, word in foot)
        self.query_one("#find-foot", SafeText).show(words)
        composer = self.query_one(Composer)
        composer.load("find", "")
        composer.focus()
        self._search("")

    def on_key(self, event: events.Key) -> None:
        """Text typed while the list was still being built belongs into the search."""
        if event.is_printable and event.character is not None:
            event.stop()
            self.query_one(Composer).insert(event.character)

    @on(Composer.Drafted)
    def _typed(self, message: Composer.Drafted) -> None:
        message.stop()
        self._search(message.text)

    def _search(self, query: str) -> None:
        """Search in the background; what was asked for last is shown, whichever answer comes last."""
        self._query = query
        self.run_worker(self._show(query))

    async def _show(self, query: str) -> None:
        says = self.query_one("#find-says", SafeText)
        try:
            found = await self.shell.search(query)
        except StoreError as error:
            says.show(Content(inert_line(str(error))))
            return
        if query != self._query or not self.is_there:
            return
        self._found = found
        words = _("{count} found") if query.strip() else _("recently resolved: {count}")
        says.show(Content(words.format(count=len(self._found))))
        options = self.query_one(OptionList)
        options.clear_options()
        now_ms = self.shell.now_ms()
        times = max((len(clock(one.listed.issue.newest_ms, now_ms)) for one in found), default=0)
        ascii_only = self.shell.settings.ascii
        lines = [hit_lines(one, query, now_ms, times, ascii_only=ascii_only) for one in found]
        options.add_options([Option(line) for line in lines])
        options.highlighted = 0 if self._found else None

    def action_move(self, step: int) -> None:
        options = self.query_one(OptionList)
        if self._found:
            options.highlighted = min(max((options.highlighted or 0) + step, 0), len(self._found) - 1)

    def action_choose(self) -> None:
        at = self.query_one(OptionList).highlighted
        if self.query_one(Composer).calls_emergency():
            return
        if self._found and at is not None:
            self.dismiss(self._found[at].id)

    def action_close(self) -> None:
        self.dismiss(None)
