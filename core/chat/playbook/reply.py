"""One question to the built-in assistant on its way to its answer."""

from collections.abc import Iterable
from dataclasses import replace

from core.chat.backend import Answer, ChatRequest, IssueBrief
from core.chat.playbook.alerts import EMERGENCY_DIGIT, emergency_answer, standing_ask
from core.chat.playbook.answer_writer import AnswerWriter
from core.chat.playbook.event_faults import Told, told_by
from core.chat.playbook.fault_codes import book_of
from core.chat.playbook.fault_finder import Finding, finder_for
from core.chat.playbook.intents import Intent, choice, intent, is_gone, is_still, step_number
from core.chat.playbook.library import Fault, Inspection
from core.chat.playbook.phrases import (
    AGAIN,
    ALL_OR_THIS,
    CHOSEN,
    EXCLUDED,
    HELP,
    NOBODY_HURT,
    STAYS,
    STILL_AT,
    SWITCHED,
    TAKEN_FOR,
    Speech,
    paragraphs,
)
from core.chat.playbook.position import CANDIDATES, OFFERED, Place, place_in
from core.domain.messages import Alert
from core.emergency import Level, assess


class Reply:
    """What to say to one question, from the issue, the conversation so far and the playbooks."""

    def __init__(self, request: ChatRequest) -> None:
        self._issue: IssueBrief = request.issue
        self._text = request.text.strip()
        self._place = place_in(request.history)
        self._speech = Speech(request.language)
        self._first_offer = EMERGENCY_DIGIT + 1 if request.alert is Alert.ASK else 1
        self._was_asked = request.alert is Alert.NONE and standing_ask(request.history) is not None
        """Whether the words before this question asked if somebody is hurt."""
        self._book = book_of(request.issue.mode_type, request.issue.issue)
        self._writer = AnswerWriter(request, self._book, self._speech)
        self._finder = finder_for(self._book.mode_types[0] if self._book else request.issue.mode_type)

    def answer(self) -> Answer:
        """The answer at this place of the walk."""
        if not self._text:
            return self._open()
        if (danger := assess(self._text)).level is Level.YES:  # asked without a conversation, which says it itself
            return self._people_first(emergency_answer(danger.dangers, danger.language))
        number = choice(self._text)
        if number is not None and self._place.candidates:
            return self._pick(number)
        number = number or step_number(self._text)
        if number is not None and self._place.part and 1 <= number <= len(self._place.part.steps):
            return self._go_to(number)
        wanted = intent(self._text)
        if wanted is Intent.NO and self._was_asked:
            return self._nobody_is_hurt()
        return self._listen() if wanted is None else self._follow(wanted)

    def _people_first(self, answer: Answer) -> Answer:
        """Whoever is in danger needs no fault and no step. The walk stays where it is."""
        return replace(answer, memo={**answer.memo, **self._place.memo()})

    # --- the beginning

    def _open(self) -> Answer:
        """The opening words, from what the event tells."""
        if not self._issue.is_fault:
            return self._writer.checklist()
        told = self._event()
        lead = self._speech.code(told.code.code, differs=told.differs) if told.code else ""
        if told.sure:
            return self._writer.fault(told.faults[0], TAKEN_FOR, lead)
        return self._ask(told.faults, lead) if told.faults else self._not_known()

    def _event(self) -> Told:
        return told_by(self._issue, self._book, self._finder, self._find)

    # --- what was typed to walk through it

    def _pick(self, number: int) -> Answer:
        """The one that was offered under ``number``."""
        chosen = self._place.offered_as(number)
        return self._ask(self._place.candidates) if chosen is None else self._writer.fault(chosen, CHOSEN)

    def _follow(self, wanted: Intent) -> Answer:
        match wanted:
            case Intent.SOLVED | Intent.FINE if isinstance(self._place.part, Inspection):
                return self._walk(Intent.NEXT)  # said of the item, not of the machine
            case Intent.SOLVED:
                return self._solved()
            case Intent.HELP:
                return self._told(HELP)
            case Intent.RESTART:
                return self._restart()
            case Intent.STILL | Intent.NO if self._place.candidates:
                return self._not_known()
            case Intent.YES if self._place.solved:
                return self._solved()
            case Intent.YES if len(self._place.candidates) == 1:
                return self._writer.fault(self._place.candidates[0], CHOSEN)
            case _ if self._place.part:
                return self._go_on(wanted, self._place.part)
            case Intent.NEXT if len(self._place.candidates) == 1:
                return self._writer.fault(self._place.candidates[0], CHOSEN)
            case _:
                return self._ask(self._place.candidates) if self._place.candidates else self._open()

    def _nobody_is_hurt(self) -> Answer:
        """ "No" to "is somebody hurt?" denies no fault: what was said below the question is said again."""
        if self._place.candidates:
            again = self._ask(self._place.candidates)
        else:
            again = self._walk(Intent.REPEAT) if self._place.part else self._not_known()
        return replace(again, text=paragraphs(self._speech.say(NOBODY_HURT), again.text))

    def _go_on(self, wanted: Intent, part: Fault | Inspection) -> Answer:
        """Somebody answers to a part that is begun."""
        if wanted is Intent.FINE:
            return self._well()
        if wanted is Intent.NO and not self._place.step:
            # "No" to "I take this for": neither the fault nor its precautions are agreed to.
            return self._exclude((part,)) if isinstance(part, Fault) else self._writer.checklist()
        return self._walk(wanted)

    def _solved(self) -> Answer:
        return self._writer.solved(replace(self._place, solved=True))

    def _well(self) -> Answer:
        """Something is in order: only who stands there knows whether that is all."""
        return self._told(ALL_OR_THIS)

    def _walk(self, wanted: Intent) -> Answer:
        """One step on ("next", "still there"), one back, or the same again."""
        ahead = {Intent.BACK: -1, Intent.REPEAT: 0}.get(wanted, 1)
        return self._go_to(self._place.step + ahead)

    def _go_to(self, step: int) -> Answer:
        part = self._place.part
        if part is None:
            return self._open()
        last = len(part.steps)
        step = max(0, min(step, last + 1))
        if step == 0:
            return self._writer.fault(part, AGAIN) if isinstance(part, Fault) else self._writer.checklist()
        return self._writer.end(part, step) if step > last else self._writer.step(part, step)

    def _restart(self) -> Answer:
        """The walk from its beginning; at the beginning already, the whole conversation's."""
        return self._go_to(0) if self._place.step else self._open()

    # --- what was told

    def _listen(self) -> Answer:
        """Something told: the fault that fits it, a question back, or that it is not known."""
        found = self._find(self._text)
        fault, part = self._meant(found), self._place.part
        if part and self._place.step and (part in found.denied or (is_gone(self._text) and fault in (None, part))):
            return self._well()
        if part and part in found.faults and fault is None:
            return self._walk(Intent.STILL) if is_still(self._text) and self._place.step else self._stay(part)
        if fault is None and found.denied and not found.faults:
            return self._exclude(found.denied)
        if fault is None:
            return self._ask(found.faults[:CANDIDATES]) if found.faults else self._not_known()
        if fault == self._place.part:
            return self._stay(fault)
        lead = SWITCHED if self._place.part else CHOSEN if fault in self._place.candidates else TAKEN_FOR
        return self._writer.fault(fault, lead)

    def _find(self, text: str) -> Finding:
        """On equipment without a playbook nothing is sure: another machine's steps are only offered."""
        found = self._finder.find(text)
        return found if self._book else replace(found, sure=False)

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

    def _stay(self, fault: Fault | Inspection) -> Answer:
        title = self._speech.data(fault.title)
        told = (self._speech.say(STAYS, title=title), self._speech.say(STILL_AT, title=title))
        return self._writer.told(paragraphs(*told), replace(self._place, candidates=()))

    def _exclude(self, denied: tuple[Fault, ...]) -> Answer:
        """It is said what it is not: what was offered or begun is dropped, what is left is asked."""
        titles = ", ".join(self._speech.lines(fault.title for fault in denied))
        lead = self._speech.say(EXCLUDED, titles=titles)
        if self._place.part not in denied:
            left = [fault for fault in self._place.candidates if fault not in denied]
            return self._ask(left, lead) if left else self._not_known(lead)
        self._place = Place()
        likely = (*self._event().faults, *self._find(self._issue.description).faults)
        left = [fault for fault in dict.fromkeys(likely) if fault not in denied][:CANDIDATES]
        return self._ask(left, lead) if left else self._not_known(lead)

    def _ask(self, candidates: Iterable[Fault], lead: str = "") -> Answer:
        """Ask back. A walk that is under way stays where it is: "next" goes on with it."""
        offered = tuple(candidates)[:OFFERED]
        return self._writer.question(replace(self._place, candidates=offered, first=self._first_offer), lead)

    def _not_known(self, lead: str = "") -> Answer:
        return self._writer.not_known(replace(self._place, candidates=()), lead)

    def _told(self, message: str) -> Answer:
        """Something said in between: the walk stays where it is."""
        return self._writer.told(self._speech.say(message), self._place)
