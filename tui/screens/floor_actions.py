"""The floor's keys that do no more than hand on: what opens over it, and what is done with the issue looked at."""

from collections.abc import Coroutine
from typing import Any

from textual import events
from textual.screen import Screen

from core.domain.alarms import AlarmState
from core.domain.errors import StoreError
from core.support.i18n import _, ngettext
from core.support.text import inert_line
from tui.screens.composer_commands import ComposerCommands
from tui.screens.dialogs import Dialogs
from tui.shell import Commands, Question, Shell
from tui.view.row import Rows
from tui.widgets.transcript import Transcript


class FloorPart(Screen[None]):
    """What the actions need of the floor."""

    shell: Shell
    typed: ComposerCommands
    dialogs: Dialogs
    selected: str | None

    def on_key(self, event: events.Key) -> None:
        """A key that was pressed here does nothing to what came over the floor meanwhile (``Overlay.on_key``)."""
        if not self.is_active:
            event.stop()

    @property
    def rows(self) -> Rows:
        """What the list shows now."""
        raise NotImplementedError

    @property
    def commands(self) -> Commands:
        return self.shell.commands

    def say(self, words: str) -> None:
        raise NotImplementedError

    def go_to(self, issue: str) -> None:
        raise NotImplementedError

    def action_search_transcript(self) -> None:
        raise NotImplementedError

    def action_go_to_row(self, number: int) -> None:
        raise NotImplementedError

    def search_transcript(self, text: str) -> None:
        raise NotImplementedError

    def start(self, command: Coroutine[Any, Any, object]) -> None:
        """What must not be waited for: no key is late because the store is. It says itself what went wrong."""
        self.run_worker(command)

    def start_beside(self, command: Coroutine[Any, Any, object]) -> None:
        """The same for what nobody asked for by a key: it may fail as the terminal is left."""
        self.run_worker(command, exit_on_error=False)


class FindingActions(FloorPart):
    """Where to look next in the conversation."""

    def search_transcript(self, text: str) -> None:
        """Show what holds ``text``; Esc ends it. Without a text it is asked for."""
        if not text:
            self.action_search_transcript()
            return
        found = self.query_one(Transcript).find(text)
        words = ngettext("{count} place · n next · Esc ends", "{count} places · n next · Esc ends", found)
        self.query_one(Transcript).focus()
        self.say(
            words.format(count=found) if found else _("Nothing found for “{text}”.").format(text=inert_line(text, 40))
        )

    def action_read_up(self) -> None:
        self.query_one(Transcript).action_screen_up()

    def action_read_down(self) -> None:
        self.query_one(Transcript).action_screen_down()

    def action_read_oldest(self) -> None:
        self.query_one(Transcript).action_oldest()

    def action_read_newest(self) -> None:
        self.query_one(Transcript).action_newest()


class WindowActions(FloorPart):
    """What opens over the floor, and what changes the whole screen."""

    def action_help(self) -> None:
        self.shell.windows.help()

    def action_emergency(self) -> None:
        """From the menu; the key itself is the app's, on every screen."""
        self.shell.action_emergency()

    def action_menu(self) -> None:
        self.shell.windows.menu(self.run_action)

    async def action_quarantine(self) -> None:
        self.start(self._open_quarantine())

    async def _open_quarantine(self) -> None:
        try:
            items = await self.shell.call(self.commands.quarantined())
        except StoreError as error:
            self.say(inert_line(str(error)))
        else:
            self.shell.windows.quarantine(items)

    def action_outbox(self) -> None:
        self.shell.windows.outbox(self.decide)

    def decide(self, issue_id: str | None) -> None:
        """Ask what becomes of what is held of this issue."""
        if issue_id is not None:
            self.go_to(issue_id)
            self.dialogs.held(issue_id)

    def action_doctor(self) -> None:
        self.shell.windows.doctor()

    def action_condition(self) -> None:
        self.shell.windows.terminal_status()

    def action_search_transcript(self) -> None:
        """Search in the conversation that is looked at."""

        async def search(_chosen: int, text: str) -> None:
            if text:
                self.search_transcript(text)

        self.shell.windows.ask(
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

    def action_find(self) -> None:
        self.shell.windows.find(self._found)

    def _found(self, issue: str | None) -> None:
        if issue is not None:
            self.go_to(issue)

    def action_operator(self) -> None:
        """Another operator takes over this terminal."""
        self.dialogs.operator()

    def action_language(self) -> None:
        self.shell.switch_language()

    def action_theme(self) -> None:
        self.shell.switch_theme()

    def action_leave(self) -> None:
        """From the menu; the key itself is the app's, on every screen."""
        self.shell.windows.leave()


class IssueActions(FloorPart):
    """What is done with the issue that is looked at."""

    def action_resolve(self) -> None:
        self.dialogs.resolve(self.selected)

    def action_acknowledge(self) -> None:
        if self.selected is not None:
            self.start(self.typed.acknowledge(self.selected))

    def action_reopen(self) -> None:
        """Ask why; a raise that the clocks overruled takes one key: an alarm is not argued about."""
        facts = None if self.selected is None else self.shell.view.facts(self.selected)
        if facts is None:
            return
        if facts.issue.is_open or facts.raised is not None:
            self.start(self.typed.reopen(facts.id))  # an open one says why not
        else:
            self.dialogs.reopen(facts)

    def action_retry(self) -> None:
        if self.selected is not None:
            self.start(self.typed.retry(self.selected))

    def action_shelve(self) -> None:
        """Put the selected issue aside, or take it back."""
        facts = self.dialogs.open_issue(self.selected)
        if facts is None:
            return
        if facts.standing.state is AlarmState.SHELVED:
            self.start(self.typed.unshelve(facts.id))
        else:
            self.dialogs.shelve(facts.id)

    def action_secure(self) -> None:
        """The safety check: from then on steps are shown."""
        if self.selected is not None:
            self.dialogs.secure(self.selected)

    def action_report(self) -> None:
        if self.selected is not None:
            self.dialogs.report(self.selected)

    def action_similar(self) -> None:
        if self.selected is not None:
            self.start(self.typed.similar(self.selected))

    def action_save_conversation(self) -> None:
        if self.selected is not None:
            self.start(self.typed.save_conversation(self.selected))

    # --- what the composer's commands ask for (tui.shell.Floor)

    def open_resolve(self, issue_id: str | None) -> bool:
        return self.dialogs.resolve(issue_id)

    def open_shelve(self, issue_id: str, why: str = "") -> bool:
        return self.dialogs.shelve(issue_id, why)

    def open_secure(self, issue_id: str) -> bool:
        return self.dialogs.secure(issue_id)

    def open_held(self, issue_id: str) -> bool:
        return self.dialogs.held(issue_id)

    def may_resolve(self, issue_id: str | None) -> bool:
        return self.dialogs.resolvable(issue_id) is not None

    async def report(self, issue: str, *, skip: bool = False) -> bool:
        return await self.typed.report(issue, skip=skip)
