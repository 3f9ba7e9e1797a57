"""One message to the built-in assistant with all that its answer depends on: issue, place, language, playbook."""

from dataclasses import replace

from core.chat.backend import ChatRequest, Turn
from core.chat.playbook.alerts import EMERGENCY_DIGIT
from core.chat.playbook.answer_writer import AnswerWriter
from core.chat.playbook.event_faults import Told, codes_of, told_by
from core.chat.playbook.fault_codes import arranged, book_of
from core.chat.playbook.fault_finder import Finding, finder_for
from core.chat.playbook.library import Equipment, Fault, Inspection, library
from core.chat.playbook.offering import Offering
from core.chat.playbook.phrases import Speech
from core.chat.playbook.position import Place, place_in
from core.chat.playbook.spelling import standard
from core.chat.playbook.spoken_language import language_of
from core.domain.messages import Alert, Author
from core.domain.offers import Offer, offers_in

_SPOKEN = "playbook.language"
"""Memo of an answer in another language than the screen's: both, as ``ko:en``."""


class Situation:
    """What is known when a message is answered. ``text`` is what is left to answer."""

    def __init__(self, request: ChatRequest) -> None:
        self.request = request
        self.issue = request.issue
        self.text = standard(request.text.strip())
        self.place: Place = place_in(request.history)
        self.offers = _offers_in(request.history)
        self.first = EMERGENCY_DIGIT + 1 if request.alert is Alert.ASK else 1
        self.book = book_of(request.issue.mode_type, request.issue.issue)
        spoken = language_of(self.text) or _spoken_before(request)
        self.speech = Speech(spoken)
        self.offering = Offering(self.speech, self.first)
        self.codes = codes_of(request.issue, self.book)
        kept = {_SPOKEN: f"{request.language}:{spoken}"} if spoken != request.language else {}
        self.writer = AnswerWriter(request, self.book, self.speech, self.codes, kept)
        self._finder = finder_for(self.book.mode_types[0] if self.book else request.issue.mode_type)

    @property
    def equipment(self) -> Equipment:
        """What holds for any work on the event's equipment."""
        return self.book or library().common

    @property
    def part(self) -> Fault | Inspection | None:
        """What is walked through, its likeliest causes first."""
        return arranged(self.place.part, self.codes) if self.place.part else None

    def find(self, text: str) -> Finding:
        """The faults that ``text`` tells of. On equipment without a playbook nothing is sure."""
        found = self._finder.find(text)
        return found if self.book else replace(found, sure=False)

    def named(self, text: str) -> frozenset[str]:
        """The ids of the faults of which ``text`` says a whole symptom."""
        return self._finder.named(text)

    def event(self) -> Told:
        """What the issue's event tells of its fault."""
        return told_by(self.issue, self.book, self._finder, self.find)


def _offers_in(history: tuple[Turn, ...]) -> tuple[Offer, ...]:
    """What the built-in assistant offered last."""
    answers = (turn for turn in reversed(history) if turn.author is Author.BUILTIN and turn.alert is Alert.NONE)
    last = next(answers, None)
    return offers_in(last.memo) if last is not None else ()


def _spoken_before(request: ChatRequest) -> str:
    """The language of the last answer, as long as the screen's own did not change since; else the screen's."""
    memos = (turn.memo for turn in reversed(request.history) if turn.author is Author.BUILTIN)
    last = next((memo for memo in memos if memo), {})
    screen, _, spoken = last.get(_SPOKEN, "").partition(":")
    return spoken if spoken and screen == request.language else request.language
