"""The resolve dialog: how it was solved, whether it is left safe, what will be sent. What is typed survives leaving."""

import asyncio
import unicodedata
from concurrent.futures import Future

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from core.domain.errors import CommandError, StoreError
from core.domain.issue_json import duration
from core.domain.issues import Issue
from core.domain.safety_checks import LEAVING, Checked, checked
from core.station.commands import CHECKS_DRAFT, RESOLVE_DRAFT, WHY_DRAFT
from core.station.view import ListedIssue
from core.support.i18n import _
from core.support.text import inert_line
from tui.input.keys import focus_bindings
from tui.screens.overlay import Overlay
from tui.widgets.check_list import CheckList
from tui.widgets.note_composer import NoteComposer
from tui.widgets.safe_text import SafeText


class ResolveScreen(Overlay[None]):
    """One dialog for the whole run; ``prepare`` it before each showing (removed inputs leak, docs/textual.md, 7)."""

    BINDINGS = [("escape", "later", ""), *focus_bindings()]
    CSS_PATH = "../styles/resolve.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._facts: ListedIssue | None = None
        self._last_words = ""

    def prepare(self, facts: ListedIssue, last_words: str) -> None:
        """``last_words``: what the operator said last, offered as a note."""
        self._facts = facts
        self._last_words = last_words
        if self.is_mounted:
            self._draw()

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield SafeText(id="resolve-title")
            yield SafeText(id="resolve-about")
            yield SafeText(id="resolve-question")
            yield NoteComposer(id="resolve-note", blink=self.shell.blinks)
            yield SafeText(id="resolve-offer")
            yield SafeText(id="resolve-leaving")
            yield CheckList(LEAVING, ascii_only=self.shell.settings.ascii, id="resolve-checks")
            yield SafeText(id="resolve-missing")
            yield NoteComposer(id="resolve-why", blink=self.shell.blinks)
            yield SafeText(id="resolve-sends")
            yield SafeText(id="resolve-keys")
            yield SafeText(id="resolve-problem")

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        """On a flat screen everything must still be in sight, the words about what is missing too."""
        self.set_class(self.size.height < 30, "flat")

    def on_screen_resume(self) -> None:
        self._note.focus()

    def on_key(self, event: events.Key) -> None:
        """Text typed while the dialog was still being built belongs into the note."""
        if event.is_printable and event.character is not None and self.focused is not self._checks:
            event.stop()
            self._note.insert(event.character)

    @property
    def _note(self) -> NoteComposer:
        return self.query_one("#resolve-note", NoteComposer)

    @property
    def _why(self) -> NoteComposer:
        return self.query_one("#resolve-why", NoteComposer)

    @property
    def _checks(self) -> CheckList:
        return self.query_one(CheckList)

    def _draft(self, kind: str) -> str:
        return self.shell.view.drafts.get((self._facts.id, kind), "") if self._facts else ""

    def _draw(self) -> None:
        if self._facts is None:
            return
        issue = self._facts.issue
        elapsed = duration((self.shell.now_ms() - issue.opened_ms) / 1000)
        about = (inert_line(issue.description, 120), _("elapsed {age}").format(age=elapsed))
        self._line("#resolve-title", Content.assemble((_("Resolve"), "bold"), "  ", self._facts.shown_id))
        self._line("#resolve-about", Content(" · ".join(part for part in about if part)))
        self._line("#resolve-question", Content(_("How was it solved?")))
        self._line("#resolve-sends", Content(_("Sends isSolved=true to Kafka. To take it back, reopen the issue.")))
        self._line("#resolve-problem", Content(""))
        self._draw_offer()
        self._draw_checks(issue)
        self._note.load(issue.id, self._draft(RESOLVE_DRAFT))
        self._note.focus()

    def _draw_offer(self) -> None:
        self._note.offer = self._last_words
        words = _("↑ takes what you said last: {words}").format(words=inert_line(self._last_words, 40))
        self._line("#resolve-offer", Content(words if self._last_words else ""))

    def _draw_checks(self, issue: Issue) -> None:
        """Only a fault's equipment was opened up and must be left safe."""
        asks = issue.is_fault
        self._line("#resolve-leaving", Content(_("Left safe?") if asks else ""))
        self._line("#resolve-missing", Content(""))
        self._checks.display = asks
        self._checks.load(self._draft(CHECKS_DRAFT).split())
        why = self._draft(WHY_DRAFT)
        self._why.load(issue.id, why)
        self._why.display = asks and bool(why)
        keys = [("Enter", _("send the resolve")), ("Esc", _("later"))]
        if asks:
            keys[:0] = [("Tab", _("checks")), ("Space", _("tick"))]
        self._line("#resolve-keys", Content("   ").join(Content.assemble((k, "bold"), " ", w) for k, w in keys))

    def _line(self, selector: str, content: Content) -> None:
        line = self.query_one(selector, SafeText)
        line.display = bool(content.plain)
        line.show(content)

    @on(NoteComposer.Drafted)
    def _drafted(self, message: NoteComposer.Drafted) -> None:
        message.stop()
        kind = WHY_DRAFT if message.control is self._why else RESOLVE_DRAFT
        self._keep(message.owner, kind, message.text)

    @on(CheckList.Changed)
    def _checked(self) -> None:
        if self._facts is not None:
            self._keep(self._facts.id, CHECKS_DRAFT, " ".join(sorted(self._checks.done)))

    def _keep(self, issue: str, kind: str, text: str) -> None:
        """Handed to the Station at once, in the order of the keys; no key waits until the store has it."""
        kept = self.shell.submit(self.shell.commands.save_draft(issue, kind, text))
        self.run_worker(self._say_if_lost(kept), exit_on_error=False)

    async def _say_if_lost(self, kept: "Future[None]") -> None:
        try:
            await asyncio.shield(asyncio.wrap_future(kept))  # it goes on where this screen does not
        except StoreError as error:
            self._line("#resolve-problem", Content(inert_line(str(error))))

    @on(CheckList.Sent)
    @on(NoteComposer.Sent)
    async def _sent(self, message: CheckList.Sent | NoteComposer.Sent) -> None:
        """Only once outbox and journal hold it does the dialog go."""
        message.stop()
        if self._facts is None or not self.is_active:
            return
        issue = self._facts.issue
        leaving = None
        if issue.is_fault:
            leaving = checked(LEAVING, self._checks.done, _typed(self._why))
            if not leaving.is_enough:
                self._ask_why(leaving)
                return
        try:
            await self.shell.call(self.shell.commands.resolve(issue.id, _typed(self._note), leaving))
        except (CommandError, StoreError) as error:
            self._line("#resolve-problem", Content(inert_line(str(error))))
            return
        self.dismiss()

    def _ask_why(self, leaving: Checked) -> None:
        """Name what was not checked; a reason sends it all the same, and is journaled."""
        names = ", ".join(_(LEAVING[check]) for check in leaving.missing)
        words = _("Not checked: {checks}. Check with Tab and Space, or say why not and press Enter:")
        self._line("#resolve-missing", Content(words.format(checks=names)))
        self._why.display = True
        self._why.focus()

    def action_later(self) -> None:
        self.dismiss()


def _typed(composer: NoteComposer) -> str:
    return unicodedata.normalize("NFC", composer.text).strip()
