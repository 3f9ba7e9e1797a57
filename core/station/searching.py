"""What is looked up once: issues that are searched for, names. Runs in the Station's loop; what comes is frozen."""

from core.domain.issue_search import MOST_FOUND, recently_resolved
from core.domain.issues import Issue
from core.station.station import Station
from core.station.view import ListedIssue


async def search(station: Station, query: str) -> tuple[ListedIssue, ...]:
    """Issues that hold the words of ``query``; without words those that were resolved last.

    Raises:
        StoreError: they could not be read.
    """
    if query.strip():
        found = await station.commands.find(query)
    else:
        found = recently_resolved(station.register.issues.newest_solved(MOST_FOUND))
    return tuple(_listed(station, issue) for issue in found)


async def last_operators(station: Station) -> tuple[str, ...]:
    """Who was at this terminal last, the newest first, as the journal tells.

    Raises:
        StoreError: it could not be read.
    """
    return station.store.journal.last_operators()


def _listed(station: Station, issue: Issue) -> ListedIssue:
    return ListedIssue(issue, station.shown(issue), station.standing(issue))
