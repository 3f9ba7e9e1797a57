"""Whether words tell that people are in danger: yes, ask, or no; and of which danger."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How sure it is that somebody is in danger."""

    YES = "yes"
    ASK = "ask"
    NO = "no"


class Danger(StrEnum):
    """What threatens somebody; each has instructions of its own. Most pressing first."""

    CAUGHT = "caught"
    SHOCK = "shock"
    FIRE = "fire"
    GAS = "gas"
    """Leaking gas, fumes, a confined space: nobody stays, nobody goes in."""
    BREATH = "breath"
    """Not breathing, no heartbeat, unconscious."""
    BLEEDING = "bleeding"
    INJECTION = "injection"
    """Liquid driven under the skin by pressure."""
    CHEMICAL = "chemical"
    """On the skin, in the eye, swallowed; whatever else is in an eye."""
    BURN = "burn"
    FALL = "fall"
    ILLNESS = "illness"
    """Heart, stroke, heat, a fit."""
    INJURY = "injury"
    """Hurt in another way, or a cry for help that names nothing else."""


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
    reasons: tuple[str, ...] = ()
    """The rules that found it, for whoever reviews them; not shown to operators."""
