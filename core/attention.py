"""Attention: which issue is looked at, and how much came on the others meanwhile."""

import logging
from collections.abc import Iterable, Mapping

from core.store.database import StoreError
from core.store.store import Store

log = logging.getLogger(__name__)


class Attention:
    """Unread counts of one scope. ``unread`` is only ever replaced."""

    def __init__(self, store: Store, scope: str) -> None:
        self._store = store
        self._scope = scope
        self._looked_at: str | None = None
        self.unread: Mapping[str, int] = store.unread(scope)

    def look_at(self, issue: str | None) -> None:
        """Somebody looks at ``issue`` (None: at none): nothing of it is unread."""
        self._looked_at = issue
        if issue is not None and self.unread.get(issue):
            self._keep({issue: 0})

    def came(self, issues: Iterable[str]) -> None:
        """Something new came on each of these."""
        self._keep({issue: self.unread.get(issue, 0) + 1 for issue in issues if issue != self._looked_at})

    def _keep(self, counts: Mapping[str, int]) -> None:
        """A count that cannot be kept is only forgotten at the next start."""
        if not counts:
            return
        self.unread = {**self.unread, **counts}
        try:
            self._store.save_unread(self._scope, counts)
        except StoreError:
            log.exception("what is unread could not be kept")
