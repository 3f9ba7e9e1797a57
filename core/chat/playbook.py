"""The built-in assistant: finds the usual fault, then walks through its playbook one step at a time.

It needs no server and keeps nothing: where it is travels in ``Answer.memo``. It never resolves, and
what it does not know it says. Every answer on a fault carries the precautions, from the first on.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from core.chat.backend import Answer, Author, ChatRequest, Fragment, IssueBrief, Turn
from core.chat.playbook_files import (
    Bilingual,
    Equipment,
    Fault,
    Inspection,
    library,
    precautions_for,
    release_checks_for,
    short_precautions,
)
from core.chat.playbook_finder import FaultFinder, Finding
from core.chat.playbook_speech import (
    AGAIN,
    CHOSEN,
    HELP,
    STAYS,
    STILL_AT,
    SWITCHED,
    TAKEN_FOR,
    Speech,
    paragraphs,
)
from core.chat.playbook_words import Intent, choice, intent

__all__ = ["PlaybookAssistant", "precautions_for", "release_checks_for", "short_precautions"]

_CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk is: in which fault or inspection, after which step, and what was asked back."""

    part: Fault | Inspection | None = None
    step: int = 0
    """0: not begun; one past the last: walked to the end."""
    candidates: tuple[Fault, ...] = ()

    def memo(self) -> dict[str, str]:
        """The place as texts. ``playbook.`` keeps the names apart from other backends'."""
        return {
            "playbook.part": self.part.id if self.part else "",
            "playbook.step": str(self.step),
            "playbook.candidates": ",".join(fault.id for fault in self.candidates),
        }


def _place_in(history: Iterable[Turn]) -> _Place:
    memos = [turn.memo for turn in history if turn.author is Author.BUILTIN]
    return _read_place(memos[-1]) if memos else _Place()


def _read_place(memo: Mapping[str, str]) -> _Place:
    """A memo may come from another version, with other playbooks: what is not known is not there."""
    part = library().part(memo.get("playbook.part", ""))
    offered = (library().part(key) for key in memo.get("playbook.candidates", "").split(","))
    candidates = tuple(fault for fault in offered if isinstance(fault, Fault))[:_CANDIDATES]
    step = memo.get("playbook.step", "")
    if part is None or not (step.isascii() and step.isdigit() and len(step) < 4):
        return _Place(part, 0, candidates)
    return _Place(part, min(int(step), len(part.steps) + 1), candidates)


@cache
def _finder(playbook_id: str | None) -> FaultFinder:
    """The index over one equipment's faults, or over all of them."""
    books = library().playbooks
    faults = (fault for book in books if playbook_id in (None, book.id) for fault in book.faults)
    return FaultFinder(faults, ignored=(name for book in books for name in book.mode_types))


class PlaybookAssistant:
    """Answers from the playbooks that come with Andon. Implements ``ChatBackend``; never raises ``ChatError``."""

    @property
    def author(self) -> Author:
        """Shown as the built-in assistant."""
        return Author.BUILTIN

    async def answer(self, request: ChatRequest) -> AsyncIterator[Fragment | Answer]:
        """Yield one ``Answer``, at once."""
        yield _Reply(request).answer()


class _Reply:
    """One question on its way to its answer."""

    def __init__(self, request: ChatRequest) -> None:
        self._issue: IssueBrief = request.issue
        self._text = request.text.strip()
        self._place = _place_in(request.history)
        self._speech = Speech(request.language)
        self._book = library().of_equipment(request.issue.mode_type)
        self._finder = _finder(self._book.id if self._book else None)

    def answer(self) -> Answer:
        """What to say to the question at this place of the walk."""
        if not self._text:
            return self._open()
        number = choice(self._text)
        if number is not None and self._place.candidates:
            return self._pick(number)
        wanted = intent(self._text)
        return self._listen() if wanted is None else self._follow(wanted)

    def _open(self) -> Answer:
        """The opening words, from what the event tells."""
        if not self._issue.is_fault:
            return self._inspect()
        found = self._find(self._issue.description)
        if found.sure:
            return self._begin(found.faults[0], TAKEN_FOR)
        return self._ask(found.faults[:_CANDIDATES]) if found.faults else self._not_known()

    def _inspect(self) -> Answer:
        inspection = self._equipment.inspection
        return self._told(self._speech.checklist(inspection), _Place(inspection))

    def _find(self, text: str) -> Finding:
        """On equipment without a playbook nothing is sure: another machine's steps are only offered."""
        found = self._finder.find(text)
        return found if self._book else replace(found, sure=False)

    def _pick(self, number: int) -> Answer:
        candidates = self._place.candidates
        if 1 <= number <= len(candidates):
            return self._begin(candidates[number - 1], CHOSEN)
        return self._ask(candidates)

    def _follow(self, wanted: Intent) -> Answer:
        match wanted:
            case Intent.SOLVED:
                return self._told(self._speech.solved(self._equipment.release_checks))
            case Intent.HELP:
                return self._help()
            case Intent.RESTART:
                return self._restart()
            case Intent.STILL if self._place.candidates:
                return self._not_known()
            case _ if self._place.part:
                return self._walk(wanted)
            case Intent.NEXT if len(self._place.candidates) == 1:
                return self._pick(1)
            case _:
                return self._ask(self._place.candidates) if self._place.candidates else self._open()

    def _walk(self, wanted: Intent) -> Answer:
        """One step on ("next", "still there"), one back, or the same again."""
        ahead = {Intent.BACK: -1, Intent.REPEAT: 0}.get(wanted, 1)
        return self._go_to(self._place.step + ahead)

    def _go_to(self, step: int) -> Answer:
        part = self._place.part
        if part is None:
            return self._open()
        last = len(part.steps)
        place = _Place(part, max(0, min(step, last + 1)))
        if place.step == 0:
            return self._begin(part, AGAIN) if isinstance(part, Fault) else self._inspect()
        if place.step > last:
            return self._told(self._speech.end(part), place)
        return self._told(self._speech.step(part, place.step), place)

    def _restart(self) -> Answer:
        """The walk from its beginning; at the beginning already, the whole conversation's."""
        return self._go_to(0) if self._place.step else self._open()

    def _listen(self) -> Answer:
        """Something told: the fault that fits it, a question back, or that it is not known."""
        found = self._find(self._text)
        fault = self._meant(found)
        if fault is None:
            return self._ask(found.faults[:_CANDIDATES]) if found.faults else self._not_known()
        if fault == self._place.part:
            return self._stay(fault)
        lead = SWITCHED if self._place.part else CHOSEN if fault in self._place.candidates else TAKEN_FOR
        return self._begin(fault, lead)

    def _meant(self, found: Finding) -> Fault | None:
        """The one fault that is meant: named whole, left of the candidates, or clear with the event's words."""
        if found.sure:
            return found.faults[0]
        left = [fault for fault in self._place.candidates if fault in found.faults]
        if len(left) == 1:
            return left[0]
        if not found.faults or self._place.part:
            return None
        together = self._find(f"{self._text[:300]}\n{self._issue.description}")
        return together.faults[0] if together.sure else None

    def _begin(self, fault: Fault, lead: str) -> Answer:
        foreign = None if self._book else library().of_fault(fault)
        return self._told(self._speech.fault(fault, lead, foreign), _Place(fault))

    def _stay(self, fault: Fault) -> Answer:
        title = self._speech.data(fault.title)
        told = (self._speech.say(STAYS, title=title), self._speech.say(STILL_AT, title=title))
        return self._told(paragraphs(*told), replace(self._place, candidates=()))

    def _ask(self, candidates: tuple[Fault, ...]) -> Answer:
        """Ask back. A walk that is under way stays where it is: "next" goes on with it."""
        books = [None if self._book else library().of_fault(fault) for fault in candidates]
        place = replace(self._place, candidates=candidates)
        return self._told(self._speech.ask(candidates, books), place)

    def _not_known(self) -> Answer:
        known = self._book.faults if self._book else ()
        place = replace(self._place, candidates=())
        return self._told(self._speech.not_known(known, place.part), place)

    def _help(self) -> Answer:
        return self._told(self._speech.say(HELP))

    def _told(self, text: str, place: _Place | None = None) -> Answer:
        """The answer, with the precautions of the equipment and of the fault; no confidence is reported."""
        place = place or self._place
        return Answer(text, self._precautions(place), memo=place.memo())

    def _precautions(self, place: _Place) -> tuple[str, ...]:
        further: tuple[Bilingual, ...] = place.part.precautions if isinstance(place.part, Fault) else ()
        return self._speech.lines((*self._equipment.precautions, *further))

    @property
    def _equipment(self) -> Equipment:
        return self._book or library().common
