"""The pane of one issue: header, safety line, transcript, composer. There is one, and it is refilled."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from core.i18n import _
from tui.cells import between
from tui.widgets.composer import Composer
from tui.widgets.safe_text import SafeText
from tui.widgets.transcript import Entry, Transcript


@dataclass(frozen=True, slots=True)
class Pane:
    """What the pane shows of an issue; every text is inert and translated."""

    issue: str
    shown_id: str
    state: str
    alarming: bool
    age: str
    description: str
    facts: str
    safety: str
    closed: str
    """Who resolved it, when and how; empty while the issue is open."""
    entries: tuple[Entry, ...]


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
        yield SafeText(id="pane-safety")
        yield Transcript(ascii_only=self._ascii, id="transcript")
        yield SafeText(id="pane-closed")
        yield Composer(id="composer", blink=self._blink)
        yield SafeText(id="pane-notice")

    @property
    def composer(self) -> Composer:
        return self.query_one("#composer", Composer)

    @property
    def transcript(self) -> Transcript:
        return self.query_one("#transcript", Transcript)

    def on_mount(self) -> None:
        self.language_changed()

    def language_changed(self) -> None:
        """Say in the language in use what does not come with a ``Pane``."""
        self.composer.placeholder = _("Write a message   Enter sends · Ctrl+J new line · /note to people")

    def on_resize(self) -> None:
        self._draw_head()

    def show(self, pane: Pane | None, quiet: str) -> None:
        """Show ``pane``, or the words ``quiet`` where no issue is looked at."""
        self.pane = pane
        self._quiet = quiet
        self._draw_head()
        self._line("#pane-description", pane.description if pane else "")
        self._line("#pane-facts", pane.facts if pane else "")
        sign = "!" if self._ascii else "▲"
        before = _("Before you start")
        self._line("#pane-safety", f"{sign} {before}  {pane.safety}" if pane and pane.safety else "")
        close = _("close")
        self._line("#pane-closed", f"{pane.closed}   Esc {close}" if pane and pane.closed else "")
        self.transcript.show(pane.issue if pane else None, pane.entries if pane else ())
        self.composer.display = pane is not None and (not pane.closed or self._is_writing)

    @property
    def _is_writing(self) -> bool:
        """A solve from elsewhere takes no key and no text away from whoever is writing."""
        return self.composer.has_focus or bool(self.composer.text)

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
        left = between(f"{pane.state}  {pane.shown_id}", f"  {pane.age}", width)
        head.show(Content.assemble((left, "bold $error" if pane.alarming else "bold")))

    def _line(self, selector: str, words: str) -> None:
        line = self.query_one(selector, SafeText)
        line.display = bool(words)
        line.show(Content(words))
