"""A Station on a real broker, for the length of a test."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from core.chat.playbook.assistant import PlaybookAssistant
from core.domain.events import FAULT
from core.domain.issues import Change
from core.settings import load_settings
from core.station.data_dir import opened_store
from core.station.station import Station
from tests.kafka.records import Outgoing, produce_many

GIVE_UP_S = 60.0


class Watched:
    """A running Station and what it took in."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.changes: list[object] = []
        station.intake.listeners.append(self.changes.append)

    async def until(self, condition: Callable[[Station], bool], within: float = GIVE_UP_S) -> None:
        """Wait for a condition of the Station; the message tells how it stood."""
        try:
            async with asyncio.timeout(within):
                while not condition(self.station):
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"not within {within} s: {self.station.freshness}") from None

    async def live(self) -> None:
        await self.until(lambda s: s.freshness.is_live(time.monotonic()))

    def opened(self) -> list[str]:
        return [change.issue.id for change in self.changes if isinstance(change, Change)]


@asynccontextmanager
async def running(
    bootstrap: str, topic: str, folder: Path, *, now_ms: Callable[[], int] | None = None, **flags: Any
) -> AsyncIterator[Watched]:
    """Open the store in ``folder`` and run a Station on it; ``now_ms``: what its clock shows."""
    given = {"operator": "김민수", "terminal_id": "P1-03", "lang": "en", **flags}
    settings = load_settings(bootstrap_servers=bootstrap, topic=topic, data_dir=folder, **given)
    with opened_store(settings) as store:
        clock = {} if now_ms is None else {"now_ms": now_ms}
        station = Station(settings, store, PlaybookAssistant(), **clock)
        watched = Watched(station)
        task = asyncio.create_task(station.run())
        try:
            yield watched
        finally:
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error


def issue_value(issue: str, **fields: Any) -> bytes:
    """An event's JSON as the plant's scripts write it."""
    value = {
        "issue": issue,
        "processType": FAULT,
        "modeType": "프레스",
        "modeLogId": "PRESS_LOG_001",
        "description": "유압 이상",
        "isSolved": False,
        "timestamp": "2025-08-08T17:05:37.123Z",
        **fields,
    }
    return json.dumps(value, ensure_ascii=False).encode()


async def send(bootstrap: str, topic: str, *values: bytes) -> None:
    """The plant sends these, with null keys."""
    await produce_many(bootstrap, topic, [Outgoing(value) for value in values])
