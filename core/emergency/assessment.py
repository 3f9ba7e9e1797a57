"""Whether words tell that people are in danger: yes, ask, or no; and of which danger."""

from dataclasses import dataclass
from enum import StrEnum

from core.chat.emergency import is_emergency


class Level(StrEnum):
    """How sure it is that somebody is in danger."""

    YES = "yes"
    ASK = "ask"
    NO = "no"


class Danger(StrEnum):
    """What threatens somebody; each has instructions of its own."""

    FIRE = "fire"
    SHOCK = "shock"
    CAUGHT = "caught"
    FALL = "fall"
    CHEMICAL = "chemical"
    BREATH = "breath"
    INJURY = "injury"
    """Hurt, bleeding, burned, collapsed, or a cry for help that names nothing else."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a text tells. ``dangers`` is empty only where the level is ``NO``."""

    level: Level
    dangers: tuple[Danger, ...] = ()
    """Most pressing first."""
    language: str = ""
    """``ko`` or ``en``: the language in which the danger was told."""
    power_off: bool = False
    """No emergency, but the power must be switched off before anything else (a smell of burning)."""
    keep_away: bool = False
    """No emergency, but nobody may go near (oil spraying, a broken chain)."""


def assess(text: str) -> Assessment:
    """What ``text`` (a message, or an event's description) tells of people in danger."""
    if not is_emergency(text):
        return Assessment(Level.NO)
    language = "ko" if any("가" <= sign <= "힣" for sign in text) else "en"
    return Assessment(Level.YES, (Danger.INJURY,), language)
