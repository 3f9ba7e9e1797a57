"""Where a walk through a playbook is. It travels in ``Answer.memo``, so a restart or another chatbot in between
makes no difference.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

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
_LEFT = "playbook.left"
_LISTED = "playbook.listed"
_MOST_LEFT = 3
"""Walks whose place is kept while another one is gone through."""


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
    left: tuple[tuple[Fault | Inspection, int], ...] = ()
    """Walks that were left for this one, the last first, each with its step."""
    listed: bool = False
    """The list of all faults was said already."""

    def offered_as(self, number: int) -> Fault | None:
        """The candidate that was offered under ``number``; None where none was."""
        return dict(enumerate(self.candidates, self.first)).get(number)

    def moved_to(self, part: Fault | Inspection, step: int = 0) -> "Place":
        """At ``part``; the walk that is left for it is kept, to come back to."""
        others = [kept for kept in self.left if kept[0].id not in (part.id, self.part.id if self.part else "")]
        if self.part is not None and self.part.id != part.id and not self.solved:
            others = [(self.part, self.step), *others]
        return Place(part, step, left=tuple(others[:_MOST_LEFT]), listed=self.listed)

    def at(self, step: int) -> "Place":
        """In the same walk, after ``step``."""
        return replace(self, step=step, candidates=(), solved=False)

    def left_at(self, part_id: str) -> int:
        """After which step the walk through ``part_id`` was left; 0 where it was not."""
        return next((step for part, step in self.left if part.id == part_id), 0)

    def memo(self) -> dict[str, str]:
        """The place as texts. ``playbook.`` keeps the names apart from other backends'."""
        return {
            _PART: self.part.id if self.part else "",
            _STEP: str(self.step),
            _OFFERED: ",".join(fault.id for fault in self.candidates),
            _FIRST: str(self.first),
            _SOLVED: "yes" if self.solved else "",
            _LEFT: ",".join(f"{part.id}:{step}" for part, step in self.left),
            _LISTED: "yes" if self.listed else "",
        }


def place_in(history: Iterable[Turn]) -> Place:
    """The place that the assistant noted last; the beginning where it noted none."""
    return last_place(turn.memo for turn in history if turn.author is Author.BUILTIN)


def last_place(memos: Iterable[Mapping[str, str]]) -> Place:
    """The place that the last of the assistant's memos (oldest first) tells."""
    noted = [memo for memo in memos if _PART in memo]
    return _place_of(noted[-1]) if noted else Place()


def _place_of(memo: Mapping[str, str]) -> Place:
    """A memo may come from another version, with other playbooks: what is not known is not there."""
    part = library().part(memo.get(_PART, ""))
    offered = (library().part(key) for key in memo.get(_OFFERED, "").split(","))
    candidates = tuple(fault for fault in offered if isinstance(fault, Fault))[:OFFERED]
    first = _number(memo.get(_FIRST, "1")) or 1
    step = _number(memo.get(_STEP, ""))
    left, listed = tuple(_left(memo.get(_LEFT, ""))), bool(memo.get(_LISTED))
    if part is None or step is None:
        return Place(part, 0, candidates, first, left=left, listed=listed)
    step = min(step, len(part.steps) + 1)
    return Place(part, step, candidates, first, bool(memo.get(_SOLVED)), left, listed)


def _left(kept: str) -> Iterator[tuple[Fault | Inspection, int]]:
    for one in kept.split(",")[:_MOST_LEFT]:
        key, _, said = one.partition(":")
        part, step = library().part(key), _number(said)
        if part is not None and step is not None:
            yield part, min(step, len(part.steps))


def _number(kept: str) -> int | None:
    return int(kept) if kept.isascii() and kept.isdigit() and len(kept) < 4 else None
