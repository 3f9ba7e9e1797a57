"""The walk through a playbook: its opening, its steps, its end, and the faults that are asked about on the way."""

from collections.abc import Iterable
from dataclasses import replace

from core.chat.backend import Answer
from core.chat.playbook.guide_phrases import ASKS_TO_SWITCH, BACK_AT, TO_CHOOSE
from core.chat.playbook.library import Fault, Inspection
from core.chat.playbook.offering import listed_lines
from core.chat.playbook.phrases import (
    AGAIN,
    ALL_OR_THIS,
    ASK,
    EXCLUDED,
    KNOWN,
    TAKEN_FOR,
    paragraphs,
)
from core.chat.playbook.position import CANDIDATES, OFFERED, Place
from core.chat.playbook.situation import Situation


class Walk:
    """Answers at a place of the walk."""

    def __init__(self, situation: Situation) -> None:
        self._here = situation
        self._writer = situation.writer
        self._speech = situation.speech
        self._offering = situation.offering

    @property
    def _place(self) -> Place:
        return self._here.place

    # --- the beginning

    def open(self) -> Answer:
        """The opening words, from what the event tells."""
        if not self._here.issue.is_fault:
            return self.checklist()
        told = self._here.event()
        lead = self._speech.code(told.code.code, differs=told.differs) if told.code else ""
        if told.sure:
            return self.fault(told.faults[0], TAKEN_FOR, lead)
        return self.ask(told.faults, lead) if told.faults else self.not_known()

    def fault(self, fault: Fault, lead: str, told_by: str = "") -> Answer:
        """At the beginning of ``fault``. A walk that is left for it is kept."""
        place = self._place.moved_to(fault)
        text = self._writer.fault(fault, lead, told_by)
        return self._writer.told(text, place, self._offering.of_walk(place))

    def checklist(self) -> Answer:
        """At the beginning of the inspection."""
        place = self._place.moved_to(self._here.equipment.inspection)
        offers = self._offering.of_walk(place)
        return self._writer.told(self._writer.checklist(), place, offers, holds_steps=self._here.issue.is_fault)

    # --- step by step

    def on(self, ahead: int = 1) -> Answer:
        """So many steps ahead; 0: the same again."""
        return self.go_to(self._place.step + ahead)

    def go_to(self, step: int, lead: str = "") -> Answer:
        """After ``step``; 0 is the beginning, one past the last the end."""
        part = self._place.part
        if part is None:
            return self.open()
        last = len(part.steps)
        step = max(0, min(step, last + 1))
        if step == 0:
            return self.fault(part, AGAIN) if isinstance(part, Fault) else self.checklist()
        place = self._place.at(step)
        offers = self._offering.of_walk(place)
        if step > last:
            return self._writer.told(paragraphs(lead, self._writer.end(part)), place, offers)
        text = paragraphs(lead, self._writer.step(part, step))
        return self._writer.told(text, place, offers, holds_steps=self._writer.touches(part))

    def restart(self) -> Answer:
        """The walk from its beginning; at the beginning already, the whole conversation's."""
        return self.go_to(0) if self._place.step else self.open()

    def solved(self) -> Answer:
        """It runs again."""
        place = replace(self._place, solved=True)
        return self._writer.told(self._writer.solved(), place, self._offering.of_walk(place))

    def well(self) -> Answer:
        """Something is in order: only who stands there knows whether that is all."""
        return self._writer.told(self._speech.say(ALL_OR_THIS), self._place, self._offering.of_fine())

    def back_to(self, part: Fault | Inspection) -> Answer:
        """On with a walk that was left, where it was."""
        step = self._place.left_at(part.id)
        self._here.place = self._place.moved_to(part, step)
        return self.go_to(step, self._speech.say(BACK_AT, title=self._speech.data(part.title)) if step else "")

    # --- between two faults

    def ask(self, candidates: Iterable[Fault], lead: str = "") -> Answer:
        """Ask back. A walk that is under way stays where it is: "next" goes on with it."""
        offered = tuple(candidates)[:OFFERED]
        place = replace(self._place, candidates=offered, first=self._here.first)
        offers = self._offering.of_faults(self._writer.titles(offered), place)
        question = self._speech.say(ASK if place.part is None else TO_CHOOSE)
        return self._writer.told(paragraphs(lead, question, listed_lines(offers)), place, offers)

    def ask_to_switch(self, other: Fault) -> Answer:
        """Another fault than the one walked through: whether to leave that for it."""
        part = self._place.part
        if part is None or not isinstance(part, Fault):
            return self.fault(other, TAKEN_FOR)
        titles = {"here": self._speech.data(part.title), "there": self._speech.data(other.title)}
        place = replace(self._place, candidates=(other,), first=self._here.first)
        return self._writer.told(
            self._speech.say(ASKS_TO_SWITCH, **titles), place, self._offering.of_switch(other, place)
        )

    def exclude(self, denied: tuple[Fault, ...]) -> Answer:
        """It is said what it is not: what was offered or begun is dropped, what is left is asked."""
        titles = ", ".join(self._speech.lines(fault.title for fault in denied))
        lead = self._speech.say(EXCLUDED, titles=titles)
        if self._place.part not in denied:
            left = [fault for fault in self._place.candidates if fault not in denied]
            if left or self._place.part is None:
                return self.ask(left, lead) if left else self.not_known(lead)
            return self.beside(lead)
        self._here.place = Place(left=self._place.left, listed=self._place.listed)
        likely = (*self._here.event().faults, *self._here.find(self._here.issue.description).faults)
        left = [fault for fault in dict.fromkeys(likely) if fault not in denied][:CANDIDATES]
        return self.ask(left, lead) if left else self.not_known(lead)

    def not_known(self, lead: str = "") -> Answer:
        """No fault fits: said in two lines; once, with all faults of this equipment to choose from."""
        book = self._here.book
        faults = () if self._place.listed or book is None else book.faults
        place = replace(self._place, candidates=(), listed=self._place.listed or bool(faults))
        offers = self._offering.of_faults(self._writer.titles(faults), place) if faults else ()
        known = "\n".join((self._speech.say(KNOWN), listed_lines(offers))) if offers else ""
        return self._writer.told(paragraphs(lead, self._speech.not_known(), known), place, offers)

    def beside(self, text: str, told_step: int = 0) -> Answer:
        """Something said in between: the walk stays where it is. ``told_step``: a step that ``text`` holds."""
        place = replace(self._place, candidates=()) if self._place.part else self._place
        part = self._place.part
        touches = bool(told_step) and part is not None and self._writer.touches(part)
        offers = self._offering.of_walk(place, told_step)
        if part is None and place.candidates:
            offers = self._offering.of_faults(self._writer.titles(place.candidates), place)
        return self._writer.told(text, place, offers, holds_steps=touches)
