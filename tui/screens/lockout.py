"""The safety check before steps are shown: off, locked, tagged, verified. Every one, or a reason that is journaled."""

import unicodedata

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from core.chat.playbook.precautions import short_precautions
from core.domain.errors import CommandError, StoreError
from core.domain.safety_checks import SECURING, Checked, checked
from core.station.view import ListedIssue
from core.support.i18n import _, language
from core.support.text import inert_line
from tui.input.keys import focus_bindings, with_twins
from tui.screens.check_dialog import CheckDialog
from tui.widgets.check_list import CheckList
from tui.widgets.note_composer import NoteComposer
from tui.widgets.safe_text import SafeText


class SecureScreen(CheckDialog):
    """One dialog for the whole run; ``prepare`` it before each showing (removed inputs leak, docs/textual.md, 7)."""

    BINDINGS = [(",".join(with_twins(("escape",))), "later", ""), *focus_bindings()]
    CSS_PATH = "../styles/resolve.tcss"
    PREFIX = "secure"

    def __init__(self) -> None:
        super().__init__()
        self._facts: ListedIssue | None = None

    def prepare(self, facts: ListedIssue) -> None:
        self._facts = facts
        if self.is_mounted:
            self._draw()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield SafeText(id="secure-title")
            yield SafeText(id="secure-about")
            yield SafeText(id="secure-asked", classes="dialog-label")
            yield CheckList(SECURING, ascii_only=self.shell.settings.ascii, id="secure-checks")
            yield SafeText(id="secure-missing", classes="dialog-part")
            yield SafeText(id="secure-reason", classes="dialog-label")
            yield NoteComposer(id="secure-why", classes="dialog-text", blink=self.shell.blinks)
            yield SafeText(id="secure-keys", classes="dialog-part")
            yield SafeText(id="secure-problem", classes="dialog-problem")

    def on_mount(self) -> None:
        self._draw()

    def on_screen_resume(self) -> None:
        self.checks.focus()

    def _draw(self) -> None:
        """Nothing is remembered from an earlier showing: the machine may have been switched on since."""
        facts = self._facts
        if facts is None:
            return
        mode_type = facts.issue.mode_type
        self.line("title", Content.assemble((_("Safety check"), "bold"), "  ", facts.shown_id))
        self.line("about", Content(short_precautions(mode_type, language())))
        self.line("missing", Content(""))
        self.line("problem", Content(""))
        self.line("asked", Content(_("Is the machine safe to work on?")))
        self.checks.load(())
        self.why.load(f"secure:{facts.id}", "")
        self.show_why(is_shown=False)
        self.checks.focus()
        self.draw_keys()

    def keys_here(self) -> list[tuple[str, str]]:
        does = _("show the steps") if self._answer().is_enough else _("to the first open check")
        keys = [("Enter", does), ("Esc", _("later"))]
        return keys if self.focused is self.why else [(f"1-{len(SECURING)} Space", _("tick")), *keys]

    def _answer(self) -> Checked:
        return checked(SECURING, self.checks.done, unicodedata.normalize("NFC", self.why.text).strip())

    @on(NoteComposer.Drafted)
    def _drafted(self, message: NoteComposer.Drafted) -> None:
        message.stop()
        self.draw_keys()

    @on(CheckList.Changed)
    def _ticked(self) -> None:
        self.was_ticked()

    @on(CheckList.Typed)
    def _typed(self, message: CheckList.Typed) -> None:
        """Words are a reason, wherever the focus is."""
        self.show_why(is_shown=True)
        self.why.focus()
        self.why.insert(message.text)

    @on(CheckList.Sent)
    @on(NoteComposer.Sent)
    async def _sent(self, message: CheckList.Sent | NoteComposer.Sent) -> None:
        message.stop()
        if self._facts is None or not self.is_active:
            return
        answer = self._answer()
        if not answer.is_enough:
            # A reason, as soon as letters are typed, does without.
            words = _("Not checked: {checks}. Tick with a digit or Space, or write why it must be done without.")
            self.name_missing(answer, words)
            self.checks.go_to_open()
            return
        begun = self._facts
        try:
            await self.shell.call(self.shell.chat.secure(begun.id, answer, begun.issue))
        except CommandError as error:
            self.prepare(self.shell.view.facts(begun.id) or begun)  # what was checked before it was raised anew is past
            self.line("problem", Content(inert_line(str(error))))
        except StoreError as error:
            self.line("problem", Content(inert_line(str(error))))
        else:
            self.dismiss()
