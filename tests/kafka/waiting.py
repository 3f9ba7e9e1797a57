"""Waiting for a condition instead of sleeping."""

import asyncio
from collections.abc import Awaitable, Callable

_POLL_SECONDS = 0.02


async def wait_until(condition: Callable[[], Awaitable[bool]], seconds: float = 30.0) -> None:
    """Return as soon as ``condition`` holds; TimeoutError after ``seconds``."""
    async with asyncio.timeout(seconds):
        while True:
            if await condition():
                return
            await asyncio.sleep(_POLL_SECONDS)
