"""Overruled raises: the last that the log says of an issue is a raise, yet by the clocks it is solved. Pure.

A solve stamped ahead of its time, or the plant raising anew within ``reopen_after``, would fold a live alarm away. The
fold stays as it is, since it must not depend on the order of reading; but such a raise is told until the issue is open
again, a later solve comes, or a person puts it aside (docs/decisions.md, 7).
"""

from collections.abc import Collection, Mapping
from typing import Any

from core.domain.events import IssueEvent, Kind
from core.domain.issues import Issue, mark_of

FARTHEST_APART_MS = 3_600_000
"""How far a producer's clock may lag behind what was read of every partition, while a long log is replayed."""
MANY = 10_000
"""Solves from which on it is asked which of them still matter."""

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

        self._reached_ms: dict[int, int] = {}
        """Of each partition the time of the solve that was read last."""
        self._many = MANY

    def settle(self) -> None:
        """All that was read so far came before what will be read: a batch of the live topic ends."""
        self._solved_from.clear()
        self._reached_ms.clear()
        self._many = MANY

    def forget_settled(self, partitions: Collection[int]) -> None:
        """Of very many solves keep those that a raise of another partition may still turn out to lie before.

        What every one of ``partitions`` was read far beyond is none of them. Should such a raise come all the same, it
        is told once too often.
        """
        if len(self._solved_from) < self._many or not self._reached_ms.keys() >= set(partitions):
            return
        until_ms = min(self._reached_ms.values()) - FARTHEST_APART_MS
        self._solved_from = {
            issue: times for issue, times in self._solved_from.items() if any(ms >= until_ms for _number, ms in times)
        }
        self._many = max(MANY, 2 * len(self._solved_from))

    def read(self, before: Issue | None, after: Issue, event: IssueEvent, partition: int) -> bool:
        """Take note of ``event``, which made ``after`` of ``before``. Whether it is a raise that was overruled."""
        is_solved = event.kind is Kind.SOLVED
        if after.is_open and not self.raises and not is_solved:
            return False
        raised = self.raises.get(event.issue)
        if raised is not None and (after.is_open or _ends(raised, before, event)):
            self.drop(event.issue)
        if is_solved:
            self._note_solve(event, partition)
            return False
        if not self._is_overruled(before, after, event, partition):
            return False
        self.raises = {**self.raises, event.issue: event}
        return True

    def _note_solve(self, event: IssueEvent, partition: int) -> None:
        self._reached_ms[partition] = event.time_ms
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
    digest = event.digest
    seen = [mark for mark in (*known.turns, *known.repeats) if mark.digest == digest]
    if not seen:
        return False
    return mark_of(event) in seen if _tells_no_time(event.payload) else bool(seen)


def _tells_no_time(payload: Mapping[str, Any]) -> bool:
    return payload.get("timestamp") is None
