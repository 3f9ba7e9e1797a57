"""KnownIssues: every issue that the log told of, by id. The open ones are here, the solved ones where they are kept."""

from collections.abc import Iterable, Iterator, MutableMapping
from typing import Protocol

from core.domain.issues import Issue

_RECENT = 64
"""Solved issues that are held although they are kept elsewhere: what is looked at is asked for again and again."""


class Archive(Protocol):
    """Where solved issues are kept. May raise StoreError."""

    def get(self, issue: str) -> Issue | None:
        """The issue; None where it cannot be read any more."""
        ...

    def some(self, issues: Iterable[str]) -> Iterator[Issue]:
        """Those of ``issues`` that can be read."""
        ...


class KnownIssues(MutableMapping[str, Issue]):
    """A mapping in which a solved issue costs its id alone, once it is archived.

    May be read from any thread, and is changed by one alone.

    Raises StoreError where an archived issue is asked for and the archive cannot be read.
    """

    def __init__(self, archive: Archive | None = None) -> None:
        self._archive = archive
        self._held: dict[str, Issue] = {}
        self._archived: set[str] = set()
        self._recent: dict[str, Issue] = {}
        """Replaced by each change that may make one of them, or one that is being read, out of date."""
        self._reads: dict[object, None] = {}
        """Readings of the archive that are under way, in whatever thread."""

    def __getitem__(self, issue: str) -> Issue:
        found = self.get(issue)
        if found is None:
            raise KeyError(issue)
        return found

    def _fetched(self, issue: str) -> Issue | None:
        recent = self._recent.get(issue)
        if recent is not None or self._archive is None:
            return recent
        reading = object()
        self._reads[reading] = None
        try:
            recent_then = self._recent  # should the issue change meanwhile, another one has taken its place
            found = self._archive.get(issue)
            if found is not None:
                if len(recent_then) >= _RECENT:
                    recent_then.clear()
                recent_then[issue] = found
            return found
        finally:
            del self._reads[reading]

    def prefetch(self, issues: Iterable[str]) -> None:
        """These are asked for next: read those that are archived together. Raises StoreError."""
        wanted = {issue for issue in issues if issue in self._archived}
        if self._archive is None or not wanted:
            return
        self._recent = {issue.id: issue for issue in self._archive.some(wanted)}

    def get(self, issue: str, default: Issue | None = None) -> Issue | None:  # type: ignore[override]
        found = self._held.get(issue)
        if found is None:
            # Asked of once more: it may have come back from the archive in between.
            found = self._fetched(issue) if issue in self._archived else self._held.get(issue)
        return default if found is None else found

    def __setitem__(self, issue: str, known: Issue) -> None:
        self._held[issue] = known
        self._archived.discard(issue)
        self._forget_read(issue)

    def __delitem__(self, issue: str) -> None:
        if self._held.pop(issue, None) is None:
            self._archived.remove(issue)
        self._forget_read(issue)

    def _forget_read(self, issue: str) -> None:
        """What was read of the archive, or is being read by another thread, is not what is known now."""
        if self._reads:
            self._recent = dict(self._recent)
        self._recent.pop(issue, None)

    def __iter__(self) -> Iterator[str]:
        return iter([*self._held, *self._archived])

    def __len__(self) -> int:
        return len(self._held) + len(self._archived)

    def __contains__(self, issue: object) -> bool:
        return issue in self._held or issue in self._archived

    def everything(self) -> Iterator[Issue]:
        """Every issue, the archived ones as they are read."""
        held, archived = list(self._held.values()), list(self._archived)
        yield from held
        if self._archive is not None and archived:
            yield from self._archive.some(archived)

    def held(self) -> list[Issue]:
        """The issues that are not archived: every open one is among them."""
        return list(self._held.values())

    def held_one(self, issue: str) -> Issue | None:
        """The issue, where it is not archived; the archive is not asked."""
        return self._held.get(issue)

    def note_archived(self, issues: Iterable[str]) -> None:
        """These are in the archive, and solved."""
        self._archived.update(issue for issue in issues if issue not in self._held)

    def archive(self, issues: Iterable[str]) -> None:
        """Let go of those of ``issues`` that are solved: the archive has just been given them."""
        if self._archive is None:
            return
        for issue in issues:
            known = self._held.get(issue)
            if known is not None and not known.is_open:
                self._forget_read(issue)
                self._archived.add(issue)
                del self._held[issue]
