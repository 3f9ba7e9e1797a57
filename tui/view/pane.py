"""What the pane shows of an issue, as a value; made anew only where what it is made of changed."""

from dataclasses import dataclass, replace

from core.chat.conversation.safety_gate import asks_for_check, is_repair
from core.chat.playbook.digits import digits, goes_on_from
from core.chat.playbook.precautions import short_precautions
from core.domain.alarms import Standing
from core.domain.issue_json import duration
from core.domain.issues import Issue
from core.domain.offers import Offer
from core.station.view import ListedIssue, PaneView
from core.support.i18n import _, language
from tui.view import floor as words_of
from tui.view.entries import ConversationView, EntryCache, entries_of, first_new
from tui.view.entry import Entry
from tui.view.lockout_bar import LockoutBar, lockout_bar
from tui.view.words import standing_shape, standing_word

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Pane:
    """What the pane shows of an issue; every text is inert and translated."""

    issue: str
    shown_id: str
    state: str
    short_state: str
    """The same where there is less room."""
    level: Standing
    age: str
    danger: str
    """That the event itself tells of people in danger, and the key that says what to do."""
    shown_age: str
    """The age alone, where there is no room for words."""
    description: str
    facts: str
    handling: str
    safety: str
    """The precautions in short; empty where nobody has to work on the machine."""
    lockout: LockoutBar | None
    """What stands in their place once the lockout was checked in this episode."""
    under_way: str
    """How far a resolve or a reopening of it has come."""
    check: str
    """That an answer waits for the safety check, and the key."""
    closed: str
    """Who resolved it, when and how, or why it stands in the list all the same; empty while the issue is open."""
    entries: tuple[Entry, ...]
    offers: tuple[Offer, ...] = ()
    """What a message that is only a digit takes; none of a resolved issue, nor while another chatbot thinks."""
    goes_on_from: str = ""
    """The message that Enter in an empty composer goes on from; empty where it does nothing."""
    is_read: bool = True
    """False: the conversation is not here yet, and nothing of it is shown; least of all another issue's."""

    def is_but_older(self, other: "Pane") -> bool:
        """Whether the age alone tells this one from ``other``."""
        return self == replace(other, age=self.age, shown_age=self.shown_age)


def conversation_of(pane: PaneView) -> ConversationView:
    """What the transcript is drawn from."""
    return ConversationView(
        messages=pane.messages,
        under_way=pane.under_way,
        outgoing=pane.outgoing,
        report=pane.report,
        untold=pane.untold,
        lockout=pane.lockout,
    )


class Panes:
    """Makes the pane of the issue that is looked at, and keeps what time does not change of it."""

    def __init__(self, *, ascii_only: bool, emergency_key: str) -> None:
        self._ascii = ascii_only
        self._emergency_key = emergency_key
        self._cache = EntryCache()
        self._basis: object = None
        self._kept: object = None
        """What the pane was made of: as long as it is kept, nothing else has its identity."""
        self._pane: Pane | None = None
        self._new_from: str | None = None

    def begin(self) -> None:
        """Another issue is looked at: from now on a line stands before what is new of it."""
        self._new_from, self._basis = None, None

    def of(self, facts: ListedIssue, read: PaneView | None, now_ms: int) -> Pane:
        """The pane of ``facts``; ``read`` is its conversation, once it is here."""
        thinks = read is not None and read.under_way is not None
        moment = now_ms // (1_000 if thinks else _MINUTE_MS)  # a question under way counts its seconds
        basis = (id(facts), id(read), moment, language())
        if self._pane is None or basis != self._basis:
            self._basis, self._kept = basis, (facts, read)
            self._pane = self._made(facts, read, now_ms)
        age = _age(facts.issue, now_ms)
        if age == self._pane.shown_age:
            return self._pane
        self._pane = replace(self._pane, age=_("elapsed {age}").format(age=age), shown_age=age)
        return self._pane

    def _made(self, facts: ListedIssue, read: PaneView | None, now_ms: int) -> Pane:
        issue, standing = facts.issue, facts.standing
        said = ConversationView() if read is None else conversation_of(read)
        shape = standing_shape(standing, ascii_only=self._ascii)
        age = _age(issue, now_ms)
        takes = issue.is_open and said.under_way is None
        return Pane(
            issue=issue.id,
            shown_id=facts.shown_id,
            state=f"{shape} {standing_word(standing)}",
            short_state=f"{shape} {standing_word(standing, narrow=True)}",
            level=standing,
            age=_("elapsed {age}").format(age=age),
            shown_age=age,
            danger=self._danger_words(facts),
            description=issue.description,
            facts=words_of.facts_words(issue),
            handling=_handling(facts, now_ms),
            safety=short_precautions(issue.mode_type, language()) if is_repair(issue, said.messages) else "",
            lockout=None if said.lockout is None else lockout_bar(said.lockout, now_ms),
            under_way="" if facts.outgoing is None else words_of.under_way_words(facts.outgoing, issue),
            closed=_closed(facts, now_ms),
            check=_check_words(issue, said),
            entries=() if read is None else self._entries(read, said, now_ms),
            offers=digits(said.messages) if takes else (),
            goes_on_from=goes_on_from(said.messages) if takes else "",
            is_read=read is not None,
        )

    def _entries(self, read: PaneView, said: ConversationView, now_ms: int) -> tuple[Entry, ...]:
        issue = read.issue
        if self._new_from is None and not read.failure:
            # What came while the conversation was brought is new as well, and behind what was unread.
            then = said.messages[: read.begun_at]
            before = replace(said, messages=then, under_way=None, outgoing=None, report=False, untold=None)
            entries = entries_of(issue, before, now_ms, cache=self._cache) if read.unread else ()
            self._new_from = first_new(entries, read.unread)
        return tuple(entries_of(issue, said, now_ms, self._new_from or "", self._cache))

    def _danger_words(self, facts: ListedIssue) -> str:
        """What the event itself tells of people in danger, as long as the issue is open."""
        if not facts.in_danger:
            return ""
        return _("EMERGENCY  Press the emergency stop, call 119. All of it: {key}").format(key=self._emergency_key)


def _age(issue: Issue, now_ms: int) -> str:
    end_ms = now_ms if issue.is_open or issue.resolution is None else issue.resolution.time_ms
    return duration((end_ms - issue.opened_ms) / 1000)


def _handling(facts: ListedIssue, now_ms: int) -> str:
    words = (
        words_of.unconfirmed_words(facts.unconfirmed_since_ms, now_ms),
        words_of.handling_words(facts.issue, facts.handling, now_ms),
    )
    return " · ".join(part for part in words if part)


def _closed(facts: ListedIssue, now_ms: int) -> str:
    if facts.issue.is_open:
        return ""
    if facts.raised is not None:
        return words_of.overruled_words(facts.issue, facts.raised, now_ms)
    return words_of.resolved_words(facts.issue, now_ms)


def _check_words(issue: Issue, said: ConversationView) -> str:
    """That an answer waits for the safety check, and the key."""
    waits = asks_for_check(issue, said.messages, said.lockout)
    return _("Steps are shown after the safety check: Ctrl+L") if waits else ""
