"""Finding issues again: by words, and those that were resolved last. Pure but for the conversations it is given."""

import unicodedata
from collections.abc import Callable, Collection, Iterable
from itertools import chain

from core.domain.issue_names import look
from core.domain.issues import Issue
from core.domain.plant_words import plant_word

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
    """Issues that hold every word of ``query``, open ones first, then the newest; ``said_in`` as in ``Search``."""
    search = Search(query, said_in, most)
    search.look_through(issues)
    return search.found()


def words_of(query: str) -> list[str]:
    """What is looked for: each word as it is compared."""
    return [seen for word in _plain(query).split() if (seen := look(word))]


def is_told_by(issue: Issue, words: Iterable[str]) -> bool:
    """Whether the issue's own fields and its fix hold every word, whatever was said about it."""
    text = _text(issue)
    return all(word in text for word in words)


class Search:
    """Finds issues that hold every word of a query, some at a time; it keeps no more than it tells."""

    def __init__(
        self, query: str, said_in: Callable[[str], Collection[str]] = lambda _word: (), most: int = MOST_FOUND
    ) -> None:
        """``said_in`` tells the ids of the issues in whose conversations a word was said."""
        self._words = [(word, set(said_in(word))) for word in words_of(query)]
        self._most = most
        self._found: list[Issue] = []

    def look_through(self, issues: Iterable[Issue]) -> None:
        """Take those that fit."""
        if self._words:
            self._found = self._best(chain(self._found, (issue for issue in issues if self._fits(issue))))

    def found(self) -> list[Issue]:
        """Open ones first, then the newest."""
        return self._found

    def _fits(self, issue: Issue) -> bool:
        text = _text(issue)
        return all(word in text or issue.id in ids for word, ids in self._words)

    def _best(self, issues: Iterable[Issue]) -> list[Issue]:
        return sorted(issues, key=lambda issue: (not issue.is_open, -issue.newest_ms, issue.id))[: self._most]


def _text(issue: Issue) -> str:
    fix = issue.resolution
    parts = [issue.shown_id, look(issue.id), *issue.facts]
    parts += [word for value in issue.facts[:2] if (word := plant_word(value)) != value]
    if fix is not None:
        parts += [fix.operator, fix.note]
    return _plain(" ".join(parts))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
