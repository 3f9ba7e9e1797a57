"""This terminal's clock beside the broker's: how far it is ahead, and what time a record may be stamped with.

A resolve from a clock that is ahead would hide every alarm of its issue until that time has come
(docs/decisions.md, 9). A broker's time is kept against the monotonic clock, so that setting this terminal's clock
right shows at once.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

WRONG_FROM_MS = 60_000
"""How far apart from the broker's clock this terminal's is wrong enough to be told."""


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """What a broker told of its time. A value: what follows from it is asked for a given now."""

    told: tuple[float, float] | None = None
    """The broker's time in epoch ms, and the monotonic second at which it was that, or later; None: unknown."""

    def broker_ms(self, now: float) -> int | None:
        """The broker's time at ``now`` (monotonic seconds), never later than it is; None where no broker told it."""
        if self.told is None:
            return None
        broker_ms, at = self.told
        return int(broker_ms + (now - at) * 1000)

    def ahead_ms(self, now_ms: int, now: float) -> int | None:
        """How far this terminal's clock (``now_ms``) is ahead of the broker's (negative: behind); None: unknown."""
        broker_ms = self.broker_ms(now)
        return None if broker_ms is None else now_ms - broker_ms

    def wrong_ms(self, now_ms: int, now: float) -> int:
        """The same, where it is far enough to be told; 0 where the clock is right or nothing is known."""
        ahead_ms = self.ahead_ms(now_ms, now) or 0
        return ahead_ms if abs(ahead_ms) >= WRONG_FROM_MS else 0


class StationClock:
    """What time it is here and, as far as it was told, at the broker."""

    def __init__(self, now_ms: Callable[[], int], monotonic: Callable[[], float] = time.monotonic) -> None:
        """``now_ms``: this terminal's clock, epoch ms; ``monotonic``: seconds."""
        self._now_ms = now_ms
        self._monotonic = monotonic
        self.facts = ClockFacts()
        """Only ever replaced."""

    def told(self, broker_ms: float, at: float | None = None) -> None:
        """The broker said its time in an answer that was here at ``at`` (monotonic seconds; now if None)."""
        self.facts = ClockFacts((broker_ms, self._monotonic() if at is None else at))

    def saw_written(self, broker_ms: int) -> None:
        """A record arrived that the broker stamped when it was written, a moment ago: it is no earlier than that."""
        now_ms = self.broker_ms()
        if now_ms is None or broker_ms > now_ms:
            self.told(broker_ms)

    def forget(self) -> None:
        """Another cluster has another clock."""
        self.facts = ClockFacts()

    def broker_ms(self) -> int | None:
        """The broker's time now, never later than it is; None where no broker told it."""
        return self.facts.broker_ms(self._monotonic())

    def stamp_ms(self) -> int:
        """What a record may be stamped with: now, but never later than the broker's now."""
        now_ms, broker_ms = self._now_ms(), self.broker_ms()
        return now_ms if broker_ms is None else min(now_ms, broker_ms)

    def ahead_ms(self) -> int | None:
        """How far this terminal's clock is ahead of the broker's (negative: behind); None where that is unknown."""
        return self.facts.ahead_ms(self._now_ms(), self._monotonic())

    def wrong_ms(self) -> int:
        """The same, where it is far enough to be told; 0 where the clock is right or nothing is known."""
        return self.facts.wrong_ms(self._now_ms(), self._monotonic())
