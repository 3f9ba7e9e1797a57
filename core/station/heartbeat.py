"""The heartbeat: a small file in the data directory that tells that a terminal works there.

It is written from the Station's own loop, so a screen that waits for a slow ssh client holds it back as little as it
holds back Kafka, and a Station that ended stops it. Its age is the file's time of change: that can be renewed on a
full disk too, where no content can.
"""

import asyncio
import contextlib
import json
import logging
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from core.domain.errors import CommandError
from core.domain.events import utc_text
from core.support.i18n import _
from core.support.text import inert_line

FILE_NAME = "alive.json"
BEAT_S = 5.0
STALE_S = 30.0
"""Seconds after which a terminal that gave no sign is taken for dead: six beats."""

_LOOK_S = 1.0
"""What changed is told after this long."""
_MOST_BYTES = 4096

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sign:
    """What a terminal tells of itself with every beat."""

    terminal: str
    pid: int
    feed: str
    """The feed's state, a ``FeedState``."""
    waiting: int
    """Records in the outbox that are not confirmed yet."""


@asynccontextmanager
async def beating(folder: Path, sign: Callable[[], Sign]) -> AsyncIterator[None]:
    """Give a sign every few seconds for as long as the body runs; afterwards there is none.

    A disk that takes nothing is logged and outlived.
    """
    task = asyncio.create_task(_beat(folder / FILE_NAME, sign), name="heartbeat")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
        with contextlib.suppress(OSError):
            (folder / FILE_NAME).unlink(missing_ok=True)


async def _beat(path: Path, sign: Callable[[], Sign]) -> None:
    told, told_at, failing = None, 0.0, False
    while True:
        fresh, now = sign(), time.monotonic()
        if fresh != told or now - told_at >= BEAT_S:
            failing = _give_or_log(path, fresh, was_failing=failing)
            told, told_at = fresh, now
        await asyncio.sleep(_LOOK_S)


def _give_or_log(path: Path, sign: Sign, *, was_failing: bool) -> bool:
    """Whether it failed; an outage of the disk is logged once."""
    try:
        give(path, sign, time.time())
    except OSError as error:
        if not was_failing:
            log.warning("the heartbeat cannot be written: %s", error.strerror or type(error).__name__)
        return True
    return False


def give(path: Path, sign: Sign, now: float) -> None:
    """Replace the file with ``sign``, given at ``now`` (epoch s), mode 0600.

    Raises:
        OSError: it cannot be written. The sign that is there is made as young as could be.
    """
    fresh = path.with_suffix(".new")
    text = json.dumps({**asdict(sign), "at": utc_text(round(now * 1000))}, ensure_ascii=False)
    try:
        with open(fresh, "w", encoding="utf-8", opener=_private) as file:
            file.write(text + "\n")
        os.utime(fresh, (now, now))
        fresh.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            os.utime(path, (now, now))
        raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def last_sign(folder: Path, now: float) -> tuple[Sign, float]:
    """The sign of the terminal that works in ``folder``, and its age in seconds at ``now`` (epoch s).

    Raises:
        CommandError: there is none, it cannot be read, or it is from another time.
    """
    path = folder / FILE_NAME
    try:
        at = path.stat().st_mtime
        sign = _sign(path)
    except FileNotFoundError:
        raise CommandError(_("No terminal is running in {path}.").format(path=folder)) from None
    except (OSError, ValueError, TypeError, KeyError) as error:
        reason = getattr(error, "strerror", None) or _("not understood")
        raise CommandError(f"{path}: {reason}") from None
    if abs(now - at) > STALE_S:
        words = _("The terminal in {path} (process {pid}) gave its last sign at {at}; it is {now} now.")
        times = {"at": utc_text(round(at * 1000)), "now": utc_text(round(now * 1000))}
        raise CommandError(words.format(path=folder, pid=sign.pid, **times))
    return sign, max(0.0, now - at)


def _sign(path: Path) -> Sign:
    with path.open("rb") as file:
        told = json.loads(file.read(_MOST_BYTES))
    return Sign(inert_line(str(told["terminal"])), int(told["pid"]), str(told["feed"]), int(told["waiting"]))
