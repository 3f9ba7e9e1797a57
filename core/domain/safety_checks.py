"""What must hold around work on equipment: made safe before it (lock-out, tag-out), left safe after it (guards last).

The checks are common lock-out practice (OSHA 29 CFR 1910.147, ISO 14118); the equipment's own precautions come from
its playbook.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.support.i18n import N_

SECURING: Mapping[str, str] = MappingProxyType(
    {
        "power": N_("The power is off"),
        "lock": N_("It is locked, the key is with me"),
        "tag": N_("It is tagged"),
        "zero": N_("Verified: nothing moves, no energy is left"),
    }
)
"""Before steps are shown. Check id -> message id, in the order in which they are done."""

SECURING_WORDS: Mapping[str, str] = MappingProxyType(
    {"power": N_("off"), "lock": N_("locked"), "tag": N_("tagged"), "zero": N_("verified")}
)
"""The same in a word each, for where there is little room."""

LEAVING: Mapping[str, str] = MappingProxyType(
    {
        "guards": N_("Guards and covers are back in place"),
        "locks": N_("Locks and tags are removed, everyone is out"),
        "test": N_("A test run went well"),
    }
)
"""Before a fault is called resolved."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Which of the checks ``asked`` (ids) were made, and why the others were not."""

    asked: tuple[str, ...]
    done: tuple[str, ...] = ()
    why_not: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(check for check in self.asked if check not in self.done)

    @property
    def is_enough(self) -> bool:
        """All checks were made, or somebody says why not."""
        return not self.missing or bool(self.why_not.strip())

    def as_detail(self) -> dict[str, object]:
        """For the journal."""
        return {"checks": list(self.done), "unchecked": list(self.missing), "why": self.why_not}


def checked(asked: Mapping[str, str], done: set[str], why_not: str = "") -> Checked:
    """The answer to one of the lists above."""
    return Checked(tuple(asked), tuple(check for check in asked if check in done), why_not)
