"""The pane of one issue: header, safety line, transcript, composer. There is one, and it is refilled."""

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from core.domain.alarms import AlarmState, Standing
from core.domain.offers import OfferKind
from core.support.i18n import _
from tui.view.cells import between
from tui.view.lockout_bar import bar_words
from tui.view.pane import Pane
from tui.view.words import danger_shape
from tui.widgets.command_line import CommandLine
from tui.widgets.composer import Composer
from tui.widgets.offer_line import OfferLine
from tui.widgets.safe_text import SafeText
from tui.widgets.transcript import Transcript

_AROUND_COMPOSER = 5
"""Cells of the composer's edges, and the cursor."""
_AROUND_BAR = 2
"""Cells of the safety bar's edges."""
_LEVEL_STYLES = {
    AlarmState.UNACKNOWLEDGED: "bold $alarm on $alarm-ground",
    AlarmState.OVERRULED: "bold $alarm",
    AlarmState.INSPECTION: "bold $task",
    AlarmState.RESOLVED: "bold $live",
}


class IssuePane(Vertical):
    """Shows a ``Pane``; its transcript and its composer are mounted once and for all."""

    def __init__(self, *, ascii_only: bool = False, blink: bool = True, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ascii = ascii_only
        self._blink = blink
        self.pane: Pane | None = None
        self._quiet = ""

    def compose(self) -> ComposeResult:
        yield SafeText(id="pane-head")
        yield SafeText(id="pane-description")
        yield SafeText(id="pane-facts")
        yield SafeText(id="pane-danger")
        yield SafeText(id="pane-safety")
        yield SafeText(id="transcript-edge")
        yield Transcript(ascii_only=self._ascii, id="transcript")
        yield SafeText(id="pane-closed")
        yield SafeText(id="pane-under-way")
        yield SafeText(id="pane-check")
        yield OfferLine(id="pane-offers")
        yield CommandLine(id="pane-commands")
        yield Composer(id="composer", blink=self._blink)
        yield SafeText(id="pane-notice")

    @property
    def composer(self) -> Composer:
        return self.query_one("#composer", Composer)

    @property
    def transcript(self) -> Transcript:
        return self.query_one("#transcript", Transcript)

    def on_mount(self) -> None:
        self.looks_changed()

    def looks_changed(self) -> None:
        """Say in the language in use what does not come with a ``Pane``, in the colours in use."""
        self.transcript.redraw()
        self._draw_placeholder()

    def on_descendant_focus(self) -> None:
        self._draw_edge()

    def on_descendant_blur(self) -> None:
        self._draw_edge()

    def _draw_edge(self) -> None:
        """A rule above the transcript while it has the focus: a shape, for a shade is not seen in monochrome."""
        rule = ("=" if self._ascii else "━") * self.size.width if self.transcript.has_focus else ""
        self.query_one("#transcript-edge", SafeText).show(Content(rule))

    def be_brief(self, *, brief: bool) -> None:
        """``brief``: the facts stand elsewhere, or there is no line for them."""
        if brief != self.has_class("brief"):
            self.set_class(brief, "brief")
            self._draw_facts()

    def on_resize(self) -> None:
        self._draw_edge()
        self._draw_placeholder()
        self._draw_head()
        self._draw_facts()
        self._draw_safety()

    def show(self, pane: Pane | None, quiet: str) -> None:
        """Show ``pane``, or the words ``quiet`` where no issue is looked at."""
        before, was_quiet = self.pane, self._quiet
        self.pane, self._quiet = pane, quiet
        if pane is not None and before is not None and pane.is_but_older(before):
            if pane.age != before.age:
                self._draw_head()
            self._show_composer()
            return
        if pane is None and before is None and quiet == was_quiet:
            return
        self._draw_head()
        self._line("#pane-description", pane.description if pane else "")
        self._draw_facts()
        loud = danger_shape(ascii_only=self._ascii)
        self._line("#pane-danger", f"{loud} {pane.danger}" if pane and pane.danger else "")
        self._draw_safety()
        raised = pane is not None and pane.level.state is AlarmState.OVERRULED
        keys = _("Ctrl+O reopens it · F2: seen, it stays resolved") if raised else _("Esc close · Ctrl+O reopen")
        self._line("#pane-closed", f"{pane.closed}   {keys}" if pane and pane.closed else "")
        self._line("#pane-under-way", pane.under_way if pane else "")
        self._line("#pane-check", f"{self._warning} {pane.check}" if pane and pane.check else "")
        self.query_one(OfferLine).offer(pane.offers if pane else ())
        if pane is None or pane.is_read:
            self.transcript.show(pane.issue if pane else None, pane.entries if pane else ())
        else:
            self.transcript.blank()  # least of all another issue's words stand under this one's name
        self._show_composer()
        self._draw_placeholder()

    def _show_composer(self) -> None:
        """An issue that is resolved takes no words, but takes none away either."""
        pane, composer = self.pane, self.composer
        shown = pane is not None and (not pane.closed or self._is_writing)
        if shown != composer.display:
            composer.display = shown

    @property
    def _is_writing(self) -> bool:
        """A solve from elsewhere takes no key and no text away from whoever is writing.

        The screen knows what is focused before the composer is told. While the terminal is in the background nothing
        is focused: what had the focus gets it back, so what is in sight stays.
        """
        composer = self.composer
        in_background = not self.app.app_focus and composer.display
        return in_background or self.screen.focused is composer or bool(composer.text)

    def notice(self, words: str) -> None:
        """A line under the composer: what just happened, or why it did not."""
        self._line("#pane-notice", words)

    def _draw_head(self) -> None:
        head = self.query_one("#pane-head", SafeText)
        pane = self.pane
        if pane is None:
            head.show(Content(self._quiet))
            return
        width = head.size.width or 80
        needed = cell_len(pane.shown_id) + cell_len(pane.age) + 4
        roomy = needed <= width - cell_len(pane.state)
        state = pane.state if roomy else pane.short_state
        rest = max(0, width - cell_len(state))
        left = between(f"  {pane.shown_id}", f"  {pane.age if roomy else pane.shown_age}", rest)
        head.show(Content.assemble((state, _level_style(pane.level)), (left, "bold")))

    @property
    def _warning(self) -> str:
        return "!" if self._ascii else "▲"

    def _draw_safety(self) -> None:
        """The warning stands until the lockout was checked in this episode; then it says who did, and when."""
        pane = self.pane
        bar = pane.lockout if pane and pane.safety else None
        self.query_one("#pane-safety").set_class(bar is not None and bar.is_whole, "checked")
        if bar is not None:
            width = (self.query_one("#pane-head").size.width or 80) - _AROUND_BAR
            self._line("#pane-safety", bar_words(bar, width, ascii_only=self._ascii))
            return
        before = _("Before you start")
        self._line("#pane-safety", f"{self._warning} {before}  {pane.safety}" if pane and pane.safety else "")

    def _draw_placeholder(self) -> None:
        """As much as fits: cut words would be read as typed ones."""
        pane, room = self.pane, self.size.width - _AROUND_COMPOSER
        told = [
            _("Write a message   Enter sends · Ctrl+J new line · /note to people"),
            _("Write a message   Enter sends"),
        ]
        if pane is not None and pane.check:
            told = [_("Write a message   Enter alone opens the safety check"), _("Enter: the safety check")]
        elif pane is not None and any(one.kind is OfferKind.NEXT for one in pane.offers):
            told = [_("Write, or a digit and Enter   Enter alone goes on"), _("A digit, or Enter to go on")]
        elif pane is not None and pane.offers:
            told = [_("Write a message, or a digit from above   Enter sends it"), _("Write, or a digit from above")]
        words = next((one for one in told if cell_len(one) <= room), told[-1])
        if words != self.composer.placeholder:
            self.composer.placeholder = words

    def _draw_facts(self) -> None:
        """What it is on the left, who has it on the right; below each other where one line is too short."""
        pane = None if self.has_class("brief") else self.pane
        facts, handling = (pane.facts, pane.handling) if pane else ("", "")
        width = self.query_one("#pane-head").size.width or 80
        if handling and cell_len(facts) + cell_len(handling) + 3 <= width:
            self._line("#pane-facts", between(facts, handling, width))
        else:
            self._line("#pane-facts", "\n".join(part for part in (facts, handling) if part))

    def _line(self, selector: str, words: str) -> None:
        line = self.query_one(selector, SafeText)
        if line.display != bool(words):
            line.display = bool(words)
        line.show(Content(words))


def _level_style(level: Standing) -> str:
    late = "bold $late" if level.is_overdue else "bold"
    return _LEVEL_STYLES.get(level.state, late)
