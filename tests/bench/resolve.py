"""From Enter in the resolve dialog to the screen that has it read back from the topic."""

from collections.abc import Iterator

from tests.bench.context import Bench
from tests.bench.processes import python
from tests.bench.results import Goal, Row, Rule
from tests.bench.screen import Screen, andon_screen, pressed
from tests.bench.spread import percentile
from tests.tui.terminal import ENTER, F4

PART = "resolve"
F3 = b"\x1bOR"
FRAME_MS = 33.0


def measure(bench: Bench) -> Iterator[Row]:
    """Rows of this part."""
    times, bare = [], []
    for _ in range(bench.runs):
        bare.append(percentile(roundtrips(bench, bench.sizes.resolves), 0.99) * 1e3)
        times.append(percentile(_andon(bench), 0.99) * 1e3)
    goal = Goal(Rule.PLUS, FRAME_MS)
    name = "Enter on resolve to read back, p99"
    yield Row(PART, name, "ms", tuple(times), tuple(bare), goal, "bare produce and consume")


def roundtrips(bench: Bench, count: int) -> list[float]:
    """Seconds from producing a record to consuming it, in one bare process."""
    arguments = ["-m", "tests.bench.bare", "roundtrip", bench.broker.bootstrap, bench.broker.topic(), str(count)]
    return [float(line) for line in python(arguments).stdout.split()]


def _andon(bench: Bench) -> list[float]:
    count = bench.sizes.resolves
    topic, _plant = bench.standing(count + 1)
    with andon_screen(bench.broker.bootstrap, topic, bench.data()) as screen:
        screen.until(lambda text: f"open {count + 1} " in text and " live " in text, 60.0)
        screen.settle()
        return [_resolved(screen, left) for left in range(count, 0, -1)]


def _resolved(screen: Screen, left: int) -> float:
    """Seconds for the issue that is looked at; ``left`` are open afterwards, and the next one is looked at."""
    screen.type(F4)
    screen.until(lambda text: "How was it solved?" in text)
    screen.type("\t   ")
    screen.until(lambda text: text.count("☑") == 3)
    took = pressed(screen, ENTER, lambda text: f"open {left} " in text and "resolved by kim" in text)
    screen.type(F3)
    screen.until(lambda text: "resolved by kim" not in text)
    return took
