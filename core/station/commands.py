"""Commands: what people do at this terminal. Whatever is promised is in the store before a command returns."""

from collections.abc import Callable

from core.domain.alarms import Handling
from core.domain.errors import CommandError
from core.domain.events import REOPENED, RESOLVED, Quarantined
from core.domain.held import known_open_ms
from core.domain.issue_search import find
from core.domain.issues import Issue
from core.domain.outbox import STUCK, OutboxEntry, OutboxState, resolve_or_reopen, restamped, under_way
from core.domain.safety_checks import Checked
from core.station.dispatch import Dispatch
from core.station.state import StationState
from core.store.log_table import ISSUE
from core.support.i18n import _
from core.support.text import inert_line

RESOLVE_DRAFT = "resolve"
CHECKS_DRAFT = "checks"
WHY_DRAFT = "why"
DIALOG_DRAFTS = (RESOLVE_DRAFT, CHECKS_DRAFT, WHY_DRAFT)
"""What was begun in the resolve dialog: the note, the checks made (ids with spaces), why others were not."""
MESSAGE_DRAFT = "message"


class Commands:
    """All of them run in the Station's loop."""

    def __init__(
        self, state: StationState, dispatch: Dispatch, *, changed: Callable[[], None], drafted: Callable[[], None]
    ) -> None:
        """``changed`` is told that there is something new to see; ``drafted`` that only the drafts are others."""
        self._state = state
        self._dispatch = dispatch
        self._changed = changed
        self._drafted = drafted

    async def acknowledge(self, issue: str) -> Handling:
        """Seen; a second time: claimed. Never fixed, and a late one never reopens anything.

        Raises:
            CommandError: there is no such open issue.
            StoreError: it could not be kept.
        """
        after = self._state.handling_register.acknowledge(
            self._open_issue(issue), self._state.operator, self._state.now_ms()
        )
        self._changed()
        return after

    async def shelve(self, issue: str, minutes: float, why: str) -> Handling:
        """Put an open issue aside for a time. Raises as the register does, and CommandError for no open issue."""
        known = self._open_issue(issue)
        after = self._state.handling_register.shelve(
            known, self._state.operator, self._state.now_ms(), minutes=minutes, why=why
        )
        self._changed()
        return after

    async def unshelve(self, issue: str) -> Handling:
        """Take a shelved issue back. Raises as the register does, and CommandError for no open issue."""
        after = self._state.handling_register.unshelve(self._open_issue(issue), self._state.now_ms())
        self._changed()
        return after

    async def sign_in(self, name: str) -> None:
        """Another operator is at this terminal from now on; remembered for the next start.

        Raises:
            CommandError: no name was given.
            StoreError: it could not be kept.
        """
        name = inert_line(name, 60)
        if not name:
            raise CommandError(_("Who is at this terminal? Type a name."))
        with self._state.store.database.transaction():
            self._state.store.save_operator(name)
            self._state.journal("signed in", "", {"before": self._state.operator, "now": name})
        self._state.operator = name
        self._changed()

    async def resolve(self, issue: str, note: str, leaving: Checked | None = None) -> OutboxEntry:
        """Put a resolve into outbox and journal, in one transaction. It is done once it is read back.

        ``leaving`` tells how the equipment was left; it is journaled (None: nobody was asked).

        A resolve of the same issue that is still under way is returned instead of a second one; one that is parked
        gives way to this one, and so does whatever was held: with its note, where ``note`` is empty.

        Raises:
            CommandError: no such issue, it is resolved already, another note of it is under way, or checks were
                left out without a reason.
            StoreError: it could not be kept, so nothing was promised.
        """
        known = self._open_issue(issue)
        if leaving is not None and not leaving.is_enough:
            raise CommandError(_("Some checks were not made, and no reason is given."))
        return self._enqueue(known, solved=True, note=note, leaving=leaving)

    async def reopen(self, issue: str, note: str = "") -> OutboxEntry:
        """Put a reopening into outbox and journal.

        Raises:
            CommandError: no such issue, or it is open.
            StoreError: it could not be kept.
        """
        known = self._known_issue(issue)
        if known.is_open:
            raise CommandError(_("{issue} is open; there is nothing to reopen.").format(issue=self._state.shown(known)))
        return self._enqueue(known, solved=False, note=note)

    async def leave_solved(self, issue: str) -> None:
        """Put an overruled raise aside: somebody looked, and the issue stays solved.

        Raises:
            CommandError: no raise of it was overruled.
            StoreError: it could not be kept.
        """
        raised = self._state.overruled.get(issue)
        if raised is None:
            raise CommandError(_("{issue} was not raised again.").format(issue=self._state.register.names.shown(issue)))
        left = {known: event for known, event in self._state.overruled.items() if known != issue}
        with self._state.store.database.transaction():
            self._state.store.overruled.save(self._state.scope, left)
            self._state.journal("left solved", issue, {"raised": raised.time_ms})
        self._state.raises.drop(issue)
        self._state.kept_raises = self._state.overruled
        self._changed()

    async def retry(self, issue: str) -> None:
        """Try the parked record of ``issue`` again, stamped anew: the clock may have been what was refused.

        Raises:
            CommandError: nothing of it is parked, or the issue has moved on since.
        """
        known = self._known_issue(issue)
        entry = self._state.outgoing(known.id)
        if entry is None or entry.state is not OutboxState.PARKED:
            raise CommandError(_("There is nothing to send again."))
        if known.is_open is not _resolves(entry) or (known.is_open and known.opened_ms > entry.record.timestamp_ms):
            raise CommandError(
                _("{issue} has moved on since: what is parked no longer fits it. Resolve or reopen it anew.").format(
                    issue=self._state.shown(known)
                )
            )
        record = restamped(entry.record, now_ms=self._state.clock.stamp_ms(), newest_ms=known.newest_ms)
        with self._state.store.database.transaction():
            self._state.store.outbox.send_again(record)
            self._state.journal("retried", known.id, {"event": record.event_id})
        self._dispatch.refresh()

    async def give_up(self, event_id: str) -> None:
        """Withdraw a parked or held record: it is not sent (again).

        Raises:
            CommandError: there is no such record, or it is neither parked nor held.
            StoreError: it could not be kept.
        """
        entry = next((e for e in self._state.outbox if e.record.event_id == event_id), None)
        if entry is None or entry.state not in STUCK:
            raise CommandError(_("There is no such parked or held record."))
        with self._state.store.database.transaction():
            self._dispatch.withdraw(entry)
        self._dispatch.refresh()

    async def dismiss(self, issue: str) -> None:
        """Take an issue that the log does not tell of from the list: a person knows that it is no alarm any more.

        Raises:
            CommandError: there is no such issue, or the log does tell of it.
            StoreError: it could not be kept.
        """
        known = self._known_issue(issue)
        if known.id not in self._state.unconfirmed.issues:
            raise CommandError(_("{issue} is in the log: resolve it.").format(issue=known.shown_id))
        doubt = (ISSUE, known.id)
        with self._state.store.database.transaction():
            self._state.store.drop_issue(self._state.scope, known.id)
            self._state.store.log.settle(self._state.scope, [doubt])
            self._state.journal("dismissed", known.id, {})
        self._state.unconfirmed.forget([doubt])
        self._state.raises.drop(known.id)
        del self._state.register.issues[known.id]
        self._state.touched.add(known.id)
        self._changed()

    async def quarantined(self, limit: int = 200) -> list[Quarantined]:
        """The newest records that were no issue events, with the beginnings of their values.

        Raises:
            StoreError: they cannot be read.
        """
        return self._state.store.quarantine(limit, preview=300)

    async def find(self, query: str) -> list[Issue]:
        """Issues that hold every word of ``query``, in their fields, their fix or their conversation.

        Raises:
            StoreError: the conversations cannot be read.
        """
        return find(self._state.register.issues.everything(), query, self._state.kept.issues_saying)

    async def look_at(self, issue: str | None) -> None:
        """An operator looks at this issue's pane, or (None) at none."""
        self._state.unread_counts.look_at(issue)
        if issue is not None and self._state.issue(issue) is not None:
            self._state.chat.conversations.open(issue)
        self._changed()

    async def save_draft(self, issue: str, kind: str, text: str) -> None:
        """Keep what is being typed (``message``, or one of ``DIALOG_DRAFTS``); an empty text ends the draft."""
        if self._state.drafts.get((issue, kind), "") == text:
            return
        self._state.kept.save_draft(issue, kind, text)
        drafts = {**self._state.drafts, (issue, kind): text}
        if not text:
            del drafts[(issue, kind)]
        self._state.drafts = drafts
        self._drafted()

    def _open_issue(self, issue: str) -> Issue:
        known = self._known_issue(issue)
        if not known.is_open:
            by = (known.resolution.operator if known.resolution else "") or _("the plant")
            raise CommandError(
                _("{issue} is resolved already ({by}); nothing was sent.").format(issue=self._state.shown(known), by=by)
            )
        return known

    def _known_issue(self, issue: str) -> Issue:
        known = self._state.issue(self._state.exact_id(issue))
        if known is None:
            raise CommandError(_("There is no issue {issue} on this topic.").format(issue=issue[:200]))
        return known

    def _enqueue(self, issue: Issue, *, solved: bool, note: str, leaving: Checked | None = None) -> OutboxEntry:
        action = RESOLVED if solved else REOPENED
        mine = [entry for entry in self._state.waiting_here() if entry.record.issue == issue.id]
        former = under_way(mine, issue.id, action)
        if former is not None and former.state not in STUCK:
            return joined(former, note)
        held = self._state.held.get(issue.id)
        if held is not None and held.record.action == action:
            note = note or held.record.note
        record = resolve_or_reopen(
            issue,
            solved=solved,
            now_ms=self._state.clock.stamp_ms(),
            operator=self._state.operator,
            note=note,
            terminal=self._state.settings.terminal_id,
            raised_as=self._state.overruled.get(issue.id),
        )
        with self._state.store.database.transaction():
            for entry in mine:
                if entry is former or entry.state is OutboxState.HELD:
                    self._dispatch.withdraw(entry)
            entry = self._state.store.outbox.add(
                record, scope=self._state.scope, now_ms=self._state.now_ms(), known_open_ms=known_open_ms(issue)
            )
            self._state.journal(
                "resolved" if solved else "reopened",
                issue.id,
                {
                    "event": record.event_id,
                    "note": note,
                    "timestamp": record.timestamp_ms,
                    **(leaving.as_detail() if leaving else {}),
                },
            )
            if solved:
                self._state.chat.complete(issue.id, note)
            for kind in DIALOG_DRAFTS:
                self._state.kept.save_draft(issue.id, kind, "")
        done = {(issue.id, kind) for kind in DIALOG_DRAFTS}
        self._state.drafts = {key: text for key, text in self._state.drafts.items() if key not in done}
        self._state.chat.closing.refresh()
        self._dispatch.refresh()
        return entry


def _resolves(entry: OutboxEntry) -> bool:
    return entry.record.action == RESOLVED


def joined(former: OutboxEntry, note: str) -> OutboxEntry:
    """What is under way already, for whoever asks for the same again.

    Raises:
        CommandError: it says another note; this one must not vanish in it.
    """
    if note and note != former.record.note:
        raise CommandError(
            _("{issue}: a record is under way already, with the note “{note}”; this note was not sent.").format(
                issue=inert_line(former.record.issue, 200), note=inert_line(former.record.note, 100)
            )
        )
    return former
