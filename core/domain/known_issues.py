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
    """A mapping in which a solved issue costs its id alone, once it is archived. May be read from any thread.

    Raises StoreError where an archived issue is asked for and the archive cannot be read.
    """

    def __init__(self, archive: Archive | None = None) -> None:
        self._archive = archive
        self._held: dict[str, Issue] = {}
        self._archived: set[str] = set()
        self._recent: dict[str, Issue] = {}

    def __getitem__(self, issue: str) -> Issue:
        held = self._held.get(issue)
        if held is not None:
            return held
        if issue not in self._archived:
            raise KeyError(issue)
        return self._fetched(issue)

    def _fetched(self, issue: str) -> Issue:
        recent = self._recent.get(issue)
        if recent is not None:
            return recent
        found = self._archive.get(issue) if self._archive is not None else None
        if found is None:
            raise KeyError(issue)
        if len(self._recent) >= _RECENT:
            self._recent = {}
        self._recent[issue] = found
        return found

    def get(self, issue: str, default: Issue | None = None) -> Issue | None:  # type: ignore[override]
        held = self._held.get(issue)
        if held is not None or issue not in self._archived:
            return held if held is not None else default
        try:
            return self._fetched(issue)
        except KeyError:
            return default

    def __setitem__(self, issue: str, known: Issue) -> None:
        self._held[issue] = known
        self._archived.discard(issue)
        self._recent.pop(issue, None)

    def __delitem__(self, issue: str) -> None:
        if self._held.pop(issue, None) is None:
            self._archived.remove(issue)
        self._recent.pop(issue, None)

    def __iter__(self) -> Iterator[str]:
        return iter([*self._held, *self._archived])

    def __len__(self) -> int:
        return len(self._held) + len(self._archived)

    def __contains__(self, issue: object) -> bool:
        return issue in self._held or issue in self._archived

    def everything(self) -> Iterator[Issue]:
        """Every issue, the archived ones as they are read."""
        yield from list(self._held.values())
        if self._archive is not None and self._archived:
            yield from self._archive.some(list(self._archived))

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
                self._archived.add(issue)
                del self._held[issue]
