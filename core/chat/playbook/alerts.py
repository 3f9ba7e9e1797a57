"""What is said at once where people may be in danger, before any chatbot answers and past the safety gate. Pure.

Whether somebody is in danger is decided in ``core.emergency``; here is how a conversation tells it.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from core.chat.backend import Answer
from core.chat.playbook.intents import Intent, choice, intent
from core.domain.messages import CHATBOTS, Alert, Author
from core.emergency import Assessment, Danger, Level, advice_lines, ask_line, assess, instructions_for

EMERGENCY_DIGIT = 1
"""What ``ask_line`` offers the emergency answer for. Offers of the answer below it are numbered from the next on."""

ALERT_WORDS: Mapping[Alert, str] = MappingProxyType(
    {Alert.NONE: Level.NO, Alert.ADVICE: Level.NO, Alert.ASK: Level.ASK, Alert.EMERGENCY: Level.YES}
)
"""How JSON names what was said at once: ``yes``, ``ask`` or ``no``."""

_DANGERS = "alert.dangers"
_LANGUAGE = "alert.language"
_EVENT = "alert.event"
_THERE_IS = frozenset({"있어", "있어요", "있습니다", "있다", "있음"})
"""Further ways to say yes to "is somebody hurt?"."""


class Said(Protocol):
    """What an earlier message must tell (``Message``, ``Turn``)."""

    @property
    def author(self) -> Author: ...

    @property
    def alert(self) -> Alert: ...

    @property
    def memo(self) -> Mapping[str, str]: ...


def emergency_answer(dangers: Sequence[Danger], language: str) -> Answer:
    """The whole emergency answer. It holds no step at the machine, so no gate hides it."""
    told = instructions_for(dangers, language)
    return Answer(told.text, told.precautions, memo=_memo(dangers, language), holds_steps=False, alert=Alert.EMERGENCY)


def alert_of(assessment: Assessment, language: str) -> Answer | None:
    """What is said at once of ``assessment``, in the language it was told in, else in ``language``; None: nothing."""
    said_in = assessment.language or language
    if assessment.level is Level.YES:
        return emergency_answer(assessment.dangers, said_in)
    lines = list(advice_lines(assessment, said_in))
    if assessment.level is Level.ASK:
        memo = _memo(assessment.dangers, said_in)
        text = "\n".join([*lines, ask_line(said_in)])
        return Answer(text, memo=memo, holds_steps=False, alert=Alert.ASK)
    return Answer("\n".join(lines), holds_steps=False, alert=Alert.ADVICE) if lines else None


def alert_for(text: str, language: str) -> Answer | None:
    """What is said at once of ``text`` alone."""
    return alert_of(assess(text), language)


def alert_to(text: str, said: Sequence[Said], language: str) -> Answer | None:
    """What is said at once to ``text``, after what was ``said`` (oldest first)."""
    found = alert_for(text, language)
    if found is not None and found.alert is Alert.EMERGENCY:
        return found
    asked = standing_ask(said)
    if asked is None or not says_yes(text):
        return found
    return emergency_answer(dangers_in(asked.memo), asked.memo.get(_LANGUAGE, language))


def standing_ask(said: Sequence[Said]) -> Said | None:
    """The answer that asks whether somebody is hurt, as long as nobody asked anything since; else None."""
    for one in reversed(said):
        if one.author in CHATBOTS and one.alert is Alert.ASK:
            return one
        if one.alert is Alert.EMERGENCY or one.author is Author.OPERATOR:
            return None
    return None


def says_yes(text: str) -> bool:
    """Whether ``text`` takes the emergency answer where somebody was asked whether anybody is hurt."""
    plain = text.strip().rstrip(".!~ ")
    return choice(text) == EMERGENCY_DIGIT or intent(text) is Intent.YES or plain in _THERE_IS


def event_memo(key: str) -> dict[str, str]:
    """Marks an alert as told of an event; ``key`` says of which."""
    return {_EVENT: key}


def is_told(key: str, said: Iterable[Said]) -> bool:
    """Whether the alert of the event ``key`` was told already."""
    return any(one.memo.get(_EVENT) == key for one in said)


def dangers_in(memo: Mapping[str, str]) -> tuple[Danger, ...]:
    """What threatens somebody, as an alert's memo has it; what another version called so is left out."""
    return tuple(Danger(one) for one in memo.get(_DANGERS, "").split(",") if one in set(Danger))


def _memo(dangers: Sequence[Danger], language: str) -> dict[str, str]:
    return {_DANGERS: ",".join(dangers), _LANGUAGE: language}
