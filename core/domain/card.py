"""The structured part of an answer of the plant's chatbot, made inert and bounded when it is read."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.support.text import inert_line

LINE_LIMIT = 1_000
"""Characters of one line of a card that are shown."""
_ITEMS = 50
"""Actions, phases, precautions or experts that are shown; no answer that helps has as many."""
_COSTS = ("parts", "labor", "total")


class Priority(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CardAction:
    """Something to do at once; ``time`` is the server's own words."""

    action: str
    time: str = ""
    priority: Priority = Priority.UNKNOWN


@dataclass(frozen=True, slots=True)
class CardPhase:
    """A phase of the detailed solution."""

    phase: str
    actions: tuple[str, ...]
    time: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What stands below the summary. Precautions and confidence are the answer's own (``Answer``)."""

    actions: tuple[CardAction, ...] = ()
    phases: tuple[CardPhase, ...] = ()
    costs: tuple[tuple[str, str], ...] = ()
    """(``parts``, ``labor`` or ``total``, the amount in the server's words)."""
    experts: tuple[str, ...] = ()
    failed_experts: tuple[tuple[str, str], ...] = ()
    """(expert, why)."""
    rounds: int | None = None
    seconds: float | None = None
    """How long the server worked on it."""


def card_of(answer: Mapping[str, Any]) -> Card | None:
    """The card of an answer of ``/chat`` (docs/contracts/chatbot-http-api.md); None where it tells nothing.

    Every field is optional: what is missing or of another type is left out and costs nothing else.
    """
    card = Card(
        actions=tuple(action for item in _items(answer, "immediate_actions") if (action := _action(item))),
        phases=tuple(phase for item in _items(answer, "detailed_solution") if (phase := _phase(item))),
        costs=_costs(answer.get("cost_estimation")),
        experts=lines_of(answer.get("participating_agents")),
        failed_experts=tuple(failed for item in _items(answer, "failed_agents") if (failed := _failed(item))),
        rounds=_rounds(answer.get("debate_rounds")),
        seconds=_seconds(answer.get("processing_time")),
    )
    return card if card != Card() else None


def lines_of(value: Any) -> tuple[str, ...]:
    """A list of texts, or one text, as inert lines; anything else is none."""
    items = value[:_ITEMS] if isinstance(value, list) else [value]
    return tuple(line for item in items if (line := line_of(item)))


def line_of(value: Any) -> str:
    """A text or a number as an inert line; anything else is empty."""
    match value:
        case str():
            return inert_line(value, LINE_LIMIT)
        case bool():
            return ""
        case int() if abs(value) < 10**15:
            return str(value)
        case float() if math.isfinite(value):
            return str(value)
        case _:
            return ""


def number_of(value: Any) -> float | None:
    """A finite number; None for anything else, as for the booleans that Python counts among them."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _items(answer: Mapping[str, Any], name: str) -> list[Any]:
    found = answer.get(name)
    return found[:_ITEMS] if isinstance(found, list) else []


def _action(item: Any) -> CardAction | None:
    if not isinstance(item, Mapping):
        action = line_of(item)
        return CardAction(action) if action else None
    step, action = line_of(item.get("step")), line_of(item.get("action"))
    if step and not step.isdigit():
        action = f"{step}: {action}" if action else step
    return CardAction(action, line_of(item.get("time")), _priority(item.get("priority"))) if action else None


def _priority(value: Any) -> Priority:
    try:
        return Priority(str(value).strip().lower())
    except ValueError:
        return Priority.UNKNOWN


def _phase(item: Any) -> CardPhase | None:
    if not isinstance(item, Mapping):
        phase = line_of(item)
        return CardPhase(phase, ()) if phase else None
    phase, actions = line_of(item.get("phase")), lines_of(item.get("actions"))
    return CardPhase(phase, actions, line_of(item.get("estimated_time"))) if phase or actions else None


def _costs(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, Mapping):
        return ()
    return tuple((name, amount) for name in _COSTS if (amount := line_of(value.get(name))))


def _failed(item: Any) -> tuple[str, str] | None:
    if not isinstance(item, Mapping):
        name = line_of(item)
        return (name, "") if name else None
    name = line_of(item.get("agent_name")) or line_of(item.get("specialty"))
    why = line_of(item.get("error_message"))
    return (name, why) if name or why else None


def _rounds(value: Any) -> int | None:
    number = number_of(value)
    return int(number) if number is not None and 0 <= number < 1_000 else None


def _seconds(value: Any) -> float | None:
    number = number_of(value)
    return number if number is not None and 0 <= number < 1e6 else None
