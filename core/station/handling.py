"""HandlingRegister: who acknowledged, claimed and shelved what. The rules are in ``core.domain.alarms``."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from core.domain.alarms import Handling, current_handling
from core.domain.errors import CommandError
from core.domain.issues import Issue
from core.store.store import Store
from core.support.i18n import _

MAX_SHELVED_MINUTES = 24 * 60

Journal = Callable[[str, str, Mapping[str, object]], None]
"""Appends (action, issue, detail) to the journal, inside the transaction that is open."""


class HandlingRegister:
    """What people did with the issues of one scope. ``by_issue`` is only ever replaced."""

    def __init__(self, store: Store, scope: str, journal: Journal) -> None:
        self._database = store.database
        self._table = store.handling(scope)
        self._journal = journal
        self.by_issue: Mapping[str, Handling] = self._table.by_issue()

    def acknowledge(self, issue: Issue, operator: str, now_ms: int) -> Handling:
        """Seen; a second time: claimed.

        Raises:
            StoreError: it could not be kept.
        """
        current = self._current(issue)
        if current.acknowledged_ms is None:
            after = replace(current, acknowledged_ms=now_ms, acknowledged_by=operator)
            action = "acknowledged"
        elif current.claimed_by != operator:
            after = replace(current, claimed_ms=now_ms, claimed_by=operator)
            action = "claimed"
        else:
            return current
        return self._keep(issue, after, action, {"episode": issue.episode})

    def shelve(self, issue: Issue, operator: str, now_ms: int, *, minutes: float, why: str) -> Handling:
        """Put an issue aside for a time, with a reason; it comes back by itself.

        Raises:
            CommandError: no reason, or not between a minute and a day.
            StoreError: it could not be kept.
        """
        why = why.strip()
        if not why:
            raise CommandError(_("Shelving needs a reason."))
        if not 1 <= minutes <= MAX_SHELVED_MINUTES:
            raise CommandError(_("Shelving takes 1 to {most} minutes.").format(most=MAX_SHELVED_MINUTES))
        until_ms = now_ms + round(minutes * 60_000)
        after = replace(self._current(issue), shelved_until_ms=until_ms, shelved_by=operator, shelved_why=why)
        return self._keep(issue, after, "shelved", {"minutes": minutes, "note": why})

    def unshelve(self, issue: Issue, now_ms: int) -> Handling:
        """Take a shelved issue back before its time.

        Raises:
            CommandError: it is not shelved.
            StoreError: it could not be kept.
        """
        current = self._current(issue)
        if not current.is_shelved(now_ms):
            raise CommandError(_("{issue} is not shelved.").format(issue=issue.shown_id))
        after = replace(current, shelved_until_ms=None, shelved_by="", shelved_why="")
        return self._keep(issue, after, "unshelved", {})

    def _current(self, issue: Issue) -> Handling:
        known = current_handling(issue, self.by_issue.get(issue.id)) or Handling(issue.newest_ms)
        return replace(known, seen_ms=issue.newest_ms)

    def _keep(self, issue: Issue, after: Handling, action: str, detail: Mapping[str, object]) -> Handling:
        with self._database.transaction():
            self._table.save(issue.id, after)
            self._journal(action, issue.id, detail)
        self.by_issue = {**self.by_issue, issue.id: after}
        return after
