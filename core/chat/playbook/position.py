"""Where a walk through a playbook is. It travels in ``Answer.memo``, so a restart or another chatbot in between
makes no difference.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.chat.backend import Turn
from core.chat.playbook.library import Fault, Inspection, library
from core.domain.messages import Author

CANDIDATES = 3
"""Faults that are offered at once when it is not clear which it is."""

OFFERED = 5
"""Faults that are offered at most, where a code names several."""

_PART = "playbook.part"
_STEP = "playbook.step"
_OFFERED = "playbook.candidates"
_FIRST = "playbook.first"
_SOLVED = "playbook.solved"


@dataclass(frozen=True, slots=True)
class Place:
    """In which fault or inspection, after which step, and what was asked back."""

    part: Fault | Inspection | None = None
    step: int = 0
    """0: not begun; one past the last: walked to the end."""
    candidates: tuple[Fault, ...] = ()
    first: int = 1
    """The number under which the first of the candidates was offered."""
    solved: bool = False
    """It was said that it runs again: a mere "yes" asks for no further step."""

    def offered_as(self, number: int) -> Fault | None:
        """The candidate that was offered under ``number``; None where none was."""
        return dict(enumerate(self.candidates, self.first)).get(number)

    def memo(self) -> dict[str, str]:
        """The place as texts. ``playbook.`` keeps the names apart from other backends'."""
        return {
            _PART: self.part.id if self.part else "",
            _STEP: str(self.step),
            _OFFERED: ",".join(fault.id for fault in self.candidates),
            _FIRST: str(self.first),
            _SOLVED: "yes" if self.solved else "",
        }


def place_in(history: Iterable[Turn]) -> Place:
    """The place that the assistant noted last; the beginning where it noted none."""
    memos = [turn.memo for turn in history if turn.author is Author.BUILTIN and _PART in turn.memo]
    return _place_of(memos[-1]) if memos else Place()


def _place_of(memo: Mapping[str, str]) -> Place:
    """A memo may come from another version, with other playbooks: what is not known is not there."""
    part = library().part(memo.get(_PART, ""))
    offered = (library().part(key) for key in memo.get(_OFFERED, "").split(","))
    candidates = tuple(fault for fault in offered if isinstance(fault, Fault))[:OFFERED]
    first = _number(memo.get(_FIRST, "1")) or 1
    step = _number(memo.get(_STEP, ""))
    if part is None or step is None:
        return Place(part, 0, candidates, first)
    return Place(part, min(step, len(part.steps) + 1), candidates, first, bool(memo.get(_SOLVED)))


def _number(kept: str) -> int | None:
    return int(kept) if kept.isascii() and kept.isdigit() and len(kept) < 4 else None
