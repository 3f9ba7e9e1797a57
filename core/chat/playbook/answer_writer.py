"""What is said at a place of the walk, with the precautions that go with it and what it offers."""

from collections.abc import Iterable, Mapping

from core.chat.backend import Answer, ChatRequest
from core.chat.playbook.fault_codes import CodedFault, arranged, book_of
from core.chat.playbook.library import Bilingual, Equipment, Fault, Inspection, Playbook, library
from core.chat.playbook.past_fix_phrases import solved_before_words
from core.chat.playbook.past_fixes import same_fault
from core.chat.playbook.phrases import Speech, paragraphs
from core.chat.playbook.position import Place
from core.domain.offers import Offer, offers_memo
from core.domain.past_fix import PastFix


class AnswerWriter:
    """Answers about one issue. Which one it is to be is decided elsewhere (``Walk``)."""

    def __init__(
        self,
        request: ChatRequest,
        book: Playbook | None,
        speech: Speech,
        codes: tuple[CodedFault, ...],
        kept: Mapping[str, str],
    ) -> None:
        """``kept`` goes into the memo of every answer."""
        self._issue = request.issue
        self._past_fixes = request.past_fixes
        self._book = book
        self._speech = speech
        self._codes = codes
        self._kept = kept

    def told(self, text: str, place: Place, offers: Iterable[Offer] = (), *, holds_steps: bool = False) -> Answer:
        """The answer, with the precautions of the equipment and of the fault; no confidence is reported."""
        memo = {**place.memo(), **self._kept, **offers_memo(offers)}
        return Answer(text, self._precautions(place.part), memo=memo, holds_steps=holds_steps)

    def fault(self, fault: Fault, lead: str, told_by: str = "") -> str:
        """Which fault it is, what to look at from outside, what solved it before. No step yet."""
        notice = self._speech.foreign(self._foreign(fault), known=self._book is not None)
        return paragraphs(told_by, self._speech.fault(fault, lead, notice, self._solved_before(fault)))

    def checklist(self) -> str:
        """What is looked at where the event tells of no fault."""
        return self._speech.checklist(self._equipment.inspection)

    def step(self, part: Fault | Inspection, number: int) -> str:
        """Step ``number`` of ``part``; what is likeliest with this issue's code comes first."""
        return self._speech.step(arranged(part, self._codes), number)

    def end(self, part: Fault | Inspection) -> str:
        """Behind the last step."""
        return self._speech.end(part)

    def solved(self) -> str:
        """What is checked before the machine is given back."""
        return self._speech.solved(self._equipment.release_checks)

    def titles(self, faults: Iterable[Fault]) -> list[tuple[Fault, str]]:
        """The faults with their names; one of other equipment names that too."""
        return [(fault, self._speech.title(fault, self._foreign(fault))) for fault in faults]

    def touches(self, part: Fault | Inspection) -> bool:
        """Whether a step of ``part`` is work on a machine that is out of order."""
        return self._issue.is_fault or isinstance(part, Fault)

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
