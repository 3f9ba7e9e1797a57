"""One row of the list, as a value."""

from dataclasses import dataclass

from core.domain.alarms import Standing


@dataclass(frozen=True, slots=True)
class Row:
    """One issue as the list shows it; every text is inert."""

    id: str
    shown_id: str
    standing: Standing
    word: str
    equipment: str
    age: str
    description: str
    owner: str
    unread: int
    occurrences: int
    opened_ms: int
    is_in_log: bool = True
    """False: another log told of it, and the one that is read now does not."""
    danger: str = ""
    """The word for people in danger, where the issue's own event tells of them."""
