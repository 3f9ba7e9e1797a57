"""How the floor divides a window: list, pane, and on a wide one the facts beside them. Pure geometry.

Lines of text are at most ``TEXT`` cells: what a wide window has beyond that is for facts, not for longer lines.
"""

from dataclasses import dataclass

TEXT = 96
"""Cells of the longest line of text: longer ones are not found again by the eye at their end."""
AROUND_TEXT = 4
"""Cells of the pane's edges."""
ALONE_BELOW, NARROW_BELOW, FACTS_FROM = 80, 100, 160
"""Columns of the window below which list or pane stands alone, below which air is saved, from which facts are shown."""
LOW_BELOW, TINY_BELOW = 20, 14
"""Lines of the window below which the pane says less, and below which its composer is a line without edges."""
_NARROW_LIST, _LIST, _WIDE_LIST, _WIDEST_LIST = 30, 42, 44, 64
_FACTS = 36
_PANE = TEXT + AROUND_TEXT


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells of each; 0: it is not there."""

    issues: int
    pane: int
    facts: int = 0

    @property
    def are_alone(self) -> bool:
        """List and pane take turns: each is as wide as the window."""
        return self.issues == self.pane and not self.facts


def columns_of(width: int) -> Columns:
    """The columns of a window ``width`` cells wide."""
    if width < ALONE_BELOW:
        return Columns(width, width)
    if width < NARROW_BELOW:
        return Columns(_NARROW_LIST, width - _NARROW_LIST)
    if width < FACTS_FROM:
        issues = max(_LIST, width - _PANE)
        return Columns(issues, width - issues)
    pane = min(_PANE, width - _WIDE_LIST - _FACTS)
    issues = min(max((width - pane) * 2 // 5, _WIDE_LIST), _WIDEST_LIST)
    return Columns(issues, pane, width - pane - issues)
