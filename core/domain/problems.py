"""Problem: what went wrong, as one value for every road, in words that say what happened and what to do.

The kinds stand by their road (``cluster_problems``, ``chat_problems``): one short word means something else on each.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Generic, Self, TypeVar

from core.support.i18n import _
from core.support.text import inert_line


class Remedy(Enum):
    """What a problem takes to pass."""

    WAIT = "wait"
    """It is tried again by itself."""
    ACT = "act"
    """Trying the same again would change nothing until somebody acts."""
    SETTINGS = "settings"
    """This terminal's own settings are wrong, whatever the other side says."""


class ProblemKind(StrEnum):
    """The kinds of one road: each with the word that it is stored as, its message id, and what it takes to pass.

    A word that was ever stored keeps its meaning: outbox, messages and calls of older versions hold it.
    """

    text: str
    remedy: Remedy

    def __new__(cls, word: str, text: str, remedy: Remedy = Remedy.WAIT) -> Self:
        kind = str.__new__(cls, word)
        kind._value_ = word
        kind.text = text
        kind.remedy = remedy
        return kind

    @property
    def is_permanent(self) -> bool:
        return self.remedy is Remedy.ACT

    def words(self, detail: str) -> str:
        """One line for the operator, in the operator's language."""
        return _(self.text).format(detail=detail)


Kind = TypeVar("Kind", bound=ProblemKind)


@dataclass(frozen=True)
class Problem(Generic[Kind]):
    """What is wrong; ``detail`` is an address, a name, a status or the other side's own words, never a secret.

    The detail is inert, whoever wrote it, and one line: it is put into words, logged and stored.
    It has no slots: Python 3.11 cannot call an alias (``ClusterProblem(...)``) of a frozen class that has.
    """

    kind: Kind
    detail: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "detail", inert_line(self.detail))

    @property
    def words(self) -> str:
        """One line for the operator, in the operator's language."""
        return self.kind.words(self.detail)

    @property
    def is_ours(self) -> bool:
        """Whether this terminal's configuration is wrong, whatever the cluster says."""
        return self.kind.remedy is Remedy.SETTINGS

    @property
    def kept(self) -> str:
        """As it is stored: put into words only where it is shown, in the language of that moment."""
        return f"{self.kind}\n{self.detail}"


def kept_problem(kinds: type[Kind], text: str) -> Problem[Kind] | None:
    """What ``Problem.kept`` was made of; None for an empty text.

    Raises:
        ValueError: none of ``kinds`` is stored so; a newer version may have.
    """
    word, _newline, detail = text.partition("\n")
    if not word:
        return None
    found = next((kind for kind in kinds if kind.value == word), None)
    if found is None:
        raise ValueError(f"no {kinds.__name__}: {word[:50]!r}")
    return Problem(found, detail)
