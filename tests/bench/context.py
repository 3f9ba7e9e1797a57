"""What a part of the bench is given: the broker, how much, how often."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.brokers import Broker
from tests.bench.history import Plant, standing
from tests.bench.plant import now_ms
from tests.bench.sizes import Sizes

HOURS_AGO_MS = 2 * 3_600_000
"""Standing issues are that old: late, but neither new nor stale, so that none changes its state meanwhile."""


@dataclass(frozen=True)
class Bench:
    """The surroundings of all parts."""

    broker: Broker
    folder: Path
    sizes: Sizes
    runs: int
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def data(self) -> Path:
        """A new data directory."""
        return self.folder / f"data-{next(self._numbers)}"

    def standing(self, count: int) -> tuple[str, Plant]:
        """A new topic where ``count`` issues are open, and the plant that raised them."""
        topic, plant = self.broker.topic(), Plant()
        self.broker.line(topic, linger_ms=5).send_all(standing(plant, count, now_ms() - HOURS_AGO_MS))
        return topic, plant
