"""The resolve dialog: what it came from, how it was solved, whether it is left safe. What is typed survives leaving."""

import asyncio
import unicodedata
from concurrent.futures import Future

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from core.chat.playbook.cause_words import cause_words
from core.domain.errors import CommandError, StoreError
from core.domain.issue_json import duration
from core.domain.safety_checks import LEAVING, Checked, checked
from core.station.commands import CAUSE_DRAFT, CHECKS_DRAFT, RESOLVE_DRAFT, WHY_DRAFT
from core.station.resolve_offer import ResolveOffer
from core.station.view import ListedIssue
from core.support.i18n import _
from core.support.text import inert_line
from tui.input.keys import focus_bindings
from tui.screens.check_dialog import CheckDialog
from tui.view.cells import fit
from tui.widgets.cause_list import CauseList
from tui.widgets.check_list import CheckList
from tui.widgets.note_composer import NoteComposer
from tui.widgets.safe_text import SafeText

_OFFER_CELLS = 64
"""Of the note that is offered: a line."""


class ResolveScreen(CheckDialog):
    """One dialog for the whole run; ``prepare`` it before each showing (removed inputs leak, docs/textual.md, 7)."""

    BINDINGS = [("escape", "later", ""), *focus_bindings()]
    CSS_PATH = "../styles/resolve.tcss"
    PREFIX = "resolve"

    def __init__(self) -> None:
        super().__init__()
        self._facts: ListedIssue | None = None
        self._offer = ResolveOffer()

    def prepare(self, facts: ListedIssue, offer: ResolveOffer) -> None:
        """``offer``: what the conversation tells of how it was solved."""
        self._facts = facts
        self._offer = offer
        if self.is_mounted:
            self._draw()

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield SafeText(id="resolve-title")
            yield SafeText(id="resolve-about")
            yield SafeText(id="resolve-cause", classes="dialog-label")
            yield CauseList(ascii_only=self.shell.settings.ascii, id="resolve-causes")
            yield SafeText(id="resolve-question", classes="dialog-label")
            yield NoteComposer(id="resolve-note", blink=self.shell.blinks)
            yield SafeText(id="resolve-offer")
            yield SafeText(id="resolve-leaving", classes="dialog-label")
            yield CheckList(LEAVING, ascii_only=self.shell.settings.ascii, id="resolve-checks")
            yield SafeText(id="resolve-missing")
            yield SafeText(id="resolve-reason", classes="dialog-label")
            yield NoteComposer(id="resolve-why", blink=self.shell.blinks)
            yield SafeText(id="resolve-sends")
            yield SafeText(id="resolve-keys")
            yield SafeText(id="resolve-problem")

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        """On a flat screen everything must still be in sight, the words about what is missing too."""
        is_flat = self.size.height < 30
        self.set_class(is_flat, "flat")
        self._causes.flatten(is_flat=is_flat)
        self._draw_sends()

    def on_screen_resume(self) -> None:
        self._note.focus()

    def on_key(self, event: events.Key) -> None:
        """Text typed while the dialog was still being built belongs into the note."""
        if event.is_printable and event.character is not None and self.focused is not self.checks:
            event.stop()
            self._note.insert(event.character)

    @property
    def _causes(self) -> CauseList:
        return self.query_one(CauseList)

    @property
    def _note(self) -> NoteComposer:
        return self.query_one("#resolve-note", NoteComposer)

    def _draft(self, kind: str) -> str:
        return self.shell.view.drafts.get((self._facts.id, kind), "") if self._facts else ""

    # --- what it shows

    def _draw(self) -> None:
        if self._facts is None:
            return
        issue = self._facts.issue
        elapsed = duration((self.shell.now_ms() - issue.opened_ms) / 1000)
        about = (inert_line(issue.description, 120), _("elapsed {age}").format(age=elapsed))
        self.line("title", Content.assemble((_("Resolve"), "bold"), "  ", self._facts.shown_id))
        self.line("about", Content(" · ".join(part for part in about if part)))
        self.line("question", Content(_("How was it solved?")))
        self._draw_sends()
        self.line("problem", Content(""))
        self.line("cause", Content(_("What was the cause? (digit, Enter)") if self._offer.causes else ""))
        self._causes.load(self._offer.causes, self._draft(CAUSE_DRAFT) or self._offer.cause)
        self._note.load(issue.id, self._draft(RESOLVE_DRAFT))
        self._causes.point_at(self._note.text)
        self._draw_offer()
        self._draw_checks(is_fault=issue.is_fault)
        self._note.focus()
        self.draw_keys()

    def _draw_sends(self) -> None:
        words = _("The plant is told that it is resolved. Ctrl+O takes it back.")
        self.line("sends", Content("" if self.has_class("flat") else words))

    def _draw_offer(self) -> None:
        """A note that tells how it was solved; else the cause that was chosen."""
        offer = self._offer.note or (cause_words(self._causes.chosen) if self._causes.chosen else "")
        self._note.offer = offer
        words = _("↑ takes this note: {words}").format(words=inert_line(offer))
        self.line("offer", Content(fit(words, min(cell_len(words), _OFFER_CELLS)) if offer else ""))

    def _draw_checks(self, *, is_fault: bool) -> None:
        """Only a fault's equipment was opened up and must be left safe."""
        self.line("leaving", Content(_("Left safe?") if is_fault else ""))
        self.line("missing", Content(""))
        self.checks.display = is_fault
        self.checks.load(self._draft(CHECKS_DRAFT).split())
        why = self._draft(WHY_DRAFT)
        self.why.load(self._facts.id if self._facts else "", why)
        self.show_why(is_shown=is_fault and bool(why))

    def keys_here(self) -> list[tuple[str, str]]:
        enter, later = ("Enter", self._enter_words()), ("Esc", _("later"))
        if self.focused is self.checks:
            return [(f"1-{len(LEAVING)} Space", _("tick")), enter, later]
        return [enter, ("Tab", _("checks")), later] if self.checks.display else [enter, later]

    def _enter_words(self) -> str:
        if self.focused is self._note and self._causes.meant(self._note.text):
            return _("choose this cause")
        leaving = self._leaving()
        return _("send the resolve") if leaving is None or leaving.is_enough else _("to the first open check")

    # --- what is typed

    @on(NoteComposer.Drafted)
    def _drafted(self, message: NoteComposer.Drafted) -> None:
        message.stop()
        is_why = message.control is self.why
        if not is_why:
            self._causes.point_at(message.text)
        self._keep(message.owner, WHY_DRAFT if is_why else RESOLVE_DRAFT, message.text)
        self.draw_keys()

    @on(CheckList.Changed)
    def _checked(self) -> None:
        if self._facts is not None:
            self._keep(self._facts.id, CHECKS_DRAFT, " ".join(sorted(self.checks.done)))
        self.was_ticked()

    @on(CheckList.Typed)
    def _words_typed(self, message: CheckList.Typed) -> None:
        """Words at the checks are the reason that was asked for, else the note."""
        message.stop()
        field = self.why if self.why.display else self._note
        field.focus()
        field.insert(message.text)

    def _keep(self, issue: str, kind: str, text: str) -> None:
        """Handed to the Station at once, in the order of the keys; no key waits until the store has it."""
        kept = self.shell.submit(self.shell.commands.save_draft(issue, kind, text))
        self.run_worker(self._say_if_lost(kept), exit_on_error=False)

    async def _say_if_lost(self, kept: "Future[None]") -> None:
        try:
            await asyncio.shield(asyncio.wrap_future(kept))  # it goes on where this screen does not
        except StoreError as error:
            self.line("problem", Content(inert_line(str(error))))

    # --- Enter

    @on(CheckList.Sent)
    @on(NoteComposer.Sent)
    async def _sent(self, message: CheckList.Sent | NoteComposer.Sent) -> None:
        """Only once outbox and journal hold it does the dialog go."""
        message.stop()
        if self._facts is None or not self.is_active:
            return
        is_chosen, leaving = self._take_cause(), self._leaving()
        if is_chosen and self.focused is self._note:
            return
        if leaving is not None and not leaving.is_enough:
            if self.focused is not self._note:  # a mere Enter behind the note asks for no reason yet
                words = _("Not checked: {checks}. Tick with a digit or Space, or write why not and press Enter.")
                self.name_missing(leaving, words)
            self.checks.go_to_open()
            return
        command = self.shell.commands.resolve(self._facts.id, _typed(self._note), leaving, self._causes.chosen)
        try:
            await self.shell.call(command)
        except (CommandError, StoreError) as error:
            self.line("problem", Content(inert_line(str(error))))
            return
        self.dismiss()

    def _take_cause(self) -> bool:
        """A digit that stands alone in the note is no note but the cause with that digit; whether it was."""
        code = self._causes.meant(self._note.text)
        if not code or self._facts is None:
            return False
        self._causes.choose(code)
        self._keep(self._facts.id, CAUSE_DRAFT, code)
        self._keep(self._facts.id, RESOLVE_DRAFT, "")
        self._note.load(self._facts.id, "")
        self._causes.point_at("")
        self._draw_offer()
        self.draw_keys()
        return True

    def _leaving(self) -> Checked | None:
        """How the equipment is left; None: nobody is asked."""
        if self._facts is None or not self._facts.issue.is_fault:
            return None
        return checked(LEAVING, self.checks.done, _typed(self.why))


def _typed(composer: NoteComposer) -> str:
    return unicodedata.normalize("NFC", composer.text).strip()
