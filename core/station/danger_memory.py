"""What the listed events told of people in danger, kept for the next start: its first screen marks the rows at once.

A file in the data directory. Where it is missing, damaged or of other words and rules, all is assessed anew: later, and
the same. It holds digests of what was assessed, no texts.
"""

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from core.domain.event_danger import EventDangers
from core.emergency import Assessment, Danger, Level, edition

log = logging.getLogger(__name__)

FILE_NAME = "dangers.json"
SAVED_AFTER_S = 20.0
"""After the start, in case the terminal is killed some day."""
_NONE = Assessment(Level.NO)


def remembered(folder: Path) -> dict[str, Assessment]:
    """What is kept in ``folder``, by ``core.domain.event_danger.mark``; nothing where it cannot be used."""
    try:
        kept = json.loads((folder / FILE_NAME).read_bytes())
        if kept["edition"] != edition():
            return {}
        return dict.fromkeys(kept["none"], _NONE) | {mark: _read(told) for mark, told in kept["told"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}


def remember(folder: Path, assessments: Mapping[str, Assessment]) -> None:
    """Replace what is kept in ``folder``. A disk that takes nothing is logged: the next start only takes longer."""
    told = {mark: _written(found) for mark, found in assessments.items() if found != _NONE}
    kept = {"edition": edition(), "none": [mark for mark in assessments if mark not in told], "told": told}
    path = folder / FILE_NAME
    fresh = path.with_suffix(".new")
    try:
        with open(fresh, "w", encoding="utf-8", opener=_private) as file:
            json.dump(kept, file)
        fresh.replace(path)
    except OSError as error:
        log.warning("what events told of danger cannot be kept: %s", error.strerror or type(error).__name__)


@asynccontextmanager
async def remembering(folder: Path, dangers: EventDangers) -> AsyncIterator[None]:
    """Keep what ``dangers`` knows once the start is over, and when the body ends."""
    task = asyncio.create_task(_remember_later(folder, dangers), name="dangers")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        remember(folder, dangers.held())


async def _remember_later(folder: Path, dangers: EventDangers) -> None:
    await asyncio.sleep(SAVED_AFTER_S)
    await asyncio.to_thread(remember, folder, dangers.held())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _written(found: Assessment) -> list[Any]:
    return [found.level, found.dangers, found.language, found.power_off, found.keep_away, found.reasons]


def _read(told: list[Any]) -> Assessment:
    level, dangers, language, power_off, keep_away, reasons = told
    return Assessment(
        Level(level),
        tuple(map(Danger, dangers)),
        str(language),
        power_off=power_off is True,
        keep_away=keep_away is True,
        reasons=tuple(map(str, reasons)),
    )
