"""From produced to on screen, at several paces, for new issues and for repeats of one that is in sight."""

import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from time import monotonic

from tests.bench.bare import READY
from tests.bench.context import Bench
from tests.bench.history import Event, Plant
from tests.bench.plant import Line, evenly, now_ms
from tests.bench.results import Goal, Row, Rule
from tests.bench.screen import Screen, andon_screen, open_count, to_first_row
from tests.bench.spread import percentile

PART = "latency"
STANDING = 100
FRAME_MS = 33.0
_NUMBER = re.compile(rb"#(\d+) ")
"""Which repeat it is, in the words of the issue in the first row: occurrences are counted up to 256 only."""
_WITHIN_S = 30.0


def measure(bench: Bench) -> Iterator[Row]:
    """Rows of this part."""
    screens: dict[str, list[float]] = defaultdict(list)
    consumers: dict[str, list[float]] = defaultdict(list)
    for _ in range(bench.runs):
        for what, seen, bare in _run(bench):
            screens[what].append(percentile(seen, 0.99) * 1e3)
            consumers[what].append(percentile(bare, 0.99) * 1e3)
    for what, late in screens.items():
        goal = Goal(Rule.PLUS, FRAME_MS)
        yield Row(PART, f"on screen, p99, {what}", "ms", tuple(late), tuple(consumers[what]), goal, "bare aiokafka")


def _run(bench: Bench) -> Iterator[tuple[str, list[float], list[float]]]:
    """What was sent, and how late each event was on the screen and at a bare consumer, in seconds."""
    topic, plant = bench.standing(STANDING)
    line = bench.broker.line(topic)
    told = 0
    with andon_screen(bench.broker.bootstrap, topic, bench.data()) as screen:
        screen.until(lambda text: f"open {STANDING} " in text and " live " in text, 60.0)
        screen.settle()
        to_first_row(screen)
        for pace, count in bench.sizes.paces:
            base = len(plant.open)
            seen, bare = _sent(bench, topic, line, screen, pace, _News(count, plant, base))
            yield f"new issues, {pace}/s", seen, bare
            seen, bare = _sent(bench, topic, line, screen, pace, _Repeats(count, plant, told))
            yield f"repeats, {pace}/s", seen, bare
            told += count


class _News:
    """New issues: the n-th is on screen once so many more are counted there."""

    def __init__(self, count: int, plant: Plant, base: int) -> None:
        self.count = count
        self._plant, self._base, self._number = plant, base, base

    def event(self) -> Event:
        return self._plant.raised(now_ms())

    def seen(self, words: bytes) -> int:
        return open_count(words, self._base) - self._base


class _Repeats(_News):
    """Repeats of the issue in the first row, each with its number in its words: the newest words are shown."""

    def event(self) -> Event:
        self._number += 1
        return self._plant.repeated(now_ms(), 0, f"#{self._number} ")

    def seen(self, words: bytes) -> int:
        return max(map(int, _NUMBER.findall(words)), default=self._base) - self._base


def _sent(
    bench: Bench, topic: str, line: Line, screen: Screen, pace: int, news: _News
) -> tuple[list[float], list[float]]:
    sent: list[float] = []

    def send(place: int) -> None:
        event = news.event()
        sent.append(monotonic())
        line.send(event, place)

    with _bare_consumer(bench.broker.bootstrap, topic, news.count) as arrivals:
        thread = Thread(target=evenly, args=(pace, news.count, send))
        thread.start()
        shown = _shown(screen, news, _WITHIN_S + news.count / pace)
        thread.join()
        line.flush()
        came = arrivals()
    return [at - sent[place] for place, at in enumerate(shown)], [at - sent[place] for place, at in came.items()]


def _shown(screen: Screen, news: _News, within: float) -> list[float]:
    """When each event was on the screen, in their order."""
    shown: list[float] = []
    for at, words in screen.words(within):
        shown += [at] * (news.seen(words) - len(shown))
        if len(shown) >= news.count:
            break
    return shown[: news.count]


@contextmanager
def _bare_consumer(bootstrap: str, topic: str, count: int) -> Iterator[Callable[[], dict[int, float]]]:
    """A consumer in a process of its own; what is given back waits for its end and tells when each event came."""
    command = [sys.executable, "-m", "tests.bench.bare", "arrivals", bootstrap, topic, str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        if process.stdout.readline().strip() != READY:
            raise AssertionError("the bare consumer does not read")

        def arrivals() -> dict[int, float]:
            out, _ = process.communicate(timeout=_WITHIN_S)
            return {int(mark): float(at) for mark, at in map(str.split, out.splitlines())}

        try:
            yield arrivals
        finally:
            process.kill()
