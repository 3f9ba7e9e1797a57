"""ViewPublisher: when a new StationView is made and who is woken. Changes wake it; nothing is polled."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from core.station.view import StationView

log = logging.getLogger(__name__)

GAP_S = 0.016
"""Between two views while changes pour in: what came just after one waits so long, and then for a paint."""
REPLAY_GAP_S = 0.25
"""The same while a log is replayed: much of what it opens it solves a moment later."""
LONGEST_WAIT_S = 30.0
"""A clock that is set forward makes issues overdue early: that is noticed within this time."""


class Maker(Protocol):
    """Makes views."""

    def first(self) -> StationView:
        """What can be seen at once, at the start."""

    def make(self, version: int) -> StationView:
        """The view of now."""

    def next_due_ms(self) -> int | None:
        """Epoch ms at which the clock alone makes another view; None where it never does."""


class ViewPublisher:
    """Holds the newest view. Belongs to the Station's loop; ``view`` may be read from any thread."""

    def __init__(
        self,
        maker: "Maker",
        *,
        now_ms: Callable[[], int],
    ) -> None:
        self._maker = maker
        self._now_ms = now_ms
        self._watchers: list[Callable[[], None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | asyncio.Handle | None = None
        self._due: asyncio.TimerHandle | None = None
        self._published_at = float("-inf")
        self._is_stale = True
        self.failure: Exception | None = None
        """Why the last view could not be made: a defect. Screens must say so, as what they show is older."""
        self._view: StationView | None = None

    @property
    def view(self) -> StationView:
        """The newest view. While nobody watches it is made when it is asked for."""
        if self._is_stale and not self._watchers:
            self.publish()
        return self._last

    @property
    def _last(self) -> StationView:
        if self._view is None:
            self._view = self._maker.first()
        return self._view

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call ``watcher`` in the Station's loop after each new view, and make one at each change from now on."""
        self._view = self._last  # other threads may read from now on, and make none
        self._watchers.append(watcher)
        self.changed()

    def changed(self) -> None:
        """Something to be seen is new. It is published once this turn of the loop is over, with all else that came.

        After a view of a moment ago a little later, together with what comes until then.
        """
        self._is_stale = True
        if not self._watchers:
            return
        loop = self._running_loop()
        if loop is None or self._timer is not None:
            return
        gap_s = REPLAY_GAP_S if self._last.is_catching_up else GAP_S
        rest_s = self._published_at + gap_s - loop.time()
        self._timer = loop.call_later(rest_s, self._publish_all) if rest_s > 0 else loop.call_soon(self._publish_all)

    def settle(self) -> None:
        """Publish now what was changed: whoever gave a command finds its effect in the view."""
        if self._is_stale:
            self.publish()

    def amend(self, **parts: Any) -> None:
        """Replace parts of the view that nobody needs to be woken for; its version stays."""
        if self._view is not None:
            self._view = replace(self._view, **parts)

    def publish(self) -> None:
        """Make a view of what is so now, replace the former by it, and wake who watches."""
        self._stop()
        self._is_stale = False
        try:
            self._view = self._maker.make(self._last.version + 1)
            self.failure = None
        except Exception as error:
            log.exception("what is to be seen could not be put together")
            self.failure, self._is_stale = error, True
        loop = self._running_loop()
        if loop is not None:
            self._published_at = loop.time()
            self._wait_until_due(loop)
        for watcher in self._watchers:
            watcher()

    def _publish_all(self) -> None:
        self._timer = None
        self.publish()

    def _wait_until_due(self, loop: asyncio.AbstractEventLoop) -> None:
        due_ms = self._maker.next_due_ms() if self._watchers else None
        if due_ms is not None:
            wait_s = (due_ms - self._now_ms()) / 1000
            self._due = loop.call_later(min(max(wait_s, GAP_S), LONGEST_WAIT_S), self._fall_due, loop)

    def _fall_due(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due = None
        due_ms = self._maker.next_due_ms()
        if due_ms is not None and due_ms <= self._now_ms():
            self.publish()
        else:
            self._wait_until_due(loop)

    def _stop(self) -> None:
        for timer in (self._timer, self._due):
            if timer is not None:
                timer.cancel()
        self._timer = self._due = None

    def _running_loop(self) -> asyncio.AbstractEventLoop | None:
        """The loop that runs now; timers of a former one are gone with it."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return None
        if loop is not self._loop:
            self._loop, self._timer, self._due, self._published_at = loop, None, None, float("-inf")
        return loop
