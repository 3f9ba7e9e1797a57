"""The doctor on a screen: the checks of this set-up appear one by one while the terminal works on."""

from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message

from core.doctor import Check, Verdict, examine
from core.station.watcher import Watcher
from core.support.i18n import _
from tui.input.keys import with_twins
from tui.screens.overlay import Overlay
from tui.view.cells import padded
from tui.view.doctor_lines import TITLE_WIDTH, WORDS, lines_of, summary
from tui.widgets.safe_text import SafeText

Examination = Callable[[Callable[[str], None]], AsyncIterator[Check]]
"""Makes the checks; the argument is told the title of each as it begins."""

_SHAPES = {Verdict.OK: "●", Verdict.WARNING: "▲", Verdict.FAILED: "■", Verdict.SKIPPED: "○"}
_ASCII_SHAPES = {Verdict.OK: "+", Verdict.WARNING: "!", Verdict.FAILED: "X", Verdict.SKIPPED: "-"}
_MARKS = {
    Verdict.OK: "bold",
    Verdict.WARNING: "bold $late",
    Verdict.FAILED: "bold $alarm on $alarm-ground",
    Verdict.SKIPPED: "$quiet",
}
_TEXTS = {Verdict.OK: "", Verdict.WARNING: "$late", Verdict.FAILED: "bold", Verdict.SKIPPED: "$quiet"}
_WORD_WIDTH = 10


class CheckLines(SafeText):
    """The checks. Their lines are broken here, so another width wants them anew."""

    class Resized(Message):
        """Its width may be another one."""

    def on_resize(self) -> None:
        self.post_message(self.Resized())


class DoctorScreen(Overlay[None]):
    """The checks run in the Station's loop, never in the screen's; leaving ends them."""

    BINDINGS = [
        (",".join(with_twins(("escape", "q"))), "close", ""),
        (",".join(with_twins(("r",))), "again", ""),
        (",".join(with_twins(("j", "down"))), "scroll('down')", ""),
        (",".join(with_twins(("k", "up"))), "scroll('up')", ""),
    ]
    CSS_PATH = "../styles/lists.tcss"

    def __init__(self, examination: Examination | None = None) -> None:
        """``examination`` None: this terminal's own set-up."""
        super().__init__()
        self._examination = examination or self._own
        self._checks: tuple[Check, ...] = ()
        self._looking = ""
        self._examining: Future[None] | None = None
        self._drawn: object = None
        self._changed: Watcher | None = None
        """Called in the Station's thread, it has this screen drawn anew."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield SafeText(Content(_("Check of this set-up")), classes="sheet-title")
            yield SafeText(id="doctor-says")
            with VerticalScroll(can_focus=True, id="doctor-checks"):
                yield CheckLines(id="doctor-lines")
            foot = Content.assemble(("R", "bold"), " ", _("again"), "   ", ("Esc", "bold"), " ", _("close"))
            yield SafeText(foot, classes="sheet-foot")

    def on_mount(self) -> None:
        self._changed = Watcher(self._draw)
        self.action_again()

    def on_unmount(self) -> None:
        self._stop()

    @property
    def is_busy(self) -> bool:
        """Whether checks are still being made."""
        return self._examining is not None and not self._examining.done()

    @property
    def is_drawn(self) -> bool:
        """Whether all that was found is on the screen."""
        return isinstance(self._drawn, tuple) and self._drawn[:3] == (self._checks, self._looking, self.is_busy)

    def action_again(self) -> None:
        """Make all checks anew."""
        self._stop()
        self._checks, self._looking = (), ""
        self._examining = self.shell.submit(self._examine())
        self._examining.add_done_callback(lambda _done: self._tell())
        self._draw()

    def action_scroll(self, way: str) -> None:
        checks = self.query_one("#doctor-checks", VerticalScroll)
        (checks.scroll_down if way == "down" else checks.scroll_up)(animate=False)

    def action_close(self) -> None:
        self.dismiss()

    def _stop(self) -> None:
        if self._examining is not None:
            self._examining.cancel()

    # --- in the Station's loop: what is shown is replaced, never changed in place

    def _own(self, looking: Callable[[str], None]) -> AsyncIterator[Check]:
        return examine(self.shell.settings, looking=looking, beside_screens=True)

    async def _examine(self) -> None:
        async for check in self._examination(self._look_at):
            self._checks = (*self._checks, check)
            self._looking = ""
            self._tell()

    def _look_at(self, title: str) -> None:
        self._looking = title
        self._tell()

    def _tell(self) -> None:
        if self._changed is not None:
            self._changed()

    # --- in the screen's

    @on(CheckLines.Resized)
    def _draw(self) -> None:
        if not self.is_attached:
            return  # it was left meanwhile
        lines = self.query_one("#doctor-lines", SafeText)
        width = lines.container_size.width
        if (state := (self._checks, self._looking, self.is_busy, width)) == self._drawn:
            return
        self._drawn = state
        self.query_one("#doctor-says", SafeText).show(Content(self._words()))
        lines.show(Content("\n").join(self._content(check, width) for check in self._checks))

    def _words(self) -> str:
        if not self.is_busy:
            return summary(list(self._checks))
        return _("looking at: {title}").format(title=self._looking) + " …"

    def _content(self, check: Check, width: int) -> Content:
        shapes = _ASCII_SHAPES if self.shell.settings.ascii else _SHAPES
        word = _(WORDS[check.verdict])
        mark = f"{shapes[check.verdict]} {word}"
        indent = _WORD_WIDTH + TITLE_WIDTH + 1
        rows = []
        for line in lines_of(check, width - indent):
            head = Content(" " * indent)
            if line.is_first:
                title = " " * (_WORD_WIDTH - cell_len(mark)) + padded(check.title, TITLE_WIDTH) + " "
                head = Content.assemble((mark, _MARKS[check.verdict]), (title, "bold"))
            text = (line.text, "bold" if line.is_remedy else _TEXTS[check.verdict])
            rows.append(Content.assemble(head, text))
        return Content("\n").join(rows)
