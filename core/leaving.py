"""Leaving equipment safe: what must hold before a fault is called resolved (lock-out practice, guards last)."""

from collections.abc import Collection
from dataclasses import dataclass

from core.i18n import N_

CHECKS: dict[str, str] = {
    "guards": N_("Guards and covers are back in place"),
    "locks": N_("Locks and tags are removed, everyone is out"),
    "test": N_("A test run went well"),
}
"""Check id -> message id, in the order in which they are done."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """How equipment was left: which checks were made, and why the others were not."""

    done: tuple[str, ...] = ()
    why_not: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        return missing(self.done)

    @property
    def may_be_sent(self) -> bool:
        """All checks were made, or somebody says why not."""
        return not self.missing or bool(self.why_not.strip())


def missing(done: Collection[str]) -> tuple[str, ...]:
    """The checks that were not made."""
    return tuple(check for check in CHECKS if check not in done)
