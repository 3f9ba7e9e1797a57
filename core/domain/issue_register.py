"""IssueRegister: events in, changes out. Pure: no clock of its own, no I/O but its archive's.

How events fold stands in ``core.domain.issues``; which of them are held, and which the archive has, in
``core.domain.known_issues``.
"""

from collections.abc import Iterable

from core.domain.errors import StoreError
from core.domain.events import IssueEvent
from core.domain.issue_names import Names
from core.domain.issues import (
    DEFAULT_REOPEN_AFTER_MS,
    Change,
    Issue,
    change_kind,
    followed,
    issue_of,
    merge,
    newer,
    preceded,
)
from core.domain.known_issues import Archive, KnownIssues


class IssueRegister:
    """Every issue that the topic has told of, by id. Solved ones may be kept elsewhere (``Archive``)."""

    def __init__(self, reopen_after_ms: int | None = DEFAULT_REOPEN_AFTER_MS, archive: Archive | None = None) -> None:
        self.reopen_after_ms = reopen_after_ms
        self.issues = KnownIssues(archive)
        self.names = Names(self._is_known)
        self.newest: IssueEvent | None = None
        """The newest event of all: ahead of now, somebody's clock is wrong."""

    @property
    def newest_ms(self) -> int:
        return self.newest.time_ms if self.newest else 0

    def restore(self, issues: Iterable[Issue]) -> None:
        """Start from a snapshot: it joins what is there already, like any other news."""
        for issue in issues:
            known = self.issues.get(issue.id)
            self.issues[issue.id] = issue if known is None else merge(known, issue, self.reopen_after_ms)
            self.names.add(issue.id)
            self.newest = newer(self.newest, issue.latest)

    def note_names(self, issues: Iterable[str]) -> None:
        """These are kept in the archive, and do not look like themselves."""
        for issue in issues:
            self.names.add(issue)

    def _is_known(self, issue: str) -> bool:
        """How an issue is shown must not depend on a disk: what cannot be asked for is not known."""
        try:
            return issue in self.issues
        except StoreError:
            return False

    def apply(self, event: IssueEvent) -> Change | None:
        """Fold one event in; None when it tells nothing new."""
        return self.fold(self.issues.get(event.issue), event)

    def fold(self, known: Issue | None, event: IssueEvent) -> Change | None:
        """Fold one event into its issue, which is ``known`` so; None when it tells nothing new."""
        if known is None:
            issue = issue_of(event)
            self.names.add(event.issue)
        else:
            issue = followed(known, event) or preceded(known, event) or self._merged(known, event)
            if issue is known:
                return None
        self.issues[event.issue] = issue
        if self.newest is None or event.time_ms > self.newest.time_ms:
            self.newest = event
        elif event.time_ms == self.newest.time_ms:
            self.newest = newer(self.newest, event)
        return Change(change_kind(known, issue), issue, event.time_ms)

    def _merged(self, known: Issue, event: IssueEvent) -> Issue:
        issue = merge(known, issue_of(event), self.reopen_after_ms)
        return known if issue == known else issue

    def open_issues(self) -> list[Issue]:
        """The open issues, longest open first."""
        return sorted((i for i in self.issues.held() if i.is_open), key=lambda i: (i.opened_ms, i.id))
