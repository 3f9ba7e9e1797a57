"""What is looked up once: issues that are searched for, names. Runs in the Station's loop; what comes is frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.domain.issue_search import MOST_FOUND, is_told_by, recently_resolved, words_of
from core.domain.issues import Issue
from core.domain.messages import Message
from core.station.station import Station
from core.station.view import ListedIssue

_WORDS_LOOKED_FOR = 4
"""Words of a query that are looked for in conversations, to show where they stand."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An issue that was found, and what of its conversation holds the words, where its own fields do not."""

    listed: ListedIssue
    said: Message | None = None

    @property
    def id(self) -> str:
        return self.listed.id


async def search(station: Station, query: str) -> tuple[Hit, ...]:
    """Issues that hold the words of ``query``; without words those that were resolved last.

    Raises:
        StoreError: they could not be read.
    """
    if not query.strip():
        newest = recently_resolved(station.register.issues.newest_solved(MOST_FOUND))
        return tuple(Hit(_listed(station, issue)) for issue in newest)
    found, words = await station.commands.find(query), words_of(query)
    conversations = station.store.conversations(station.scope)
    saying = [conversations.newest_saying(word) for word in words[:_WORDS_LOOKED_FOR]]
    return tuple(Hit(_listed(station, issue), _said(issue, words, saying)) for issue in found)


def _said(issue: Issue, words: Sequence[str], saying: Sequence[Mapping[str, Message]]) -> Message | None:
    if is_told_by(issue, words):
        return None
    return next((held[issue.id] for held in saying if issue.id in held), None)


async def last_operators(station: Station) -> tuple[str, ...]:
    """Who was at this terminal last, the newest first, as the journal tells.

    Raises:
        StoreError: it could not be read.
    """
    return station.store.journal.last_operators()


def _listed(station: Station, issue: Issue) -> ListedIssue:
    return ListedIssue(issue, station.shown(issue), station.standing(issue))
