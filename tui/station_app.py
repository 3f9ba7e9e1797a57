"""StationApp: an app beside a Station that runs in another thread. It reads the newest view and sends commands."""

import asyncio
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from textual.app import App

from core.station.host import StationHost
from core.station.searching import Hit, last_operators, search
from core.station.view import StationView
from tui.shell import ChatCommands, Commands

T = TypeVar("T")

TURN_S = 0.0005
"""Between two threads that both compute. A key passes through three, and would wait for the Station's at each: 5 ms."""


class StationApp(App[None]):
    """The part of ``tui.shell.Shell`` that leads to the Station."""

    def __init__(self, host: StationHost, now_ms: Callable[[], int], monotonic: Callable[[], float]) -> None:
        """``now_ms``: epoch ms. ``monotonic``: seconds."""
        super().__init__()
        self.host = host
        self.now_ms = now_ms
        self.monotonic = monotonic

    def on_load(self) -> None:
        """What the Station computes must not hold a key back."""
        sys.setswitchinterval(TURN_S)

    @property
    def view(self) -> StationView:
        return self.host.view

    @property
    def commands(self) -> Commands:
        return self.host.station.commands

    @property
    def chat(self) -> ChatCommands:
        return self.host.station.chat

    @property
    def failure(self) -> BaseException | None:
        return self.host.failure

    @property
    def clock_ahead_ms(self) -> int | None:
        return self.view.clock.ahead_ms(self.now_ms(), time.monotonic())

    async def call(self, command: Coroutine[Any, Any, T]) -> T:
        """Whoever stops waiting, as a screen does that is left, takes no command back: it was given."""
        return await asyncio.shield(asyncio.wrap_future(self.submit(command)))

    def submit(self, command: Coroutine[Any, Any, T]) -> "Future[T]":
        return self.host.submit(command)

    async def search(self, query: str) -> Sequence[Hit]:
        return await self.host.call(search(self.host.station, query))

    async def last_operators(self) -> Sequence[str]:
        return await self.host.call(last_operators(self.host.station))
