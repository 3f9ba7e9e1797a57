"""What was typed and is no command: a question, something seen at the machine, or a word beside the matter."""

from core.chat.backend import Answer
from core.chat.playbook.fault_finder import Finding
from core.chat.playbook.guide import ENOUGH, Guide, likeness
from core.chat.playbook.guide_phrases import ASK_PEOPLE, CALL, INSTEAD, LEAVE_IT, NOT_IN_GUIDE, NOT_KNOWN_HERE
from core.chat.playbook.inquiry import Asks, Inquiry, inquiry
from core.chat.playbook.intents import intent, is_gone, is_still
from core.chat.playbook.library import Fault, Inspection
from core.chat.playbook.permission import REFUSALS
from core.chat.playbook.phrases import CHOSEN, TAKEN_FOR
from core.chat.playbook.position import CANDIDATES
from core.chat.playbook.program_help import LOCKOUT, Topic, topic_of
from core.chat.playbook.situation import Situation
from core.chat.playbook.small_talk import OFF_TOPIC, Talk, small_talk
from core.chat.playbook.walk import Walk

_CLEAR = 0.6
"""Share of what was said that the playbook names, from which it is what was meant."""
_WHOLE = 0.8
"""From here on all that was said is taken to be named."""
_BETTER = 0.1
"""By how much more another fault must name of it, to be meant instead of the one walked through."""


class Questions:
    """Answers what is no command, in the order in which it may be meant."""

    def __init__(self, situation: Situation, walk: Walk) -> None:
        self._here = situation
        self._walk = walk
        self._speech = situation.speech
        part = situation.part
        self._guide = Guide(part, situation.equipment, self._speech, situation.place.step) if part else None

    def answer(self) -> Answer:
        """The answer to the text of the situation."""
        talk = small_talk(self._here.text)
        if talk is not None:
            if talk.kind == OFF_TOPIC and topic_of(self._here.text) is None:
                return self._unknown()
            if talk.kind != OFF_TOPIC and not self._means_more(talk):
                return self._walk.beside(talk.reply(self._speech.language))
            self._here.text = talk.rest if talk.kind != OFF_TOPIC else self._here.text
        asked = inquiry(self._here.text)
        topic = topic_of(self._here.text)
        if topic is not None and not self._is_of_machine(asked, topic):
            return self._program(topic)
        return self._told() if asked is None else self._asked(asked)

    def _means_more(self, talk: Talk) -> bool:
        """Whether the rest of what was said is of the matter."""
        rest = talk.rest
        if not rest:
            return False
        asked = inquiry(rest)
        if intent(rest) is not None or topic_of(rest) is not None or (asked and asked.hazard) or self._here.named(rest):
            return True
        told = self._guide.told(rest) if self._guide else None
        return self._guide is not None and told is not None and told.coverage >= _CLEAR and self._guide.names(rest) > 1

    def _is_of_machine(self, asked: Inquiry | None, topic: Topic) -> bool:
        """Whether the playbook treats all that the question names, though it sounds like one about this program."""
        if topic.name == LOCKOUT:
            return asked is not None and asked.hazard is not None
        return self._guide is not None and self._guide.coverage(self._here.text) >= _WHOLE and asked is not None

    # --- about this program

    def _program(self, topic: Topic) -> Answer:
        lines = [topic.said(self._speech.language)]
        if topic.with_precautions:
            lines += (f"• {line}" for line in self._speech.lines(self._here.equipment.precautions))
        part = self._here.part
        if topic.with_call and part is not None:
            lines.append(self._speech.say(CALL, call=self._speech.data(part.call)))
        return self._walk.beside("\n".join(lines))

    # --- a question

    def _asked(self, asked: Inquiry) -> Answer:
        text = self._here.text
        if self._guide is None:
            return self._asked_before_a_walk(asked)
        other = self._other(self._here.find(text))
        if other is not None and asked.hazard is None and self._is_elsewhere(other):
            return self._walk.ask_to_switch(other)
        told = self._guide.answer(asked, text)
        return self._walk.beside(told.text, told.step) if told is not None else self._told()

    def _asked_before_a_walk(self, asked: Inquiry) -> Answer:
        """No fault is begun: what must not be is refused, and what was said may tell the fault."""
        if asked.hazard is not None:
            refusal = self._speech.say(REFUSALS[asked.hazard])
            return self._walk.beside("\n".join((refusal, self._speech.say(INSTEAD, text=self._speech.say(LEAVE_IT)))))
        if asked.asks in (Asks.MAY, Asks.MUST) and not self._here.find(self._here.text).faults:
            return self._walk.beside("\n".join((self._speech.say(NOT_IN_GUIDE), self._speech.say(LEAVE_IT))))
        return self._told()

    # --- something told

    def _told(self) -> Answer:
        """Something seen at the machine: the step that treats it, the fault that fits it, or that it is not known."""
        text, place = self._here.text, self._here.place
        found = self._here.find(text)
        fault, part = self._meant(found), place.part
        if part and place.step and (part in found.denied or (is_gone(text) and fault in (None, part))):
            return self._walk.well()
        if part and place.step and is_still(text) and (fault == part or (fault is None and part in found.faults)):
            return self._walk.on()
        if fault is None and found.denied and not found.faults:
            return self._walk.exclude(found.denied)
        return self._begin(found, fault) if part is None else self._within(found, fault)

    def _begin(self, found: Finding, fault: Fault | None) -> Answer:
        if fault is not None:
            return self._walk.fault(fault, CHOSEN if fault in self._here.place.candidates else TAKEN_FOR)
        return self._walk.ask(found.faults[:CANDIDATES]) if found.faults else self._walk.not_known()

    def _within(self, found: Finding, fault: Fault | None) -> Answer:
        """Within a walk its playbook comes first; another fault is asked about before the walk is left."""
        part = self._here.place.part
        if isinstance(part, Inspection) and found.sure and fault is not None:
            return self._walk.fault(fault, TAKEN_FOR)  # what an inspection came upon
        told = self._guide.told(self._here.text) if self._guide else None
        other = self._other(found)
        named = self._here.named(self._here.text)
        others = tuple(one for one in found.faults if one != part)[:CANDIDATES]
        if told is not None and told.step and (other is None or not self._fits_better(other)):
            return self._walk.beside(told.text, told.step)
        if other is not None:
            return self._walk.ask_to_switch(other)
        if any(one.id in named for one in others):
            return self._walk.ask(others)
        if told is not None:
            return self._walk.beside(told.text, told.step)
        if self._guide and (part is fault or part in found.faults):
            here = self._guide.here()
            return self._walk.beside(here.text, here.step)
        return self._walk.ask(others) if others else self._unknown()

    def _is_elsewhere(self, other: Fault) -> bool:
        """Whether a question is one about another fault: the playbook at hand says nothing of what it names."""
        says_nothing = self._guide is None or self._guide.coverage(self._here.text) < ENOUGH
        return says_nothing and self._fits_better(other)

    def _fits_better(self, other: Fault) -> bool:
        """Whether another fault names more of what was said than the one walked through."""
        text, language = self._here.text, self._speech.language
        part = self._here.place.part
        here = likeness(part, text, language) if isinstance(part, Fault) else 0.0
        own = max(here, self._guide.coverage(text) if self._guide else 0.0)
        return likeness(other, text, language) > own + _BETTER

    def _other(self, found: Finding) -> Fault | None:
        """Another fault than the one walked through that was clearly told of."""
        fault = self._meant(found) or self._most_like(found)
        return fault if fault is not None and fault != self._here.place.part else None

    def _most_like(self, found: Finding) -> Fault | None:
        """The one of several faults that alone names all that was said."""
        text, language = self._here.text, self._speech.language
        ranked = sorted(((likeness(one, text, language), one) for one in found.faults), key=lambda pair: -pair[0])
        next_best = ranked[1][0] if len(ranked) > 1 else 0.0
        return ranked[0][1] if ranked and ranked[0][0] >= max(_WHOLE, next_best + _BETTER) else None

    def _meant(self, found: Finding) -> Fault | None:
        """The one fault that is meant: named whole, left of the candidates, or clear with the event's words."""
        if found.sure:
            return found.faults[0]
        place = self._here.place
        left = [fault for fault in place.candidates if fault in found.faults]
        if len(left) == 1:
            return left[0]
        if not found.faults or place.part:
            return None
        together = self._here.find(f"{self._here.text[:300]}\n{self._here.issue.description}")
        return together.faults[0] if together.sure else None

    def _unknown(self) -> Answer:
        """Two lines: that it is not known here, and who may know it."""
        return self._walk.beside("\n".join((self._speech.say(NOT_KNOWN_HERE), self._speech.say(ASK_PEOPLE))))
