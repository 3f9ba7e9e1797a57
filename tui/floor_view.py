"""From the Station's state to what the floor shows: pure functions, no widgets."""

from collections.abc import Mapping, Sequence

from core.alarms import AlarmState, Handling, by_urgency, state_of
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


def rows_of(issues: Sequence[Issue], handling: Mapping[str, Handling], now_ms: int) -> list[Row]:
    """The open issues as rows, most urgent first."""
    return [_row(issue, handling.get(issue.id), now_ms) for issue in by_urgency(issues, handling)]


def _row(issue: Issue, handling: Handling | None, now_ms: int) -> Row:
    return Row(
        id=issue.id,
        shown_id=issue.shown_id,
        state=state_of(issue, handling),
        equipment=issue.latest.mode_type,
        age=duration((now_ms - issue.opened_ms) / 1000),
        description=inert_line(issue.latest.description, 200),
        owner=handling.claimed_by if handling and handling.covers(issue) else "",
        occurrences=issue.occurrences,
        opened_ms=issue.opened_ms,
    )


def counts_words(rows: Sequence[Row]) -> str:
    """``6 open · 1 unacknowledged``."""
    unacknowledged = sum(row.state is AlarmState.UNACKNOWLEDGED for row in rows)
    words = _("open {count}").format(count=len(rows))
    if not unacknowledged:
        return words
    return f"{words}   {state_word(AlarmState.UNACKNOWLEDGED)} {unacknowledged}"


def facts_words(issue: Issue, handling: Handling | None, now_ms: int) -> str:
    """The header's third line: equipment, type, log row, who has it."""
    latest = issue.latest
    parts = [latest.mode_type, latest.process_type, latest.mode_log_id]
    if handling and handling.covers(issue):
        if handling.acknowledged_ms is not None:
            parts.append(_("acknowledged {at}").format(at=clock(handling.acknowledged_ms, now_ms)))
        if handling.claimed_by:
            parts.append(_("owner {name}").format(name=inert_line(handling.claimed_by)))
    if issue.occurrences > 1:
        parts.append(ngettext("{count} time", "{count} times", issue.occurrences).format(count=issue.occurrences))
    if issue.episode > 1:
        parts.append(_("episode {number}").format(number=issue.episode))
    return " · ".join(part for part in parts if part)


def resolved_words(issue: Issue, now_ms: int) -> str:
    """Who ended the issue, when and how."""
    resolution = issue.resolution
    if resolution is None:
        return ""
    by = resolution.operator or _("the plant")
    words = _("resolved by {by} at {at}").format(by=by, at=clock(resolution.time_ms, now_ms))
    return f"{words} · {inert_line(resolution.note)}" if resolution.note else words


def entries_of(issue: Issue, messages: Sequence[Message], outgoing: OutboxEntry | None, now_ms: int) -> list[Entry]:
    """The transcript: what the plant told and what people and chatbots said, in the order of time."""
    told = [(mark.time_ms, 0, _mark_entry(mark, now_ms, first=first)) for mark, first in _turning(issue)]
    said = [(m.at_ms, 1, _message_entry(m, now_ms, given)) for m, given in _with_given(messages)]
    entries = [entry for *_order, entry in sorted(told + said, key=lambda item: item[:2])]
    if outgoing is not None:
        entries.append(_outgoing_entry(outgoing, now_ms))
    return entries


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
    resolves = entry.record.action.endswith("resolved")
    note = f" · {inert_line(entry.record.note)}" if entry.record.note else ""
    return Entry(
        id=f"outgoing-{entry.record.event_id}",
        author=Author.SYSTEM,
        who=author_word(Author.SYSTEM),
        clock=clock(entry.created_ms, now_ms),
        text=outgoing_words(entry, resolves=resolves) + note,
        alarming=bool(entry.problem),
    )
