"""From the Station's state to what the floor shows: pure functions, no widgets."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.alarms import AlarmState, Handling, by_urgency, current_handling, held_order
from core.chat.backend import Author
from core.chat.messages import Message, MessageState
from core.events import Kind
from core.i18n import _, ngettext
from core.issues import Issue, Mark
from core.listing import duration
from core.outbox import OutboxEntry
from core.text import inert_line
from tui.widgets.issue_list import Row
from tui.widgets.transcript import Entry
from tui.words import author_word, clock, outgoing_words, state_word


@dataclass(frozen=True, slots=True)
class FloorState:
    """What the floor is drawn from, read once a frame."""

    issues: Sequence[Issue]
    """The open ones."""
    states: Mapping[str, AlarmState]
    handling: Mapping[str, Handling]
    unread: Mapping[str, int]
    now_ms: int


def rows_of(floor: FloorState, shown: Sequence[str] = ()) -> list[Row]:
    """The open issues as rows, most urgent first; with ``shown`` in the order of these ids, new ones at the end."""
    wanted = by_urgency(floor.issues, floor.states)
    if shown:
        by_id = {issue.id: issue for issue in wanted}
        wanted = [by_id[one] for one in held_order(list(by_id), shown)]
    return [_row(issue, floor) for issue in wanted]


def _row(issue: Issue, floor: FloorState) -> Row:
    state = floor.states[issue.id]
    handling = current_handling(issue, floor.handling.get(issue.id))
    return Row(
        id=issue.id,
        shown_id=issue.shown_id,
        state=state,
        word=_row_word(state, handling, floor.now_ms),
        equipment=issue.latest.mode_type,
        age=duration((floor.now_ms - issue.opened_ms) / 1000),
        description=inert_line(issue.latest.description, 200),
        owner=inert_line(handling.claimed_by, 40) if handling else "",
        unread=floor.unread.get(issue.id, 0),
        occurrences=issue.occurrences,
        opened_ms=issue.opened_ms,
    )


def _row_word(state: AlarmState, handling: Handling | None, now_ms: int) -> str:
    """The state's word; for a shelved issue also how long it still rests."""
    word = state_word(state)
    if state is not AlarmState.SHELVED or handling is None or handling.shelved_until_ms is None:
        return word
    minutes = max(1, math.ceil((handling.shelved_until_ms - now_ms) / 60_000))
    return f"{word} " + _("{minutes} min").format(minutes=minutes)


COUNTED = (AlarmState.UNACKNOWLEDGED, AlarmState.OVERDUE, AlarmState.SHELVED)
"""States whose number stands above the list: those that need someone, and those that are out of sight."""


def counts_of(rows: Sequence[Row]) -> list[tuple[AlarmState, int]]:
    """How many rows are in each of the ``COUNTED`` states; none that is empty."""
    counts = Counter(row.state for row in rows)
    return [(state, counts[state]) for state in COUNTED if counts[state]]


def next_needy(rows: Sequence[Row], selected: str | None) -> str | None:
    """The next row after the selected one, wrapping round, that needs someone most.

    Unacknowledged before overdue before unread; where nothing needs anyone, simply the next row.
    """
    ids = [row.id for row in rows]
    start = ids.index(selected) + 1 if selected in ids else 0
    ahead = [*rows[start:], *rows[:start]]
    needs: tuple[Callable[[Row], bool], ...] = (
        lambda row: row.state is AlarmState.UNACKNOWLEDGED,
        lambda row: row.state is AlarmState.OVERDUE,
        lambda row: row.unread > 0,
        lambda _row: True,
    )
    return next((row.id for need in needs for row in ahead if need(row)), None)


def facts_words(issue: Issue) -> str:
    """The header's third line, left: equipment, type, log row."""
    latest = issue.latest
    return " · ".join(part for part in (latest.mode_type, latest.process_type, latest.mode_log_id) if part)


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


def _shelved_words(handling: Handling, now_ms: int) -> str:
    until = clock(handling.shelved_until_ms or now_ms, now_ms)
    words = _("shelved until {at} by {by}").format(at=until, by=inert_line(handling.shelved_by, 40))
    return f"{words}: {inert_line(handling.shelved_why, 80)}"


def resolved_words(issue: Issue, now_ms: int) -> str:
    """Who ended the issue, when and how."""
    resolution = issue.resolution
    if resolution is None:
        return ""
    by = resolution.operator or _("the plant")
    words = _("resolved by {by} at {at}").format(by=by, at=clock(resolution.time_ms, now_ms))
    return f"{words} · {inert_line(resolution.note)}" if resolution.note else words


def entries_of(
    issue: Issue,
    messages: Sequence[Message],
    outgoing: OutboxEntry | None,
    now_ms: int,
    new_from: str = "",
) -> list[Entry]:
    """The transcript: what the plant told and what people and chatbots said, in the order of time.

    ``new_from`` is the id of the first entry that is new to whoever looks; a line stands before it.
    """
    told = [(mark.time_ms, 0, _mark_entry(mark, now_ms, first=first)) for mark, first in _turning(issue)]
    said = [(m.at_ms, 1, _message_entry(m, now_ms, given)) for m, given in _with_given(messages)]
    entries = [entry for *_order, entry in sorted(told + said, key=lambda item: item[:2])]
    if outgoing is not None:
        entries.append(_outgoing_entry(outgoing, now_ms))
    return _with_new_line(_grouped(entries), new_from)


def first_new(entries: Sequence[Entry], unread: int) -> str:
    """The id of the first of the last ``unread`` entries; empty when there are none."""
    return entries[-min(unread, len(entries))].id if unread and entries else ""


def _grouped(entries: Sequence[Entry]) -> list[Entry]:
    """What one author says in one minute stands under one name."""
    found: list[Entry] = []
    for entry in entries:
        same = bool(found) and (found[-1].author, found[-1].who, found[-1].clock) == (
            entry.author,
            entry.who,
            entry.clock,
        )
        found.append(replace(entry, continued=same and entry.author is not Author.SYSTEM))
    return found


def _with_new_line(entries: list[Entry], new_from: str) -> list[Entry]:
    at = next((number for number, entry in enumerate(entries) if entry.id == new_from), None) if new_from else None
    if at is None:
        return entries
    line = Entry(id="new", author=Author.SYSTEM, who="", clock="", text=_("new since you looked"), divides=True)
    return [*entries[:at], line, replace(entries[at], continued=False), *entries[at + 1 :]]


def _turning(issue: Issue) -> list[tuple[Mark, bool]]:
    """Events that changed something, the first of each kind in a row, and whether it is the first of all.

    Repeated opens are counted in the header, not told one by one; ``Issue.turns`` holds what they never push out.
    """
    found: list[tuple[Mark, bool]] = []
    before: Kind | None = None
    for mark in issue.turns:
        if before is None or mark.kind is Kind.REOPEN or (before is Kind.SOLVED) != (mark.kind is Kind.SOLVED):
            found.append((mark, before is None))
        before = mark.kind
    return found


def _mark_entry(mark: Mark, now_ms: int, *, first: bool) -> Entry:
    match mark.kind:
        case Kind.SOLVED:
            by = mark.operator or _("the plant")
            text = _("resolved by {by}").format(by=by) + (f" · {mark.note}" if mark.note else "")
        case Kind.REOPEN:
            by = mark.operator or _("the plant")
            text = _("reopened by {by}").format(by=by) + (f" · {mark.note}" if mark.note else "")
        case Kind.OPEN:
            source = inert_line(mark.source.rpartition("/")[2]) if mark.source else _("the plant")
            text = (_("raised by {source}") if first else _("raised again by {source}")).format(source=source)
    return Entry(
        id=f"mark-{hash(mark)}",
        author=Author.SYSTEM,
        who=author_word(Author.SYSTEM),
        clock=clock(mark.time_ms, now_ms),
        text=text,
    )


def _with_given(messages: Sequence[Message]) -> list[tuple[Message, bool]]:
    """Each message, and whether an earlier one gave the very same precautions in full already."""
    seen: set[tuple[str, ...]] = set()
    found = []
    for message in messages:
        found.append((message, bool(message.precautions) and message.precautions in seen))
        seen.add(message.precautions)
    return found


def _message_entry(message: Message, now_ms: int, given: bool) -> Entry:
    return Entry(
        id=message.id,
        author=message.author,
        who=inert_line(message.name) if message.author is Author.PERSON else author_word(message.author),
        clock=clock(message.at_ms, now_ms),
        text=message.text,
        precautions=(_("First the precautions above, every one of them."),) if given else message.precautions,
        status=_message_status(message),
        alarming=message.state is MessageState.FAILED,
    )


def _message_status(message: Message) -> str:
    match message.author, message.state:
        case _, MessageState.SENDING:
            return _("sending")
        case _, MessageState.FAILED:
            return _("failed, Ctrl+R sends it again") + f" · {message.problem}"
        case Author.OPERATOR, MessageState.SENT:
            return _("sent")
        case ((Author.CHATBOT | Author.BUILTIN), _) if message.confidence is not None:
            return _("confidence {value}").format(value=f"{message.confidence:.2f}")
        case ((Author.CHATBOT | Author.BUILTIN), _):
            return _("confidence not reported")
        case _:
            return ""


def _outgoing_entry(entry: OutboxEntry, now_ms: int) -> Entry:
    note = f" · {inert_line(entry.record.note)}" if entry.record.note else ""
    return Entry(
        id=f"outgoing-{entry.record.event_id}",
        author=Author.SYSTEM,
        who=author_word(Author.SYSTEM),
        clock=clock(entry.created_ms, now_ms),
        text=outgoing_words(entry) + note,
        alarming=bool(entry.problem),
    )
