"""Watcher: wakes another thread's event loop after a new view, once for all that come before it has run."""

import asyncio
from collections.abc import Callable


class Watcher:
    """Made in the loop that is to be woken; called from the Station's thread."""

    def __init__(self, woken: Callable[[], None]) -> None:
        """``woken`` runs in the loop that runs now."""
        self._loop = asyncio.get_running_loop()
        self._woken = woken
        self._is_called = False

    def __call__(self) -> None:
        if self._is_called or self._loop.is_closed():
            return
        self._is_called = True
        try:
            self._loop.call_soon_threadsafe(self._run)
        except RuntimeError:  # it was closed this instant: nobody is there to be woken
            return

    def _run(self) -> None:
        self._is_called = False  # before the view is read: one that comes from here on wakes anew
        self._woken()
