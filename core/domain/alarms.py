"""Who has seen an issue, who works on it, and what is late: pure rules over issues and a given time.

Active, acknowledged and overdue are three facts (ISA-18.2): acknowledging never ends an issue, a late one never reopens
it, and what nobody acknowledged in time is unacknowledged and overdue.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.domain.issues import Issue

_MINUTE_MS = 60_000


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
    shelved_until_ms: int | None = None
    shelved_by: str = ""
    shelved_why: str = ""

    def covers(self, issue: Issue) -> bool:
        """Whether this was done in the issue's present episode."""
        return issue.opened_ms <= self.seen_ms

    def is_shelved(self, now_ms: int) -> bool:
        """Shelving ends by itself."""
        return self.shelved_until_ms is not None and now_ms < self.shelved_until_ms


@dataclass(frozen=True, slots=True)
class Limits:
    """Minutes within which each step of handling is due: a timer each, from the step before it. 0: no limit."""

    acknowledge: float = 5.0
    claim: float = 15.0
    resolve: float = 60.0


def limits_for(issue: Issue, limits: Mapping[str, Limits]) -> Limits:
    """The limits of the issue's equipment, else those named ``default``, else the built-in ones."""
    return limits.get(issue.mode_type) or limits.get("default") or Limits()


class AlarmState(StrEnum):
    """How far an issue is handled, most urgent first."""

    UNACKNOWLEDGED = "unacknowledged"
    OVERRULED = "overruled"
    """Solved by the clocks, yet raised after that: somebody must look (``core.domain.overruled``)."""
    ACKNOWLEDGED = "acknowledged"
    CLAIMED = "claimed"
    SHELVED = "shelved"
    INSPECTION = "inspection"
    RESOLVED = "resolved"


_RANKS = {state: rank for rank, state in enumerate(AlarmState)}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an issue stands at one moment: how far it is handled, and whether the next step is late."""

    state: AlarmState
    is_overdue: bool = False

    @property
    def is_unacknowledged(self) -> bool:
        return self.state is AlarmState.UNACKNOWLEDGED

    @property
    def is_unseen(self) -> bool:
        """Nobody has taken note of it yet."""
        return self.state in (AlarmState.UNACKNOWLEDGED, AlarmState.OVERRULED)

    @property
    def urgency(self) -> tuple[int, bool, int]:
        """Less is more urgent: what nobody has seen, then what is late, then the rest; of two alike the late one."""
        rank = _RANKS[self.state]
        return (rank if self.is_unseen else len(AlarmState), not self.is_overdue, rank)


class Concern(StrEnum):
    """What is counted of the open issues. An issue may be of several: each number is all that there are."""

    UNACKNOWLEDGED = "unacknowledged"
    OVERRULED = "overruled"
    OVERDUE = "overdue"
    SHELVED = "shelved"


def concerns_of(standing: Standing) -> frozenset[Concern]:
    """As what an issue is counted."""
    facts = {
        Concern.UNACKNOWLEDGED: standing.is_unacknowledged,
        Concern.OVERRULED: standing.state is AlarmState.OVERRULED,
        Concern.OVERDUE: standing.is_overdue,
        Concern.SHELVED: standing.state is AlarmState.SHELVED,
    }
    return frozenset(concern for concern, holds in facts.items() if holds)


def current_handling(issue: Issue, handling: Handling | None) -> Handling | None:
    """``handling`` where it counts for the issue's present episode."""
    return handling if handling is not None and handling.covers(issue) else None


def due_ms(issue: Issue, handling: Handling | None, limits: Limits, *, in_danger: bool = False) -> int | None:
    """Epoch ms at which the next step is late; None where none is due.

    Inspections are tasks, not alarms, unless their own words tell of people ``in_danger``.
    """
    if not issue.is_open or not (issue.is_fault or in_danger):
        return None
    current = current_handling(issue, handling)
    if current is None or current.acknowledged_ms is None:
        return _due(issue.opened_ms, limits.acknowledge)
    if current.claimed_ms is None:
        return _due(current.acknowledged_ms, limits.claim)
    return _due(current.claimed_ms, limits.resolve)


def _due(since_ms: int, minutes: float) -> int | None:
    return since_ms + round(minutes * _MINUTE_MS) if minutes else None


def standing_of(
    issue: Issue, handling: Handling | None, now_ms: int, limits: Limits, *, in_danger: bool = False
) -> Standing:
    """Where ``issue`` stands at ``now_ms``; what was done in an earlier episode no longer counts.

    Every step of handling may be overdue, the first one too. What is shelved rests: it is late again when it is back.
    ``in_danger``: its own words tell of people in danger, which makes an alarm of an inspection too.
    """
    current = current_handling(issue, handling)
    state = _state_of(issue, current, now_ms, in_danger=in_danger)
    due = None if state is AlarmState.SHELVED else due_ms(issue, current, limits, in_danger=in_danger)
    return Standing(state, due is not None and now_ms >= due)


def next_change_ms(
    issue: Issue, handling: Handling | None, now_ms: int, limits: Limits, *, in_danger: bool = False
) -> int | None:
    """Epoch ms at which ``standing_of`` says something else by the clock alone; None where only people change it."""
    if not issue.is_open:
        return None
    current = current_handling(issue, handling)
    if current is not None and current.is_shelved(now_ms):
        return current.shelved_until_ms
    due = due_ms(issue, current, limits, in_danger=in_danger)
    return due if due is not None and now_ms < due else None


def _state_of(issue: Issue, current: Handling | None, now_ms: int, *, in_danger: bool) -> AlarmState:
    if not issue.is_open:
        return AlarmState.RESOLVED
    if current is not None and current.is_shelved(now_ms):
        return AlarmState.SHELVED
    if not (issue.is_fault or in_danger):
        return AlarmState.CLAIMED if current and current.claimed_ms is not None else AlarmState.INSPECTION
    if current is None or current.acknowledged_ms is None:
        return AlarmState.UNACKNOWLEDGED
    return AlarmState.ACKNOWLEDGED if current.claimed_ms is None else AlarmState.CLAIMED


def by_urgency(
    issues: Iterable[Issue],
    standings: Mapping[str, Standing],
    in_danger: Callable[[Issue], bool] = lambda _issue: False,
) -> list[Issue]:
    """Most urgent first; people ``in_danger`` of whom nobody has taken note before all else.

    Of equals the longest open comes first: rows keep their places, also as they become overdue.
    """

    return sorted(issues, key=lambda issue: urgency_of(issue, standings[issue.id], in_danger=in_danger(issue)))


Urgency = tuple[bool, int, bool, int, bool, int, str]
"""Sorts issues by urgency; of no two issues the same."""


def urgency_of(issue: Issue, standing: Standing, *, in_danger: bool) -> Urgency:
    """The place of one issue in the order of ``by_urgency``: less is more urgent."""
    is_first = in_danger and standing.is_unseen
    return (not is_first, *standing.urgency, not in_danger, issue.opened_ms, issue.id)


def held_order(wanted: Sequence[str], shown: Sequence[str]) -> list[str]:
    """The ids of ``wanted`` in the order in which they are ``shown`` already, so that no row jumps under a finger.

    New ones come at the end, in the order that they want.
    """
    present, known = set(wanted), set(shown)
    return [one for one in shown if one in present] + [one for one in wanted if one not in known]
