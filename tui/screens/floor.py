"""The floor: left the open issues, right the pane of the selected one. Focus is never taken from the operator."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, cast

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen

from core.chat.conversation.safety_gate import asks_for_check, is_repair
from core.chat.playbook.library import library_problems, short_precautions
from core.domain.alarms import AlarmState
from core.domain.errors import StoreError
from core.domain.freshness import FeedState
from core.domain.issue_json import duration
from core.domain.issues import Issue
from core.domain.log_scope import is_same_name
from core.domain.messages import Author, Message
from core.emergency import Assessment, Level
from core.station.station import MESSAGE_DRAFT, Station
from core.support.i18n import _, language, ngettext
from core.support.text import inert_line
from tui.input.keys import Area, bindings, emergency_key, focus_bindings, row_bindings
from tui.screens.ask import Question
from tui.screens.composer_commands import Typed
from tui.screens.dialogs import Dialogs
from tui.view import floor as floor_view
from tui.view.bell import Ringer, title_words
from tui.view.counts import counts_line
from tui.view.entries import Made, Talk, entries_of, first_new
from tui.view.lockout_bar import lockout_bar
from tui.view.notices import HeldBell, notices
from tui.view.row import Row
from tui.view.words import (
    charset_words,
    chat_words,
    clock,
    freshness_words,
    open_words,
    recovery_words,
    standing_shape,
    standing_word,
)
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList
from tui.widgets.issue_pane import IssuePane, Pane
from tui.widgets.key_hints import KeyHints
from tui.widgets.safe_text import SafeText
from tui.widgets.status_bar import Status, StatusBar
from tui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from tui.app import AndonApp

_NO_DANGER = Assessment(Level.NO)
HELD_S = 5.0
"""After a key moved the cursor in the list, its rows keep their places for this long."""


class FloorScreen(Screen[None]):
    """What a line worker looks at. ``refresh_state`` is called once a tick and shows what is new."""

    BINDINGS = [*bindings(Area.FLOOR), *row_bindings(), *focus_bindings()]
    CSS_PATH = "../styles/floor.tcss"

    def __init__(self, *, bell_every: float = 0.0) -> None:
        super().__init__()
        self.selected: str | None = None
        self.rows: list[Row] = []
        self.ready = False
        """Whether the widgets are there to show something."""
        self.typed = Typed(self)
        self.dialogs = Dialogs(self)
        self._ringer = Ringer(bell_every)
        self._held_bell = HeldBell()
        self._drafts: dict[str, str] = {}
        self._scope = ""
        self._new_from = ""
        self._made = Made()
        self._moved_at: float | None = None
        self._awaits_digit = False

    @property
    def andon(self) -> "AndonApp":
        return cast("AndonApp", self.app)

    @property
    def station(self) -> Station:
        return self.andon.station

    @property
    def _selected_issue(self) -> Issue | None:
        return self.station.issue(self.selected) if self.selected is not None else None

    @property
    def pane(self) -> Pane | None:
        """What the pane shows now."""
        return self.query_one(IssuePane).pane

    def compose(self) -> ComposeResult:
        settings = self.andon.settings
        yield StatusBar(ascii_only=settings.ascii, id="status")
        yield SafeText(id="trouble")
        with Horizontal(id="floor"):
            with Vertical(id="side"):
                yield SafeText(id="counts")
                yield IssueList(ascii_only=settings.ascii, id="issues")
            yield IssuePane(ascii_only=settings.ascii, blink=self.andon.blinks, id="pane")
        yield KeyHints(id="hints")
        yield SafeText(id="too-small")

    def on_mount(self) -> None:
        self.query_one("#trouble").display = False
        self.query_one(IssueList).focus()
        self.ready = True
        self.refresh_state()
        if wrong := library_problems():
            self.say(_("{what} · andon doctor tells all").format(what=wrong[0]) if wrong[1:] else wrong[0])

    def on_resize(self) -> None:
        """Narrow: less air. Below what can be read: a clear word, and the keys still work."""
        width, height = self.size
        self.set_class(width < 100, "narrow")
        self.set_class(width >= 160, "wide")
        self.set_class(width < 80 or height < 24, "too-small")
        words = _("This window is {width}x{height}. Andon needs at least 80x24: make it larger or the type smaller.")
        self.query_one("#too-small", SafeText).show(Content(words.format(width=width, height=height)))

    # --- state to widgets

    def refresh_state(self) -> None:
        """Show the Station as it is now."""
        station, now_ms = self.station, self.andon.now_ms()
        if not is_same_name(station.scope, self._scope):
            self._scope = station.scope
            self._forget_selection()  # another cluster's issue of the same id is another issue
        issues = station.listed()
        standings = {issue.id: station.standing(issue) for issue in issues}
        state = floor_view.FloorState(
            issues,
            standings,
            station.handling,
            station.unread,
            now_ms,
            held=station.held.keys(),
            names=station.register.names,
            overruled=station.overruled,
            in_danger=station.tells_of_danger,
            unconfirmed=station.unconfirmed.issues,
        )
        self.rows = floor_view.rows_of(state, [row.id for row in self.rows] if self._is_held else ())
        if self.selected is None and self.rows and station.freshness.state is not FeedState.CATCHING_UP:
            # Nothing was looked at, so nothing is taken away. A replay opens no pane: what it shows may be long solved.
            self._select(self.rows[0].id)
        self._show_status(now_ms)
        self._show_counts()
        self.query_one(IssueList).show(self.rows, self.selected)
        self._show_pane(now_ms)

    @property
    def _is_held(self) -> bool:
        """A finger is on the arrow keys: no row may jump under it."""
        on_list = self.query_one(IssueList).has_focus
        return on_list and self._moved_at is not None and self.andon.monotonic() - self._moved_at < HELD_S

    def _show_status(self, now_ms: int) -> None:
        station, now = self.station, self.andon.monotonic()
        settings = self.andon.settings
        place = " · ".join(part for part in (settings.station, settings.terminal_id) if part)
        self.query_one(StatusBar).show_status(
            Status(
                station=inert_line(place, 60),
                freshness=freshness_words(station.freshness, now),
                live=station.freshness.is_live(now) and self.andon.host.failure is None,
                outbox=len(station.waiting_here()),
                quarantine=station.quarantine_count,
                chat=chat_words(station.chat.health, now_ms),
                operator=inert_line(station.operator, 40),
                clock=clock(now_ms, now_ms),
                held=len(station.held),
            )
        )
        trouble = self.query_one("#trouble", SafeText)
        words = notices(station, self.andon.host.failure, now_ms)
        recovery = "" if self.andon.has_seen_recovery else self._recovery_words()
        words = "\n".join(part for part in (charset_words(self.andon.charset), words, recovery) if part)
        trouble.display = bool(words)
        trouble.show(Content(words))

    def _recovery_words(self) -> str:
        return recovery_words(self.station.store.recovery, is_rebuilding=self.station.is_rebuilding)

    def _show_counts(self) -> None:
        """How many are open and how many of them need someone; the bell and the terminal's title follow from it."""
        settings, now = self.andon.settings, self.andon.monotonic()
        counts = floor_view.counts_of(self.rows)
        line = self.query_one("#counts", SafeText)
        known = open_words(self.station.count_open(now), self.andon.now_ms())
        lost = sum(not row.is_in_log for row in self.rows)
        more = [(_("not in the log {count}").format(count=lost), "bold")] if lost else []
        line.show(counts_line(known, counts, line.size.width, ascii_only=settings.ascii, more=more))
        live = self.station.freshness.is_live(now)
        self.andon.set_title(
            title_words(counts, inert_line(settings.station, 40), live=live, ascii_only=settings.ascii, known=known)
        )
        is_held_anew = self._held_bell.rings(self.station.held)
        if self._ringer.rings(self.rows, now, live=live) or is_held_anew:
            self.app.bell()

    def _show_pane(self, now_ms: int) -> None:
        issue = self._selected_issue
        pane = self.query_one(IssuePane)
        pane.show(None if issue is None else self._pane_of(issue, now_ms), self._quiet_words())

    def _pane_of(self, issue: Issue, now_ms: int) -> Pane:
        station = self.station
        standing = station.standing(issue)
        shape = standing_shape(standing, ascii_only=self.andon.settings.ascii)
        end_ms = now_ms if issue.is_open or issue.resolution is None else issue.resolution.time_ms
        age = duration((end_ms - issue.opened_ms) / 1000)
        talk = self._talk(issue)
        return Pane(
            issue=issue.id,
            shown_id=station.shown(issue),
            state=f"{shape} {standing_word(standing)}",
            short_state=f"{shape} {standing_word(standing, narrow=True)}",
            level=standing,
            age=_("elapsed {age}").format(age=age),
            shown_age=age,
            danger=self._danger_words(issue),
            description=issue.description,
            facts=floor_view.facts_words(issue),
            handling=" · ".join(
                words
                for words in (
                    floor_view.unconfirmed_words(station.unconfirmed.issues.get(issue.id), now_ms),
                    floor_view.handling_words(issue, station.handling.get(issue.id), now_ms),
                )
                if words
            ),
            safety=short_precautions(issue.mode_type, language()) if is_repair(issue, talk.messages) else "",
            lockout=None if talk.lockout is None else lockout_bar(talk.lockout, now_ms),
            under_way="" if talk.outgoing is None else floor_view.under_way_words(talk.outgoing, issue),
            closed=self._closed_words(issue, now_ms),
            check=_check_words(issue, talk),
            entries=tuple(entries_of(issue, talk, now_ms, self._new_from, self._made)),
        )

    def _closed_words(self, issue: Issue, now_ms: int) -> str:
        if issue.is_open:
            return ""
        raised = self.station.overruled.get(issue.id)
        if raised is not None:
            return floor_view.overruled_words(issue, raised, now_ms)
        return floor_view.resolved_words(issue, now_ms)

    def looked_at_danger(self) -> Assessment:
        """What the event of the issue in the pane tells of people in danger for certain."""
        issue = self._selected_issue if self.andon.screen is self else None
        certain = issue is not None and self.station.tells_of_danger(issue)
        return self.station.dangers.of(issue, self.station.overruled.get(issue.id)) if issue and certain else _NO_DANGER

    def _danger_words(self, issue: Issue) -> str:
        """What the event itself tells of people in danger, as long as the issue is open."""
        if not self.station.tells_of_danger(issue):
            return ""
        return _("EMERGENCY  Press the emergency stop, call 119. All of it: {key}").format(
            key=emergency_key(self.andon.settings.keys)
        )

    def _talk(self, issue: Issue) -> Talk:
        chat = self.station.chat
        return Talk(
            messages=self._messages(issue.id),
            under_way=chat.conversations.under_way.get(issue.id),
            outgoing=self.station.outgoing(issue.id),
            report=chat.closing.offered(issue.id) is not None,
            untold=chat.closing.problem(issue.id),
            lockout=chat.lockout(issue),
        )

    def _messages(self, issue: str) -> tuple[Message, ...]:
        try:
            return self.station.chat.messages(issue)
        except StoreError as error:
            self.say(inert_line(str(error)))
            return ()

    def note_offered(self, issue: str) -> str:
        """The note that a resolve begins with: that of the held one, else what the operator said last."""
        held = self.station.held.get(issue)
        return held.record.note if held is not None and held.record.note else self.last_words(issue)

    def last_words(self, issue: str) -> str:
        """What the operator said last about ``issue``: often how it was solved."""
        return next((text for _id, text in self._own_words(issue)), "")

    def _own_words(self, issue: str) -> list[tuple[str, str]]:
        """What the operator asked on ``issue``, newest first: (message id, or empty where it was answered, text)."""
        said = (m for m in reversed(self._messages(issue)) if m.author is Author.OPERATOR)
        return [(m.id if m.may_be_asked_again else "", m.text) for m in said]

    def say(self, words: str) -> None:
        """A line under the composer, until the next one."""
        self.query_one(IssuePane).notice(words)

    def _quiet_words(self) -> str:
        """Words for an empty pane: that none is open is only said of a list that may be believed."""
        freshness, now = self.station.freshness, self.andon.monotonic()
        if not freshness.is_live(now):
            return _("Not known yet: {state}").format(state=freshness_words(freshness, now))
        if self.rows:
            return ""
        since_ms = self.andon.now_ms() - round((now - freshness.since) * 1000)
        words = _("None open, live since {at}").format(at=clock(since_ms, self.andon.now_ms()))
        if freshness.log_starts_ms is None:
            return words
        starts = _("the log starts at {date}").format(date=clock(freshness.log_starts_ms, self.andon.now_ms()))
        return f"{words} · {starts}"

    # --- selection and drafts

    def _select(self, issue: str) -> None:
        if issue == self.selected:
            return
        self._leave_draft()
        self.selected = issue
        self.say("")
        self._new_from = self._first_new(issue)
        known = self.station.drafts.get((issue, MESSAGE_DRAFT), "")
        self.query_one(Composer).load(issue, self._drafts.get(issue, known))
        self._do(self.station.look_at(issue))

    def _first_new(self, issue_id: str) -> str:
        """Where the line "new since you looked" stands for as long as this issue is looked at."""
        issue, unread = self.station.issue(issue_id), self.station.unread.get(issue_id, 0)
        if issue is None or not unread:
            return ""
        talk = Talk(self._messages(issue_id), lockout=self.station.chat.lockout(issue))
        return first_new(entries_of(issue, talk, self.andon.now_ms(), made=self._made), unread)

    def _forget_selection(self) -> None:
        self.selected = None
        self._drafts = {}
        self.query_one(Composer).load("", "")

    def _leave_draft(self) -> None:
        """Keep what stands in the composer: its last key may not have been told yet."""
        composer = self.query_one(Composer)
        if composer.owner:
            self._keep_draft(composer.owner, composer.text)

    def _keep_draft(self, issue: str, text: str) -> None:
        if self._drafts.get(issue) != text:
            self._drafts[issue] = text
            self._do(self.station.save_draft(issue, MESSAGE_DRAFT, text))

    def go_to(self, issue: str) -> None:
        """Look at ``issue``: its pane, its draft, its row in view."""
        self._select(issue)
        self._show_selection()
        self.query_one(IssueList).reveal(issue)

    def _show_selection(self) -> None:
        """Another issue is looked at: the rows are what they were."""
        self.query_one(IssueList).show(self.rows, self.selected)
        self._show_pane(self.andon.now_ms())

    @on(IssueList.Selected)
    def _row_selected(self, message: IssueList.Selected) -> None:
        self._moved_at = self.andon.monotonic()
        self.go_to(message.issue)

    @on(Composer.Recalling)
    def _recalling(self, message: Composer.Recalling) -> None:
        message.composer.recall(self._own_words(message.composer.owner))

    @on(Composer.Drafted)
    def _drafted(self, message: Composer.Drafted) -> None:
        self._keep_draft(message.owner, message.text)

    @on(Composer.Sent)
    async def _sent(self, message: Composer.Sent) -> None:
        """What could not be done goes back to where it was typed, or to that issue's draft."""
        composer, owner = self.query_one(Composer), message.owner
        done = await self.typed.deliver(owner, message.text, message.instead_of)
        if composer.owner == owner:
            if not done:
                composer.give_back(message.text)
            self._keep_draft(owner, composer.text)
        elif not done:
            begun = self._drafts.get(owner, "")
            self._keep_draft(owner, f"{message.text}\n{begun}" if begun else message.text)

    # --- keys

    def action_help(self) -> None:
        self.andon.open_help()

    def action_emergency(self) -> None:
        """From the menu; the key itself is the app's, on every screen."""
        self.andon.action_emergency()

    def action_menu(self) -> None:
        self.andon.open_menu()

    async def action_quarantine(self) -> None:
        try:
            items = await self.andon.host.call(self.station.quarantined())
        except StoreError as error:
            self.say(inert_line(str(error)))
        else:
            self.andon.open_quarantine(items)

    def action_outbox(self) -> None:
        self.andon.open_outbox()

    def action_doctor(self) -> None:
        self.andon.open_doctor()

    def action_condition(self) -> None:
        self.andon.open_condition()

    def action_search_transcript(self) -> None:
        """Search in the conversation that is looked at."""

        async def search(_chosen: int, text: str) -> None:
            if text:
                self.search_transcript(text)

        self.andon.ask(
            Question(
                key="search-transcript",
                title=_("Search in this conversation"),
                about="",
                prompt=_("Words"),
                does=_("search"),
                submit=search,
                is_told=False,
            )
        )

    def search_transcript(self, text: str) -> None:
        """Show what holds ``text``; Esc ends it. Without a text it is asked for."""
        if not text:
            self.action_search_transcript()
            return
        found = self.query_one(Transcript).find(text)
        words = ngettext("{count} place · n next · Esc ends", "{count} places · n next · Esc ends", found)
        self.query_one(Transcript).focus()
        self.say(
            words.format(count=found) if found else _("Nothing here holds “{text}”.").format(text=inert_line(text, 40))
        )

    async def action_find(self) -> None:
        await self.andon.open_find(self._found)

    def _found(self, issue: str | None) -> None:
        if issue is not None:
            self.go_to(issue)

    def action_language(self) -> None:
        self.andon.switch_language()

    def action_theme(self) -> None:
        self.andon.switch_theme()

    def looks_changed(self) -> None:
        """Another language or theme: say and draw everything anew."""
        self.query_one(KeyHints).draw()
        self.query_one(IssuePane).looks_changed()
        self.query_one(IssueList).refresh()
        self.on_resize()
        self.refresh_state()

    def action_resolve(self) -> None:
        self.typed.open_resolve(self.selected)

    async def action_acknowledge(self) -> None:
        if self.selected is not None:
            await self.typed.acknowledge(self.selected)

    async def action_reopen(self) -> None:
        if self.selected is not None:
            await self.typed.ask(self.station.reopen(self.selected))

    async def action_retry(self) -> None:
        if self.selected is not None:
            await self.typed.retry(self.selected)

    async def action_shelve(self) -> None:
        """Put the selected issue aside, or take it back."""
        issue = self.typed.open_issue(self.selected)
        if issue is None:
            return
        if self.station.standing(issue).state is AlarmState.SHELVED:
            await self.typed.ask(self.station.unshelve(issue.id))
        else:
            self.open_shelve(issue.id)

    def action_operator(self) -> None:
        """Another operator takes over this terminal."""
        self.dialogs.operator()

    def open_shelve(self, issue_id: str, why: str = "") -> bool:
        return self.dialogs.shelve(issue_id, why)

    def open_secure(self, issue_id: str) -> bool:
        return self.dialogs.secure(self.station.issue(issue_id))

    def action_secure(self) -> None:
        """The safety check: from then on steps are shown."""
        if self.selected is not None:
            self.open_secure(self.selected)

    def decide(self, issue_id: str | None) -> None:
        """Ask what becomes of what is held of this issue."""
        if issue_id is not None:
            self.go_to(issue_id)
            self.dialogs.held(issue_id)

    def action_report(self) -> None:
        issue = self._selected_issue
        if issue is not None:
            self.dialogs.report(issue)

    async def action_similar(self) -> None:
        if self.selected is not None:
            await self.typed.ask(self.station.chat.similar(self.selected))

    async def action_save_conversation(self) -> None:
        if self.selected is not None:
            await self.typed.save_conversation(self.selected)

    def action_next(self) -> None:
        found = floor_view.next_needy(self.rows, self.selected)
        if found is not None:
            self.go_to(found)

    def action_write(self) -> None:
        composer = self.query_one(Composer)
        if composer.display:
            self.set_focus(composer)

    def action_row(self) -> None:
        self._awaits_digit = True
        self.say(_("Row number: 1 to 9"))
        self.query_one(IssueList).focus()

    def action_go_to_row(self, number: int) -> None:
        if 0 < number <= len(self.rows):
            self.go_to(self.rows[number - 1].id)

    def action_cancel(self) -> None:
        """Stop waiting for an answer; close a resolved issue's pane; else leave the composer for the list.

        No text is lost by it.
        """
        issue = self._selected_issue
        transcript = self.query_one(Transcript)
        if transcript.is_searching:
            transcript.find("")
            self.say("")
            return
        if issue is not None and issue.id in self.station.chat.conversations.under_way:
            self._do(self.station.chat.cancel(issue.id))
            return
        self.query_one(IssueList).focus()
        if issue is not None and not issue.is_open:
            self._leave_draft()
            self.selected = None
            self.query_one(Composer).load("", "")
            self._do(self.station.look_at(None))
            self._show_selection()

    async def action_leave(self) -> None:
        self.app.exit()

    def on_key(self, event: events.Key) -> None:
        if self._awaits_digit:
            self._awaits_digit = False
            self.say("")
            if event.key.isdigit():
                self.action_go_to_row(int(event.key))
        elif event.character and event.is_printable and self._takes_words(event.key):
            event.stop()
            self._write_on(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """A text that was pasted while the list or the transcript had the focus."""
        if self._takes_words():
            event.stop()
            self._write_on(event.text)

    def _takes_words(self, key: str = "") -> bool:
        """Whether words typed now are for the composer: the focus is elsewhere, and no key of that place is meant."""
        at, composer = self.focused, self.query_one(Composer)
        if at is None or at is composer or not composer.display or not composer.owner:
            return False
        return key not in at._bindings.key_to_bindings and key not in self._bindings.key_to_bindings

    def _write_on(self, text: str) -> None:
        composer = self.query_one(Composer)
        self.set_focus(composer)
        composer.move_cursor(composer.document.end)
        composer.insert(text)

    def _do(self, command: Coroutine[Any, Any, object]) -> None:
        """A command whose outcome shows by itself; the worker owns it and says what went wrong."""
        self.run_worker(self.typed.ask(command), exit_on_error=False)


def _check_words(issue: Issue, talk: Talk) -> str:
    """That an answer waits for the safety check, and the key."""
    waits = asks_for_check(issue, talk.messages, talk.lockout)
    return _("Steps are shown after the safety check: Ctrl+L") if waits else ""
