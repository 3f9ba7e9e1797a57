"""How much the bench measures in each run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured in each run."""

    events: int = 1_000_000
    opens: tuple[int, ...] = (10, 1_000, 10_000)
    keys: int = 200
    """Keys pressed for each percentile."""
    paces: tuple[tuple[int, int], ...] = ((1, 20), (10, 100), (100, 500))
    """Events a second, and how many of them."""
    resolves: int = 50
    idle_s: float = 60.0
    churn: int = 300_000
    stall_s: float = 5.0


QUICK = Sizes(
    events=50_000,
    opens=(10, 1_000),
    keys=40,
    paces=((1, 4), (10, 20), (100, 100)),
    resolves=8,
    idle_s=10.0,
    churn=20_000,
    stall_s=3.0,
)
