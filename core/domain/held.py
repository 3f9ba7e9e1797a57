"""When a waiting record must not go out any more: its issue was raised again after a person decided.

Consumers that read in order of arrival would take an old resolve that lands behind a newer alarm for its end. What is
newer is told by what was known when it was decided, never by a clock: any clock of the plant may be wrong.
"""

from collections.abc import Iterable, Iterator

from core.domain.events import RESOLVED, IssueEvent, Kind
from core.domain.issues import Issue
from core.domain.outbox import HOLDABLE, OutboxEntry


def known_open_ms(issue: Issue | None) -> int | None:
    """Epoch ms of the newest opening of ``issue`` that is known: what a decision about it rests on."""
    newest = None if issue is None else issue.latest_open
    return None if newest is None else newest.time_ms


def overtaken(
    entries: Iterable[OutboxEntry], event: IssueEvent, before: Issue | None, after: Issue
) -> Iterator[OutboxEntry]:
    """Those of ``entries`` that ``event``, which was news, must hold back.

    ``before`` and ``after``: the issue without and with it. A resolve is held by every new opening, also one that the
    fold takes for a repeat. A reopening is held where the issue is open without it.
    """
    if event.kind is Kind.SOLVED:
        return
    for entry in entries:
        if entry.state not in HOLDABLE or entry.record.issue != event.issue or entry.record.event_id == event.event_id:
            continue
        matters = entry.record.action == RESOLVED or after.is_open
        if matters and _was_unknown(entry.known_open_ms, event, before):
            yield entry


def _was_unknown(decided_on_ms: int | None, event: IssueEvent, before: Issue | None) -> bool:
    """Whether ``event`` tells of an opening that whoever decided could not know of.

    An older one counts as well, if it came after all that they knew: its clock may be slow. While a lost register is
    read anew, what they knew is not there yet, and older ones are no news to them.
    """
    if decided_on_ms is None or event.time_ms > decided_on_ms:
        return True
    known_ms = known_open_ms(before)
    return known_ms is not None and known_ms >= decided_on_ms
