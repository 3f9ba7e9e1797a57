"""Words and shapes for states: shape and word before colour, so that monochrome loses nothing."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from core.chat.conversation.fallback import ChatHealth
from core.chat.playbook.cause_words import cause_words
from core.domain.alarms import AlarmState, Concern, Standing
from core.domain.card import Priority
from core.domain.events import RESOLVED
from core.domain.freshness import FeedState, Freshness
from core.domain.issue_json import duration
from core.domain.messages import Author, MessageState
from core.domain.open_count import OpenCount
from core.domain.outbox import OutboxEntry, OutboxState
from core.emergency import Danger
from core.store.recovery import Recovery
from core.support.i18n import N_, _, ngettext
from core.support.terminal_charset import UTF_8

_SHAPES = {
    AlarmState.UNACKNOWLEDGED: "▲",
    AlarmState.OVERRULED: "△",
    AlarmState.ACKNOWLEDGED: "□",
    AlarmState.CLAIMED: "■",
    AlarmState.SHELVED: "▼",
    AlarmState.INSPECTION: "○",
    AlarmState.RESOLVED: "✓",
}
_ASCII_SHAPES = {
    AlarmState.UNACKNOWLEDGED: "!",
    AlarmState.OVERRULED: "?",
    AlarmState.ACKNOWLEDGED: "-",
    AlarmState.CLAIMED: "#",
    AlarmState.SHELVED: "z",
    AlarmState.INSPECTION: "o",
    AlarmState.RESOLVED: "v",
}
_OVERDUE_SHAPE, _ASCII_OVERDUE_SHAPE = "▲", "^"
_AUTHOR_SHAPES = {
    Author.SYSTEM: "·",
    Author.OPERATOR: "›",
    Author.PERSON: "◎",
    Author.CHATBOT: "◆",
    Author.MODEL: "◈",
    Author.BUILTIN: "◇",
}
_ASCII_AUTHOR_SHAPES = {
    Author.SYSTEM: ".",
    Author.OPERATOR: ">",
    Author.PERSON: "@",
    Author.CHATBOT: "*",
    Author.MODEL: "%",
    Author.BUILTIN: "+",
}


_MESSAGE_SHAPES = {
    MessageState.SENDING: "○",
    MessageState.SENT: "○",
    MessageState.WRITING: "○",
    MessageState.ANSWERED: "✓",
    MessageState.REPLACED: "□",
    MessageState.CANCELLED: "□",
    MessageState.PARTIAL: "▲",
    MessageState.FAILED: "▲",
}
_ASCII_MESSAGE_SHAPES = {
    MessageState.SENDING: "o",
    MessageState.SENT: "o",
    MessageState.WRITING: "o",
    MessageState.ANSWERED: "v",
    MessageState.REPLACED: "-",
    MessageState.CANCELLED: "-",
    MessageState.PARTIAL: "!",
    MessageState.FAILED: "!",
}


def danger_shape(*, ascii_only: bool) -> str:
    """People in danger: a sign that nothing else has."""
    return "!!" if ascii_only else "✚"


DANGER_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "caught": N_("caught"),
        "fire": N_("fire, smoke"),
        "shock": N_("electric shock"),
        "fall": N_("fall"),
        "bleeding": N_("bleeding"),
        "gas": N_("gas"),
        "breath": N_("not breathing"),
        "chemical": N_("chemicals, eyes"),
        "burn": N_("burn"),
        "injection": N_("oil under the skin"),
        "illness": N_("heart, stroke, heat"),
        "injury": N_("hurt, collapsed"),
    }
)
"""What threatens somebody, by ``Danger``, in the order in which the emergency screen lists it."""


def danger_word(danger: Danger) -> str:
    """What threatens somebody. Whatever has no word yet is named as it is: nobody waits for a word."""
    return _(DANGER_WORDS.get(danger, danger))


def danger_words(dangers: Sequence[Danger]) -> str:
    """All that threatens somebody, on one line."""
    return " · ".join(map(danger_word, dangers))


SHAPE_WIDTH = 2
"""Cells of the widest ``standing_shape``."""


def standing_shape(standing: Standing, *, ascii_only: bool) -> str:
    """A sign for how far it is handled, and a second one where it is late: no two standings look alike."""
    step = (_ASCII_SHAPES if ascii_only else _SHAPES)[standing.state]
    return step + _overdue_shape(ascii_only=ascii_only) if standing.is_overdue else step


def standing_word(standing: Standing, *, narrow: bool = False) -> str:
    """The state in a word; of a late one that it is late, and (``narrow``: shorter) that nobody has seen it."""
    match standing:
        case Standing(AlarmState.UNACKNOWLEDGED, is_overdue=True):
            return _("NEW, overdue") if narrow else _("unacknowledged, overdue")
        case Standing(is_overdue=True):
            return _("overdue")
        case Standing(AlarmState.UNACKNOWLEDGED) if narrow:
            return _("NEW")
        case Standing(state=state):
            return _state_word(state)


def concern_shape(concern: Concern, *, ascii_only: bool) -> str:
    match concern:
        case Concern.UNACKNOWLEDGED:
            return standing_shape(Standing(AlarmState.UNACKNOWLEDGED), ascii_only=ascii_only)
        case Concern.OVERRULED:
            return standing_shape(Standing(AlarmState.OVERRULED), ascii_only=ascii_only)
        case Concern.OVERDUE:
            return _overdue_shape(ascii_only=ascii_only)
        case Concern.SHELVED:
            return standing_shape(Standing(AlarmState.SHELVED), ascii_only=ascii_only)


def concern_word(concern: Concern, *, narrow: bool = False) -> str:
    match concern:
        case Concern.UNACKNOWLEDGED:
            return _("NEW") if narrow else _("unacknowledged")
        case Concern.OVERRULED:
            return _("raised again")
        case Concern.OVERDUE:
            return _("overdue")
        case Concern.SHELVED:
            return _("shelved")


def _overdue_shape(*, ascii_only: bool) -> str:
    return _ASCII_OVERDUE_SHAPE if ascii_only else _OVERDUE_SHAPE


def _state_word(state: AlarmState) -> str:
    match state:
        case AlarmState.UNACKNOWLEDGED:
            return _("unacknowledged")
        case AlarmState.OVERRULED:
            return _("raised again")
        case AlarmState.ACKNOWLEDGED:
            return _("acknowledged")
        case AlarmState.CLAIMED:
            return _("in hand")
        case AlarmState.SHELVED:
            return _("shelved")
        case AlarmState.INSPECTION:
            return _("inspection")
        case AlarmState.RESOLVED:
            return _("resolved")


def author_shape(author: Author, *, ascii_only: bool) -> str:
    return (_ASCII_AUTHOR_SHAPES if ascii_only else _AUTHOR_SHAPES)[author]


def message_shape(state: MessageState, *, ascii_only: bool) -> str:
    """How far a message has come."""
    return (_ASCII_MESSAGE_SHAPES if ascii_only else _MESSAGE_SHAPES)[state]


def author_word(author: Author) -> str:
    match author:
        case Author.SYSTEM:
            return _("system")
        case Author.OPERATOR:
            return _("me")
        case Author.PERSON:
            return _("note")
        case Author.CHATBOT:
            return _("chatbot")
        case Author.MODEL:
            return _("AI model")
        case Author.BUILTIN:
            return _("built-in")


def priority_words(priority: Priority, *, ascii_only: bool) -> str:
    """How urgent an action of a chatbot's card is, in a shape and a word; empty where the chatbot did not say."""
    match priority:
        case Priority.HIGH:
            return ("! " if ascii_only else "▲ ") + _("high")
        case Priority.MEDIUM:
            return ("- " if ascii_only else "■ ") + _("medium")
        case Priority.LOW:
            return (". " if ascii_only else "□ ") + _("low")
        case Priority.UNKNOWN:
            return ""


def confidence_words(confidence: float | None) -> str:
    """A chatbot's own confidence, in a word and a number; empty where it reports none."""
    if confidence is None:
        return ""
    word = _("high") if confidence >= 0.8 else _("medium") if confidence >= 0.5 else _("low")
    return _("confidence {word} {value}").format(word=word, value=f"{confidence:.2f}")


def chat_words(health: ChatHealth, now_ms: int) -> str:
    """That the chosen chatbot does not answer, and for how long; empty while it does."""
    if health.problem is None:
        return ""
    return _("chatbot down {age}").format(age=duration(max(0, now_ms - health.since_ms) / 1000))


def freshness_words(freshness: Freshness, now: float) -> str:
    """The state of the data in words and seconds; ``now`` is monotonic."""
    age = freshness.age(now)
    if age is None:
        return _("connecting {age}").format(age=duration(now - freshness.since))
    if not freshness.is_in_contact(now):
        return _("no contact for {age}").format(age=duration(age))
    match freshness.state:
        case FeedState.LIVE:
            return _("live {age}").format(age=_("{seconds} s").format(seconds=f"{age:.0f}"))
        case FeedState.CATCHING_UP:
            return _("catching up {done} of {total}").format(done=f"{freshness.done:,}", total=f"{freshness.total:,}")
        case _:
            return _("connecting {age}").format(age=duration(now - freshness.since))


def trouble_words(freshness: Freshness, failure: BaseException | None, clock: str = "") -> str:
    """What is wrong and what to do; empty when nothing is. ``clock``: whose clock is wrong (``core.domain.stamps``)."""
    if failure is not None:
        return _("An internal error cut Andon off from the plant. Leave with Ctrl+Q and start it again.")
    if freshness.problem is not None:
        return freshness.problem.words
    if freshness.missed:
        return ngettext(
            "{count} record was removed from the topic before this terminal read it: the list may lack issues.",
            "{count} records were removed from the topic before this terminal read them: the list may lack issues.",
            freshness.missed,
        ).format(count=f"{freshness.missed:,}")
    return clock


def charset_words(charset: str) -> str:
    """That the terminal cannot show every letter: in ASCII and English, which it can. Empty for one that can."""
    if charset == UTF_8:
        return ""
    return f"This terminal is set to {charset}, not to UTF-8: letters may be missing. Set LANG=ko_KR.UTF-8."


def recovery_words(recovery: Recovery | None, *, is_rebuilding: bool) -> str:
    """That what this terminal had kept was damaged, and what became of it; empty where nothing was."""
    if recovery is not None:
        return _(
            "This terminal's data was damaged: the old file is {name}. Saved: {outbox} records of the outbox, "
            "{messages} messages, {drafts} drafts. The issues are read again from the topic. Ctrl+S"
        ).format(
            name=recovery.set_aside.name,
            **{table: recovery.saved.get(table, 0) for table in ("outbox", "messages", "drafts")},
        )
    if is_rebuilding:
        return _("Some of the kept issues were damaged: all are read again from the topic. Ctrl+S")
    return ""


def under_way_word(entry: OutboxEntry) -> str:
    """The same in a word or two, for the issue's row; empty where nothing is under way any more."""
    is_resolve = entry.record.action == RESOLVED
    match entry.state:
        case OutboxState.WAITING:
            return _("resolve waits") if is_resolve else _("reopen waits")
        case OutboxState.SENT:
            return _("resolve sent") if is_resolve else _("reopen sent")
        case OutboxState.PARKED:
            return _("resolve failed") if is_resolve else _("reopen failed")
        case _:
            return ""


def outgoing_words(entry: OutboxEntry) -> str:
    """How far a resolve or a reopening has come."""
    words = _state_words(entry, _("resolve") if entry.record.action == RESOLVED else _("reopen"))
    return f"{words} · {entry.problem.words}" if entry.problem else words


def told_words(note: str, cause: str) -> str:
    """What a resolve tells, to stand behind who resolved: what it came from, and the note; empty without either."""
    told = (_("cause: {cause}").format(cause=cause_words(cause)) if cause else "", note)
    return "".join(f" · {part}" for part in told if part)


def _state_words(entry: OutboxEntry, what: str) -> str:
    match entry.state:
        case OutboxState.WAITING:
            return _("{what}: waiting in the outbox").format(what=what)
        case OutboxState.SENT:
            return _("{what}: sent, not read back yet").format(what=what)
        case OutboxState.CONFIRMED:
            return _("{what}: confirmed").format(what=what)
        case OutboxState.PARKED:
            return _("{what}: parked, Ctrl+R sends it again").format(what=what)
        case OutboxState.HELD:
            return _held_words(entry, what)
        case OutboxState.WITHDRAWN:
            return _("{what}: withdrawn").format(what=what)


def _held_words(entry: OutboxEntry, what: str) -> str:
    if entry.raised_again_ms is None:
        return _("{what} held back: from damaged data, may be outdated").format(what=what)
    at = clock(entry.raised_again_ms, entry.created_ms)
    return _("{what} held back: raised again at {at}").format(what=what, at=at)


def count_words(count: OpenCount, now_ms: int) -> str:
    """How many are open: unknown is a question mark, and without contact it says as of when."""
    if count.known is None:
        return "?"
    known = f"{count.known:,}"
    if count.as_of_ms is None:
        return known
    return _("{count} (as of {at})").format(count=known, at=clock(count.as_of_ms, now_ms))


def open_words(count: OpenCount, now_ms: int) -> str:
    """The same as a phrase, for the list and the terminal's title."""
    return _("open {count}").format(count=count_words(count, now_ms))


def clock(time_ms: int, now_ms: int) -> str:
    """Local hours and minutes; with the date when it is not today's."""
    moment = datetime.fromtimestamp(time_ms / 1000)  # noqa: DTZ006 - operators live in local time
    return moment.strftime("%H:%M") if moment.date() == today(now_ms) else moment.strftime("%m-%d %H:%M")


def today(now_ms: int) -> date:
    """The local date."""
    return datetime.fromtimestamp(now_ms / 1000).date()  # noqa: DTZ006
