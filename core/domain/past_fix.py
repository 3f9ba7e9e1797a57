"""How an earlier issue was solved: what is told of it while another one like it stands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PastFix:
    """How an earlier issue ended. The texts are inert; ``at_ms`` is epoch ms."""

    issue: str
    """The id for showing."""
    equipment: str
    description: str
    at_ms: int
    by: str
    """Who resolved it; empty when the plant did."""
    note: str
    id: str = ""
    """The id of the issue, for opening it; ``issue`` is for showing."""
