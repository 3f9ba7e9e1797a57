"""What is to be seen of the flow: a filter over changes and records. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from core.domain.events import IssueEvent, Quarantined, Record
from core.domain.issue_names import look
from core.domain.issues import Change, Issue
from core.support.text import inert_line


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter. Each part lets everything through while it is empty; one of its entries must fit, and so every part.

    In ``issues`` and ``equipment`` a ``*`` stands for any text; all else, upper and lower case too, is exact.
    """

    issues: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    """The wire's ``modeType``."""
    open_states: frozenset[bool] = frozenset()
    """True lets open issues through, False solved ones."""

    @property
    def is_everything(self) -> bool:
        return not (self.issues or self.equipment or self.open_states)

    def lets_change(self, change: Change | Quarantined) -> bool:
        """Whether a change is wanted, by the issue as it stands after it. What is no issue fits no part."""
        if isinstance(change, Quarantined):
            return self.is_everything
        issue = change.issue
        return (
            self._lets_issue({issue.id, issue.shown_id, look(issue.id)})
            and self._lets_equipment(_equipment_of(issue))
            and self._lets_state(is_open=issue.is_open)
        )

    def lets_record(self, record: Record, event: IssueEvent | None) -> bool:
        """Whether a record is wanted, by what it says itself; ``event`` is None for one that is no issue event.

        Its issue is the one in its JSON or in its key.
        """
        named = set() if record.key is None else {record.key.decode("utf-8", "replace")}
        if event is None:
            return self._lets_issue(named) and not self.equipment and not self.open_states
        return (
            self._lets_issue({event.issue, event.shown_id, look(event.issue)} | named)
            and self._lets_equipment(event.mode_type)
            and self._lets_state(is_open=not event.is_solved)
        )

    def _lets_issue(self, names: Collection[str]) -> bool:
        return not self.issues or any(
            fits(said, name) for pattern in self.issues for said in (pattern, look(pattern)) for name in names
        )

    def _lets_equipment(self, name: str) -> bool:
        return not self.equipment or any(fits(inert_line(pattern), name) for pattern in self.equipment)

    def _lets_state(self, *, is_open: bool) -> bool:
        return not self.open_states or is_open in self.open_states


def _equipment_of(issue: Issue) -> str:
    """What the issue was opened for; where that is not known any more, what its solve says: a filter hides nothing."""
    if issue.opened_as is None and issue.solved_as is not None:
        return issue.solved_as.mode_type
    return issue.mode_type


def fits(pattern: str, text: str) -> bool:
    """Whether ``text`` is what ``pattern`` says, each ``*`` in it standing for any text, be it none.

    No other sign means anything: ids may hold brackets and question marks. The leftmost place of each part is enough,
    so there is no going back, whatever the text.
    """
    first, *others = pattern.split("*")
    if not others:
        return text == pattern
    *middle, last = others
    if not text.startswith(first) or len(text) < len(first) + len(last) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
