"""Issues as commands print them: the wire's names plus what folding found out."""

from typing import Any

from core.events import Quarantined, showable_ms, utc_text
from core.issues import Change, Issue
from core.text import inert

WIRE_FIELDS = ("issue", "processType", "modeType", "modeLogId", "description", "isSolved", "timestamp")


def issue_as_json(issue: Issue, *, is_in_log: bool = True) -> dict[str, Any]:
    """One issue for ``--json``: values exactly as received, times in UTC.

    Its state is ``open``, ``solved``, or ``unconfirmed``: open by another log, while the one that is read now does not
    tell of it.
    """
    payload = issue.latest.payload
    return {
        **{name: payload.get(name) for name in WIRE_FIELDS},
        "isSolved": not issue.is_open,
        "openedAt": utc_text(issue.opened_ms),
        "solvedAt": None if issue.solved_ms is None else utc_text(issue.solved_ms),
        "resolvedBy": (issue.resolution.operator or None) if issue.resolution else None,
        "resolutionNote": (issue.resolution.note or None) if issue.resolution else None,
        "occurrences": issue.occurrences,
        "episode": issue.episode,
        "state": "solved" if not issue.is_open else "open" if is_in_log else "unconfirmed",
    }


def change_as_json(change: Change | Quarantined) -> dict[str, Any]:
    """One line of ``andon watch --json``."""
    if isinstance(change, Change):
        return {"change": change.kind.value, "issue": issue_as_json(change.issue), "at": utc_text(change.at_ms)}
    record = change.record
    return {
        "change": "quarantined",
        "issue": None,
        "at": utc_text(showable_ms(record.timestamp_ms)),
        "reason": change.reason,
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "value": None if record.value is None else inert(record.value.decode("utf-8", "replace")),
    }


def duration(seconds: float) -> str:
    """``00:42``, ``12:31``, ``3:05:09``, and from a day on ``2d 04h``: as narrow as it can be."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 24:
        return f"{hours // 24}d {hours % 24:02}h"
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
