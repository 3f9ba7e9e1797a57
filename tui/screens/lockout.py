"""The safety check before steps are shown: off, locked, tagged, verified. Every one, or a reason that is journaled."""

import unicodedata

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from core.chat.playbook.precautions import short_precautions
from core.domain.errors import CommandError, StoreError
from core.domain.safety_checks import SECURING, checked
from core.station.view import ListedIssue
from core.support.i18n import _, language
from core.support.text import inert_line
from tui.input.keys import focus_bindings, with_twins
from tui.screens.overlay import Overlay
from tui.widgets.check_list import CheckList
from tui.widgets.note_composer import NoteComposer
from tui.widgets.safe_text import SafeText


class SecureScreen(Overlay[None]):
    """One dialog for the whole run; ``prepare`` it before each showing (removed inputs leak, docs/textual.md, 7)."""

    BINDINGS = [(",".join(with_twins(("escape",))), "later", ""), *focus_bindings()]
    CSS_PATH = "../styles/resolve.tcss"

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
            yield CheckList(SECURING, ascii_only=self.shell.settings.ascii, id="secure-checks")
            yield SafeText(id="secure-missing", classes="dialog-part")
            yield NoteComposer(id="secure-why", classes="dialog-text", blink=self.shell.blinks)
            yield SafeText(id="secure-keys", classes="dialog-part")
            yield SafeText(id="secure-problem", classes="dialog-problem")

    def on_mount(self) -> None:
        self._draw()

    def on_screen_resume(self) -> None:
        self._checks.focus()

    @property
    def _checks(self) -> CheckList:
        return self.query_one(CheckList)

    @property
    def _why(self) -> NoteComposer:
        return self.query_one(NoteComposer)

    def _draw(self) -> None:
        """Nothing is remembered from an earlier showing: the machine may have been switched on since."""
        facts = self._facts
        if facts is None:
            return
        mode_type = facts.issue.mode_type
        self._line("#secure-title", Content.assemble((_("Safety check"), "bold"), "  ", facts.shown_id))
        self._line("#secure-about", Content(short_precautions(mode_type, language())))
        self._line("#secure-missing", Content(""))
        self._line("#secure-problem", Content(""))
        keys = [("Space", _("tick")), ("Enter", _("show the steps")), ("Esc", _("later"))]
        self._line("#secure-keys", Content("   ").join(Content.assemble((k, "bold"), " ", w) for k, w in keys))
        self._checks.load(())
        self._why.load(f"secure:{facts.id}", "")
        self._why.display = False
        self._checks.focus()

    def _line(self, selector: str, content: Content) -> None:
        line = self.query_one(selector, SafeText)
        line.display = bool(content.plain)
        line.show(content)

    @on(NoteComposer.Drafted)
    def _drafted(self, message: NoteComposer.Drafted) -> None:
        message.stop()

    @on(CheckList.Changed)
    def _ticked(self) -> None:
        """What was named as missing may be made now."""
        self._line("#secure-missing", Content(""))

    @on(CheckList.Typed)
    def _typed(self, message: CheckList.Typed) -> None:
        """Words are a reason, wherever the focus is."""
        self._why.display = True
        self._why.focus()
        self._why.insert(message.text)

    @on(CheckList.Sent)
    @on(NoteComposer.Sent)
    async def _sent(self, message: CheckList.Sent | NoteComposer.Sent) -> None:
        message.stop()
        if self._facts is None or not self.is_active:
            return
        answer = checked(SECURING, self._checks.done, unicodedata.normalize("NFC", self._why.text).strip())
        if not answer.is_enough:
            names = ", ".join(_(SECURING[check]) for check in answer.missing)
            words = _("Not checked: {checks}. Check with Space, or say why it must be done without and press Enter:")
            self._line("#secure-missing", Content(words.format(checks=names)))
            self._why.display = True
            self._why.focus()  # what is typed next is the reason, and ticks nothing
            return
        begun = self._facts
        try:
            await self.shell.call(self.shell.chat.secure(begun.id, answer, begun.issue))
        except CommandError as error:
            self.prepare(self.shell.view.facts(begun.id) or begun)  # what was checked before it was raised anew is past
            self._line("#secure-problem", Content(inert_line(str(error))))
        except StoreError as error:
            self._line("#secure-problem", Content(inert_line(str(error))))
        else:
            self.dismiss()

    def action_later(self) -> None:
        self.dismiss()
