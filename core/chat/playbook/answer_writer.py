"""What is said at a place of the walk, with the precautions that go with it."""

from core.chat.backend import Answer, ChatRequest
from core.chat.playbook.event_faults import codes_of
from core.chat.playbook.fault_codes import arranged, book_of
from core.chat.playbook.library import Bilingual, Equipment, Fault, Inspection, Playbook, library
from core.chat.playbook.past_fix_phrases import solved_before_words
from core.chat.playbook.past_fixes import same_fault
from core.chat.playbook.phrases import Speech, paragraphs
from core.chat.playbook.position import Place
from core.domain.past_fix import PastFix


class AnswerWriter:
    """Answers about one issue. Which one it is to be is decided elsewhere (``Reply``)."""

    def __init__(self, request: ChatRequest, book: Playbook | None, speech: Speech) -> None:
        self._issue = request.issue
        self._past_fixes = request.past_fixes
        self._book = book
        self._speech = speech

    def told(self, text: str, place: Place, *, holds_steps: bool = False) -> Answer:
        """The answer, with the precautions of the equipment and of the fault; no confidence is reported."""
        return Answer(text, self._precautions(place.part), memo=place.memo(), holds_steps=holds_steps)

    def fault(self, fault: Fault, lead: str, told_by: str = "") -> Answer:
        """Which fault it is, what to look at from outside, what solved it before. No step yet."""
        notice = self._speech.foreign(self._foreign(fault), known=self._book is not None)
        said = self._speech.fault(fault, lead, notice, self._solved_before(fault))
        return self.told(paragraphs(told_by, said), Place(fault))

    def checklist(self) -> Answer:
        """What is looked at where the event tells of no fault."""
        inspection = self._equipment.inspection
        return self.told(self._speech.checklist(inspection), Place(inspection), holds_steps=self._issue.is_fault)

    def step(self, part: Fault | Inspection, number: int) -> Answer:
        """Step ``number`` of ``part``; what is likeliest with this issue's code comes first."""
        spoken = arranged(part, codes_of(self._issue, self._book))
        touches = self._issue.is_fault or isinstance(part, Fault)
        return self.told(self._speech.step(spoken, number), Place(part, number), holds_steps=touches)

    def end(self, part: Fault | Inspection, number: int) -> Answer:
        """Behind the last step; ``number`` is one past it."""
        return self.told(self._speech.end(part), Place(part, number))

    def solved(self, place: Place) -> Answer:
        """What is checked before the machine is given back."""
        return self.told(self._speech.solved(self._equipment.release_checks), place)

    def question(self, place: Place, lead: str = "") -> Answer:
        """Which of the place's candidates it is."""
        books = [self._foreign(fault) for fault in place.candidates]
        return self.told(paragraphs(lead, self._speech.ask(place.candidates, books, place.first)), place)

    def not_known(self, place: Place, lead: str = "") -> Answer:
        """No fault fits; what there is for this equipment."""
        known = self._book.faults if self._book else ()
        return self.told(paragraphs(lead, self._speech.not_known(known, place.part)), place)

    def _foreign(self, fault: Fault) -> Playbook | None:
        """The playbook of a fault of other equipment; None for one of this equipment's."""
        book = library().of_fault(fault)
        return None if book is self._book else book

    def _solved_before(self, fault: Fault) -> str:
        """The best past fix of this very fault, where anybody noted anything."""
        best = next((fix for fix in self._past_fixes if fix.note and self._is_of(fix, fault)), None)
        return solved_before_words(best, self._speech) if best else ""

    def _is_of(self, fix: PastFix, fault: Fault) -> bool:
        known = self._book is book_of(fix.equipment, fix.issue)
        return known and same_fault(fix.equipment, fix.issue, fix.description, fault.id)

    def _precautions(self, part: Fault | Inspection | None) -> tuple[str, ...]:
        further: tuple[Bilingual, ...] = part.precautions if isinstance(part, Fault) else ()
        foreign = self._foreign(part) if isinstance(part, Fault) else None
        theirs = foreign.precautions if foreign else ()
        return self._speech.lines(dict.fromkeys((*self._equipment.precautions, *theirs, *further)))

    @property
    def _equipment(self) -> Equipment:
        return self._book or library().common
