"""Keys while another process holds the lock of the terminal's store, as a backup or a shell does."""

import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.context import Bench
from tests.bench.history import churn
from tests.bench.keys import FARTHEST, Arrows
from tests.bench.plant import news, now_ms
from tests.bench.results import Goal, Row, Rule
from tests.bench.screen import Screen, andon_screen

PART = "stall"
STANDING = 100
RATE = 2.0
"""Events a second: the store is written to meanwhile."""
_PAUSE_S = 0.05
_HELD = "held"
_HOLDER = f"""
import sqlite3, sys, time
store = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
store.execute("BEGIN EXCLUSIVE")
print("{_HELD}", flush=True)
time.sleep(float(sys.argv[2]))
store.execute("ROLLBACK")
"""


def measure(bench: Bench) -> Iterator[Row]:
    """Rows of this part."""
    free, held = [], []
    for _ in range(bench.runs):
        worst_free, worst_held = _run(bench)
        free.append(worst_free * 1e3)
        held.append(worst_held * 1e3)
    name = f"worst arrow while the store's lock is held for {bench.sizes.stall_s:g} s"
    yield Row(PART, name, "ms", tuple(held), tuple(free), Goal(Rule.TIMES, 1.0), "worst of as long without")


def _run(bench: Bench) -> tuple[float, float]:
    """Seconds of the worst key without the lock held elsewhere, and with it."""
    topic, plant = bench.standing(STANDING)
    data, seconds = bench.data(), bench.sizes.stall_s
    events = churn(plant, 1_000_000, (now_ms() for _ in itertools.count()), solved=-1)
    with andon_screen(bench.broker.bootstrap, topic, data) as screen:
        screen.until(lambda text: f"open {STANDING} " in text and " live " in text, 60.0)
        screen.settle()
        arrows = Arrows(screen, FARTHEST)
        with news(bench.broker.line(topic), events, RATE):
            until = time.monotonic() + seconds
            free = _worst(screen, arrows, lambda: time.monotonic() < until)
            with _lock_held(data / "andon.db", seconds) as holder:
                held = _worst(screen, arrows, lambda: holder.poll() is None)
    return free, held


def _worst(screen: Screen, arrows: Arrows, goes_on: Callable[[], bool]) -> float:
    """Seconds of the latest key while ``goes_on``."""
    worst = 0.0
    while goes_on():
        worst = max(worst, arrows.key())
        screen.rest(_PAUSE_S)
    return worst


@contextmanager
def _lock_held(store: Path, seconds: float) -> Iterator["subprocess.Popen[str]"]:
    """Another process that has begun an exclusive transaction, and ends after that time."""
    command = [sys.executable, "-c", _HOLDER, str(store), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        if process.stdout.readline().strip() != _HELD:
            raise AssertionError("the lock was not taken")
        try:
            yield process
        finally:
            process.kill()
