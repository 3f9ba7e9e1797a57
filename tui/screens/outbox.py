"""The outbox: every record that is not confirmed yet, and what to do about the parked ones."""

from collections.abc import Coroutine
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from core.domain.errors import CommandError, StoreError
from core.domain.outbox import STUCK, OutboxEntry, OutboxState
from core.support.i18n import _
from core.support.text import inert_line
from tui.input.keys import with_twins
from tui.screens.overlay import Overlay
from tui.view.words import clock, outgoing_words
from tui.widgets.safe_text import SafeText


class OutboxScreen(Overlay[str | None]):
    """Resolves and reopenings that were not read back yet; drawn anew whenever one of them moves on.

    It ends with the issue whose held record is to be decided on, or with None.
    """

    BINDINGS = [
        (",".join(with_twins(("escape", "q"))), "close", ""),
        (",".join(with_twins(("r", "ctrl+r"))), "retry", ""),
        (",".join(("delete", *with_twins(("x",)))), "give_up", ""),
    ]
    CSS_PATH = "../styles/lists.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[OutboxEntry, ...] | None = None
        self._scope = ""
        self._doomed = ""
        """The event id of the record that a second press gives up, as long as the question is in sight."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield SafeText(Content(_("Outbox: what is not confirmed yet")), classes="sheet-title")
            yield OptionList(markup=False, compact=True)
            yield SafeText(id="outbox-empty")
            yield SafeText(id="outbox-notice")
            yield SafeText(self._foot(), classes="sheet-foot")

    def _foot(self) -> Content:
        keys = ((_("send again"), "R"), (_("give up"), "X"), (_("close"), "Esc"))
        return Content("   ").join(Content.assemble((key, "bold"), " ", word) for word, key in keys)

    def on_mount(self) -> None:
        self._say("")
        self._draw()
        self.query_one(OptionList).focus()

    def refresh_state(self) -> None:
        self._draw()

    def _draw(self) -> None:
        entries, scope = self.shell.view.outbox, self.shell.view.scope
        if (entries, scope) == (self._shown, self._scope):
            return
        options = self.query_one(OptionList)
        at = self._place_of(self._highlighted(), entries, options.highlighted or 0)
        self._shown, self._scope = entries, scope
        options.clear_options()
        options.add_options([Option(self._line(entry), id=entry.record.event_id) for entry in entries])
        options.highlighted = at
        empty = self.query_one("#outbox-empty", SafeText)
        empty.display = not entries
        empty.show(Content(_("empty")))

    @staticmethod
    def _place_of(looked_at: OutboxEntry | None, entries: tuple[OutboxEntry, ...], before: int) -> int | None:
        """Where the record that was looked at is now; where it is gone, the row that took its place."""
        ids = [entry.record.event_id for entry in entries]
        if looked_at is not None and looked_at.record.event_id in ids:
            return ids.index(looked_at.record.event_id)
        return min(before, len(ids) - 1) if ids else None

    def _line(self, entry: OutboxEntry) -> Content:
        words = outgoing_words(entry)
        if entry.scope != self.shell.view.scope:
            words = f"{words} · " + _("for another cluster or topic")
        note = inert_line(entry.record.note, 200)
        at = clock(entry.created_ms, self.shell.now_ms())
        head = Content.assemble((f"{at}  {inert_line(entry.record.issue, 80)}", "bold"), f"\n    {words}")
        return Content.assemble(head, f"\n    {note}") if note else head

    def _highlighted(self) -> OutboxEntry | None:
        at = self.query_one(OptionList).highlighted
        return self._shown[at] if self._shown and at is not None else None

    def _chosen(self) -> OutboxEntry | None:
        """The highlighted record, where it is parked or held; else words saying that there is nothing to do."""
        entry = self._highlighted()
        if entry is not None and entry.state in STUCK:
            return entry
        self._say(_("Only what is parked or held can be sent again or given up; the rest goes out by itself."))
        return None

    @on(OptionList.OptionHighlighted)
    def _another_is_looked_at(self, event: OptionList.OptionHighlighted) -> None:
        """A question about one record is not answered on another one."""
        if self._doomed and event.option_id != self._doomed:
            self._say("")

    def action_retry(self) -> None:
        """The Station sends the newest record of an issue again, for the topic that is read now: no other is meant."""
        entry = self._chosen()
        if entry is None:
            return
        if entry.state is OutboxState.HELD and entry.scope == self.shell.view.scope:
            self.dismiss(entry.record.issue)
        else:
            self._ask(self.shell.commands.retry_record(entry.record.event_id))

    def action_give_up(self) -> None:
        """Asks once more first: what is given up never reaches the plant."""
        entry = self._chosen()
        if entry is None:
            return
        if self._doomed != entry.record.event_id:
            issue = inert_line(entry.record.issue, 80)
            words = _("Give up the record of {issue}? It never reaches the plant. X again: yes.").format(issue=issue)
            self._say(words, doomed=entry.record.event_id)
            return
        self._ask(self.shell.commands.give_up(entry.record.event_id))

    def _ask(self, command: Coroutine[Any, Any, None]) -> None:
        """No key waits for it."""
        self.run_worker(self._asked(command))

    async def _asked(self, command: Coroutine[Any, Any, None]) -> None:
        words = ""
        try:
            await self.shell.call(command)
        except (CommandError, StoreError) as error:
            words = inert_line(str(error))
        if self.is_there:
            self._say(words)
            self._draw()

    def _say(self, words: str, *, doomed: str = "") -> None:
        """A line under the list. Other words end a question: its second press must not answer what is not in sight."""
        self._doomed = doomed
        notice = self.query_one("#outbox-notice", SafeText)
        notice.display = bool(words)
        notice.show(Content(words))

    def action_close(self) -> None:
        self.dismiss()
