"""The floor's composer: what is typed goes to its issue, wherever the focus was, and comes back where it failed."""

from textual import events, on

from core.domain.messages import Author
from core.station.view import PaneView
from core.support.i18n import _
from tui.screens.drafts import Drafts
from tui.screens.floor_actions import FloorPart
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList


class ComposerPart(FloorPart):
    """Keys and messages that concern the composer, and what it is offered."""

    drafts: Drafts
    awaits_digit = False
    """The next key names a row."""

    def conversation(self, issue: str) -> PaneView | None:
        """What was said on ``issue``; None where it is not looked at, or not here yet."""
        pane = self.shell.view.pane
        return pane if pane is not None and pane.id == issue else None

    def note_offered(self, issue: str) -> str:
        """The note that a resolve begins with: that of the held one, else what the operator said last."""
        held = self.shell.view.held.get(issue)
        return held.record.note if held is not None and held.record.note else self.last_words(issue)

    def last_words(self, issue: str) -> str:
        """What the operator said last about ``issue``: often how it was solved."""
        return next((text for _id, text in self._own_words(issue)), "")

    def _own_words(self, issue: str) -> list[tuple[str, str]]:
        """What the operator asked on ``issue``, newest first: (message id, or empty where it was answered, text)."""
        read = self.conversation(issue)
        said = (m for m in reversed(read.messages if read else ()) if m.author is Author.OPERATOR)
        return [(m.id if m.may_be_asked_again else "", m.text) for m in said]

    @on(Composer.Recalling)
    def _recalling(self, message: Composer.Recalling) -> None:
        message.composer.recall(self._own_words(message.composer.owner))

    @on(Composer.Drafted)
    def _drafted(self, message: Composer.Drafted) -> None:
        self.drafts.keep(message.owner, message.text)

    @on(Composer.Sent)
    def _sent(self, message: Composer.Sent) -> None:
        self.start(self.deliver(message))

    async def deliver(self, message: Composer.Sent) -> None:
        composer = self.query_one(Composer)
        done = await self.typed.deliver(message.owner, message.text, message.instead_of)
        if composer.is_attached:
            self.drafts.give_back(composer, message.owner, message.text, done=done)
        elif not done:  # the terminal is left meanwhile
            self.drafts.keep(message.owner, message.text)

    # --- keys

    def catch_up(self) -> None:
        """Have the pane show what is selected: whether it takes words is seen there."""
        raise NotImplementedError

    def action_write(self) -> None:
        self.catch_up()
        composer = self.query_one(Composer)
        if composer.display:
            self.set_focus(composer)

    def action_row(self) -> None:
        self.awaits_digit = True
        self.say(_("Row number: 1 to 9"))
        self.query_one(IssueList).focus()

    def on_key(self, event: events.Key) -> None:
        if self.awaits_digit:
            self.awaits_digit = False
            self.say("")
            if event.key.isdigit():
                self.action_go_to_row(int(event.key))
        elif event.character and event.is_printable and self._takes_words(event.key):
            event.stop()
            self._write_on(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """A text that was pasted while the list or the transcript had the focus."""
        if self._takes_words():
            event.stop()
            self._write_on(event.text)

    def _takes_words(self, key: str = "") -> bool:
        """Whether words typed now are for the composer: the focus is elsewhere, and no key of that place is meant."""
        at, composer = self.focused, self.query_one(Composer)
        if at is None or at is composer:
            return False
        if key in at._bindings.key_to_bindings or key in self._bindings.key_to_bindings:
            return False
        self.catch_up()
        return composer.display and bool(composer.owner)

    def _write_on(self, text: str) -> None:
        composer = self.query_one(Composer)
        self.set_focus(composer)
        composer.move_cursor(composer.document.end)
        composer.insert(text)
