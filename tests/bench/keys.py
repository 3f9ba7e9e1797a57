"""From a key to its paint: typing and arrows, at each number of open issues, at rest and while news arrive.

Keys come at random phases of the clock's second: a stall that comes once a second is hit as often as it lasts.
"""

import itertools
import random
from collections import defaultdict
from collections.abc import Callable, Iterator

from tests.bench.context import Bench
from tests.bench.history import churn
from tests.bench.plant import news, now_ms
from tests.bench.results import Goal, Row, Rule
from tests.bench.screen import DOWN, UP, Screen, Typist, andon_screen, baseline_screen, cursor, pressed
from tests.bench.spread import percentile

PART = "keys"
RATE = 100.0
"""Events a second while news arrive."""
SHORTEST_S, LONGEST_S = 0.03, 0.13
FARTHEST = 30
"""Rows that the arrows go down before they come back."""
_AGAINST = "Textual app with one Input"


def measure(bench: Bench) -> Iterator[Row]:
    """Rows of this part."""
    seconds: dict[str, list[list[float]]] = defaultdict(list)
    for _ in range(bench.runs):
        seconds["baseline"].append(_baseline(bench))
        for size in bench.sizes.opens:
            for name, found in _andon(bench, size).items():
                seconds[f"{name}, {size:,} open"].append(found)
    for size in bench.sizes.opens:
        yield from _rows(seconds, size)
    first, last = bench.sizes.opens[0], bench.sizes.opens[-1]
    for name in ("typing", "arrows"):
        few, many = (_percentiles(seconds[f"{name}, {size:,} open"], 0.99) for size in (first, last))
        grown = f"{name}, p99, {last:,} against {first:,} open"
        yield Row(PART, grown, "ms", many, few, Goal(Rule.TIMES, 1.2), f"{first:,} open")


def _rows(seconds: dict[str, list[list[float]]], size: int) -> Iterator[Row]:
    goal = Goal(Rule.TIMES, 2.0)
    for name in ("typing", "arrows", "typing under events", "arrows under events"):
        found = seconds[f"{name}, {size:,} open"]
        for share, words, series in ((0.5, "p50", ""), (0.99, "p99", f"{name}, p99")):
            baseline = _percentiles(seconds["baseline"], share)
            what = f"{name}, {words}, {size:,} open"
            yield Row(PART, what, "ms", _percentiles(found, share), baseline, goal, _AGAINST, series, size)


def _percentiles(runs: list[list[float]], share: float) -> tuple[float, ...]:
    """One each run, in milliseconds."""
    return tuple(percentile(times, share) * 1e3 for times in runs)


def _baseline(bench: Bench) -> list[float]:
    with baseline_screen("input") as screen:
        screen.until(lambda text: "ready" in text)
        found = _repeated(screen, bench.sizes.keys, Typist(screen).key)
        screen.leave()
    return found


def _andon(bench: Bench, size: int) -> dict[str, list[float]]:
    """The four measurements at one size, each in seconds a key."""
    topic, plant = bench.standing(size)
    count = bench.sizes.keys
    found = {}
    with andon_screen(bench.broker.bootstrap, topic, bench.data()) as screen:
        screen.until(lambda text: f"open {size:,} " in text and " live " in text, 300.0)
        screen.settle()
        arrows = Arrows(screen, min(size - 2, FARTHEST))
        found["arrows"] = _repeated(screen, count, arrows.key)
        # What comes and goes while the arrows move does so at the list's end: rows above it keep their numbers.
        events = churn(plant, 1_000_000, (now_ms() for _ in itertools.count()), solved=-1)
        with news(bench.broker.line(topic), events, RATE):
            screen.rest(1.0)
            found["arrows under events"] = _repeated(screen, count, arrows.key)
            typist = Typist(screen)
            found["typing under events"] = _repeated(screen, count, typist.key)
        screen.rest(1.0)
        found["typing"] = _repeated(screen, count, typist.key)
    return found


def _repeated(screen: Screen, count: int, key: Callable[[], float]) -> list[float]:
    """Seconds of each key, at random phases."""
    chance = random.Random(3)
    found = []
    for _ in range(count):
        found.append(key())
        screen.rest(chance.uniform(SHORTEST_S, LONGEST_S))
    return found


class Arrows:
    """Goes down and up the list, and measures when the cursor is seen to have moved."""

    def __init__(self, screen: Screen, farthest: int) -> None:
        self._screen = screen
        self._farthest = farthest
        self._goes_down = True

    def key(self) -> float:
        """Seconds from the next arrow to its paint."""
        at = cursor(self._screen.text) or 1
        self._goes_down = at <= 1 or (self._goes_down and at <= self._farthest)
        key = DOWN if self._goes_down else UP
        return pressed(self._screen, key, lambda text: cursor(text) not in (at, None))
