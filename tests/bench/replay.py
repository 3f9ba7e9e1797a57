"""Cold replay of a long topic: by a command, in the app, and what the app weighs and starts like afterwards."""

import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.context import Bench
from tests.bench.history import history
from tests.bench.plant import now_ms
from tests.bench.processes import resident_mib, timed
from tests.bench.results import Goal, Row, Rule
from tests.bench.screen import FRAME, andon_screen
from tests.bench.startup import empty_app_s

PART = "replay"
STANDING = 200
"""Open issues at the end."""


def measure(bench: Bench) -> Iterator[Row]:
    """Rows of this part."""
    count = min(bench.sizes.events, bench.broker.most_records or bench.sizes.events)
    topic = bench.broker.topic()
    bench.broker.line(topic, linger_ms=20).send_all(history(count, STANDING, now_ms() - 3_600_000))
    yield from _commands(bench, topic, f"{count:,} events")
    yield from _app(bench, topic, f"{count:,} events")


def _commands(bench: Bench, topic: str, what: str) -> Iterator[Row]:
    times: dict[str, list[float]] = {"read": [], "json": [], "pydantic": [], "andon": []}
    for _ in range(bench.runs):
        for mode in ("read", "json", "pydantic"):
            times[mode].append(timed(["-m", "tests.bench.bare", mode, bench.broker.bootstrap, topic]))
        given = {
            "KAFKA_BOOTSTRAP_SERVERS": bench.broker.bootstrap,
            "KAFKA_TOPIC": topic,
            "ANDON_DATA_DIR": str(bench.data()),
        }
        times["andon"].append(timed(["-m", "tui", "issues", "--json"], given))
    found = {name: tuple(seconds) for name, seconds in times.items()}
    goal = Goal(Rule.SPEED, 1.0)
    yield Row(PART, f"andon issues --json, {what}", "s", found["andon"], found["json"], goal, "aiokafka + json.loads")
    yield Row(PART, f"bare aiokafka, {what}", "s", found["read"])
    yield Row(PART, f"bare aiokafka + pydantic, {what}", "s", found["pydantic"])


def _app(bench: Bench, topic: str, what: str) -> Iterator[Row]:
    cold, memory, empty, first, warm = [], [], [], [], []
    for _ in range(bench.runs):
        data = bench.data()
        empty.append(empty_app_s())
        seconds, weight = _cold(bench, topic, data)
        cold.append(seconds)
        memory.append(weight)
        framed, live = _warm(bench, topic, data)
        first.append(framed)
        warm.append(live)
    yield Row(PART, f"the app to caught up, cold, {what}", "s", tuple(cold), goal=Goal(Rule.AT_MOST, 8.0))
    yield Row(PART, f"the app to caught up, warm, {what}", "s", tuple(warm), goal=Goal(Rule.AT_MOST, 1.0))
    goal = Goal(Rule.TIMES, 2.0)
    yield Row(PART, f"first screen, warm, {what}", "s", tuple(first), tuple(empty), goal, "empty Textual app")
    yield Row(PART, f"resident memory after {what}", "MB", tuple(memory), goal=Goal(Rule.AT_MOST, 120.0))


def _cold(bench: Bench, topic: str, data: Path) -> tuple[float, float]:
    """Seconds to caught up, and MiB then."""
    started = time.monotonic()
    with andon_screen(bench.broker.bootstrap, topic, data) as screen:
        caught_up = screen.live(STANDING)
        screen.settle()
        weight = resident_mib(screen.process.pid)
        screen.leave()
    return caught_up - started, weight


def _warm(bench: Bench, topic: str, data: Path) -> tuple[float, float]:
    """Seconds to the first screen, and to caught up."""
    started = time.monotonic()
    with andon_screen(bench.broker.bootstrap, topic, data) as screen:
        framed = screen.shows(*FRAME)
        caught_up = screen.live(STANDING)
        screen.leave()
    return framed - started, caught_up - started
