"""Events and records for tests."""

import json
from typing import Any

from core.domain.events import REOPENED, Headers, IssueEvent, Record, read_event

NOW = 1_754_640_000_000


def record(value: bytes | None, *, at: int = NOW, headers: Headers = (), offset: int = 0, partition: int = 0) -> Record:
    return Record("t", partition, offset, at, None, value, headers)


def payload(issue: str = "A", **fields: Any) -> bytes:
    value = {
        "issue": issue,
        "processType": "장애접수",
        "modeType": "프레스",
        "modeLogId": None,
        "description": "유압 이상",
        "isSolved": False,
        "timestamp": "2025-08-08T17:05:37.123Z",
        **fields,
    }
    return json.dumps(value, ensure_ascii=False).encode()


def event(at: int = NOW, kind: str = "open", issue: str = "A", *, headers: Headers = (), **fields: Any) -> IssueEvent:
    """An event of ``kind`` open, solved or reopen at ``at`` (epoch ms)."""
    if kind == "reopen":
        headers = (*headers, ("ce_type", REOPENED.encode()))
    read = read_event(record(payload(issue, isSolved=kind == "solved", **fields), at=at, headers=headers))
    assert isinstance(read, IssueEvent)
    return read
