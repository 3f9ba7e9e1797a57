"""What solved an issue: the step, and the cause that it deals with, after which somebody said "it works now". Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from core.chat.backend import IssueBrief
from core.chat.playbook.event_faults import codes_of
from core.chat.playbook.fault_codes import arranged, book_of
from core.chat.playbook.library import Bilingual, Fault
from core.chat.playbook.phrases import Speech
from core.chat.playbook.position import last_place
from core.domain.messages import Author
from core.support.i18n import N_

OF_CAUSE = N_("{cause} (step {number} of “{title}”)")
OF_STEP = N_("Step {number} of “{title}”: {text}")


class Said(Protocol):
    """What a message must tell (``Message``)."""

    @property
    def author(self) -> Author: ...

    @property
    def memo(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Solution:
    """The step of a fault's walk that helped."""

    fault: Fault
    step: int
    """As it was numbered in the walk, from 1."""
    text: Bilingual
    cause: int | None = None
    """The number, from 1, of the cause in the playbook's own order (``fault.causes``); None: it deals with none."""

    def note(self, language: str) -> str:
        """A note for the resolution, in the language of whoever resolves."""
        speech = Speech(language)
        title = speech.data(self.fault.title)
        if self.cause is None:
            return speech.say(OF_STEP, number=self.step, title=title, text=speech.data(self.text))
        cause = speech.data(self.fault.causes[self.cause - 1])
        return speech.say(OF_CAUSE, cause=cause, number=self.step, title=title)


def fault_at(messages: Iterable[Said]) -> Fault | None:
    """The fault that a conversation (oldest message first) walks through now; its causes are to be chosen from."""
    part = last_place(one.memo for one in messages if one.author is Author.BUILTIN).part
    return part if isinstance(part, Fault) else None


def solution_of(issue: IssueBrief, messages: Iterable[Said]) -> Solution | None:
    """What solved ``issue``, as its conversation (oldest message first) has it; None where nobody said so."""
    place = last_place(one.memo for one in messages if one.author is Author.BUILTIN)
    fault = place.part
    if not place.solved or not isinstance(fault, Fault) or not 1 <= place.step <= len(fault.steps):
        return None
    spoken = arranged(fault, codes_of(issue, book_of(issue.mode_type, issue.issue)))
    step = spoken.steps[place.step - 1]
    if step.cause is None or not isinstance(spoken, Fault):
        return Solution(fault, place.step, step.text)
    return Solution(fault, place.step, step.text, fault.causes.index(spoken.causes[step.cause - 1]) + 1)
