"""A Station in a thread and an event loop of its own.

A terminal that stops reading blocks the screen's event loop for seconds (docs/textual.md, 8); Kafka and the
outbox must not be late for that. Screens read the Station's newest view, and send every command through ``call``.
"""

import asyncio
import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from core.chat.backend import ChatBackend
from core.settings import Settings
from core.station.danger_memory import remembering
from core.station.heartbeat import Sign, beating
from core.station.station import Station
from core.station.view import StationView
from core.station.watcher import Watcher
from core.store.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")

FIRST_SCREEN_WITHIN_S = 1.0
"""A first screen that is not there by then, on a terminal that does not read, holds nothing up."""
_STOP_S = 20.0
"""More than the slowest ending of clients on a frozen cluster (core/kafka/teardown.py)."""


class StationHost:
    """Starts, serves and stops one Station; use it as a context manager."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        backend: ChatBackend,
        *,
        connect: bool = True,
        after_first_screen: bool = False,
        now_ms: Callable[[], int] | None = None,
    ) -> None:
        """With ``connect`` False neither feed nor publisher runs: records come by ``Intake.ingest`` alone.

        ``after_first_screen``: until ``first_screen_is_there`` the processor is left to it.
        """
        self._settings = settings
        self._store = store
        self._backend = backend
        self._connect = connect
        self._may_begin = asyncio.Event()
        if not after_first_screen:
            self._may_begin.set()
        self._now_ms = now_ms
        self._ready: Future[Station] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._main, name="station", daemon=True)
        self._failure: BaseException | None = None

    def __enter__(self) -> "StationHost":
        self._thread.start()
        self._ready.result()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def station(self) -> Station:
        return self._ready.result()

    @property
    def failure(self) -> BaseException | None:
        """What ended the Station's tasks, or its views, though nothing should have: a defect. Screens must say so."""
        return self._failure or (self.station.views.failure if self._ready.done() else None)

    @property
    def view(self) -> StationView:
        """The newest view."""
        return self.station.view

    def watch(self, woken: Callable[[], None]) -> None:
        """Have ``woken`` called in the event loop that runs here after each new view; calls that wait are one."""
        watcher = Watcher(woken)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.station.views.watch, watcher)

    def first_screen_is_there(self) -> None:
        """From now on the Station has its turn."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._may_begin.set)

    async def call(self, command: Coroutine[Any, Any, T]) -> T:
        """Run one of the Station's commands in its own loop and wait for it; its exceptions come through."""
        return await asyncio.wrap_future(self.submit(command))

    def submit(self, command: Coroutine[Any, Any, T]) -> "Future[T]":
        """Run one of the Station's commands in its own loop, from any thread."""
        if self._loop is None:
            command.close()
            raise RuntimeError("the host is not started")
        return asyncio.run_coroutine_threadsafe(self._with_its_view(command), self._loop)

    async def _with_its_view(self, command: Coroutine[Any, Any, T]) -> T:
        """Whoever waits for a command finds its effect in the view."""
        try:
            return await command
        finally:
            self.station.views.settle()

    def stop(self) -> None:
        """End the Station's tasks and wait for them. What is in the outbox stays there."""
        if self._loop is not None and self._task is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(_STOP_S)

    def _main(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if not self._ready.done():
                self._ready.set_exception(error)
            raise

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        clock = {} if self._now_ms is None else {"now_ms": self._now_ms}
        station = Station(self._settings, self._store, self._backend, **clock)
        station.views.watch(lambda: None)  # from now on other threads read the view: it is made here alone
        self._ready.set_result(station)
        with contextlib.suppress(asyncio.CancelledError):
            try:
                folder = self._settings.data_dir
                async with beating(folder, lambda: _sign_of(station)), remembering(folder, station.state.dangers):
                    await self._first_screen()
                    await station.run(connect=self._connect)
            except BaseExceptionGroup as error:
                self._failure = error
                log.exception("the station ended")
                station.views.publish()
                # Commands must still be answered, and the store stays open: only a restart mends this.
                await asyncio.Event().wait()

    async def _first_screen(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_SCREEN_WITHIN_S):
                await self._may_begin.wait()


def _sign_of(station: Station) -> Sign:
    feed = station.freshness.told(time.monotonic())
    return Sign(station.settings.terminal_id, os.getpid(), feed, len(station.outbox))
