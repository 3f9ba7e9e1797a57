"""Rows of the list, as values; each is made when it is in sight, and once as long as it stays the same."""

import math
from collections.abc import Callable, Collection, Container, Iterator, Sequence
from dataclasses import dataclass, replace

from core.domain.alarms import AlarmState, Handling, Standing, current_handling
from core.domain.event_time import OLDEST_STAMP_MS
from core.domain.issue_json import duration
from core.domain.plant_words import plant_word
from core.station.view import ListedIssue
from core.support.i18n import _, language
from core.support.text import inert_line
from tui.view.words import standing_word, under_way_word


@dataclass(frozen=True, slots=True)
class Row:
    """One issue as the list shows it; every text is inert."""

    id: str
    shown_id: str
    standing: Standing
    word: str
    equipment: str
    age: str
    fault: str
    """What is wrong; where the plant does not say, the kind of process that it told of. Never empty."""
    owner: str
    unread: int
    occurrences: int
    opened_ms: int
    is_in_log: bool = True
    """False: another log told of it, and the one that is read now does not."""
    danger: str = ""
    """The word for people in danger, where the issue's own event tells of them."""


def since_ms(one: ListedIssue) -> int:
    """When what is shown of it began: its episode, or the raise that the clocks overruled (epoch ms)."""
    raised = one.raised if one.is_overruled else None
    return one.issue.opened_ms if raised is None else raised.time_ms


def row_of(one: ListedIssue, now_ms: int, *, is_held: bool = False) -> Row:
    """``is_held``: a resolve or a reopening of it is held back."""
    issue = one.issue
    handling = current_handling(issue, one.handling)
    since = since_ms(one)
    return Row(
        id=issue.id,
        shown_id=one.shown_id,
        standing=one.standing,
        word=_word(one, handling, now_ms, is_held=is_held),
        equipment=plant_word(issue.mode_type),
        age=_age(since, now_ms),
        fault=_fault(one),
        owner=inert_line(handling.claimed_by, 40) if handling else "",
        unread=one.unread,
        occurrences=issue.occurrences,
        opened_ms=since,
        is_in_log=one.unconfirmed_since_ms is None,
        danger=_("EMERGENCY") if one.in_danger else "",
    )


def _fault(one: ListedIssue) -> str:
    """In one line: what is read at a glance."""
    said = one.raised.description if one.is_overruled and one.raised is not None else one.issue.description
    issue = one.issue
    kinds = (plant_word(issue.process_type), plant_word(issue.mode_type))
    words = (inert_line(text, 200).strip() for text in (said, *kinds, one.shown_id))
    return next(filter(None, words), "-")


def _age(since_ms: int, now_ms: int) -> str:
    return duration((now_ms - since_ms) / 1000) if since_ms >= OLDEST_STAMP_MS else ""


def _word(one: ListedIssue, handling: Handling | None, now_ms: int, *, is_held: bool) -> str:
    """The standing in a word; for a shelved issue also how long it still rests.

    A resolve that waits for a decision comes first, then that one is under way, then that the log does not tell of the
    issue; the standing still shows in shape and colour.
    """
    word = standing_word(one.standing, narrow=True)
    if is_held:
        return _("held")
    if one.outgoing is not None and (under_way := under_way_word(one.outgoing)):
        return under_way
    if one.unconfirmed_since_ms is not None:
        return _("not in the log")
    if one.standing.state is not AlarmState.SHELVED or handling is None or handling.shelved_until_ms is None:
        return word
    minutes = max(1, math.ceil((handling.shelved_until_ms - now_ms) / 60_000))
    return f"{word} " + _("{minutes} min").format(minutes=minutes)


class Rows:
    """The rows of what is listed, in order. A row is made when somebody asks for it: ``made`` counts them."""

    def __init__(
        self,
        ordered: Sequence[ListedIssue] = (),
        now_ms: int = 0,
        held: Collection[str] = (),
        present: Container[str] | None = None,
        before: "Rows | None" = None,
        find: Callable[[str], int | None] | None = None,
    ) -> None:
        """``held``: issues of which something is held back. ``present``: the ids that are there, where it is known.

        ``before``: of rows that were made there only the age is made anew, where nothing else of them can differ.
        ``find``: where an issue stands, found without looking at all of them; it may be wrong.
        """
        self.ordered = ordered
        self._present = present
        self._now_ms = now_ms
        self._held = held
        self._rows: dict[int, Row] = {}
        self._made: dict[str, tuple[ListedIssue, bool, Row]] = {}
        self._find = find
        self._language = language()
        self._before = before._made if before is not None and before._language == self._language else {}

    @property
    def made(self) -> int:
        """How many of them were asked for so far."""
        return len(self._rows)

    def __len__(self) -> int:
        return len(self.ordered)

    def __getitem__(self, index: int) -> Row:
        row = self._rows.get(index)
        if row is None:
            one = self.ordered[index]
            is_held = one.id in self._held
            row = self._rows[index] = self._row(one, is_held=is_held)
            self._made[one.id] = one, is_held, row
        return row

    def _row(self, one: ListedIssue, *, is_held: bool) -> Row:
        known = self._before.get(one.id)
        if known is None or known[0] is not one or known[1] != is_held or one.standing.state is AlarmState.SHELVED:
            return row_of(one, self._now_ms, is_held=is_held)
        row = known[2]
        age = _age(row.opened_ms, self._now_ms)
        return row if age == row.age else replace(row, age=age)

    def __iter__(self) -> Iterator[Row]:
        return (self[index] for index in range(len(self)))

    def at(self, index: int) -> Row | None:
        """The row there; None beyond the end."""
        return self[index] if 0 <= index < len(self) else None

    def id_at(self, index: int) -> str:
        """The issue there, without its row being made."""
        return self.ordered[index].id

    def index(self, issue: str | None, near: int | None = None) -> int | None:
        """Where the issue stands; where nobody knows, looked for from ``near`` on outwards."""
        if issue is None or (self._present is not None and issue not in self._present):
            return None
        at = None if self._find is None else self._find(issue)
        if at is not None and at < len(self) and self.id_at(at) == issue:
            return at
        return place_of(len(self), lambda place: self.id_at(place) == issue, near or 0)


def place_of(count: int, holds: Callable[[int], bool], near: int = 0) -> int | None:
    """The place from 0 to ``count`` - 1 where ``holds``, the nearest to ``near`` first; None where it does nowhere."""
    near = min(max(near, 0), max(0, count - 1))
    for step in range(max(near, count - 1 - near) + 1):
        if near + step < count and holds(near + step):
            return near + step
        if step and near - step >= 0 and holds(near - step):
            return near - step
    return None
