"""Resident memory at each number of open issues, and how it grows while issues come and go."""

import itertools
from collections import defaultdict
from collections.abc import Iterator

from tests.bench.apps import READY
from tests.bench.context import Bench
from tests.bench.history import churn
from tests.bench.plant import now_ms
from tests.bench.processes import resident_mib
from tests.bench.results import Goal, Row, Rule
from tests.bench.screen import Screen, andon_screen, baseline_screen, open_count

PART = "memory"
LIMITS_MB = {1_000: 90.0, 10_000: 110.0}
STANDING = 100
CHUNK = 4_000
"""Events between two looks: Andon is never further behind, so that no backlog is weighed."""
WARM_UP = 3
"""Chunks before memory is weighed for the first time."""


def measure(bench: Bench) -> Iterator[Row]:
    """Rows of this part."""
    empty, growth = [], []
    sizes: dict[int, list[float]] = defaultdict(list)
    for _ in range(bench.runs):
        empty.append(_empty())
        for size in bench.sizes.opens:
            sizes[size].append(_standing(bench, size))
        growth.append(_growth(bench))
    for size, weights in sizes.items():
        goal = Goal(Rule.AT_MOST, LIMITS_MB[size]) if size in LIMITS_MB else None
        yield Row(
            PART,
            f"resident memory, {size:,} open",
            "MB",
            tuple(weights),
            tuple(empty),
            goal,
            "empty Textual app",
            "resident memory",
            size,
        )
    name = f"growth of memory over {bench.sizes.churn:,} events, {STANDING} open"
    yield Row(PART, name, "%", tuple(growth), goal=Goal(Rule.AT_MOST, 2.0))


def _empty() -> float:
    with baseline_screen("empty") as screen:
        screen.shows(READY.encode())
        return _weight(screen)


def _standing(bench: Bench, size: int) -> float:
    topic, _plant = bench.standing(size)
    with andon_screen(bench.broker.bootstrap, topic, bench.data()) as screen:
        screen.live(size)
        return _weight(screen)


def _growth(bench: Bench) -> float:
    """Percent over the whole churn."""
    topic, plant = bench.standing(STANDING)
    line = bench.broker.line(topic, linger_ms=5)
    times_ms = (now_ms() for _ in itertools.count())
    before = 0.0
    with andon_screen(bench.broker.bootstrap, topic, bench.data()) as screen:
        screen.live(STANDING)
        for place in range(WARM_UP + bench.sizes.churn // CHUNK):
            if place == WARM_UP:
                before = _weight(screen)
            line.send_all(churn(plant, CHUNK, times_ms))
            # One issue more, or one less, after each chunk: its count says that the chunk was read.
            line.send_all([plant.raised(now_ms()) if place % 2 == 0 else plant.solved(now_ms(), -1)])
            _counted(screen, len(plant.open))
        return (_weight(screen) / before - 1) * 100


def _counted(screen: Screen, count: int) -> None:
    """Wait until so many are open."""
    for _at, words in screen.words(600.0):
        if open_count(words) == count:
            return


def _weight(screen: Screen) -> float:
    """MiB once it has come to rest."""
    screen.settle()
    return resident_mib(screen.process.pid)
