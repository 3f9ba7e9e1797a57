"""Who has seen an issue and who works on it: pure rules over issues.

Active and acknowledged are two facts (ISA-18.2): acknowledging never ends an issue, and a late one never reopens it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.issues import Issue


@dataclass(frozen=True, slots=True)
class Handling:
    """What people did with an issue as they saw it. Times in epoch ms."""

    seen_ms: int
    """Event time of the newest event that they saw. An episode that began later was not seen, whatever the clocks of
    terminals and plant say.
    """
    acknowledged_ms: int | None = None
    acknowledged_by: str = ""
    claimed_ms: int | None = None
    claimed_by: str = ""

    def covers(self, issue: Issue) -> bool:
        """Whether this was done in the issue's present episode."""
        return issue.opened_ms <= self.seen_ms


class AlarmState(StrEnum):
    """An issue's place on the ladder, most urgent first."""

    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    CLAIMED = "claimed"
    INSPECTION = "inspection"
    RESOLVED = "resolved"


_URGENCY = {state: rank for rank, state in enumerate(AlarmState)}


def current_handling(issue: Issue, handling: Handling | None) -> Handling | None:
    """``handling`` where it counts for the issue's present episode."""
    return handling if handling is not None and handling.covers(issue) else None


def state_of(issue: Issue, handling: Handling | None) -> AlarmState:
    """The state of ``issue``; what was done in an earlier episode no longer counts."""
    if not issue.is_open:
        return AlarmState.RESOLVED
    current = current_handling(issue, handling)
    if current and current.claimed_ms is not None:
        return AlarmState.CLAIMED
    if not issue.is_fault:
        return AlarmState.INSPECTION
    if current and current.acknowledged_ms is not None:
        return AlarmState.ACKNOWLEDGED
    return AlarmState.UNACKNOWLEDGED


def by_urgency(issues: Iterable[Issue], handling: Mapping[str, Handling]) -> list[Issue]:
    """Most urgent first; within a state the longest open first, so that rows keep their places."""
    return sorted(issues, key=lambda i: (_URGENCY[state_of(i, handling.get(i.id))], i.opened_ms, i.id))
