"""When the list of open issues was last known to be complete, over outages and restarts."""

import logging
import time
from collections.abc import Callable

from core.domain.errors import StoreError
from core.domain.freshness import Freshness
from core.domain.open_count import last_complete_ms
from core.store.store import Store

log = logging.getLogger(__name__)


class Completeness:
    """Of one scope. Times are epoch ms by this terminal's clock."""

    def __init__(self, store: Store, scope: str, now_ms: Callable[[], int]) -> None:
        self._meta = store.meta
        self._scope = scope
        self._now_ms = now_ms
        self._kept_ms = self._meta.complete_ms(scope)

    @property
    def was_complete(self) -> bool:
        """Whether the list ever was: what is new in it since is news to people."""
        return self._kept_ms is not None

    @property
    def kept_ms(self) -> int | None:
        """When an earlier connection, or run, was last known to be complete."""
        return self._kept_ms

    def forget(self) -> None:
        """What was kept of the issues is not all of it: nothing is known until they are read anew."""
        self._kept_ms = None

    def keep(self, freshness: Freshness) -> None:
        """``freshness`` ends now: remember until when the list was complete. What cannot be kept is only older."""
        time_ms = last_complete_ms(freshness, now=time.monotonic(), now_ms=self._now_ms())
        if time_ms is None or not self._scope:
            return
        self._kept_ms = time_ms
        try:
            self._meta.save_complete_ms(self._scope, time_ms)
        except StoreError:
            log.exception("when the list was complete could not be kept")
