"""From the start of the process to the first complete screen and to live, on an empty topic."""

import time
from collections.abc import Iterator

from tests.bench.apps import READY
from tests.bench.context import Bench
from tests.bench.results import Goal, Row, Rule
from tests.bench.screen import FRAME, andon_screen, baseline_screen

PART = "startup"


def measure(bench: Bench) -> Iterator[Row]:
    """Rows of this part."""
    topic = bench.broker.topic()
    empty, first, live = [], [], []
    for _ in range(bench.runs):
        empty.append(empty_app_s())
        framed, caught_up = _andon(bench, topic)
        first.append(framed)
        live.append(caught_up)
    after = tuple(late - early for late, early in zip(live, first, strict=True))
    goal = Goal(Rule.TIMES, 2.0)
    yield Row(PART, "first screen, empty topic", "s", tuple(first), tuple(empty), goal, "empty Textual app")
    yield Row(PART, "from there to live, empty topic", "s", after, goal=Goal(Rule.AT_MOST, 0.5))


def empty_app_s() -> float:
    """Seconds to the first screen of a Textual app that does nothing."""
    started = time.monotonic()
    with baseline_screen("empty") as screen:
        shown = screen.shows(READY.encode())
        screen.leave()
    return shown - started


def _andon(bench: Bench, topic: str) -> tuple[float, float]:
    started = time.monotonic()
    with andon_screen(bench.broker.bootstrap, topic, bench.data()) as screen:
        framed = screen.shows(*FRAME)
        live = screen.live(0)
        screen.leave()
    return framed - started, live - started
