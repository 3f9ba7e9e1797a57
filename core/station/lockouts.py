"""Lockouts of one scope: what was checked, kept, and told to whoever asks whether steps may be shown."""

from collections.abc import Mapping

from core.domain.issues import Issue
from core.domain.lockout import Lockout, current_lockout
from core.store.store import Store


class LockoutRegister:
    """``lockouts`` is only ever replaced, so another thread may read it."""

    def __init__(self, store: Store, scope: str) -> None:
        """Raises StoreError: they cannot be read."""
        self._table = store.lockouts(scope)
        self.lockouts: Mapping[str, tuple[Lockout, ...]] = self._table.by_issue()
        """By issue, oldest first."""

    def current(self, issue: Issue) -> Lockout | None:
        """The lockout of the present episode of ``issue``; None: nobody checked yet."""
        return current_lockout(issue, self.lockouts.get(issue.id, ()))

    def write(self, lockout: Lockout) -> None:
        """Into the store, in the transaction that is open; it counts once that is committed (``show``).

        Raises:
            StoreError: it could not be kept.
        """
        self._table.add(lockout)

    def show(self, lockout: Lockout) -> None:
        """What was written is committed: from now on it counts."""
        self.lockouts = {**self.lockouts, lockout.issue: (*self.lockouts.get(lockout.issue, ()), lockout)}
