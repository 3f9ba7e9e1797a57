"""Commands: what people do at this terminal. Each is kept and journaled in one transaction, or refused in words."""

import asyncio
import logging

from core.domain.alarms import Handling
from core.domain.causes import is_code
from core.domain.errors import CommandError, StoreError
from core.domain.events import REOPENED, RESOLVED, Quarantined
from core.domain.held import known_open_ms
from core.domain.issue_search import Search
from core.domain.issues import Issue
from core.domain.outbox import STUCK, OutboxEntry, OutboxState, Outgoing, newest_of, resolve_or_reopen, restamped
from core.domain.safety_checks import Checked
from core.station.changes import Changes
from core.station.chat_service import ChatService
from core.station.dispatch import Dispatch
from core.station.state import TerminalState
from core.station.view import frozen
from core.store.log_table import ISSUE
from core.support.i18n import _
from core.support.text import inert_line

log = logging.getLogger(__name__)

RESOLVE_DRAFT = "resolve"
CHECKS_DRAFT = "checks"
WHY_DRAFT = "why"
CAUSE_DRAFT = "cause"
DIALOG_DRAFTS = (RESOLVE_DRAFT, CHECKS_DRAFT, WHY_DRAFT, CAUSE_DRAFT)
"""What was begun in the resolve dialog: the note, the checks made (ids with spaces), why others were not, the cause."""
MESSAGE_DRAFT = "message"


class Commands:
    """What people write in conversations is in ``ChatService``."""

    def __init__(self, state: TerminalState, dispatch: Dispatch, chat: ChatService, changes: Changes) -> None:
        self._state = state
        self._dispatch = dispatch
        self._chat = chat
        self._changes = changes

    # --- handling

    async def acknowledge(self, issue: str) -> Handling:
        """Seen; a second time: claimed. Never fixed, and a late one never reopens anything.

        Raises:
            CommandError: there is no such open issue.
            StoreError: it could not be kept.
        """
        state = self._state
        after = state.handling.acknowledge(state.open_issue(issue), state.operator, state.now_ms())
        self._changes.tell()
        return after

    async def shelve(self, issue: str, minutes: float, why: str) -> Handling:
        """Put an open issue aside for a time.

        Raises as ``HandlingRegister.shelve``, and CommandError for no open issue.
        """
        state = self._state
        known = state.open_issue(issue)
        after = state.handling.shelve(known, state.operator, state.now_ms(), minutes=minutes, why=why)
        self._changes.tell()
        return after

    async def unshelve(self, issue: str) -> Handling:
        """Take a shelved issue back.

        Raises as ``HandlingRegister.unshelve``, and CommandError for no open issue.
        """
        after = self._state.handling.unshelve(self._state.open_issue(issue), self._state.now_ms())
        self._changes.tell()
        return after

    async def sign_in(self, name: str) -> None:
        """Another operator is at this terminal from now on; remembered for the next start.

        Raises:
            CommandError: no name was given.
            StoreError: it could not be kept.
        """
        state, name = self._state, inert_line(name, 60)
        if not name:
            raise CommandError(_("Who is at this terminal? Type a name."))
        with state.store.database.transaction():
            state.store.meta.save_operator(name)
            state.journal("signed in", "", {"before": state.operator, "now": name})
        state.operator = name
        self._changes.tell()

    # --- resolve, reopen, and what becomes of them

    async def resolve(self, issue: str, note: str, leaving: Checked | None = None, cause: str = "") -> OutboxEntry:
        """Put a resolve into outbox and journal, in one transaction. It is done once it is read back.

        ``leaving`` tells how the equipment was left; it is journaled (None: nobody was asked). ``cause`` is the code of
        what it came from (``core.domain.causes``); empty: nobody said.

        A resolve of the same issue that is still under way is returned instead of a second one; one that is parked
        gives way to this one, and so does whatever was held: with its note, where ``note`` is empty.

        Raises:
            CommandError: no such issue, it is resolved already, another note or cause of it is under way, checks were
                left out without a reason, or ``cause`` is no code.
            StoreError: it could not be kept, so nothing was promised.
        """
        known = self._state.open_issue(issue)
        if leaving is not None and not leaving.is_enough:
            raise CommandError(_("Some checks were not made, and no reason is given."))
        if cause and not is_code(cause):
            raise CommandError(_("{cause} is no cause's code.").format(cause=inert_line(cause, 60)))
        return self.enqueue(known, solved=True, note=note, leaving=leaving, cause=cause)

    async def reopen(self, issue: str, note: str = "") -> OutboxEntry:
        """Put a reopening into outbox and journal.

        Raises:
            CommandError: no such issue, or it is open.
            StoreError: it could not be kept.
        """
        known = self._state.known_issue(issue)
        if known.is_open:
            shown = self._state.shown(known)
            raise CommandError(_("{issue} is open; there is nothing to reopen.").format(issue=shown))
        return self.enqueue(known, solved=False, note=note)

    def enqueue(
        self, issue: Issue, *, solved: bool, note: str, leaving: Checked | None = None, cause: str = ""
    ) -> OutboxEntry:
        """Put a record that resolves or reopens ``issue`` into the outbox, or join the one that is under way.

        Raises as ``resolve``.
        """
        state = self._state
        action = RESOLVED if solved else REOPENED
        under_way = self.under_way(issue.id, action, note, cause)
        if under_way is not None:
            return under_way
        superseded = self._superseded(issue.id, action)
        held = state.held.get(issue.id)
        if held is not None and held.record.action == action:
            note, cause = note or held.record.note, cause or held.record.cause
        record = self._record_of(issue, solved=solved, note=note, cause=cause)
        with state.store.database.transaction():
            for former in superseded:
                self._withdraw(former)
            entry = state.store.outbox.add(
                record, scope=state.scope, now_ms=state.now_ms(), known_open_ms=known_open_ms(issue)
            )
            self._journal_decision(record, leaving)
            if solved:
                self._chat.complete(issue.id, note)
            for kind in DIALOG_DRAFTS:
                state.conversations.save_draft(issue.id, kind, "")
        done = {(issue.id, kind) for kind in DIALOG_DRAFTS}
        state.drafts = {key: text for key, text in state.drafts.items() if key not in done}
        self._dispatch.added(entry, superseded)
        try:
            self._chat.closing.refresh()
        except StoreError:  # the record is promised all the same; the server is told later
            log.exception("what the chatbot's server is to be told could not be read")
        return entry

    def under_way(self, issue: str, action: str, note: str, cause: str = "") -> OutboxEntry | None:
        """The record that says ``action`` of this issue already and goes out by itself (``TerminalState.under_way``).

        Raises:
            CommandError: it says another note or cause; neither must vanish in it.
        """
        found = self._state.under_way(issue, action)
        if found is not None and note and note != found.record.note:
            raise CommandError(
                _("{issue}: a record is under way already, with the note “{note}”; this note was not sent.").format(
                    issue=inert_line(found.record.issue, 200), note=inert_line(found.record.note, 100)
                )
            )
        if found is not None and cause and cause != found.record.cause:
            raise CommandError(
                _("{issue}: a record is under way already, with another cause; this one was not sent.").format(
                    issue=inert_line(found.record.issue, 200)
                )
            )
        return found

    def _superseded(self, issue: str, action: str) -> list[OutboxEntry]:
        """What a new record of this issue withdraws: all that is held, and the newest that says the same, if parked."""
        mine = [entry for entry in self._state.waiting_here() if entry.record.issue == issue]
        same = newest_of(mine, issue, action)
        return [e for e in mine if e.state is OutboxState.HELD or (e is same and e.state in STUCK)]

    def _record_of(self, issue: Issue, *, solved: bool, note: str, cause: str) -> Outgoing:
        state = self._state
        return resolve_or_reopen(
            issue,
            solved=solved,
            now_ms=state.clock.stamp_ms(),
            operator=state.operator,
            note=note,
            cause=cause,
            terminal=state.settings.terminal_id,
            raised_as=state.overruled.raises.get(issue.id),
        )

    def _journal_decision(self, record: Outgoing, leaving: Checked | None) -> None:
        detail = {"event": record.event_id, "note": record.note, "timestamp": record.timestamp_ms}
        said = {**({"cause": record.cause} if record.cause else {}), **(leaving.as_detail() if leaving else {})}
        self._state.journal("resolved" if record.action == RESOLVED else "reopened", record.issue, {**detail, **said})

    async def leave_solved(self, issue: str) -> None:
        """Put an overruled raise aside: somebody looked, and the issue stays solved.

        Raises:
            CommandError: no raise of it was overruled.
            StoreError: it could not be kept.
        """
        state = self._state
        raised = state.overruled.raises.get(issue)
        if raised is None:
            raise CommandError(_("{issue} was not raised again.").format(issue=state.register.names.shown(issue)))
        left = {known: event for known, event in state.overruled.raises.items() if known != issue}
        with state.store.database.transaction():
            state.store.overruled.save(state.scope, left)
            state.journal("left solved", issue, {"raised": raised.time_ms})
        state.overruled.drop(issue)
        state.saved_raises = state.overruled.raises
        self._changes.tell()

    async def retry(self, issue: str) -> None:
        """Try the parked record of ``issue`` again, stamped anew: the clock may have been what was refused.

        Raises:
            CommandError: nothing of it is parked, or the issue has moved on since.
        """
        self._send_again(self._state.known_issue(issue))

    def _send_again(self, known: Issue) -> None:
        state = self._state
        entry = state.outgoing(known.id)
        if entry is None or entry.state is not OutboxState.PARKED:
            raise CommandError(_("There is nothing to send again."))
        resolves = entry.record.action == RESOLVED
        if known.is_open is not resolves or (known.is_open and known.opened_ms > entry.record.timestamp_ms):
            raise CommandError(
                _("{issue} has moved on since: what is parked no longer fits it. Resolve or reopen it again.").format(
                    issue=state.shown(known)
                )
            )
        record = restamped(entry.record, now_ms=state.clock.stamp_ms(), newest_ms=known.newest_ms)
        with state.store.database.transaction():
            state.store.outbox.send_again(record)
            state.journal("retried", known.id, {"event": record.event_id})
        self._dispatch.refresh()

    async def retry_record(self, event_id: str) -> None:
        """Try this parked record again. Only the newest of its issue may go, and only to the topic that is read now.

        Raises:
            CommandError: it is another one, is not parked, or its issue has moved on since.
        """
        entry = self._stuck(event_id)
        newest = self._state.outgoing(entry.record.issue)
        if entry.scope != self._state.scope:
            raise CommandError(_("This is for another cluster or topic: here it can only be given up."))
        if newest is not None and newest.record.event_id != event_id:
            raise CommandError(_("A newer record of this issue is in the outbox: this one can only be given up."))
        self._send_again(self._state.very_issue(entry.record.issue))

    async def try_again(self, issue: str) -> bool:
        """Send the parked record of ``issue`` again, and ask again what its chatbot failed to answer.

        False: what it has is held, so a person must first say whether it still holds.

        Raises:
            CommandError: there is nothing to try again, or as ``retry``.
            StoreError: it could not be kept.
        """
        state, chat = self._state, self._chat
        failed = any(m.may_be_asked_again for m in chat.messages(issue)) or chat.closing.problem(issue) is not None
        newest = state.outgoing(issue)
        if newest is not None and newest.state is OutboxState.PARKED:
            try:
                self._send_again(state.very_issue(issue))
            finally:
                if failed:
                    await chat.ask_again(issue)
            return True
        if issue in state.held:
            return False
        if not failed:
            raise CommandError(_("There is nothing to send again."))
        await chat.ask_again(issue)
        return True

    async def give_up(self, event_id: str) -> None:
        """Withdraw a parked or held record: it is not sent (again).

        Raises:
            CommandError: there is no such record, or it is neither parked nor held.
            StoreError: it could not be kept.
        """
        entry = self._stuck(event_id)
        with self._state.store.database.transaction():
            self._withdraw(entry)
        self._dispatch.refresh()

    def _stuck(self, event_id: str) -> OutboxEntry:
        entry = next((e for e in self._state.outbox if e.record.event_id == event_id), None)
        if entry is None or entry.state not in STUCK:
            raise CommandError(_("There is no such parked or held record."))
        return entry

    def _withdraw(self, entry: OutboxEntry) -> None:
        record = entry.record
        self._state.store.outbox.withdraw(record.event_id)
        self._state.journal("withdrawn", record.issue, {"event": record.event_id, "note": record.note})

    async def dismiss(self, issue: str) -> None:
        """Take an issue that the log does not tell of from the list: a person knows that it is no alarm any more.

        Raises:
            CommandError: there is no such issue, or the log does tell of it.
            StoreError: it could not be kept.
        """
        state = self._state
        known = state.known_issue(issue)
        if known.id not in state.unconfirmed.issues:
            raise CommandError(_("{issue} is in the log: resolve it.").format(issue=known.shown_id))
        doubt = (ISSUE, known.id)
        with state.store.database.transaction():
            state.store.issues.drop(state.scope, known.id)
            state.store.log.settle(state.scope, [doubt])
            state.journal("dismissed", known.id, {})
        state.unconfirmed.forget([doubt])
        state.overruled.drop(known.id)
        del state.register.issues[known.id]
        state.touched.add(known.id)
        self._changes.tell()

    # --- looking and typing

    async def quarantined(self, limit: int = 200) -> list[Quarantined]:
        """The newest records that were no issue events, with the beginnings of their values.

        Raises:
            StoreError: they cannot be read.
        """
        return self._state.store.quarantine.newest(limit, preview=300)

    async def find(self, query: str) -> list[Issue]:
        """Issues that hold every word of ``query``, in their fields, their fix or their conversation.

        Raises:
            StoreError: the conversations cannot be read.
        """
        state = self._state
        search = Search(query, state.conversations.issues_saying)
        for part in state.register.issues.parts():
            search.look_through(part)
            await asyncio.sleep(0)
        return search.found()

    async def look_at(self, issue: str | None) -> None:
        """An operator looks at this issue's pane, or (None) at none."""
        self._state.unread.look_at(issue)
        if issue is not None and self._state.issue(issue) is not None:
            self._chat.conversations.open(issue)
        self._changes.tell()

    async def save_draft(self, issue: str, kind: str, text: str) -> None:
        """Keep what is being typed (``message``, or one of ``DIALOG_DRAFTS``); an empty text ends the draft."""
        state = self._state
        if state.drafts.get((issue, kind), "") == text:
            return
        state.conversations.save_draft(issue, kind, text)
        drafts = {**state.drafts, (issue, kind): text}
        if not text:
            del drafts[(issue, kind)]
        state.drafts = drafts
        self._changes.amend(drafts=frozen(drafts))
