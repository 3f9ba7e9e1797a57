"""Who did what when, hash-chained: each entry's hash covers the one before, so a changed or removed line shows."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the audit trail. ``at_ms`` is epoch ms by this terminal's clock."""

    seq: int
    at_ms: int
    operator: str
    action: str
    issue: str
    detail: Mapping[str, Any]
    previous: str
    hash: str


def chain(
    previous: JournalEntry | None,
    *,
    at_ms: int,
    operator: str,
    action: str,
    issue: str,
    detail: Mapping[str, Any],
) -> JournalEntry:
    """The entry that follows ``previous``."""
    seq = previous.seq + 1 if previous else 1
    before = previous.hash if previous else GENESIS
    digest = _digest(seq, at_ms, operator, action, issue, detail, before)
    return JournalEntry(seq, at_ms, operator, action, issue, detail, before, digest)


def first_break(entries: Iterable[JournalEntry]) -> int | None:
    """The ``seq`` of the first entry that does not follow from the one before, or None for a whole chain."""
    previous: JournalEntry | None = None
    for entry in entries:
        if not follows(entry, previous):
            return entry.seq
        previous = entry
    return None


def follows(entry: JournalEntry, previous: JournalEntry | None) -> bool:
    """Whether ``entry`` is whole and the one behind ``previous`` (None: the first of all)."""
    expected = chain(
        previous,
        at_ms=entry.at_ms,
        operator=entry.operator,
        action=entry.action,
        issue=entry.issue,
        detail=entry.detail,
    )
    return (entry.seq, entry.previous, entry.hash) == (expected.seq, expected.previous, expected.hash)


def _digest(
    seq: int, at_ms: int, operator: str, action: str, issue: str, detail: Mapping[str, Any], previous: str
) -> str:
    content = [seq, at_ms, operator, action, issue, detail, previous]
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
