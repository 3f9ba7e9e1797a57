"""From the Station's state to what the floor shows: pure functions, no widgets."""

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from core.domain.alarms import (
    AlarmState,
    Concern,
    Handling,
    Standing,
    by_urgency,
    concerns_of,
    current_handling,
    held_order,
)
from core.domain.event_time import OLDEST_STAMP_MS
from core.domain.events import RESOLVED, IssueEvent
from core.domain.issue_json import duration
from core.domain.issue_names import Names
from core.domain.issues import Issue, solved_otherwise
from core.domain.outbox import OutboxEntry, OutboxState
from core.domain.overruled import Raises
from core.support.i18n import _, ngettext
from core.support.text import inert_line
from tui.view.row import Row
from tui.view.words import clock, outgoing_words, standing_word


@dataclass(frozen=True, slots=True)
class FloorState:
    """What the floor is drawn from, read once a frame."""

    issues: Sequence[Issue]
    """The open ones."""
    standings: Mapping[str, Standing]
    handling: Mapping[str, Handling]
    unread: Mapping[str, int]
    now_ms: int
    held: Set[str] = frozenset()
    """Issues of which a resolve or a reopening is held back."""
    names: Names = field(default_factory=Names)
    overruled: Raises = field(default_factory=dict)
    """Raises that the clocks overruled, by issue."""
    in_danger: Callable[[Issue], bool] = lambda _issue: False
    """Whether an issue's own event tells of people in danger."""
    unconfirmed: Collection[str] = ()
    """Ids of open issues that the log no longer tells of."""


def rows_of(floor: FloorState, shown: Sequence[str] = ()) -> list[Row]:
    """The open issues as rows, most urgent first; with ``shown`` in the order of these ids, new ones at the end."""
    wanted = by_urgency(floor.issues, floor.standings, floor.in_danger)
    if shown:
        by_id = {issue.id: issue for issue in wanted}
        wanted = [by_id[one] for one in held_order(list(by_id), shown)]
    return [_row(issue, floor) for issue in wanted]


def _row(issue: Issue, floor: FloorState) -> Row:
    standing = floor.standings[issue.id]
    raised = floor.overruled.get(issue.id) if standing.state is AlarmState.OVERRULED else None
    since_ms = issue.opened_ms if raised is None else raised.time_ms
    handling = current_handling(issue, floor.handling.get(issue.id))
    return Row(
        id=issue.id,
        shown_id=floor.names.shown(issue.id),
        standing=standing,
        word=_row_word(issue, standing, handling, floor),
        equipment=issue.mode_type,
        age=duration((floor.now_ms - since_ms) / 1000) if since_ms >= OLDEST_STAMP_MS else "",
        description=inert_line(issue.description if raised is None else raised.description, 200),
        owner=inert_line(handling.claimed_by, 40) if handling else "",
        unread=floor.unread.get(issue.id, 0),
        occurrences=issue.occurrences,
        opened_ms=since_ms,
        is_in_log=issue.id not in floor.unconfirmed,
        danger=_("EMERGENCY") if floor.in_danger(issue) else "",
    )


def _row_word(issue: Issue, standing: Standing, handling: Handling | None, floor: FloorState) -> str:
    """The standing in a word; for a shelved issue also how long it still rests.

    A resolve that waits for a decision comes first, then that the log does not tell of the issue; the standing still
    shows in shape and colour.
    """
    word = standing_word(standing, narrow=True)
    if issue.id in floor.held:
        return _("held")
    if issue.id in floor.unconfirmed:
        return _("not in the log")
    if standing.state is not AlarmState.SHELVED or handling is None or handling.shelved_until_ms is None:
        return word
    minutes = max(1, math.ceil((handling.shelved_until_ms - floor.now_ms) / 60_000))
    return f"{word} " + _("{minutes} min").format(minutes=minutes)


def counts_of(rows: Sequence[Row]) -> list[tuple[Concern, int]]:
    """What stands above the list: how many need someone, and how many are out of sight; none that is empty.

    What the log that is read now does not tell of is counted apart.
    """
    counts: Counter[Concern] = Counter()
    for standing, rows_of_it in Counter(row.standing for row in rows if row.is_in_log).items():
        counts.update(dict.fromkeys(concerns_of(standing), rows_of_it))
    return [(concern, counts[concern]) for concern in Concern if counts[concern]]


def open_count(rows: Sequence[Row]) -> int:
    """How many of the rows are of open issues."""
    return sum(row.standing.state is not AlarmState.OVERRULED for row in rows)


def next_needy(rows: Sequence[Row], selected: str | None) -> str | None:
    """The next row after the selected one, wrapping round, that needs someone most.

    Unacknowledged before raised again before overdue before unread, people in danger before all; where nothing needs
    anyone, simply the next row.

    Every unacknowledged one is reached, in the list's order: the overdue of them first.
    """
    ids = [row.id for row in rows]
    start = ids.index(selected) + 1 if selected in ids else 0
    ahead = [*rows[start:], *rows[:start]]
    needs: tuple[Callable[[Row], bool], ...] = (
        lambda row: row.standing.is_unseen and bool(row.danger),
        lambda row: row.standing.is_unacknowledged,
        lambda row: row.standing.state is AlarmState.OVERRULED,
        lambda row: row.standing.is_overdue,
        lambda row: row.unread > 0,
        lambda _row: True,
    )
    return next((row.id for need in needs for row in ahead if need(row)), None)


def facts_words(issue: Issue) -> str:
    """The header's third line, left: equipment, type, log row."""
    return " · ".join(part for part in (issue.mode_type, issue.process_type, issue.mode_log_id) if part)


def handling_words(issue: Issue, handling: Handling | None, now_ms: int) -> str:
    """The header's third line, right: who saw it, who has it, how often it came."""
    parts = []
    current = current_handling(issue, handling)
    if current is not None and current.is_shelved(now_ms):
        parts.append(_shelved_words(current, now_ms))
    if current is not None and current.acknowledged_ms is not None:
        parts.append(_("acknowledged {at}").format(at=clock(current.acknowledged_ms, now_ms)))
    if current is not None and current.claimed_by:
        parts.append(_("owner {name}").format(name=inert_line(current.claimed_by, 40)))
    if issue.occurrences > 1:
        parts.append(ngettext("{count} time", "{count} times", issue.occurrences).format(count=issue.occurrences))
    if issue.episode > 1:
        parts.append(_("episode {number}").format(number=issue.episode))
    return " · ".join(parts)


def unconfirmed_words(since_ms: int | None, now_ms: int) -> str:
    """That the log does not tell of this issue any more, and from when on; empty where it does."""
    return "" if since_ms is None else _("not in the log since {at}").format(at=clock(since_ms, now_ms))


def _shelved_words(handling: Handling, now_ms: int) -> str:
    until = clock(handling.shelved_until_ms or now_ms, now_ms)
    words = _("shelved until {at} by {by}").format(at=until, by=inert_line(handling.shelved_by, 40))
    return f"{words}: {inert_line(handling.shelved_why, 80)}"


def overruled_words(issue: Issue, raised: IssueEvent, now_ms: int) -> str:
    """Why an issue that stands in the list is solved all the same."""
    solved_ms = issue.solved_ms or 0
    if raised.time_ms > solved_ms:
        words = _("Raised again {age} after its resolve: too soon to reopen by itself.")
        return words.format(age=duration((raised.time_ms - solved_ms) / 1000))
    words = _("Raised again after its resolve, but stamped earlier ({raised}, resolve {solved}): a clock is wrong.")
    return words.format(raised=_stamp(raised.time_ms), solved=_stamp(solved_ms))


def _stamp(time_ms: int) -> str:
    """Local date and time to the second: what two clocks are compared by."""
    return datetime.fromtimestamp(time_ms / 1000).strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ006


def resolved_words(issue: Issue, now_ms: int) -> str:
    """Who ended the issue, when and how."""
    resolution = issue.resolution
    if resolution is None:
        return ""
    by = resolution.operator or _("the plant")
    words = _("resolved by {by} at {at}").format(by=by, at=clock(resolution.time_ms, now_ms))
    if resolution.note:
        words += f" · {inert_line(resolution.note)}"
    otherwise = " · ".join(inert_line(part, 80) for part in solved_otherwise(issue))
    return words + " · " + _("solved as: {facts}").format(facts=otherwise) if otherwise else words


def under_way_words(entry: OutboxEntry, issue: Issue) -> str:
    """How far a resolve or a reopening has come; of one that is held also the keys that decide it."""
    words = outgoing_words(entry)
    if entry.state is not OutboxState.HELD:
        return words
    is_another = entry.raised_again_ms is not None and issue.is_open and entry.record.action == RESOLVED
    this_too = _("F4 resolves this alarm too") if is_another else ""
    return " · ".join(part for part in (words, this_too, _("Ctrl+R decides")) if part)
