"""Unconfirmed: what another log told under this topic's name, and the one that is read now does not.

An open issue that the log does not confirm stays in sight, marked: a hidden alarm hurts somebody. It is no fact, so
nothing of it is folded into what this log tells of the same issue.
"""

from collections.abc import Iterable, Mapping

from core.domain.events import RESOLVED, IssueEvent
from core.domain.issue_register import IssueRegister
from core.domain.issues import Change, ChangeKind, Issue
from core.domain.outbox import OutboxEntry
from core.store.log_table import ISSUE, LOG, RECORD, Doubt
from core.store.store import Store


class Unconfirmed:
    """The doubts of one scope. ``issues`` is only ever replaced."""

    def __init__(self, store: Store, scope: str, reopen_after_ms: int | None) -> None:
        self._store = store
        self._scope = scope
        self._doubts = store.log.doubts(scope)
        self._settled: set[Doubt] = set()
        self._facts = IssueRegister(reopen_after_ms)
        """What this log tells of the doubted issues, as far as it confirms none of them."""
        self.issues: Mapping[str, int] = self._of_kind(ISSUE)
        """Open issues that the log has not confirmed, and since when (epoch ms)."""
        self.since_ms: int | None = self._doubts.get((LOG, ""))
        """When it was found that the log is another one; None: it is the one that was always read."""

    @property
    def is_over(self) -> bool:
        """Nothing is doubted: what the log tells is folded as it comes."""
        return not self._doubts

    @property
    def records(self) -> list[str]:
        """Event ids of confirmed records of ours that were not found in this log yet."""
        return list(self._of_kind(RECORD))

    def fold(self, register: IssueRegister, event: IssueEvent) -> Change | None:
        """Fold an event of this log into ``register``; None when it tells nothing new."""
        if not self._doubts:
            return register.apply(event)
        if event.event_id:
            self._found(event)
        former = register.issues.get(event.issue)
        if event.issue not in self.issues or former is None:
            return register.apply(event)
        self._facts.apply(event)
        fact = self._facts.issues.pop(event.issue)
        if not _confirms(fact, former):
            self._facts.restore([fact])
            return None  # it tells of an earlier time alone
        self._settle((ISSUE, event.issue))
        del register.issues[event.issue]
        register.restore([fact])
        return Change(ChangeKind.UPDATED if fact.is_open else ChangeKind.SOLVED, fact, event.time_ms)

    def _found(self, event: IssueEvent) -> None:
        if (RECORD, event.event_id) not in self._doubts:
            return
        entry = self._store.outbox.get(event.event_id)
        if entry is not None and entry.record.value == event.value:
            self._settle((RECORD, event.event_id))

    def forget(self, doubts: Iterable[Doubt]) -> None:
        """These are settled, and the store says so already."""
        for doubt in doubts:
            self._doubts.pop(doubt, None)
        self.issues = self._of_kind(ISSUE)

    def keep(self) -> None:
        """Save what was settled, inside the transaction that is open."""
        if self._settled:
            self._store.log.settle(self._scope, self._settled)

    def kept(self) -> None:
        """The transaction was committed."""
        self._settled.clear()

    def missing(self, issues: Mapping[str, Issue]) -> tuple[list[OutboxEntry], list[OutboxEntry]]:
        """The replay is through: records of ours that the log lacks, those to send again and those only to name.

        Of each issue the newest decides. It is sent again where the log tells of just what it answered: sent over an
        alarm that began later, it would close that one.
        """
        newest: dict[str, OutboxEntry] = {}
        lacking = [entry for entry in map(self._store.outbox.get, self.records) if entry is not None]
        for entry in sorted(lacking, key=lambda entry: entry.seq):
            newest[entry.record.issue] = entry
        facts = {name: issues.get(name) for name in newest if name not in self.issues}
        again = [entry for entry in newest.values() if _still_answers(entry, facts.get(entry.record.issue))]
        return again, [entry for entry in lacking if entry not in again]

    def _settle(self, doubt: Doubt) -> None:
        self._settled.add(doubt)
        self.forget([doubt])

    def _of_kind(self, wanted: str) -> dict[str, int]:
        return {name: since_ms for (kind, name), since_ms in self._doubts.items() if kind == wanted}


def _confirms(fact: Issue, former: Issue) -> bool:
    """Whether the log tells of the time in which ``former`` was open, or of a later one."""
    opened_ms = former.latest_open.time_ms if former.latest_open is not None else former.opened_ms
    return fact.is_open or fact.newest_ms >= opened_ms


def _still_answers(entry: OutboxEntry, fact: Issue | None) -> bool:
    """Whether a record of ours fits what the log tells of its issue, which does not know it."""
    if fact is None or fact.newest_ms > entry.record.timestamp_ms:
        return False
    return fact.is_open is (entry.record.action == RESOLVED)
