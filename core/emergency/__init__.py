"""People in danger: what tells of it, and what to say at once, before any fault and any chatbot. Pure."""

from core.emergency.assessment import Assessment, Danger, Level
from core.emergency.edition import edition
from core.emergency.instructions import Instructions, advice_lines, ask_line, instructions_for

__all__ = [
    "Assessment",
    "Danger",
    "Instructions",
    "Level",
    "advice_lines",
    "ask_line",
    "assess",
    "edition",
    "instructions_for",
    "warm_up",
]


def assess(text: str) -> Assessment:
    """As ``core.emergency.detector.assess``: its words and patterns are built when a first text is at hand."""
    from core.emergency import detector

    return detector.assess(text)


def warm_up() -> None:
    """As ``core.emergency.detector.warm_up``."""
    from core.emergency import detector

    detector.warm_up()
