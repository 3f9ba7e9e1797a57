"""What a plant sends, as contracts/issue-events.md has it: raises, repeats and solves of 230 to 295 bytes."""

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

FAULTS = (
    ("PRESS-VIB1-ANOMALY", "프레스", "PRESS_LOG_{:03}", "100톤 프레스 진동 이상, 기준 4.5 mm/s 초과"),
    ("WELD-CURRENT-ANOMALY", "용접기", "WELD_LOG_{:03}", "3호 용접기 전류 이상, 팁 확인"),
    ("PAINT-EQ-VOL-HIGH", "도장설비", "PAINT_LOG_{:03}", "도장설비 정전압 상한 초과, 건 확인"),
    ("ASSY-ROOF-BOLT", "차량조립설비", "ASSY_LOG_{:03}", "루프 볼트 체결 토크 미달"),
)
FIRST_STAMP = 20250827000000
MONTH_MS = 30 * 24 * 3_600_000
LEAST_BYTES, MOST_BYTES = 230, 295


@dataclass(frozen=True, slots=True)
class Event:
    """A record to be sent. ``time_ms``: its stamp, epoch ms."""

    issue: str
    value: bytes
    time_ms: int


class Plant:
    """Raises issues and remembers which are open; the same ``seed`` makes the same plant."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._number = 0
        self.open: list[int] = []
        """Open issues by their number, the oldest not always first."""

    def raised(self, time_ms: int) -> Event:
        """A new issue."""
        self._number += 1
        self.open.append(self._number)
        return self._event(self._number, time_ms, is_solved=False)

    def repeated(self, time_ms: int, place: int | None = None, told: str = "") -> Event:
        """One more report of an open issue, of the one at ``place`` or of any; ``told`` comes first in its words."""
        chosen = self._random.randrange(len(self.open)) if place is None else place
        return self._event(self.open[chosen], time_ms, is_solved=False, told=told)

    def solved(self, time_ms: int, place: int | None = None) -> Event:
        """The end of an open issue, of the one at ``place`` or of any."""
        chosen = self._random.randrange(len(self.open)) if place is None else place
        self.open[chosen], self.open[-1] = self.open[-1], self.open[chosen]
        return self._event(self.open.pop(), time_ms, is_solved=True)

    def _event(self, number: int, time_ms: int, *, is_solved: bool, told: str = "") -> Event:
        code, mode, log, words = FAULTS[number % len(FAULTS)]
        issue = f"{code}-{FIRST_STAMP + number}"
        value = {
            "issue": issue,
            "processType": "장애접수",
            "modeType": mode,
            "modeLogId": f"SOLVED_{issue}" if is_solved else log.format(number % 1000),
            "description": f"{mode} 설비 이상 해결됨" if is_solved else f"{told}{words} ({number})",
            "isSolved": is_solved,
            "timestamp": datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
        }
        return Event(issue, json.dumps(value, ensure_ascii=False).encode(), time_ms)


def standing(plant: Plant, count: int, until_ms: int) -> Iterator[Event]:
    """``count`` raises, one each ms, the last at ``until_ms``."""
    for number in range(count):
        yield plant.raised(until_ms - count + 1 + number)


def churn(plant: Plant, count: int, times_ms: Iterator[int], *, solved: int | None = None) -> Iterator[Event]:
    """``count`` events that leave as many open as there were: two repeats, a solve, a raise, and again.

    ``solved``: which place among the open ones is solved (-1: what was raised last), None for any.
    """
    for place in range(count):
        match place % 4:
            case 2 if place < count - 1:
                yield plant.solved(next(times_ms), solved)
            case 3:
                yield plant.raised(next(times_ms))
            case _:
                yield plant.repeated(next(times_ms))


def history(count: int, open_issues: int, until_ms: int) -> Iterator[Event]:
    """A month of a plant in ``count`` events, at the end of which ``open_issues`` are open."""
    plant = Plant()
    began_ms = until_ms - MONTH_MS
    times_ms = (began_ms + place * MONTH_MS // count for place in itertools.count(1))
    yield from standing(plant, open_issues, began_ms)
    yield from churn(plant, count - open_issues, times_ms)
