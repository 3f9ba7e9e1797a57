"""What waits to go out to Kafka: the values that the store keeps and the publisher works off."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import quote
from uuid import uuid4

from core.domain.causes import HEADER, cause_in
from core.domain.cluster_problems import ClusterProblem
from core.domain.events import (
    RAISED,
    REOPENED,
    RESOLVED,
    TERMINALS,
    Headers,
    IssueEvent,
    encode_value,
    outgoing_unknown,
    outgoing_value,
    type_headers,
    utc_text,
)
from core.domain.issues import Issue
from core.support.version import version


class OutboxState(StrEnum):
    """How far a record has come. Only ``CONFIRMED`` was seen on the topic."""

    WAITING = "waiting"
    SENT = "sent"
    CONFIRMED = "confirmed"
    PARKED = "parked"
    HELD = "held"
    """Its issue was raised again after it was decided: a person must say whether it still holds."""
    WITHDRAWN = "withdrawn"
    """Given up by a person while it was parked or held. It stays in the store and in the journal."""


PENDING = (OutboxState.WAITING, OutboxState.SENT)
HOLDABLE = (*PENDING, OutboxState.PARKED)
"""What could still go out: by itself, or once somebody sends it again."""
STUCK = (OutboxState.PARKED, OutboxState.HELD)
"""What goes nowhere until a person acts."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record to publish, complete: every attempt sends these very bytes."""

    event_id: str
    issue: str
    action: str
    """The CloudEvents type: ``andon.issue.resolved`` or ``.reopened``."""
    timestamp_ms: int
    key: bytes
    value: bytes
    headers: Headers
    operator: str
    note: str

    @property
    def cause(self) -> str:
        """The code of the cause that it tells; empty where none was chosen."""
        return cause_in(self.headers)


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An outgoing record and where it stands."""

    seq: int
    record: Outgoing
    state: OutboxState
    scope: str
    """Cluster and topic that it is meant for: it is never sent anywhere else."""
    created_ms: int
    partition: int | None = None
    offset: int | None = None
    problem: ClusterProblem | None = None
    """Why it is parked, or waits longer than usual."""
    known_open_ms: int | None = None
    """Epoch ms of the newest opening that was known when it was decided; None where none was, or by an older Andon."""
    raised_again_ms: int | None = None
    """Of one that is held: epoch ms of the alarm that came after it was decided."""

    def is_under_way_to(self, action: str) -> bool:
        """It says ``action`` and goes out by itself, so that a second record would add nothing."""
        return self.record.action == action and self.state in PENDING


def newest_of(entries: Sequence[OutboxEntry], issue: str, action: str) -> OutboxEntry | None:
    """The newest of ``entries`` that resolves (or reopens) ``issue``, also where it is stuck; None: none does."""
    mine = (entry for entry in reversed(entries) if entry.record.issue == issue and entry.record.action == action)
    return next(mine, None)


def resolve_or_reopen(
    issue: Issue,
    *,
    solved: bool,
    now_ms: int,
    operator: str,
    note: str,
    terminal: str,
    cause: str = "",
    raised_as: IssueEvent | None = None,
) -> Outgoing:
    """Build the record that resolves (or reopens) ``issue``. ``now_ms``: now, but never later than the broker's now.

    It is stamped max(now, newest seen time of the issue + 1 ms), so that a slow clock cannot lose a resolve and a fast
    one cannot hide the next alarm (docs/decisions.md, 9). It carries what the issue was opened as,
    or ``raised_as``: what raised it last, where by the clocks that is not the newest.
    """
    opened_as = raised_as if raised_as is not None and any(raised_as.facts) else issue.opened_as
    time_ms = max(now_ms, issue.newest_ms + 1)
    action = RESOLVED if solved else REOPENED
    event_id = str(uuid4())
    told = _cloud_event(action, event_id, issue.id, time_ms, operator, note, terminal)
    return Outgoing(
        event_id=event_id,
        issue=issue.id,
        action=action,
        timestamp_ms=time_ms,
        key=issue.id.encode(),
        value=_value(issue.id, opened_as, solved=solved, time_ms=time_ms),
        headers=type_headers(opened_as) + told + (((HEADER, cause.encode()),) if cause else ()),
        operator=operator,
        note=note,
    )


def _value(issue: str, opened_as: IssueEvent | None, *, solved: bool, time_ms: int) -> bytes:
    if opened_as is None:
        return outgoing_unknown(issue, solved=solved, time_ms=time_ms)
    return outgoing_value(opened_as, solved=solved, time_ms=time_ms)


def restamped(record: Outgoing, *, now_ms: int, newest_ms: int) -> Outgoing:
    """``record`` with a new time. Only for one that was never sent or was refused for good: it is not on the topic."""
    time_ms = max(now_ms, newest_ms + 1)
    payload = json.loads(record.value)
    payload["timestamp"] = utc_text(time_ms)
    headers = tuple(
        (name, utc_text(time_ms).encode() if name == "ce_time" else content) for name, content in record.headers
    )
    return replace(record, timestamp_ms=time_ms, value=encode_value(payload), headers=headers)


def raise_issue(fields: dict[str, str | None], *, now_ms: int, operator: str, terminal: str) -> Outgoing:
    """Build the record that raises an issue. ``fields`` holds the wire's five texts (``issue`` ... ``description``)."""
    issue = fields["issue"] or ""
    event_id = str(uuid4())
    fields = {**fields, "modeLogId": fields.get("modeLogId") or _own_log_id(now_ms, event_id)}
    payload = {**fields, "isSolved": False, "timestamp": utc_text(now_ms)}
    return Outgoing(
        event_id=event_id,
        issue=issue,
        action=RAISED,
        timestamp_ms=now_ms,
        key=issue.encode(),
        value=encode_value(payload),
        headers=type_headers(None) + _cloud_event(RAISED, event_id, issue, now_ms, operator, "", terminal),
        operator=operator,
        note="",
    )


def _own_log_id(now_ms: int, event_id: str) -> str:
    """A modeLogId for an issue that comes from no equipment's log: the plant's chatbot drops an event without one.

    Below the 50 characters of its column, and of no two issues the same.
    """
    return f"ANDON-{now_ms}-{event_id[:8]}"


def _cloud_event(
    action: str, event_id: str, issue: str, time_ms: int, operator: str, note: str, terminal: str
) -> Headers:
    """CloudEvents 1.0 attributes in Kafka's binary mode, and our extensions (docs/asyncapi.yaml)."""
    attributes = {
        "ce_specversion": "1.0",
        "ce_id": event_id,
        "ce_type": action,
        "ce_source": f"{TERMINALS}{quote(terminal, safe='')}",
        "ce_time": utc_text(time_ms),
        "ce_subject": issue,
        "ce_operator": operator,
        "ce_note": note,
        "ce_andon": version(),
    }
    return tuple((name, text.encode("utf-8", "replace")) for name, text in attributes.items())
