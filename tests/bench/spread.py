"""What several runs of one measurement say together."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some measurements and how far they lie apart."""

    median: float
    least: float
    most: float


def spread(values: Sequence[float]) -> Spread:
    """Median, minimum and maximum; raises ``ValueError`` for none at all."""
    if not values:
        raise ValueError("nothing was measured")
    return Spread(statistics.median(values), min(values), max(values))


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest rank: the smallest value that at least ``share`` (0 to 1) of all do not exceed.

    Raises ``ValueError`` for none at all.
    """
    if not values:
        raise ValueError("nothing was measured")
    ranked = sorted(values)
    below = sum(1 for rank in range(len(ranked)) if (rank + 1) / len(ranked) < share)
    return ranked[below]
