"""What to do at once for each danger, in the language in which it was told."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.chat.emergency import PRECAUTIONS, TEXT
from core.emergency.assessment import Assessment, Danger
from core.i18n import N_, load

_ASK = N_("Is somebody hurt? 1 emergency steps")
_POWER_OFF = N_("Switch the power off and keep away before anything else.")
_KEEP_AWAY = N_("Keep away and keep others away before anything else.")


@dataclass(frozen=True, slots=True)
class Instructions:
    """An emergency answer: emergency stop and the emergency number stand in its first lines."""

    text: str
    precautions: tuple[str, ...]


def instructions_for(dangers: Sequence[Danger], language: str) -> Instructions:
    """The whole emergency answer for ``dangers``; without any, the general one."""
    say = load(language).gettext
    return Instructions(say(TEXT), tuple(say(line) for line in PRECAUTIONS))


def ask_line(language: str) -> str:
    """The one line above an ordinary answer where it is in doubt whether somebody is hurt."""
    return load(language).gettext(_ASK)


def advice_lines(assessment: Assessment, language: str) -> tuple[str, ...]:
    """What stands before anything else where it is no emergency but not harmless either."""
    say = load(language).gettext
    lines = ((assessment.power_off, _POWER_OFF), (assessment.keep_away, _KEEP_AWAY))
    return tuple(say(line) for wanted, line in lines if wanted)
