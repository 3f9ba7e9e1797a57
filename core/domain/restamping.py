"""What was typed without contact, by a clock that was ahead, gets a time that the broker's clock has reached."""

from collections.abc import Iterable, Iterator, Mapping

from core.domain.issues import Issue
from core.domain.outbox import OutboxEntry, OutboxState, Outgoing, restamped


def to_restamp(
    entries: Iterable[OutboxEntry], issues: Mapping[str, Issue], broker_ms: int
) -> Iterator[tuple[OutboxEntry, Outgoing]]:
    """Each of ``entries`` that is stamped later than the broker's now, and its record as it may go out.

    To be asked when the topic was read to its end: what is there is confirmed then, and what waits without a problem
    had no attempt that may still arrive.
    """
    for entry in entries:
        if entry.state is not OutboxState.WAITING or entry.problem is not None:
            continue
        known = issues.get(entry.record.issue)
        record = restamped(entry.record, now_ms=broker_ms, newest_ms=known.newest_ms if known else 0)
        if record.timestamp_ms < entry.record.timestamp_ms:
            yield entry, record
