"""A minute in which nothing happens, at each number of open issues: CPU, and bytes to the terminal."""

from collections import defaultdict
from collections.abc import Iterator

from tests.bench.apps import READY
from tests.bench.context import Bench
from tests.bench.processes import cpu_seconds
from tests.bench.results import Goal, Row, Rule
from tests.bench.screen import Screen, andon_screen, baseline_screen

PART = "idle"
_MINUTE_S = 60.0


def measure(bench: Bench) -> Iterator[Row]:
    """Rows of this part."""
    cpu: dict[int, list[float]] = defaultdict(list)
    sent: dict[int, list[float]] = defaultdict(list)
    for _ in range(bench.runs):
        for size in (0, *bench.sizes.opens):
            used, written = _empty(bench) if size == 0 else _andon(bench, size)
            cpu[size].append(used)
            sent[size].append(written)
    against = "empty Textual app"
    for size in bench.sizes.opens:
        yield Row(
            PART,
            f"CPU of an idle minute, {size:,} open",
            "s",
            tuple(cpu[size]),
            tuple(cpu[0]),
            Goal(Rule.AT_MOST, 0.6),
            against,
            "idle minute, CPU",
            size,
        )
        yield Row(
            PART,
            f"to the terminal in an idle minute, {size:,} open",
            "kB",
            tuple(sent[size]),
            tuple(sent[0]),
            Goal(Rule.AT_MOST, 60.0),
            against,
            "idle minute, to the terminal",
            size,
        )


def _empty(bench: Bench) -> tuple[float, float]:
    with baseline_screen("empty") as screen:
        screen.shows(READY.encode())
        return _watched(bench, screen)


def _andon(bench: Bench, size: int) -> tuple[float, float]:
    topic, _plant = bench.standing(size)
    with andon_screen(bench.broker.bootstrap, topic, bench.data()) as screen:
        screen.live(size)
        return _watched(bench, screen)


def _watched(bench: Bench, screen: Screen) -> tuple[float, float]:
    """CPU seconds and kB a minute."""
    screen.settle()
    pid, per_minute = screen.process.pid, _MINUTE_S / bench.sizes.idle_s
    used, written = cpu_seconds(pid), screen.received
    screen.rest(bench.sizes.idle_s)
    return (cpu_seconds(pid) - used) * per_minute, (screen.received - written) / 1000 * per_minute
