"""The floor: left the open issues, right the pane of the selected one. Focus is never taken from the operator."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen

from core.alarms import AlarmState, state_of
from core.chat.messages import Message, MessageState
from core.chat.playbook_files import short_precautions
from core.events import RESOLVED
from core.i18n import _, language
from core.issues import Issue
from core.kafka.freshness import FeedState
from core.listing import duration
from core.outbox import PENDING, OutboxState
from core.station import MESSAGE_DRAFT, RESOLVE_DRAFT, CommandError, Station
from core.store.store import StoreError
from core.text import inert_line
from tui import floor_view
from tui.keys import Area, bindings, row_bindings
from tui.slash import NOT_A_COMMAND, SlashCommand, parse_slash
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList, Row
from tui.widgets.issue_pane import IssuePane, Pane
from tui.widgets.key_hints import KeyHints
from tui.widgets.safe_text import SafeText
from tui.widgets.status_bar import Status, StatusBar
from tui.words import clock, freshness_words, outgoing_words, state_shape, state_word, trouble_words

if TYPE_CHECKING:
    from tui.app import AndonApp


class FloorScreen(Screen[None]):
    """What a line worker looks at. ``refresh_state`` is called once a tick and shows what is new."""

    BINDINGS = [*bindings(Area.FLOOR), *row_bindings()]
    CSS_PATH = "../styles/floor.tcss"

    def __init__(self) -> None:
        super().__init__()
        self.selected: str | None = None
        self.rows: list[Row] = []
        self._drafts: dict[str, str] = {}
        self._scope = ""
        self._rung: set[tuple[str, int]] = set()
        self._ringing = False
        self._awaits_digit = False
        self.ready = False
        """Whether the widgets are there to show something."""

    @property
    def andon(self) -> "AndonApp":
        return cast("AndonApp", self.app)

    @property
    def station(self) -> Station:
        return self.andon.station

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

    def on_mount(self) -> None:
        self.query_one("#trouble").display = False
        self.query_one(IssueList).focus()
        self.ready = True
        self.refresh_state()

    def on_resize(self) -> None:
        self.set_class(self.size.width < 100, "narrow")

    # --- state to widgets

    def refresh_state(self) -> None:
        """Show the Station as it is now."""
        station, now_ms = self.station, self.andon.now_ms()
        if station.scope != self._scope:
            self._scope = station.scope
            self._forget_selection()  # another cluster's issue of the same id is another issue
        self.rows = floor_view.rows_of(station.register.open_issues(), station.handling, now_ms)
        if self.selected is None and self.rows and station.freshness.state is not FeedState.CATCHING_UP:
            # Nothing was looked at, so nothing is taken away. A replay opens no pane: what it shows may be long solved.
            self._select(self.rows[0].id)
        self._show_status(now_ms)
        self.query_one("#counts", SafeText).show(Content(floor_view.counts_words(self.rows)))
        self.query_one(IssueList).show(self.rows, self.selected)
        self._show_pane(now_ms)
        self._ring()

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
                operator=inert_line(settings.operator, 40),
                clock=clock(now_ms, now_ms),
            )
        )
        trouble = self.query_one("#trouble", SafeText)
        words = trouble_words(station.freshness, self.andon.host.failure, station.register.newest_ms - now_ms)
        trouble.display = bool(words)
        trouble.show(Content(f" {words}"))

    def _show_pane(self, now_ms: int) -> None:
        issue = self.station.issue(self.selected) if self.selected is not None else None
        pane = self.query_one(IssuePane)
        pane.show(None if issue is None else self._pane_of(issue, now_ms), self._quiet_words())

    def _pane_of(self, issue: Issue, now_ms: int) -> Pane:
        station = self.station
        handling = station.handling.get(issue.id)
        state = state_of(issue, handling)
        shape = state_shape(state, ascii_only=self.andon.settings.ascii)
        precautions = short_precautions(issue.latest.mode_type, language()) if issue.is_fault else ""
        end_ms = now_ms if issue.is_open or issue.resolution is None else issue.resolution.time_ms
        return Pane(
            issue=issue.id,
            shown_id=issue.shown_id,
            state=f"{shape} {state_word(state)}",
            alarming=state is AlarmState.UNACKNOWLEDGED,
            age=_("elapsed {age}").format(age=duration((end_ms - issue.opened_ms) / 1000)),
            description=issue.latest.description,
            facts=floor_view.facts_words(issue, handling, now_ms),
            safety=precautions,
            closed="" if issue.is_open else floor_view.resolved_words(issue, now_ms),
            entries=tuple(floor_view.entries_of(issue, self._messages(issue.id), station.outgoing(issue.id), now_ms)),
        )

    def _messages(self, issue: str) -> tuple[Message, ...]:
        try:
            return self.station.conversations.messages(issue)
        except StoreError as error:
            self.say(inert_line(str(error)))
            return ()

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

    def _ring(self) -> None:
        """One bell for each fault that came since the topic was first caught up; never in the middle of a replay."""
        if not self.station.freshness.is_live(self.andon.monotonic()):
            return
        unseen = {(row.id, row.opened_ms) for row in self.rows if row.state is AlarmState.UNACKNOWLEDGED}
        if self._ringing and unseen - self._rung:
            self.app.bell()
        self._rung = (self._rung | unseen) & {(row.id, row.opened_ms) for row in self.rows}
        self._ringing = True

    # --- selection and drafts

    def _select(self, issue: str) -> None:
        if issue == self.selected:
            return
        self._leave_draft()
        self.selected = issue
        self.say("")
        known = self.station.drafts.get((issue, MESSAGE_DRAFT), "")
        self.query_one(Composer).load(issue, self._drafts.get(issue, known))
        self._do(self.station.look_at(issue))

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
        self.go_to(message.issue)

    @on(Composer.Drafted)
    def _drafted(self, message: Composer.Drafted) -> None:
        self._keep_draft(message.owner, message.text)

    @on(Composer.Sent)
    async def _sent(self, message: Composer.Sent) -> None:
        """What could not be done goes back to where it was typed, or to that issue's draft."""
        composer, owner = self.query_one(Composer), message.owner
        done = await self._deliver(owner, message.text)
        if composer.owner == owner:
            if not done:
                composer.give_back(message.text)
            self._keep_draft(owner, composer.text)
        elif not done:
            begun = self._drafts.get(owner, "")
            self._keep_draft(owner, f"{message.text}\n{begun}" if begun else message.text)

    async def _deliver(self, issue: str, typed: str) -> bool:
        """To the chatbot, to people, or a command; False when it could not be done and the text must stay."""
        command, text = parse_slash(typed)
        match command:
            case None:
                return await self._ask(self.station.say(issue, text))
            case SlashCommand.NOTE:
                return await self._ask(self.station.note(issue, text))
            case SlashCommand.UNKNOWN:
                self.say(_(NOT_A_COMMAND).format(word=inert_line(text, 40)))
                return False
            case _:
                return await self._slash(command, issue, text)

    async def _slash(self, command: SlashCommand, issue: str, text: str) -> bool:
        """Run a slash command on the issue it was typed for; True when the composer may be emptied."""
        match command:
            case SlashCommand.ACKNOWLEDGE:
                return await self._ask(self.station.acknowledge(issue))
            case SlashCommand.RESOLVE:
                return await self._resolve_with(issue, text)
            case SlashCommand.REOPEN:
                return await self._ask(self.station.reopen(issue, text))
            case SlashCommand.RETRY:
                return await self._retry(issue)
            case _:
                self.action_help()
                return True

    async def _resolve_with(self, issue: str, note: str) -> bool:
        """``/resolve note``: the note is kept as the dialog's draft before the dialog opens, under what it held."""
        begun = self.station.drafts.get((issue, RESOLVE_DRAFT), "")
        if note and note not in begun:
            whole = f"{begun}\n{note}" if begun else note
            if not await self._ask(self.station.save_draft(issue, RESOLVE_DRAFT, whole)):
                return False
        return self._open_resolve(issue)

    # --- keys

    def action_help(self) -> None:
        self.andon.open_help()

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

    def action_language(self) -> None:
        self.andon.switch_language()

    def language_changed(self) -> None:
        """Say everything anew."""
        self.query_one(KeyHints).draw()
        self.query_one(IssuePane).language_changed()
        self.query_one(IssueList).refresh()
        self.refresh_state()

    def action_resolve(self) -> None:
        self._open_resolve(self.selected)

    def _open_resolve(self, issue_id: str | None) -> bool:
        """Open the dialog, or say why not and answer False."""
        issue = self.station.issue(issue_id) if issue_id is not None else None
        if issue is None or not issue.is_open:
            self.say(_("There is no open issue to resolve here."))
            return False
        under_way = self.station.outgoing(issue.id)
        if under_way is not None and under_way.record.action == RESOLVED and under_way.state in PENDING:
            # A second note would go nowhere: the first one is on its way already.
            self.say(outgoing_words(under_way, resolves=True))
            return False
        self.andon.open_resolve(issue)
        return True

    async def action_acknowledge(self) -> None:
        if self.selected is not None:
            await self._ask(self.station.acknowledge(self.selected))

    async def action_reopen(self) -> None:
        if self.selected is not None:
            await self._ask(self.station.reopen(self.selected))

    async def action_retry(self) -> None:
        """Send the selected issue's parked record again; ask again what its chatbot failed to answer."""
        if self.selected is not None:
            await self._retry(self.selected)

    async def _retry(self, issue: str) -> bool:
        failed = any(message.state is MessageState.FAILED for message in self._messages(issue))
        under_way = self.station.outgoing(issue)
        if under_way is not None and under_way.state is OutboxState.PARKED:
            done = await self._ask(self.station.retry(issue))
            return await self._ask(self.station.ask_again(issue)) and done if failed else done
        if failed:
            return await self._ask(self.station.ask_again(issue))
        self.say(_("There is nothing to send again."))
        return False

    def action_next(self) -> None:
        """The next unacknowledged issue after the selected one, wrapping round; else the next row."""
        ids = [row.id for row in self.rows]
        start = ids.index(self.selected) + 1 if self.selected in ids else 0
        ahead = self.rows[start:] + self.rows[:start]
        needy = [row for row in ahead if row.state is AlarmState.UNACKNOWLEDGED] or ahead
        if needy:
            self.go_to(needy[0].id)

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
        """Close a resolved issue's pane; else leave the composer for the list. No text is lost by it."""
        issue = self.station.issue(self.selected) if self.selected is not None else None
        self.query_one(IssueList).focus()
        if issue is not None and not issue.is_open:
            self._leave_draft()
            self.selected = None
            self.query_one(Composer).load("", "")
            self._show_selection()

    async def action_leave(self) -> None:
        self.app.exit()

    def on_key(self, event: object) -> None:
        key = getattr(event, "key", "")
        if not self._awaits_digit:
            return
        self._awaits_digit = False
        self.say("")
        if key.isdigit():
            self.action_go_to_row(int(key))

    # --- commands to the Station

    def _do(self, command: Coroutine[Any, Any, object]) -> None:
        """A command whose outcome shows by itself; the worker owns it and says what went wrong."""
        self.run_worker(self._ask(command), exit_on_error=False)

    async def _ask(self, command: Coroutine[Any, Any, object]) -> bool:
        """A command whose outcome matters here: True when it was done, words under the composer when not."""
        try:
            await self.andon.host.call(command)
        except (CommandError, StoreError) as error:
            self.say(inert_line(str(error)))
            return False
        return True
