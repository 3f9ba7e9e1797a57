"""Overruled raises: the last that the log says of an issue is a raise, yet by the clocks it is solved. Pure.

A solve stamped ahead of its time, or the plant raising anew within ``reopen_after``, would fold a live alarm away. The
fold stays as it is, since it must not depend on the order of reading; but such a raise is told until the issue is open
again, a later solve comes, or a person puts it aside (docs/decisions.md, 7).
"""

from collections.abc import Mapping
from typing import Any

from core.domain.events import IssueEvent
from core.domain.issues import Issue, mark_of

Raises = Mapping[str, IssueEvent]
"""The newest overruled raise of each issue that has one."""


class OverruledRaises:
    """Watches what is read, in the order of reading. ``raises`` is only ever replaced."""

    def __init__(self, raises: Raises | None = None) -> None:
        self.raises: Raises = dict(raises or {})
        self._solved_from: dict[str, tuple[tuple[int, int], ...]] = {}
        """Of what was read together, by issue and partition the time of the newest solve: only within a partition is it
        known which of two records came first.
        """

    def settle(self) -> None:
        """All that was read so far came before what will be read: a batch of the live topic ends."""
        self._solved_from.clear()

    def read(self, before: Issue | None, after: Issue, event: IssueEvent, partition: int) -> bool:
        """Take note of ``event``, which made ``after`` of ``before``. Whether it is a raise that was overruled."""
        raised = self.raises.get(event.issue) if self.raises else None
        if raised is not None and (after.is_open or _ends(raised, before, event)):
            self.drop(event.issue)
        if event.is_solved:
            self._note_solve(event, partition)
            return False
        if not self._is_overruled(before, after, event, partition):
            return False
        self.raises = {**self.raises, event.issue: event}
        return True

    def _note_solve(self, event: IssueEvent, partition: int) -> None:
        times = self._solved_from.get(event.issue)
        if times is None:
            self._solved_from[event.issue] = ((partition, event.time_ms),)
            return
        elsewhere = tuple(one for one in times if one[0] != partition)
        newest_ms = max((ms for other, ms in times if other == partition), default=0)
        self._solved_from[event.issue] = (*elsewhere, (partition, max(newest_ms, event.time_ms)))

    def drop(self, issue: str) -> None:
        """It is dealt with."""
        self.raises = {known: event for known, event in self.raises.items() if known != issue}

    def _is_overruled(self, before: Issue | None, after: Issue, event: IssueEvent, partition: int) -> bool:
        if after.is_open or before is None or is_repeat(before, event):
            return False
        times = self._solved_from.get(event.issue, ())
        return all(solved_ms < event.time_ms for other, solved_ms in times if other != partition)


def _ends(raised: IssueEvent, before: Issue | None, event: IssueEvent) -> bool:
    """Whether ``event`` is a solve that was not known yet, and later than the raise."""
    is_news = before is None or mark_of(event) not in before.marks
    return event.is_solved and is_news and event.rank > raised.rank


def is_repeat(known: Issue, event: IssueEvent) -> bool:
    """Whether a raise was seen before: the same value. One that tells no time counts only at the same time."""
    seen = [mark for mark in known.marks if mark.digest == event.digest]
    return mark_of(event) in seen if _tells_no_time(event.payload) else bool(seen)


def _tells_no_time(payload: Mapping[str, Any]) -> bool:
    return payload.get("timestamp") is None
