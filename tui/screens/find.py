"""Finding an issue: by words (open, solved, past fixes, conversations), or among those resolved last."""

from typing import TYPE_CHECKING, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from core.domain.errors import StoreError
from core.domain.issue_search import recently_resolved
from core.domain.issues import Issue
from core.station.station import Station
from core.support.i18n import _
from core.support.text import inert_line
from tui.input.keys import with_twins
from tui.screens.overlay import Over
from tui.view.cells import fit
from tui.view.floor import resolved_words
from tui.view.words import SHAPE_WIDTH, clock, standing_shape, standing_word
from tui.widgets.composer import Composer
from tui.widgets.safe_text import SafeText

if TYPE_CHECKING:
    from tui.app import AndonApp


class FindScreen(Over[str | None]):
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
        self._found: list[Issue] = []

    @property
    def andon(self) -> "AndonApp":
        return cast("AndonApp", self.app)

    @property
    def station(self) -> Station:
        return self.andon.station

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield SafeText(id="find-title", classes="sheet-title")
            yield Composer(id="find-words", blink=self.andon.blinks)
            yield SafeText(id="find-says")
            yield OptionList(markup=False, compact=True)
            yield SafeText(id="find-foot", classes="sheet-foot")

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self.call_later(self.prepare)

    async def prepare(self) -> None:
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
        await self._show("")

    def on_key(self, event: events.Key) -> None:
        """Text typed while the list was still being built belongs into the search."""
        if event.is_printable and event.character is not None:
            event.stop()
            self.query_one(Composer).insert(event.character)

    @on(Composer.Drafted)
    async def _typed(self, message: Composer.Drafted) -> None:
        message.stop()
        await self._show(message.text)

    async def _show(self, query: str) -> None:
        says = self.query_one("#find-says", SafeText)
        try:
            self._found = await self._matches(query)
        except StoreError as error:
            says.show(Content(inert_line(str(error))))
            return
        words = _("{count} found") if query.strip() else _("recently resolved: {count}")
        says.show(Content(words.format(count=len(self._found))))
        options = self.query_one(OptionList)
        options.clear_options()
        now_ms = self.andon.now_ms()
        times = max((len(clock(issue.newest_ms, now_ms)) for issue in self._found), default=0)
        options.add_options([Option(self._line(issue, times)) for issue in self._found])
        options.highlighted = 0 if self._found else None

    async def _matches(self, query: str) -> list[Issue]:
        if not query.strip():
            return recently_resolved(self.station.register.issues.everything())
        return await self.andon.host.call(self.station.find(query))

    def _line(self, issue: Issue, times: int) -> Content:
        now_ms = self.andon.now_ms()
        standing = self.station.standing(issue)
        shape = fit(standing_shape(standing, ascii_only=self.andon.settings.ascii), SHAPE_WIDTH)
        head = f"{clock(issue.newest_ms, now_ms):<{times}}  {shape} {standing_word(standing)}  "
        about = " · ".join(part for part in (issue.mode_type, inert_line(issue.description, 120)) if part)
        fix = resolved_words(issue, now_ms)
        lines = Content.assemble(head, (self.station.shown(issue), "bold"), f"\n    {about}")
        return Content.assemble(lines, (f"\n    {fix}", "dim")) if fix else lines

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
