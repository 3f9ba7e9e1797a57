"""Changes: tells whoever waits for it that something of the Station is new."""

import asyncio
from collections.abc import Callable
from typing import Any


class Changes:
    """Counts what changed, and wakes conditions and the view's publisher. Belongs to the Station's event loop."""

    def __init__(self) -> None:
        self.revision = 0
        """Another number: something is new."""
        self._ticked = asyncio.Event()
        self._told: Callable[[], None] = _nobody
        self._amended: Callable[..., None] = _nobody

    def listen(self, *, told: Callable[[], None], amended: Callable[..., None]) -> None:
        """Have ``told`` called after each change from now on, ``amended`` with parts of the view that are others."""
        self._told, self._amended = told, amended

    def tell(self) -> None:
        """Something that is to be seen changed."""
        self.revision += 1
        self._ticked.set()
        self._told()

    def amend(self, **parts: Any) -> None:
        """These parts of the view are others. Nobody needs to be woken for them, but a condition may hold now."""
        self._amended(**parts)
        self._ticked.set()

    async def wait_until(self, condition: Callable[[], bool]) -> None:
        """Return as soon as ``condition`` holds; it is looked at after every change."""
        while not condition():
            self._ticked.clear()
            await self._ticked.wait()


def _nobody(**_parts: Any) -> None:
    """Nobody listens yet."""
