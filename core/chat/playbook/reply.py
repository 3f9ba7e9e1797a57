"""One message to the built-in assistant on its way to its answer: digits and commands first, then what was told."""

from dataclasses import replace

from core.chat.backend import Answer, ChatRequest
from core.chat.playbook.alerts import emergency_answer, standing_ask
from core.chat.playbook.guide_phrases import NO_SUCH_NUMBER
from core.chat.playbook.intents import Intent, choice, intent, step_number
from core.chat.playbook.library import Fault, Inspection, library
from core.chat.playbook.offering import taken
from core.chat.playbook.past_fix_phrases import similar_words
from core.chat.playbook.phrases import CHOSEN, HELP, NOBODY_HURT, paragraphs
from core.chat.playbook.questions import Questions
from core.chat.playbook.situation import Situation
from core.chat.playbook.walk import Walk
from core.domain.messages import Alert
from core.domain.offers import Offer, OfferKind
from core.emergency import Level, assess


class Reply:
    """What to say to one message, from the issue, the conversation so far and the playbooks."""

    def __init__(self, request: ChatRequest) -> None:
        self._here = Situation(request)
        self._walk = Walk(self._here)
        self._was_asked = request.alert is Alert.NONE and standing_ask(request.history) is not None
        """Whether the words before this message asked if somebody is hurt."""

    def answer(self) -> Answer:
        """The answer at this place of the walk."""
        text = self._here.text
        if not text:
            return self._walk.open()
        if (danger := assess(text)).level is Level.YES:  # asked without a conversation, which says it itself
            return self._people_first(emergency_answer(danger.dangers, danger.language))
        if (number := choice(text)) is not None:
            return self._number(number)
        number, part = step_number(text), self._here.place.part
        if number is not None and part and 1 <= number <= len(part.steps):
            return self._walk.go_to(number)
        wanted = intent(text)
        if wanted is Intent.NO and self._was_asked:
            return self._nobody_is_hurt()
        if wanted is None:
            return Questions(self._here, self._walk).answer()
        return self._follow(wanted)

    def _people_first(self, answer: Answer) -> Answer:
        """Whoever is in danger needs no fault and no step. The walk stays where it is."""
        return replace(answer, memo={**answer.memo, **self._here.place.memo()})

    # --- digits

    def _number(self, number: int) -> Answer:
        """What was offered under ``number``; without offers, the step or the fault with it."""
        place = self._here.place
        if (offer := taken(str(number), self._here.offers)) is not None:
            return self._take(offer)
        if place.candidates and not self._here.offers:
            chosen = place.offered_as(number)
            return self._walk.ask(place.candidates) if chosen is None else self._walk.fault(chosen, CHOSEN)
        if not self._here.offers and place.part and 1 <= number <= len(place.part.steps):
            return self._walk.go_to(number)
        if place.candidates and place.part is None:
            return self._walk.ask(place.candidates)
        if not self._here.offers:
            return Questions(self._here, self._walk).answer()
        return self._walk.beside(self._here.speech.say(NO_SUCH_NUMBER, number=number))

    def _take(self, offer: Offer) -> Answer:
        """Do what was offered."""
        place = self._here.place
        match offer.kind:
            case OfferKind.NEXT | OfferKind.STILL | OfferKind.FIXED | OfferKind.AGAIN | OfferKind.NONE:
                return self._follow(_INTENT_OF[offer.kind])
            case OfferKind.STEP if place.part and offer.subject.isdigit():
                return self._walk.go_to(int(offer.subject))
            case OfferKind.FAULT if isinstance(fault := library().part(offer.subject), Fault):
                return self._walk.fault(fault, CHOSEN)
            case OfferKind.RETURN if (part := library().part(offer.subject)) is not None:
                return self._walk.back_to(part)
            case OfferKind.SIMILAR:
                fixes = [fix for fix in self._here.request.past_fixes if offer.subject in (fix.id, fix.issue)]
                return self._walk.beside(similar_words(fixes, self._here.speech.language))
            case _:
                return self._walk.on(0)

    # --- commands

    def _follow(self, wanted: Intent) -> Answer:
        place = self._here.place
        match wanted:
            case Intent.SOLVED | Intent.FINE if isinstance(place.part, Inspection):
                return self._walk.on()  # said of the item, not of the machine
            case Intent.SOLVED | Intent.YES if wanted is Intent.SOLVED or place.solved:
                return self._walk.solved()
            case Intent.HELP:
                return self._walk.beside(self._here.speech.say(HELP))
            case Intent.RESTART:
                return self._walk.restart()
            case Intent.NO if place.part and place.candidates:
                return self._walk.on(0)  # not the other fault: on with this one
            case Intent.STILL | Intent.NO if place.candidates and not place.part:
                return self._walk.not_known()
            case Intent.YES | Intent.NEXT if len(place.candidates) == 1 and (wanted is Intent.YES or not place.part):
                return self._walk.fault(place.candidates[0], CHOSEN)
            case _ if place.part:
                return self._go_on(wanted, place.part)
            case _:
                return self._walk.ask(place.candidates) if place.candidates else self._walk.open()

    def _nobody_is_hurt(self) -> Answer:
        """ "No" to "is somebody hurt?" denies no fault: what was said below the question is said again."""
        place = self._here.place
        if place.candidates:
            again = self._walk.ask(place.candidates)
        else:
            again = self._walk.on(0) if place.part else self._walk.not_known()
        return replace(again, text=paragraphs(self._here.speech.say(NOBODY_HURT), again.text))

    def _go_on(self, wanted: Intent, part: Fault | Inspection) -> Answer:
        """Somebody answers to a part that is begun."""
        if wanted is Intent.FINE:
            return self._walk.well()
        if wanted is Intent.NO and not self._here.place.step:
            # "No" to "I take this for": neither the fault nor its precautions are agreed to.
            return self._walk.exclude((part,)) if isinstance(part, Fault) else self._walk.checklist()
        return self._walk.on({Intent.BACK: -1, Intent.REPEAT: 0}.get(wanted, 1))


_INTENT_OF = {
    OfferKind.NEXT: Intent.NEXT,
    OfferKind.STILL: Intent.STILL,
    OfferKind.FIXED: Intent.SOLVED,
    OfferKind.AGAIN: Intent.REPEAT,
    OfferKind.NONE: Intent.NO,
}
