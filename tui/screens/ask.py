"""A small dialog that asks for a line of text, and with it a choice: shelving, signing in."""

import unicodedata

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content

from core.domain.errors import CommandError, StoreError
from core.support.i18n import _
from core.support.text import inert_line
from tui.input.keys import with_twins
from tui.screens.overlay import Overlay
from tui.shell import Question
from tui.widgets.choice_line import ChoiceLine
from tui.widgets.composer import Composer
from tui.widgets.note_composer import NoteComposer
from tui.widgets.safe_text import SafeText


class AskScreen(Overlay[None]):
    """One dialog for the whole run; ``prepare`` it before each showing (removed inputs leak, docs/textual.md, 7)."""

    BINDINGS = [
        (",".join(with_twins(("escape",))), "later", ""),
        Binding("enter", "send", show=False),
        Binding("up", "choose(-1)", show=False, priority=True),
        Binding("down", "choose(1)", show=False, priority=True),
    ]
    CSS_PATH = "../styles/resolve.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._question: Question | None = None
        self._begun: dict[str, str] = {}

    def prepare(self, question: Question) -> None:
        self._question = question
        if self.is_mounted:
            self._draw()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield SafeText(id="ask-title")
            yield SafeText(id="ask-about", classes="dialog-quiet")
            yield ChoiceLine(id="ask-choices", classes="dialog-part")
            yield SafeText(id="ask-prompt", classes="dialog-part")
            yield NoteComposer(id="ask-text", classes="dialog-text", blink=self.shell.blinks)
            yield SafeText(id="ask-keys", classes="dialog-part")
            yield SafeText(id="ask-problem", classes="dialog-problem")

    def on_mount(self) -> None:
        self._draw()

    def on_screen_resume(self) -> None:
        self._focus_first()

    def _focus_first(self) -> None:
        """The choices, where there are some: a digit takes one until somebody writes."""
        choices = self.query_one(ChoiceLine)
        self.set_focus(choices if choices.can_focus else self.query_one(NoteComposer))

    def on_key(self, event: events.Key) -> None:
        """A letter is for the text, wherever the focus is, and while the dialog was still being built."""
        if event.is_printable and event.character is not None:
            event.stop()
            self._write_on(event.character)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self._write_on(event.text)

    def _write_on(self, text: str) -> None:
        """Where there is only something to choose, there is no text."""
        note = self.query_one(NoteComposer)
        if note.display:
            self.set_focus(note)
            note.insert(text)

    def _draw(self) -> None:
        question = self._question
        if question is None:
            return
        self._line("#ask-title", Content.assemble((question.title, "bold")))
        self._line("#ask-about", Content(question.about))
        self._line("#ask-prompt", Content(question.prompt))
        enter, escape = ("Enter", "bold"), ("Esc", "bold")
        digits = f"1-{len(question.choices)}"
        choose = ((digits, "bold"), " ", ("← →", "bold"), " ", _("choose"), "    ") if question.choices else ()
        self._line("#ask-keys", Content.assemble(*choose, enter, " ", question.does, "    ", escape, " ", _("later")))
        self._line("#ask-problem", Content(""))
        self.query_one(ChoiceLine).offer(question.choices, question.chosen)
        note = self.query_one(NoteComposer)
        note.load(question.key, self._begun.get(question.key, question.text))
        note.is_told = question.is_told
        note.display = question.takes_text
        self._focus_first()

    def _line(self, selector: str, content: Content) -> None:
        line = self.query_one(selector, SafeText)
        line.display = bool(content.plain)
        line.show(content)

    def action_choose(self, step: int) -> None:
        choices = self.query_one(ChoiceLine)
        choices.choose(choices.chosen + step)

    def action_send(self) -> None:
        """Enter on the choices, with whatever stands in the text."""
        self.query_one(NoteComposer).action_send()

    @on(Composer.Drafted)
    def _drafted(self, message: Composer.Drafted) -> None:
        message.stop()
        self._begun[message.owner] = message.text

    @on(Composer.Sent)
    async def _sent(self, message: Composer.Sent) -> None:
        message.stop()
        question = self._question
        if question is None or not self.is_active:
            return
        try:
            await question.submit(self.query_one(ChoiceLine).chosen, unicodedata.normalize("NFC", message.text).strip())
        except (CommandError, StoreError) as error:
            self._line("#ask-problem", Content(inert_line(str(error))))
            return
        self._begun.pop(question.key, None)
        self.dismiss()

    def action_later(self) -> None:
        self.dismiss()
