"""KnownIssues: every issue that the log told of, by id. The open ones are here, the solved ones where they are kept."""

from collections.abc import Iterable, Iterator, MutableMapping
from typing import Protocol

from core.domain.issues import Issue

_RECENT = 64
"""Solved issues that are held although they are kept elsewhere: what is looked at is asked for again and again."""
_AT_ONCE = 1_000
"""Archived issues that are read together, where all are."""


class Archive(Protocol):
    """Where solved issues are kept, and perhaps former states of open ones. May raise StoreError."""

    def get(self, issue: str) -> Issue | None:
        """The issue; None where it is not kept, or cannot be read any more."""
        ...

    def some(self, issues: Iterable[str]) -> Iterator[Issue]:
        """Those of ``issues`` that can be read."""
        ...

    def has(self, issue: str) -> bool:
        """Whether something is kept of it."""
        ...

    def ids(self) -> list[str]:
        """Of everything that is kept."""
        ...

    def is_empty(self) -> bool: ...

    def newest_solved(self, most: int) -> list[Issue]:
        """Those that were solved last."""
        ...


class KnownIssues(MutableMapping[str, Issue]):
    """A mapping in which a solved issue costs nothing, once it is archived: who names it has it fetched.

    May be read from any thread, and is changed by one alone.

    Raises StoreError where the archive is asked and cannot be read.
    """

    def __init__(self, archive: Archive | None = None) -> None:
        self._archive = archive
        self._held: dict[str, Issue] = {}
        self._gone: set[str] = set()
        """Issues that were forgotten: what the archive may still have of them is not so any more."""
        self._absent: frozenset[str] = frozenset()
        """Issues that were asked for together last, and that the archive has not."""
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
        if recent is not None or self._archive is None or issue in self._absent or issue in self._gone:
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
        if self._archive is None:
            return
        wanted = {issue for issue in issues if issue not in self._held} - self._gone
        self._recent = {issue.id: issue for issue in self._archive.some(wanted)} if wanted else {}
        self._absent = frozenset(wanted - self._recent.keys())

    def get(self, issue: str, default: Issue | None = None) -> Issue | None:  # type: ignore[override]
        found = self._held.get(issue)
        if found is None:
            found = self._fetched(issue)
        return default if found is None else found

    def __setitem__(self, issue: str, known: Issue) -> None:
        self._held[issue] = known
        if self._recent or self._reads:
            self._forget_read(issue)
        if self._gone:
            self._gone.discard(issue)

    def __delitem__(self, issue: str) -> None:
        if self._held.pop(issue, None) is None and not self._is_archived(issue):
            raise KeyError(issue)
        self._gone.add(issue)
        self._forget_read(issue)

    def _forget_read(self, issue: str) -> None:
        """What was read of the archive, or is being read by another thread, is not what is known now."""
        if self._reads:
            self._recent = dict(self._recent)
        self._recent.pop(issue, None)

    def __iter__(self) -> Iterator[str]:
        return iter([*self._held, *self._archived()])

    def _archived(self) -> list[str]:
        """Ids of issues that are in the archive alone."""
        kept = [] if self._archive is None else self._archive.ids()
        return [issue for issue in kept if issue not in self._held and issue not in self._gone]

    def __len__(self) -> int:
        return len(self._held) + len(self._archived())

    def __bool__(self) -> bool:
        return bool(self._held) or (self._archive is not None and not self._archive.is_empty())

    def __contains__(self, issue: object) -> bool:
        return issue in self._held or (isinstance(issue, str) and self._is_archived(issue))

    def _is_archived(self, issue: str) -> bool:
        return self._archive is not None and issue not in self._gone and self._archive.has(issue)

    def everything(self) -> Iterator[Issue]:
        """Every issue, the archived ones as they are read."""
        for part in self.parts():
            yield from part

    def parts(self) -> Iterator[list[Issue]]:
        """Every issue, some at a time: who goes through all of them lets others have a turn in between."""
        held, archived = list(self._held.values()), self._archived()
        yield held
        for at in range(0, len(archived), _AT_ONCE):
            if self._archive is not None:
                yield list(self._archive.some(archived[at : at + _AT_ONCE]))

    def newest_solved(self, most: int) -> list[Issue]:
        """Solved issues: ``most`` of the archive, those that were solved last, and all that are held."""
        kept = [] if self._archive is None else self._archive.newest_solved(most)
        ours = [issue for issue in self._held.values() if not issue.is_open]
        return ours + [issue for issue in kept if issue.id not in self._held and issue.id not in self._gone]

    def held(self) -> list[Issue]:
        """The issues that are not archived: every open one is among them."""
        return list(self._held.values())

    def held_one(self, issue: str) -> Issue | None:
        """The issue, where it is not archived; the archive is not asked."""
        return self._held.get(issue)

    def archive(self, issues: Iterable[str]) -> None:
        """Let go of those of ``issues`` that are solved: the archive has just been given them."""
        if self._archive is None:
            return
        self._absent = frozenset()
        for issue in issues:
            known = self._held.get(issue)
            if known is not None and not known.is_open:
                self._forget_read(issue)
                del self._held[issue]
