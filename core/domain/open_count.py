"""How many issues are open, for every place that counts: unknown is not zero, and without contact it is as of then."""

from dataclasses import dataclass

from core.domain.freshness import FeedState, Freshness


@dataclass(frozen=True, slots=True)
class OpenCount:
    """``known`` None: nobody knows. ``as_of_ms``: epoch ms at which it was so; None: it is so now."""

    known: int | None
    as_of_ms: int | None = None


def open_count(
    open_issues: int, freshness: Freshness, *, now: float, now_ms: int, complete_ms: int | None = None
) -> OpenCount:
    """What may be said of ``open_issues``, the open ones in the register.

    ``now`` is monotonic seconds. ``complete_ms``: when an earlier connection, or run, was last known to be complete.
    """
    if freshness.is_live(now):
        return OpenCount(open_issues)
    as_of_ms = last_complete_ms(freshness, now=now, now_ms=now_ms)
    as_of_ms = complete_ms if as_of_ms is None else as_of_ms
    return OpenCount(None) if as_of_ms is None else OpenCount(open_issues, as_of_ms)


def last_complete_ms(freshness: Freshness, *, now: float, now_ms: int) -> int | None:
    """When this connection's list was last known to be complete; None before it is caught up."""
    age = freshness.age(now)
    was_caught_up = freshness.state is FeedState.LIVE or (
        freshness.state is FeedState.LOST and freshness.done >= freshness.total
    )
    return None if age is None or not was_caught_up else now_ms - round(age * 1000)
