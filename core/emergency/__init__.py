"""People in danger: what tells of it, and what to say at once, before any fault and any chatbot. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.emergency.assessment import Assessment, Danger, Level
from core.emergency.edition import edition

if TYPE_CHECKING:
    from core.emergency.instructions import Instructions

__all__ = [
    "Assessment",
    "Danger",
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


def instructions_for(dangers: Sequence[Danger], language: str) -> "Instructions":
    """As ``core.emergency.instructions.instructions_for``: its words are read when they are to be said."""
    from core.emergency import instructions

    return instructions.instructions_for(dangers, language)


def ask_line(language: str) -> str:
    """As ``core.emergency.instructions.ask_line``."""
    from core.emergency import instructions

    return instructions.ask_line(language)


def advice_lines(assessment: Assessment, language: str) -> tuple[str, ...]:
    """As ``core.emergency.instructions.advice_lines``."""
    from core.emergency import instructions

    return instructions.advice_lines(assessment, language)
