"""How many colours the terminal has, by what it says of itself."""

from collections.abc import Mapping

_MANY = frozenset({"256color", "kitty", "direct", "truecolor"})
"""How the name of a terminal with more than sixteen ends."""


def has_few_colours(environment: Mapping[str, str]) -> bool:
    """Whether there are sixteen at most: shades of grey, and most of a theme's colours, would be told as one."""
    if environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return False
    return environment.get("TERM", "").strip().lower().rpartition("-")[2] not in _MANY
