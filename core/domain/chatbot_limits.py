"""What the plant's chatbot does not keep of an event (docs/contracts/issue-events.md, "What the chatbot drops"). Pure.

Its consumer drops such an event as a whole, so it never hears of the issue: our own copy tells that at once, where
its API only answers 404.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from core.domain.events import FAULT, INSPECTION, IssueEvent
from core.support.i18n import N_

PROCESS_TYPES = (FAULT, INSPECTION)
MODE_TYPES = ("프레스", "용접기", "도장설비", "차량조립설비")
ISSUE_CHARS = 100
LOG_ID_CHARS = 50
DESCRIPTION_BYTES = 65_535

REASONS = {
    "log-id": N_("its event has no equipment log number (modeLogId)"),
    "log-id-length": N_("its equipment log number (modeLogId) is longer than 50 characters"),
    "issue-type": N_("its number (issue) is not a text"),
    "issue-length": N_("its number (issue) is longer than 100 characters"),
    "timestamp-type": N_("its time (timestamp) is not a text"),
    "process-type": N_("its kind (processType) is none that the chatbot knows"),
    "mode-type": N_("its equipment (modeType) is none that the chatbot knows"),
    "description-length": N_("its description is longer than 65,535 bytes"),
}
"""Message ids by the reasons of ``why_dropped``."""


def why_dropped(payload: Mapping[str, Any]) -> str:
    """Why the consumer drops an event, as a key of ``REASONS``; empty where it keeps it."""
    issue, log_id, description = payload.get("issue"), payload.get("modeLogId"), payload.get("description")
    timestamp = payload.get("timestamp")
    faults = {
        "issue-type": not isinstance(issue, str),
        "issue-length": isinstance(issue, str) and len(issue) > ISSUE_CHARS,
        "timestamp-type": timestamp is not None and not isinstance(timestamp, str),
        "process-type": payload.get("processType") not in PROCESS_TYPES,
        "mode-type": payload.get("modeType") not in MODE_TYPES,
        "log-id": log_id is None,
        "log-id-length": isinstance(log_id, str) and len(log_id) > LOG_ID_CHARS,
        "description-length": isinstance(description, str) and _size(description) > DESCRIPTION_BYTES,
    }
    return next((reason for reason, holds in faults.items() if holds), "")


def why_unknown(events: Iterable[IssueEvent | None]) -> str:
    """Why the chatbot cannot know an issue of which it was sent ``events``: it dropped every one of them.

    The reason is that of the first. Empty where it kept one: even a solving event makes an issue known. Earlier
    events, of which no copy is held, may have done so too, so the server's own word counts where it has one.
    """
    reasons = [why_dropped(event.payload) for event in events if event is not None]
    return reasons[0] if reasons and all(reasons) else ""


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
