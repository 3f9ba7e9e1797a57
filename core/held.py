"""When a waiting record must not go out any more: its issue was raised again after a person decided.

Consumers that read in order of arrival would take an old resolve that lands behind a newer alarm for its end. What is
newer is told by what was known when it was decided, never by a clock: any clock of the plant may be wrong.
"""

from collections.abc import Iterable, Iterator

from core.events import RESOLVED, IssueEvent, Kind
from core.issues import Issue
from core.outbox import PENDING, Opening, OutboxEntry


def known_opening(issue: Issue) -> Opening | None:
    """The newest opening of ``issue`` that is known: what a decision about it rests on."""
    newest = issue.latest_open
    return None if newest is None else Opening(newest.time_ms, newest.digest)


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
        if entry.state not in PENDING or entry.record.issue != event.issue or entry.record.event_id == event.event_id:
            continue
        matters = entry.record.action == RESOLVED or after.is_open
        if matters and _was_unknown(entry.decided_on, event, before):
            yield entry


def _was_unknown(decided_on: Opening | None, event: IssueEvent, before: Issue | None) -> bool:
    """Whether ``event`` tells of an opening that whoever decided could not know of.

    An older one counts as well, if it came after all that they knew: its clock may be slow. While a lost register is
    read anew, what they knew is not there yet, and older ones are no news to them.
    """
    if decided_on is None or Opening(event.time_ms, event.digest) > decided_on:
        return True
    known = None if before is None else known_opening(before)
    return known is not None and known >= decided_on
