"""The floor's composer: what is typed goes to its issue, wherever the focus was, and comes back where it failed."""

from textual import events, on
from textual.timer import Timer

from core.chat.playbook.digits import own_words
from core.chat.playbook.offering import taken
from core.domain.messages import Author
from core.domain.offers import OfferKind
from core.station.resolve_offer import ResolveOffer, resolve_offer
from core.station.view import ListedIssue, PaneView
from core.support.i18n import _
from tui.screens.drafts import Drafts
from tui.screens.floor_actions import FloorPart
from tui.view.pane import Pane
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList
from tui.widgets.offer_line import OfferLine
from tui.widgets.transcript import Transcript

ROW_DIGITS_S = 0.8
"""After the last digit of a row's number."""


class ComposerPart(FloorPart):
    """Keys and messages that concern the composer, and what it is offered."""

    drafts: Drafts
    row_digits: str | None = None
    """The digits of a row's number as far as they were typed; None: no number is being typed."""
    _row_timer: Timer | None = None
    _gone_on_from = ""
    """The message from which something was said: Enter alone passes nothing over that is not in sight yet."""

    @property
    def pane(self) -> Pane | None:
        """What the pane shows now."""
        raise NotImplementedError

    def conversation(self, issue: str) -> PaneView | None:
        """What was said on ``issue``; None where it is not looked at, or not here yet."""
        pane = self.shell.view.pane
        return pane if pane is not None and pane.id == issue else None

    def resolve_offer(self, facts: ListedIssue) -> ResolveOffer:
        """What the resolve dialog of ``facts`` begins with."""
        read = self.conversation(facts.id)
        return resolve_offer(facts.issue, read.messages if read else (), self.shell.view.held.get(facts.id))

    def last_words(self, issue: str) -> str:
        """What the operator said last about ``issue`` in words of their own."""
        read = self.conversation(issue)
        return own_words(read.messages, also_asked=True) if read else ""

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
        self.query_one(OfferLine).point_at(message.text)

    @on(Composer.GoOn)
    def _goes_on(self, message: Composer.GoOn) -> None:
        """Enter alone: the next step where that is offered; before steps are shown, the check that they wait for."""
        pane = self.pane
        if pane is None or pane.issue != message.owner or pane.closed:
            return
        if pane.check:
            self.dialogs.secure(pane.issue)
        elif pane.goes_on_from and pane.goes_on_from != self._gone_on_from:
            self._gone_on_from = pane.goes_on_from
            self.start(self._go_on(pane.issue))

    async def _go_on(self, issue: str) -> None:
        if not await self.typed.go_on(issue):
            self._gone_on_from = ""

    def _opened_by(self, message: Composer.Sent) -> str:
        """The resolved issue that a digit opens; empty where it is a message."""
        pane = self.pane
        offer = taken(message.text, pane.offers) if pane is not None and pane.issue == message.owner else None
        return offer.subject if offer is not None and offer.kind is OfferKind.SIMILAR else ""

    @on(Composer.Sent)
    def _sent(self, message: Composer.Sent) -> None:
        self.query_one(OfferLine).point_at("")
        if self.pane is not None and self.pane.issue == message.owner:
            self._gone_on_from = self.pane.goes_on_from  # a key that bounces sends this and nothing behind it
        self.start(self.deliver(message))

    async def deliver(self, message: Composer.Sent) -> None:
        composer = self.query_one(Composer)
        if similar := self._opened_by(message):
            self.drafts.give_back(composer, message.owner, message.text, done=True)
            self.go_to(similar)
            return
        done = await self.typed.deliver(message.owner, message.text, message.instead_of)
        if not done or message.text.startswith("/"):
            self._gone_on_from = ""  # no answer comes to it: Enter goes on from where it was
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
        self.row_digits = ""
        self._ask_for_row()

    def leads(self, event: events.Key | events.Paste, row: int | None) -> bool:
        """Look at a key, or a paste, before whatever has the focus does; whether nothing is left to be done with it.

        ``row``: the one that Alt and a digit name. Words go to the composer of the issue that is looked at, wherever
        the focus is.
        """
        if row is not None:
            self._leave_row_digits()
            self.action_go_to_row(row)
            return True
        if isinstance(event, events.Key) and self.row_digits is not None and self._takes_row_digit(event):
            return True
        if isinstance(event, events.Key) and isinstance(self.focused, IssueList) and self.focused.press(event.key):
            return True  # done at once: a letter right behind it is for the issue that it went to
        if self._is_for_composer(event):
            self._begin_writing()
        return False

    def _is_for_composer(self, event: events.Key | events.Paste) -> bool:
        composer, at = self.query_one(Composer), self.focused
        if at is composer or not composer.owner:
            return False
        if isinstance(event, events.Paste):
            return True
        if not event.is_printable:
            return False
        return not (isinstance(at, Transcript) and at.is_searching and event.key in at._bindings.key_to_bindings)

    def _begin_writing(self) -> None:
        self.catch_up()
        composer = self.query_one(Composer)
        composer.display = True  # of a resolved issue it is hidden while nothing is written
        self.set_focus(composer)
        composer.move_cursor(composer.document.end)

    # --- a row by its number

    def _takes_row_digit(self, event: events.Key) -> bool:
        digits = self.row_digits or ""
        if event.character is not None and event.character in "0123456789":
            self.row_digits = digits + event.character
            self._ask_for_row()
            return True
        self._leave_row_digits()
        if event.key == "enter" and digits:
            self.action_go_to_row(int(digits))
        return event.key in ("enter", "escape")

    def _ask_for_row(self) -> None:
        """A number is complete after Enter, or when no digit has come for a moment."""
        digits = self.row_digits or ""
        self.say(_("Row number: {digits}").format(digits=digits))
        if self._row_timer is not None:
            self._row_timer.stop()
        self._row_timer = self.set_timer(ROW_DIGITS_S, self._take_row) if digits else None

    def _take_row(self) -> None:
        digits = self.row_digits
        self._leave_row_digits()
        if digits:
            self.action_go_to_row(int(digits))

    def _leave_row_digits(self) -> None:
        if self.row_digits is None:
            return
        self.row_digits = None
        if self._row_timer is not None:
            self._row_timer.stop()
            self._row_timer = None
        self.say("")
