"""The resolve dialog: how it was solved, what will be sent, Enter or Esc. The note survives leaving it."""

import unicodedata
from typing import TYPE_CHECKING, cast

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from core.i18n import _
from core.issues import Issue
from core.listing import duration
from core.station import RESOLVE_DRAFT, CommandError
from core.store.store import StoreError
from core.text import inert_line
from tui.keys import with_twins
from tui.widgets.composer import Composer
from tui.widgets.safe_text import SafeText

if TYPE_CHECKING:
    from tui.app import AndonApp


class NoteComposer(Composer):
    """A composer that may also send nothing: a note is welcome, not compulsory."""

    def action_send(self) -> None:
        self.post_message(self.Sent(self.owner, unicodedata.normalize("NFC", self.text).strip()))


class ResolveScreen(ModalScreen[None]):
    """One dialog for the whole run; ``prepare`` it before each showing (a removed text area leaks, TEXTUAL.md)."""

    BINDINGS = [(",".join(with_twins(("escape",))), "later", "")]
    CSS_PATH = "../styles/resolve.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._issue: Issue | None = None
        self._text = ""

    @property
    def andon(self) -> "AndonApp":
        return cast("AndonApp", self.app)

    def prepare(self, issue: Issue, note: str) -> None:
        self._issue = issue
        self._text = note
        if self.is_mounted:
            self._draw()

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield SafeText(id="resolve-title")
            yield SafeText(id="resolve-about")
            yield SafeText(id="resolve-question")
            yield NoteComposer(id="resolve-note", blink=self.andon.blinks)
            yield SafeText(id="resolve-sends")
            yield SafeText(id="resolve-keys")
            yield SafeText(id="resolve-problem")

    def on_mount(self) -> None:
        self._draw()

    def on_screen_resume(self) -> None:
        self.query_one(NoteComposer).focus()

    def on_key(self, event: events.Key) -> None:
        """Text typed while the dialog was still being built belongs into the note."""
        if event.is_printable and event.character is not None:
            event.stop()
            self.query_one(NoteComposer).insert(event.character)

    def _draw(self) -> None:
        issue = self._issue
        if issue is None:
            return
        elapsed = duration((self.andon.now_ms() - issue.opened_ms) / 1000)
        about = " · ".join((inert_line(issue.latest.description, 120), _("elapsed {age}").format(age=elapsed)))
        self._line("#resolve-title", Content.assemble((_("Resolve"), "bold"), "  ", issue.shown_id))
        self._line("#resolve-about", Content(about))
        self._line("#resolve-question", Content(_("How was it solved?")))
        self._line("#resolve-sends", Content(_("Sends isSolved=true to Kafka. To take it back, reopen the issue.")))
        enter, escape = ("Enter", "bold"), ("Esc", "bold")
        keys = Content.assemble(enter, " ", _("send the resolve"), "    ", escape, " ", _("later"))
        self._line("#resolve-keys", keys)
        self._line("#resolve-problem", Content(""))
        note = self.query_one(NoteComposer)
        note.load(issue.id, self._text)
        note.focus()

    def _line(self, selector: str, content: Content) -> None:
        self.query_one(selector, SafeText).show(content)

    @on(Composer.Drafted)
    async def _drafted(self, message: Composer.Drafted) -> None:
        message.stop()
        draft = self.andon.station.save_draft(message.owner, RESOLVE_DRAFT, message.text)
        try:
            await self.andon.host.call(draft)
        except StoreError as error:
            self._line("#resolve-problem", Content(inert_line(str(error))))

    @on(Composer.Sent)
    async def _sent(self, message: Composer.Sent) -> None:
        """Only once outbox and journal hold it does the dialog go."""
        message.stop()
        try:
            await self.andon.host.call(self.andon.station.resolve(message.owner, message.text))
        except (CommandError, StoreError) as error:
            self._line("#resolve-problem", Content(inert_line(str(error))))
            return
        self.dismiss()

    def action_later(self) -> None:
        self.dismiss()
