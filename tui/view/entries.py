"""From an issue and its conversation to the transcript's entries: pure functions, no widgets.

Here, once for all chatbots, it is made sure that nothing that somebody is told to do stands above the equipment's
precautions or is shown before the safety check (``core.chat.conversation.safety_gate``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from core.chat.backend import CUT, NOTICE
from core.chat.conversation.answering import INSTEAD, UnderWay
from core.chat.conversation.safety_gate import check_words, is_check, is_hidden, is_repair, is_secured
from core.chat.playbook.alerts import dangers_in
from core.chat.playbook.precautions import precautions_for
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.domain.events import Kind
from core.domain.issue_json import duration
from core.domain.issues import Issue, Mark
from core.domain.lockout import Lockout
from core.domain.messages import Alert, Author, Message, MessageState
from core.domain.offers import TOOK
from core.domain.outbox import OutboxEntry
from core.domain.problems import kept_problem
from core.support.i18n import _, language
from core.support.text import inert_line
from tui.view.entry import Entry
from tui.view.entry_days import with_days
from tui.view.words import author_word, clock, confidence_words, danger_words, outgoing_words, today, told_words

_IN_ITS_WORDS = frozenset({ChatProblemKind.REJECTED, ChatProblemKind.NOT_FOUND, ChatProblemKind.SERVER})

NEW = "new"
"""Id of the line before what is new."""
PRECAUTIONS = "precautions"
"""Id of the entry that stands above all others on a fault report."""


@dataclass(frozen=True, slots=True)
class ConversationView:
    """What an issue's transcript is drawn from, besides the issue."""

    messages: Sequence[Message] = ()
    under_way: UnderWay | None = None
    """The question that a chatbot thinks about now."""
    outgoing: OutboxEntry | None = None
    """A resolve or a reopening that is not read back yet."""
    report: bool = False
    """The chatbot's server has a report for whoever wants it."""
    untold: ChatProblem | None = None
    """Why the chatbot's server could not be told how it ended."""
    lockout: Lockout | None = None
    """What somebody checked in the present episode."""


class EntryCache:
    """Entries of one issue's messages, kept for as long as what they were made of stands.

    An answer that is being written changes ten times a second, the thousands of messages above it do not.
    """

    def __init__(self) -> None:
        self._basis: object = None
        self._entries: dict[str, tuple[Message, tuple[str, ...], Entry]] = {}

    def rests_on(self, *basis: object) -> None:
        """What all of them depend on besides their messages."""
        if basis != self._basis:
            self._basis = basis
            self._entries = {}

    def entry(self, message: Message, fresh: tuple[str, ...], make: Callable[[], Entry]) -> Entry:
        """The entry of ``message`` with its ``fresh`` precautions; a question under way is made anew, for it ages."""
        known = self._entries.get(message.id)
        if known is not None and known[0] is message and known[1] == fresh:
            return known[2]
        entry = make()
        if message.state not in (MessageState.SENDING, MessageState.SENT) or message.author is not Author.OPERATOR:
            self._entries[message.id] = (message, fresh, entry)
        return entry


def entries_of(
    issue: Issue, said: ConversationView, now_ms: int, new_from: str = "", cache: EntryCache | None = None
) -> list[Entry]:
    """The transcript: what the plant told and what people and chatbots said, in the order of time.

    ``new_from`` is the id of the first entry that is new to whoever looks; a line stands before it.
    ``cache``: what was made before.
    """
    above = precautions_for(issue.mode_type, language()) if is_repair(issue, said.messages) else ()
    secured = is_secured(issue, said.messages, said.lockout)
    cache = cache or EntryCache()
    cache.rests_on(issue.id, above, secured, language(), today(now_ms))
    told = [(mark.time_ms, 0, _mark_entry(mark, now_ms, first=first)) for mark, first in _turning(issue)]
    spoken = [
        (
            message.at_ms,
            1,
            cache.entry(message, fresh, partial(_message_entry, message, fresh, said, now_ms, secured=secured)),
        )
        for message, fresh in _with_fresh(said.messages, above, secured=secured)
    ]
    in_order = sorted(told + spoken, key=lambda item: item[:2])
    entries = list(with_days(((at_ms, entry) for at_ms, _rank, entry in in_order), now_ms))
    entries += _ending(said, now_ms)
    pinned = [_precautions_entry(above)] if above else []
    return pinned + _with_new_line(_grouped(entries), new_from)


def first_new(entries: Sequence[Entry], unread: int) -> str:
    """The id of the first of the last ``unread`` entries that count; empty when there are none."""
    counted = [entry.id for entry in entries if entry.counts]
    return counted[-min(unread, len(counted))] if unread and counted else ""


def _precautions_entry(precautions: tuple[str, ...]) -> Entry:
    return Entry(
        id=PRECAUTIONS,
        author=Author.SYSTEM,
        who=_("safety"),
        clock="",
        text="",
        precautions=precautions,
    )


def _grouped(entries: Sequence[Entry]) -> list[Entry]:
    """What one author says in one minute stands under one name."""
    found: list[Entry] = []
    for entry in entries:
        same = bool(found) and (found[-1].author, found[-1].who, found[-1].clock) == (
            entry.author,
            entry.who,
            entry.clock,
        )
        apart = entry.author is Author.SYSTEM or Alert.EMERGENCY in (entry.alert, found[-1].alert if found else None)
        found.append(replace(entry, continued=True) if same and not apart else entry)
    return found


def _with_new_line(entries: list[Entry], new_from: str) -> list[Entry]:
    at = next((number for number, entry in enumerate(entries) if entry.id == new_from), None) if new_from else None
    if at is None:
        return entries
    line = Entry(id=NEW, author=Author.SYSTEM, who="", clock="", text=_("new since you looked"), divides=True)
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
    entry = _system_entry(f"mark-{hash(mark)}", _mark_words(mark, first=first), clock(mark.time_ms, now_ms))
    return replace(entry, counts=mark.kind is Kind.REOPEN)


def _mark_words(mark: Mark, *, first: bool) -> str:
    match mark.kind:
        case Kind.SOLVED:
            by = mark.operator or _("the plant")
            return _("resolved by {by}").format(by=by) + told_words(mark.note, mark.cause)
        case Kind.REOPEN:
            by = mark.operator or _("the plant")
            return _("reopened by {by}").format(by=by) + (f" · {mark.note}" if mark.note else "")
        case Kind.OPEN:
            source = inert_line(mark.source.rpartition("/")[2]) if mark.source else _("the plant")
            return (_("raised by {source}") if first else _("raised again by {source}")).format(source=source)


def _system_entry(entry_id: str, text: str, at: str, *, alarming: bool = False) -> Entry:
    return Entry(entry_id, Author.SYSTEM, author_word(Author.SYSTEM), at, text, alarming=alarming)


def _with_fresh(
    messages: Sequence[Message], above: tuple[str, ...], *, secured: bool
) -> list[tuple[Message, tuple[str, ...]]]:
    """Each message with the precautions that were not given in full above it already.

    What a chatbot calls a precaution may be a step: of an answer that waits for the check none is shown but ours.
    An emergency answer is whole every time, however often it was given.
    """
    given = set(above)
    found = []
    for message in messages:
        if message.is_chatbots and message.alert is not Alert.NONE:
            found.append((message, message.precautions))
            continue
        waits = is_hidden(message, secured=secured) and message.author is not Author.BUILTIN
        fresh = () if waits else tuple(line for line in message.precautions if line not in given)
        found.append((message, fresh))
        given.update(() if waits else message.precautions)
    return found


def _message_entry(
    message: Message, precautions: tuple[str, ...], said: ConversationView, now_ms: int, *, secured: bool
) -> Entry:
    if is_check(message):
        return replace(_system_entry(message.id, check_words(message), clock(message.at_ms, now_ms)), counts=True)
    hidden = is_hidden(message, secured=secured)
    return Entry(
        id=message.id,
        author=message.author,
        who=inert_line(message.name) if message.author is Author.PERSON else author_word(message.author),
        clock=clock(message.at_ms, now_ms),
        text=_("The answer is here. First the safety check: Ctrl+L") if hidden else _said(message),
        precautions=precautions,
        status=_status(message if secured else _without_detail(message), said, now_ms),
        state=None if message.is_chatbots and message.state is MessageState.SENT else message.state,
        alarming=message.problem is not None,
        card=None if hidden else message.card,
        hidden=hidden,
        counts=message.author is not Author.OPERATOR,
        alert=message.alert if message.is_chatbots else Alert.NONE,
        danger=danger_words(dangers_in(message.memo)),
    )


def _said(message: Message) -> str:
    """The words of ``message``; of a digit also what it took."""
    took = message.memo.get(TOOK, "") if message.author is Author.OPERATOR else ""
    return f"{message.text} {inert_line(took, 200)}" if took else message.text


def _without_detail(message: Message) -> Message:
    """A refusal in a chatbot's own words may tell somebody what to do: before the check it says only what failed."""
    notice = _notice(message)
    if notice is not None:
        message = replace(message, memo={**message.memo, NOTICE: _plain(notice).kept})
    return message if message.problem is None else replace(message, problem=_plain(message.problem))


def _plain(problem: ChatProblem) -> ChatProblem:
    if problem.kind not in _IN_ITS_WORDS or not problem.detail:
        return problem
    return replace(problem, detail="…")


def _status(message: Message, said: ConversationView, now_ms: int) -> str:
    if message.is_chatbots:
        return _answer_status(message)
    if message.author is not Author.OPERATOR:
        return ""
    return " · ".join(part for part in (_question_status(message, said, now_ms), _notice_words(message)) if part)


def _notice(message: Message) -> ChatProblem | None:
    try:
        return kept_problem(ChatProblemKind, message.memo.get(NOTICE, ""))
    except ValueError:
        return None  # kept by a newer version


def _notice_words(message: Message) -> str:
    """What went wrong on the way to an answer that came, or comes, all the same."""
    notice = _notice(message)
    if notice is None or message.problem is not None:
        return ""
    return notice.words + " " + _("Asked through its older API instead.")


def _question_status(message: Message, said: ConversationView, now_ms: int) -> str:
    match message.state:
        case MessageState.SENDING:
            return _("waits for its turn") if said.under_way else _("sending")
        case MessageState.SENT if said.under_way and said.under_way.question == message.id:
            age = duration(max(0, now_ms - said.under_way.since_ms) / 1000)
            return _("sent, {who} thinks {age} · Esc cancels").format(who=author_word(said.under_way.author), age=age)
        case MessageState.SENT:
            return _("sent")
        case MessageState.ANSWERED:
            return ""  # the answer stands below it
        case MessageState.CANCELLED:
            return _("cancelled, Ctrl+R asks again")
        case MessageState.REPLACED:
            return _("asked in other words")
        case _ if message.problem is not None and message.problem.kind is ChatProblemKind.UNKNOWABLE:
            return message.problem.words  # sending it again would change nothing
        case _:
            why = f" · {message.problem.words}" if message.problem else ""
            return _("failed, Ctrl+R sends it again") + why


def _answer_status(message: Message) -> str:
    if message.state is MessageState.WRITING:
        return _("writing · Esc cancels")
    if message.state is MessageState.PARTIAL:
        why = f" · {message.problem.words}" if message.problem else ""
        return _("not finished") + why
    if message.alert is not Alert.NONE:
        return ""
    told = (
        _("in place of the chatbot") if INSTEAD in message.memo else "",
        _("the model stopped before its end; ask it to go on") if CUT in message.memo else "",
        confidence_words(message.confidence),
    )
    return " · ".join(part for part in told if part)


def _ending(said: ConversationView, now_ms: int) -> list[Entry]:
    """What stands below all that was said: how far the resolve has come, and what the chatbot's server wants."""
    found = []
    if said.outgoing is not None:
        told = told_words(inert_line(said.outgoing.record.note), said.outgoing.record.cause)
        at, words = clock(said.outgoing.created_ms, now_ms), outgoing_words(said.outgoing) + told
        entry_id = f"outgoing-{said.outgoing.record.event_id}"
        found.append(_system_entry(entry_id, words, at, alarming=bool(said.outgoing.problem)))
    if said.untold is not None:
        words = _("The chatbot was not told how it ended, Ctrl+R tries again") + f" · {said.untold.words}"
        found.append(_system_entry("untold", words, "", alarming=True))
    if said.report:
        found.append(_system_entry("report", _("The chatbot has a report: Ctrl+P saves or declines it"), ""))
    return [replace(entry, ends=True) for entry in found]
