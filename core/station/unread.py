"""Unread: which issue is looked at, and how much came on the others meanwhile."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping

from core.domain.errors import StoreError
from core.store.store import Store

log = logging.getLogger(__name__)


class Unread:
    """Messages and reopenings since somebody looked, of one scope. ``counts`` is only ever replaced."""

    def __init__(self, store: Store, scope: str) -> None:
        self._table = store.unread(scope)
        self.looked_at: str | None = None
        """The issue that somebody looks at."""
        self.found = 0
        """How much was unread of it when they began to."""
        self.looks = 0
        """Another number: another issue is looked at, or one anew."""
        self.counts: Mapping[str, int] = self._table.counts()

    def look_at(self, issue: str | None) -> None:
        """Somebody looks at ``issue`` (None: at none): nothing of it is unread."""
        if issue != self.looked_at:
            self.looks += 1
            self.found = 0 if issue is None else self.counts.get(issue, 0)
        self.looked_at = issue
        if issue is not None and self.counts.get(issue):
            self._keep({issue: 0})

    def came(self, issues: Iterable[str]) -> None:
        """Something new came on each of these."""
        self._keep(self.with_new(issues))

    def with_new(self, issues: Iterable[str]) -> Mapping[str, int]:
        """The counts of these issues after something new came on each, once for each time that it is named."""
        came = Counter(issue for issue in issues if issue != self.looked_at)
        return {issue: self.counts.get(issue, 0) + count for issue, count in came.items()}

    def show(self, counts: Mapping[str, int]) -> None:
        """These counts were kept together with what they count."""
        self.counts = {**self.counts, **counts}

    def _keep(self, counts: Mapping[str, int]) -> None:
        """A count that cannot be kept is only forgotten at the next start."""
        if not counts:
            return
        self.show(counts)
        try:
            self._table.save(counts)
        except StoreError:
            log.exception("what is unread could not be kept")
