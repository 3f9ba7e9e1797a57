"""Questions answered from the playbook: with the step, the call, the tools or the precaution that they are about.

What the playbook does not hold is said not to be in it; no value is ever made up. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from core.chat.playbook.guide_phrases import (
    BEFORE_HANDING_BACK,
    CALL,
    CAUSES,
    FROM_OUTSIDE,
    IF_NOT_FOUND,
    NO_TOOLS,
    NO_VALUE,
    OF_STEP,
    TAKES,
    TAKES_ALL,
    THAT_IS_ITEM,
    THAT_IS_STEP,
    TOOLS_OF_STEP,
)
from core.chat.playbook.inquiry import Asks, Inquiry, holds_number_of, quantities, tells_where_it_stands
from core.chat.playbook.library import Bilingual, Equipment, Fault, Inspection
from core.chat.playbook.passages import Found, Hit, Kind, Passage, PassageSearch, passages_of
from core.chat.playbook.permission import permission, prohibition
from core.chat.playbook.phrases import BEFORE_RESOLVING, Speech

ENOUGH = 0.45
"""Share of what a question names that a passage must name, to be what it is about."""
_ENOUGH_OF_MANY = 0.3
"""The same where several telling words agree."""
_MANY = 2
_ALSO = 0.72
"""A second passage is told as well where it fits nearly as well as the first."""

_WEIGHTS: dict[Asks, dict[Kind, float]] = {
    Asks.WHOM: {Kind.STEP_CALL: 1.4, Kind.CALL: 1.3, Kind.TOOLS: 0.6},
    Asks.TOOL: {Kind.TOOLS: 1.1, Kind.PRECAUTION: 1.05, Kind.STANDING: 0.95, Kind.RELEASE: 0.5, Kind.CALL: 0.5},
    Asks.MAY: {
        Kind.PRECAUTION: 1.3,
        Kind.STANDING: 1.15,
        Kind.STEP_CALL: 1.2,
        Kind.CALL: 1.15,
        Kind.TOOLS: 0.4,
        Kind.CAUSE: 0.6,
    },
    Asks.RISK: {Kind.PRECAUTION: 1.3, Kind.STANDING: 1.2, Kind.TOOLS: 0.4},
    Asks.WHY: {Kind.PRECAUTION: 1.0, Kind.STANDING: 1.0, Kind.TOOLS: 0.5, Kind.RELEASE: 0.7},
    Asks.MUST: {Kind.PRECAUTION: 1.3, Kind.STANDING: 1.2, Kind.STEP_CALL: 1.1, Kind.TOOLS: 0.8, Kind.CAUSE: 0.6},
    Asks.HOW: {Kind.RELEASE: 0.9, Kind.TOOLS: 0.6, Kind.CAUSE: 0.8},
}
_ORDINARY: dict[Kind, float] = {
    Kind.TOOLS: 0.7,
    Kind.CAUSE: 0.9,
    Kind.RELEASE: 0.8,
    Kind.PRECAUTION: 0.95,
    Kind.STANDING: 0.8,
}


_RULES = (Kind.PRECAUTION, Kind.STANDING)


@dataclass(frozen=True, slots=True)
class Told:
    """What the playbook says to a question. ``step``: the step that was told whole, 0 where none was."""

    text: str
    step: int = 0
    coverage: float = 1.0

    @property
    def holds_steps(self) -> bool:
        return self.step > 0


@lru_cache(maxsize=64)
def _search(part: Fault | Inspection, equipment: Equipment, language: str) -> PassageSearch:
    return PassageSearch(passages_of(part, equipment), language)


@lru_cache(maxsize=256)
def _symptoms(fault: Fault, language: str) -> PassageSearch:
    said = fault.symptoms.ko if language == "ko" else fault.symptoms.en
    told = (fault.title, *(Bilingual(ko=one, en=one) for one in said), *fault.checks, *fault.causes)
    return PassageSearch(
        [Passage(Kind.CHECK, text) for text in (*told, *(step.text for step in fault.steps))], language
    )


def likeness(fault: Fault, text: str, language: str) -> float:
    """The share of what ``text`` names that one symptom, check, cause or step of ``fault`` names, 0 to 1."""
    return max((hit.coverage for hit in _symptoms(fault, language).find(text, {}).hits), default=0.0)


class Guide:
    """Answers questions on one fault or inspection, in one language."""

    def __init__(self, part: Fault | Inspection, equipment: Equipment, speech: Speech, at: int) -> None:
        """``at``: the step at which the walk is; 0: not begun."""
        self._part = part
        self._equipment = equipment
        self._speech = speech
        self._at = min(max(at, 1), len(part.steps))
        self._search = _search(part, equipment, speech.language)

    def answer(self, asked: Inquiry, text: str) -> Told | None:
        """What the playbook says; None where it says nothing of it."""
        found = self._search.find(text, _WEIGHTS.get(asked.asks, _ORDINARY))
        match asked.asks:
            case Asks.HOW_LONG if asked.of_work:
                return self._minutes(found)
            case Asks.HOW_LONG | Asks.HOW_MUCH:
                return self._amount(found, text, is_time=asked.asks is Asks.HOW_LONG)
            case Asks.WHOM:
                return self._whom(found)
            case Asks.WHY if isinstance(self._part, Fault):
                return self._why(found, self._part)
            case Asks.TOOL:
                return self._tool(found)
            case Asks.RELEASE:
                return self._before_handing_back()
            case Asks.RISK if not any(_fits(hit) for hit in found.hits):
                return Told("\n".join(f"• {line}" for line in self._speech.lines(self._rules)))
            case Asks.MAY | Asks.MUST | Asks.RISK:
                sayable = [
                    hit for hit in found.hits if not (asked.hazard and _is_step(hit) and not self._forbidden(hit))
                ]
                return self._permission(asked, self._told_of(replace(found, hits=tuple(sayable))))
            case _:
                return self._about(found)

    def told(self, text: str) -> Told | None:
        """What the playbook says to something that was told, and not asked: the step that treats it."""
        return self._about(self._search.find(text, _ORDINARY))

    def here(self) -> Told:
        """The step at which the walk is; before it began, the first."""
        return Told(self._step(self._at), self._at)

    def coverage(self, text: str) -> float:
        """The share of what ``text`` names that one passage names, 0 to 1."""
        hit = next((hit for hit in self._search.find(text, {}).hits if _fits(hit)), None)
        return hit.coverage if hit else 0.0

    def names(self, text: str) -> int:
        """How many different things ``text`` names."""
        return len(self._search.find(text, {}).asked)

    # --- what a question is about

    def _told_of(self, found: Found) -> list[Hit]:
        """The passage that fits, and a second one where that fits nearly as well."""
        best = next((hit for hit in found.hits if _fits(hit)), None)
        if best is None:
            return []
        others = (hit for hit in found.hits if hit is not best and self._is_apart(hit, best) and _fits(hit))
        also = next((hit for hit in others if hit.score >= _ALSO * best.score), None)
        return [best, also] if also else [best]

    def _is_apart(self, hit: Hit, best: Hit) -> bool:
        return not hit.passage.step or hit.passage.step != best.passage.step

    def _about(self, found: Found) -> Told | None:
        if not found.asked:
            return self.here()
        hits = self._told_of(found)
        if not hits:
            return None
        lines, step = self._quoted(hits)
        return Told("\n".join(lines), step, hits[0].coverage)

    def _quoted(self, hits: Iterable[Hit]) -> tuple[list[str], int]:
        """The passages in words, and the step that is told whole."""
        lines: list[str] = []
        step = 0
        for hit in hits:
            passage = hit.passage
            whole = passage.kind in (Kind.STEP, Kind.CAUSE) and passage.step > 0
            if whole and not step:
                step = passage.step
            lines.append(
                self._step(passage.step) if whole else self._in_words(passage.kind, passage.text, passage.step)
            )
        return list(dict.fromkeys(lines)), step

    def _in_words(self, kind: Kind, text: Bilingual, step: int) -> str:
        said = self._speech.data(text)
        match kind:
            case Kind.TOOLS:
                return self._speech.say(TOOLS_OF_STEP, number=step, tools=said)
            case Kind.STEP_CALL:
                return self._speech.say(OF_STEP, number=step, text=said)
            case Kind.CHECK:
                return self._speech.say(FROM_OUTSIDE, text=said)
            case Kind.RELEASE:
                return self._speech.say(BEFORE_HANDING_BACK, text=said)
            case Kind.CALL:
                return self._speech.say(CALL, call=said)
            case _:
                return said

    def _step(self, number: int) -> str:
        """A step with whom it calls."""
        step, count = self._part.steps[number - 1], len(self._part.steps)
        head = THAT_IS_STEP if isinstance(self._part, Fault) else THAT_IS_ITEM
        lines = [self._speech.say(head, number=number, count=count, minutes=step.minutes), self._speech.data(step.text)]
        if step.call:
            lines.append(self._speech.data(step.call))
        return "\n".join(lines)

    @property
    def _call(self) -> str:
        return self._speech.data(self._part.call)

    @property
    def _rules(self) -> tuple[Bilingual, ...]:
        """The precautions of the fault, and where it has none, of the equipment."""
        own = self._part.precautions if isinstance(self._part, Fault) else ()
        return own or self._equipment.precautions

    # --- by what is asked

    def _permission(self, asked: Inquiry, hits: list[Hit]) -> Told:
        """Of a step only what it forbids, which no gate hides; a step as a whole only where nothing is refused."""
        forbidden = {hit: self._forbidden(hit) for hit in hits if asked.asks is not Asks.MUST}
        lines = [
            self._speech.say(OF_STEP, number=hit.passage.step, text=said) for hit, said in forbidden.items() if said
        ]
        whole = [hit for hit in hits if not forbidden.get(hit)]
        if lines:
            whole = [hit for hit in whole if not _is_step(hit)]
        quoted, step = self._quoted(whole)
        texts = [hit.passage.text for hit in hits if forbidden.get(hit) or hit in whole]
        return Told(permission(asked, texts, [*lines, *quoted], self._part, self._speech), step)

    def _forbidden(self, hit: Hit) -> str:
        said = self._speech.data(hit.passage.text)
        return prohibition(said, self._speech.language) if hit.passage.kind is Kind.STEP else ""

    def _before_handing_back(self) -> Told:
        checks = self._speech.lines(self._equipment.release_checks)
        return Told("\n".join((self._speech.say(BEFORE_RESOLVING), *(f"• {line}" for line in checks))))

    def _whom(self, found: Found) -> Told:
        hit = next((hit for hit in found.hits if _fits(hit)), None)
        lines: list[str] = []
        if hit and hit.passage.step and (call := self._part.steps[hit.passage.step - 1].call):
            lines.append(self._speech.say(OF_STEP, number=hit.passage.step, text=self._speech.data(call)))
        elif hit and hit.passage.kind in (*_RULES, Kind.CHECK):
            lines.append(self._in_words(hit.passage.kind, hit.passage.text, 0))
        return Told("\n".join([*lines, self._speech.say(CALL, call=self._call)]))

    def _why(self, found: Found, fault: Fault) -> Told:
        best = found.best
        lead = [self._speech.data(best.passage.text)] if best and _is_rule(best) else []
        causes = [f"• {line}" for line in self._speech.lines(fault.causes)]
        return Told("\n".join([*lead, self._speech.say(CAUSES), *causes]))

    def _tool(self, found: Found) -> Told:
        fitting = [hit for hit in found.hits if _fits(hit)]
        rule = next((hit for hit in fitting if hit.passage.kind in _RULES), None)
        steps = dict.fromkeys(hit.passage.step for hit in fitting if hit.passage.step)
        named = [number for number in steps if self._part.steps[number - 1].tools]
        lines: list[str] = []
        if rule is not None and (not named or rule.score >= _ALSO * fitting[0].score):
            lines.append(self._speech.data(rule.passage.text))
        if not found.asked:
            named = [n for n in (self._at, *range(1, len(self._part.steps) + 1)) if self._part.steps[n - 1].tools][:1]
        lines += (self._tools_of(number) for number in named[:2])
        if lines:
            return Told("\n".join(lines))
        told = self._about(found) if fitting else None
        return told or Told("\n".join((self._speech.say(NO_TOOLS), self._speech.say(CALL, call=self._call))))

    def _tools_of(self, number: int) -> str:
        tools = self._part.steps[number - 1].tools
        return self._in_words(Kind.TOOLS, tools, number) if tools else ""

    def _minutes(self, found: Found) -> Told:
        hit = next((hit for hit in found.hits if _fits(hit) and hit.passage.step), None)
        steps = self._part.steps
        number = hit.passage.step if hit else self._at
        one = self._speech.say(TAKES, number=number, minutes=steps[number - 1].minutes)
        whole = self._speech.say(TAKES_ALL, count=len(steps), minutes=sum(step.minutes for step in steps))
        return Told(f"{one} {whole}")

    def _amount(self, found: Found, text: str, *, is_time: bool) -> Told:
        """A number that the playbook holds; else that it holds none, and where it stands."""
        wanted = ("time",) if is_time else quantities(text)
        fitting = [hit for hit in found.hits if _fits(hit)]
        numbered = (hit for hit in fitting if self._holds_number(hit, wanted))
        best = next(numbered, None)
        if best is not None and best.score >= _ALSO * fitting[0].score:
            lines, step = self._quoted([best])
            return Told("\n".join(lines), step)
        near = next((hit for hit in fitting if self._may_be_near(hit, wanted)), None)
        lines, step = self._quoted([near] if near else [])
        none = self._speech.say(NO_VALUE)
        last = [] if near else [self._speech.say(IF_NOT_FOUND, call=self._call)]
        return Told("\n".join([none, *lines, *last]), step)

    def _holds_number(self, hit: Hit, wanted: tuple[str, ...]) -> bool:
        said = self._speech.data(hit.passage.text)
        if not wanted:
            return any(sign.isdigit() for sign in said)
        return any(holds_number_of(quantity, said) for quantity in wanted)

    def _may_be_near(self, hit: Hit, wanted: tuple[str, ...]) -> bool:
        """What tells where the value stands, and holds no other number that could be taken for it."""
        said = self._speech.data(hit.passage.text)
        return tells_where_it_stands(said, self._speech.language) and not self._holds_number(hit, wanted)


def _fits(hit: Hit) -> bool:
    return hit.coverage >= (_ENOUGH_OF_MANY if hit.count >= _MANY else ENOUGH)


def _is_step(hit: Hit) -> bool:
    return hit.passage.step > 0 and hit.passage.kind in (Kind.STEP, Kind.CAUSE)


def _is_rule(hit: Hit) -> bool:
    return hit.passage.kind in _RULES and hit.coverage >= _ALSO
