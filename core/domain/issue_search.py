"""Finding issues again: by words, and those that were resolved last. Pure but for the conversations it is given."""

import unicodedata
from collections.abc import Callable, Collection, Iterable

from core.domain.issue_names import look
from core.domain.issues import Issue

MOST_FOUND = 200


def recently_resolved(issues: Iterable[Issue], most: int = MOST_FOUND) -> list[Issue]:
    """Issues that are resolved, the newest solve first."""
    resolved = [issue for issue in issues if not issue.is_open and issue.solved_ms is not None]
    return sorted(resolved, key=lambda issue: (-(issue.solved_ms or 0), issue.id))[:most]


def find(
    issues: Iterable[Issue],
    query: str,
    said_in: Callable[[str], Collection[str]] = lambda _word: (),
    most: int = MOST_FOUND,
) -> list[Issue]:
    """Issues that hold every word of ``query``, open ones first, then the newest.

    ``said_in`` tells the ids of the issues in whose conversations a word was said.
    """
    words = [seen for word in _plain(query).split() if (seen := look(word))]
    if not words:
        return []
    said = [set(said_in(word)) for word in words]
    found = [
        issue
        for issue in issues
        if all(
            word in text or issue.id in ids for text in (_text(issue),) for word, ids in zip(words, said, strict=True)
        )
    ]
    return sorted(found, key=lambda issue: (not issue.is_open, -issue.newest_ms, issue.id))[:most]


def _text(issue: Issue) -> str:
    fix = issue.resolution
    parts = [issue.shown_id, look(issue.id), *issue.facts]
    if fix is not None:
        parts += [fix.operator, fix.note]
    return _plain(" ".join(parts))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
