"""Values that are alike, kept once: the thousands of forms of a lexicon share some hundreds of entries. Pure."""

from collections.abc import Hashable
from typing import Generic, Protocol, Self, TypeVar


class Mergeable(Hashable, Protocol):
    """A value of which two make a third."""

    def merged(self, other: Self) -> Self:
        """Both in one."""


M = TypeVar("M", bound=Mergeable)


class Pool(Generic[M]):
    """What it gave is alive as long as it is, so that two of its values are alike where they are the same object."""

    def __init__(self) -> None:
        self._kept: dict[M, M] = {}
        self._merged: dict[tuple[int, int], M] = {}

    def one(self, value: M) -> M:
        """The one that stands for all that are alike."""
        return self._kept.setdefault(value, value)

    def merged(self, first: M, second: M) -> M:
        """Both in one. Both are this pool's."""
        pair = id(first), id(second)
        found = self._merged.get(pair)
        if found is None:
            found = self._merged[pair] = self.one(first.merged(second))
        return found
