"""The built-in assistant's words: what it says of faults, steps and its own limits, in either language.

The language comes with each question, so it is looked up here and not with the process-wide ``_``.
"""

from collections.abc import Iterable
from functools import cache
from gettext import NullTranslations

from core.chat.playbook.library import Bilingual, Fault, FaultCode, Inspection, Playbook, Step
from core.support import i18n
from core.support.i18n import N_

TAKEN_FOR = N_("This looks like: {title}")
CHOSEN = N_("So it is: {title}")
AGAIN = N_("From the beginning: {title}")
EXCLUDED = N_("So it is not: {titles}")
FOREIGN = N_("I have no playbook for this equipment. This one is for: {equipment}. Follow only what applies to yours.")
OTHER_EQUIPMENT = N_(
    "The event names other equipment. This playbook is for: {equipment}. Follow only what applies to yours."
)
BY_CODE = N_("Code {code}: {name}")
DIFFERS = N_("The description tells of another fault than the code. See which it is.")
CHECKS = N_("Check now, from outside only:")
BEGIN = N_("Then the safety check (Ctrl+L); Enter gives the first of {count} steps (about {minutes} min).")
CHECKLIST = N_("{title}: {count} items, about {minutes} min")
CHECKLIST_BEGIN = N_("Enter goes item by item. If something is abnormal, write what you see.")
CAUSE = N_("Likely cause {number} of {count}: {cause}")
STEP = N_("Step {number} of {count} (about {minutes} min)")
ITEM = N_("Item {number} of {count} (about {minutes} min)")
TOOLS = N_("Tools: {tools}")
CALL = N_("Call: {call}")
NO_MORE_STEPS = N_("Those were all the steps I know for: {title}")
IF_STILL_THERE = N_("If it is still there: {call}")
IF_FIXED = N_("If it is fixed, press F4 to resolve it.")
NO_MORE_ITEMS = N_("That was the whole checklist: {title}")
IF_ABNORMAL = N_("If something is abnormal: {call}")
IF_NORMAL = N_("If all is in order, press F4 to resolve it.")
SOLVED = N_("Good. Press F4 to resolve it: people do that, I cannot.")
BEFORE_RESOLVING = N_("Before that, confirm:")
ASK = N_("Which fault is it? Type its number, or write what you see.")
NOT_KNOWN = N_("I do not know this fault. Write what you see, hear or smell, and where.")
KNOWN = N_("Or is it one of these? Type its number.")
CALL_PEOPLE = N_("Leave it stopped and call your line leader or maintenance.")
NOBODY_HURT = N_("Good that nobody is hurt.")
ALL_OR_THIS = N_("Does the machine run properly again, or is only this part OK?")
HELP = N_(
    "Ask me about this fault: where, how much, which tool, whom to call. Or write what you see."
    " “next”, “back”, “again” and “fixed” go through the steps."
)


@cache
def catalogue(language: str) -> NullTranslations:
    """The messages of ``language``, read once."""
    return i18n.load(language)


class Speech:
    """Puts the parts of an answer into words of one language: ``ko`` or ``en`` (any other is English)."""

    def __init__(self, language: str) -> None:
        self._language = language if language in i18n.LANGUAGES else "en"
        self._messages = catalogue(self._language)

    @property
    def language(self) -> str:
        return self._language

    def say(self, message: str, **values: object) -> str:
        """``message`` (a message id) in the language, its fields filled in."""
        return self._messages.gettext(message).format(**values)

    def data(self, text: Bilingual) -> str:
        """A text of a playbook."""
        return text.said(self._language)

    def lines(self, texts: Iterable[Bilingual]) -> tuple[str, ...]:
        """Texts of a playbook, in order."""
        return tuple(self.data(text) for text in texts)

    def code(self, code: FaultCode, *, differs: bool) -> str:
        """What the event's code means, and where the description tells another fault."""
        name, note = self.data(code.title), self.data(code.note) if code.note else ""
        meaning = self.say(BY_CODE, code=code.code, name=name) if code.code else ""
        return "\n".join(part for part in (meaning, note, self.say(DIFFERS) if differs else "") if part)

    def foreign(self, book: Playbook | None, *, known: bool) -> str:
        """That a playbook is for other equipment. ``known``: the event's own equipment has a playbook."""
        if book is None:
            return ""
        return self.say(OTHER_EQUIPMENT if known else FOREIGN, equipment=self.data(book.title))

    def fault(self, fault: Fault, lead: str, notice: str, solved_before: str) -> str:
        """The opening words on a fault: which it is, what to look at, what was noted before. No step yet."""
        checks = "\n".join((self.say(CHECKS), *(f"• {line}" for line in self.lines(fault.checks))))
        begin = self.say(BEGIN, count=len(fault.steps), minutes=_minutes(fault.steps))
        return paragraphs(self.say(lead, title=self.data(fault.title)), notice, checks, solved_before, begin)

    def checklist(self, inspection: Inspection) -> str:
        """An inspection at a glance: every item with its number."""
        steps = inspection.steps
        head = self.say(CHECKLIST, title=self.data(inspection.title), count=len(steps), minutes=_minutes(steps))
        return paragraphs(head, numbered(self.lines(s.text for s in steps)), self.say(CHECKLIST_BEGIN))

    def step(self, part: Fault | Inspection, number: int) -> str:
        """One step of a fault, or one item of an inspection; ``number`` counts from 1."""
        step = part.steps[number - 1]
        is_fault = isinstance(part, Fault)
        head = self.say(STEP if is_fault else ITEM, number=number, count=len(part.steps), minutes=step.minutes)
        cause = self._cause(part, step) if isinstance(part, Fault) else ""
        tools = self.say(TOOLS, tools=self.data(step.tools)) if step.tools else ""
        call = self.say(CALL, call=self.data(step.call)) if step.call else ""
        told = "\n".join(line for line in (head, self.data(step.text), tools, call) if line)
        return paragraphs(cause, told)

    def end(self, part: Fault | Inspection) -> str:
        """After the last step: whom to call, and that people resolve."""
        over, still, well = (
            (NO_MORE_STEPS, IF_STILL_THERE, IF_FIXED)
            if isinstance(part, Fault)
            else (NO_MORE_ITEMS, IF_ABNORMAL, IF_NORMAL)
        )
        told = (self.say(over, title=self.data(part.title)), self.say(still, call=self.data(part.call)))
        return paragraphs(*told, self.say(well))

    def solved(self, release_checks: Iterable[Bilingual]) -> str:
        """It runs again: what to confirm, and the key that resolves."""
        checks = (f"• {line}" for line in self.lines(release_checks))
        return paragraphs(self.say(SOLVED), "\n".join((self.say(BEFORE_RESOLVING), *checks)))

    def title(self, fault: Fault, book: Playbook | None) -> str:
        """A fault's name; where it is one of other equipment, with that."""
        title = self.data(fault.title)
        return f"{title} ({self.data(book.title)})" if book else title

    def not_known(self) -> str:
        """It does not know: said plainly, in two lines, with whom to call."""
        return "\n".join((self.say(NOT_KNOWN), self.say(CALL_PEOPLE)))

    def _cause(self, fault: Fault, step: Step) -> str:
        if step.cause is None:
            return ""
        cause = self.data(fault.causes[step.cause - 1])
        return self.say(CAUSE, number=step.cause, count=len(fault.causes), cause=cause)


def paragraphs(*parts: str) -> str:
    """The parts that say something, an empty line between them."""
    return "\n\n".join(part for part in parts if part)


def numbered(lines: Iterable[str], first: int = 1) -> str:
    """One line each, numbered from ``first``."""
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, first))


def _minutes(steps: Iterable[Step]) -> int:
    return sum(step.minutes for step in steps)
