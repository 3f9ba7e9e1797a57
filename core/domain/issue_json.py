"""Issues as commands print them: the wire's names plus what folding found out."""

from typing import Any

from core.domain.events import Quarantined, utc_text
from core.domain.issues import Change, ChangeKind, Issue
from core.domain.overruled import Raises
from core.domain.quarantine import quarantined_as_json
from core.domain.wire_json import FACTS, field_of
from core.domain.wire_json import WIRE_FIELDS as WIRE_FIELDS
from core.support.i18n import _

_HOURS_UNTIL = 100
"""Days from which nobody counts hours any more."""
QUARANTINED = "quarantined"
"""The ``state`` of a record that could not be read."""
RAISED_AGAIN = ChangeKind.OVERRULED.value
"""The ``state`` of an issue that is solved by the clocks, yet was raised after that (``core.domain.overruled``)."""
ISSUE_KEYS = (
    *WIRE_FIELDS, "openedAt", "solvedAt", "resolvedBy", "resolutionNote", "cause", "solvedAs",
    "occurrences", "episode", "state",
)  # fmt: skip


def issue_as_json(issue: Issue, overruled: Raises | None = None, *, is_in_log: bool = True) -> dict[str, Any]:
    """One issue for ``--json``: values exactly as received, times in UTC.

    ``overruled``: the raises that the clocks overruled, by issue. Not ``is_in_log``: open by another log, while the one
    that is read now does not tell of it; its state is ``unconfirmed``.
    """
    said = issue.opened_as.payload if issue.opened_as else {}
    return {
        "issue": issue.id,
        **{name: field_of(said, name) for name in FACTS},
        "timestamp": issue.latest.payload.get("timestamp"),
        "isSolved": not issue.is_open,
        "openedAt": utc_text(issue.opened_ms),
        "solvedAt": None if issue.solved_ms is None else utc_text(issue.solved_ms),
        "resolvedBy": (issue.resolution.operator or None) if issue.resolution else None,
        "resolutionNote": (issue.resolution.note or None) if issue.resolution else None,
        "cause": issue.cause or None,
        "solvedAs": _solved_as(issue),
        "occurrences": issue.occurrences,
        "episode": issue.episode,
        "state": _state(issue, overruled or {}) if is_in_log else "unconfirmed",
    }


def _state(issue: Issue, overruled: Raises) -> str:
    if issue.is_open:
        return "open"
    return RAISED_AGAIN if issue.id in overruled else "solved"


def _solved_as(issue: Issue) -> dict[str, Any] | None:
    """What the record that solved it says of it, where that is something else."""
    if issue.solved_as is None:
        return None
    payload = issue.solved_as.payload
    return {name: field_of(payload, name) for name in FACTS}


def change_as_json(change: Change | Quarantined, overruled: Raises | None = None) -> dict[str, Any]:
    """One line of ``andon watch --json``."""
    if isinstance(change, Change):
        return {
            "change": change.kind.value,
            "issue": issue_as_json(change.issue, overruled),
            "at": utc_text(change.at_ms),
        }
    return {"change": "quarantined", "issue": None, **quarantined_as_json(change)}


def unreadable_as_json(item: Quarantined) -> dict[str, Any]:
    """A record that could not be read among issues: every key of an issue is there, and null."""
    return {**dict.fromkeys(ISSUE_KEYS), "state": QUARANTINED, **quarantined_as_json(item)}


def duration(seconds: float) -> str:
    """``00:42``, ``12:31``, ``3:05:09``, and from a day on ``2d 4h`` in words: as narrow as it can be."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 24 * _HOURS_UNTIL:
        return _("{count} d").format(count=hours // 24)
    if hours >= 24:
        return _("{days}d {hours}h").format(days=hours // 24, hours=hours % 24)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
