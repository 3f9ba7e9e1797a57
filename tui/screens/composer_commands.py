"""What is typed into the composer: to the chatbot, to people, or a slash command, for the issue it was typed for."""

from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.domain.errors import StoreError
from core.domain.events import RESOLVED
from core.domain.issues import Issue
from core.domain.outbox import PENDING, OutboxState
from core.emergency import Level, assess
from core.station.station import RESOLVE_DRAFT, CommandError, Station
from core.support.i18n import _
from core.support.text import inert_line
from tui.input.slash import BOT_WORDS, CHOSEN, NOT_A_COMMAND, SlashCommand, parse_slash
from tui.view.words import outgoing_words

if TYPE_CHECKING:
    from tui.screens.floor import FloorScreen


_ANSWERED = (None, SlashCommand.NOTE, SlashCommand.BOT)
"""What the conversation itself answers at once where it tells of people in danger."""


class Typed:
    """The floor's commands that take words. Each answers whether it was done; why not is said under the composer."""

    def __init__(self, floor: "FloorScreen") -> None:
        self._floor = floor

    @property
    def _station(self) -> Station:
        return self._floor.station

    async def ask(self, command: Coroutine[Any, Any, object], done: str = "") -> bool:
        """Run a command of the Station; True when it was done, and then ``done`` is said."""
        try:
            await self._floor.andon.host.call(command)
        except (CommandError, StoreError) as error:
            self._floor.say(inert_line(str(error)))
            return False
        if done:
            self._floor.say(done)
        return True

    async def deliver(self, issue: str, typed: str, instead_of: str = "") -> bool:
        """False when it could not be done and the text must stay.

        ``instead_of``: the question that failed and was changed in the composer.
        """
        command, text = parse_slash(typed)
        done = await self._deliver(command, issue, text, instead_of)
        if not (done and command in _ANSWERED) and command is not SlashCommand.FIND:
            self._tell_danger(typed if command is SlashCommand.UNKNOWN else text)
        return done

    def _tell_danger(self, text: str) -> None:
        """A full disk, a mistyped command or a note of another kind keeps nobody in danger waiting."""
        danger = assess(text)
        if danger.level is Level.YES:
            self._floor.andon.open_emergency(danger.dangers, danger.language)

    async def _deliver(self, command: SlashCommand | None, issue: str, text: str, instead_of: str) -> bool:
        match command:
            case None:
                return await self.ask(self._station.chat.say(issue, text, instead_of=instead_of))
            case SlashCommand.NOTE:
                return await self.ask(self._station.chat.note(issue, text))
            case SlashCommand.UNKNOWN:
                self._floor.say(_(NOT_A_COMMAND).format(word=inert_line(text, 40)))
                return False
            case _:
                return await self._slash(command, issue, text)

    async def _slash(self, command: SlashCommand, issue: str, text: str) -> bool:
        done = await self._chat_slash(command, issue, text)
        return await self._issue_slash(command, issue, text) if done is None else done

    async def _chat_slash(self, command: SlashCommand, issue: str, text: str) -> bool | None:
        """The commands that concern the conversation; None where it is another."""
        match command:
            case SlashCommand.BOT:
                return await self._ask_by_name(issue, text)
            case SlashCommand.SECURE:
                return self._floor.open_secure(issue)
            case SlashCommand.SIMILAR:
                return await self.ask(self._station.chat.similar(issue))
            case SlashCommand.REPORT:
                return await self.report(issue, skip=text.lower() in ("skip", "생략"))
            case SlashCommand.FIND:
                self._floor.search_transcript(text)
                return True
            case SlashCommand.SAVE:
                return await self.save_conversation(issue)
            case _:
                return None

    async def _ask_by_name(self, issue: str, text: str) -> bool:
        """``/bot name question``; without a question the last one is asked of that chatbot."""
        word, _space, question = text.partition(" ")
        name = BOT_WORDS.get(word.lower(), word.lower())
        names = self._station.chat.names
        if name == CHOSEN:
            name = names[0]
        question = question.strip() or self._floor.last_words(issue)
        if not name or not question:
            known = ", ".join(names)
            self._floor.say(_("/bot NAME QUESTION. Chatbots here: {names}.").format(names=known))
            return False
        return await self.ask(self._station.chat.say(issue, question, to=name))

    async def report(self, issue: str, *, skip: bool = False) -> bool:
        """Save the report of the chatbot's session, or decline it."""
        if skip:
            return await self.ask(self._station.chat.skip_report(issue), _("The report is declined."))
        path = await self._file(self._station.chat.save_report(issue))
        return path is not None

    async def save_conversation(self, issue: str) -> bool:
        return await self._file(self._station.chat.save_conversation(issue)) is not None

    async def _file(self, command: Coroutine[Any, Any, Path]) -> Path | None:
        """Run a command that writes a file, and say where it is."""
        try:
            path = await self._floor.andon.host.call(command)
        except (CommandError, StoreError) as error:
            self._floor.say(inert_line(str(error)))
            return None
        self._floor.say(_("Saved: {path}").format(path=inert_line(str(path), 300)))
        return path

    async def _issue_slash(self, command: SlashCommand, issue: str, text: str) -> bool:
        match command:
            case SlashCommand.ACKNOWLEDGE:
                return await self.acknowledge(issue)
            case SlashCommand.RESOLVE:
                return await self._resolve_with(issue, text)
            case SlashCommand.REOPEN:
                return await self.ask(self._station.reopen(issue, text))
            case SlashCommand.RETRY:
                return await self.retry(issue)
            case SlashCommand.DISMISS:
                return await self.ask(self._station.dismiss(issue))
            case SlashCommand.SHELVE:
                return self._floor.open_shelve(issue, text)
            case _:
                self._floor.action_help()
                return True

    async def acknowledge(self, issue: str) -> bool:
        """Seen; on a raise that was folded away by the clocks: seen, and the issue stays resolved."""
        if issue in self._station.overruled:
            return await self.ask(self._station.leave_solved(issue), _("It stays resolved."))
        return await self.ask(self._station.acknowledge(issue))

    async def _resolve_with(self, issue: str, note: str) -> bool:
        """``/resolve note``: the note is kept as the dialog's draft before the dialog opens, under what it held."""
        if self._resolvable(issue) is None:
            return False
        begun = self._station.drafts.get((issue, RESOLVE_DRAFT), "")
        if note and not f"\n{begun}".endswith(f"\n{note}"):  # given back and sent again, it is there already
            whole = f"{begun}\n{note}" if begun else note
            if not await self.ask(self._station.save_draft(issue, RESOLVE_DRAFT, whole)):
                return False
        return self.open_resolve(issue)

    def open_resolve(self, issue_id: str | None) -> bool:
        """Open the dialog, or say why not and answer False."""
        issue = self._resolvable(issue_id)
        if issue is not None:
            self._floor.andon.open_resolve(issue)
        return issue is not None

    def _resolvable(self, issue_id: str | None) -> Issue | None:
        """The issue, where a resolve dialog may open for it now; else None, and words that say why not."""
        issue = self.open_issue(issue_id)
        if issue is None:
            return None
        under_way = self._station.outgoing(issue.id)
        if under_way is not None and under_way.record.action == RESOLVED and under_way.state in PENDING:
            # A second note would go nowhere: the first one is on its way already.
            self._floor.say(outgoing_words(under_way))
            return None
        return issue

    def open_issue(self, issue_id: str | None) -> Issue | None:
        """The issue, where a dialog about it may open now; else None, and words that say why not."""
        if self._floor.app.screen is not self._floor:
            self._floor.say(_("Another window is open: close it first, then send the command again."))
            return None  # a dialog over the one that is being written in would take its keys
        issue = self._station.issue(issue_id) if issue_id is not None else None
        if issue is not None and issue.id in self._station.overruled:
            self._floor.say(_("It was raised again and counts as resolved: Ctrl+O reopens it, F2 leaves it resolved."))
            return None
        if issue is None or not issue.is_open:
            self._floor.say(_("There is no open issue here."))
            return None
        return issue

    async def retry(self, issue: str) -> bool:
        """Send the issue's parked record again or ask about a held one; ask again what its chatbot failed to answer."""
        try:
            failed = any(m.may_be_asked_again for m in self._station.chat.messages(issue))
        except StoreError as error:
            self._floor.say(inert_line(str(error)))
            return False
        failed = failed or self._station.chat.closing.problem(issue) is not None
        under_way = self._station.outgoing(issue)
        if under_way is not None and under_way.state is OutboxState.PARKED:
            done = await self.ask(self._station.retry(issue))
            return await self.ask(self._station.chat.ask_again(issue)) and done if failed else done
        if issue in self._station.held:
            return self._floor.dialogs.held(issue)
        if failed:
            return await self.ask(self._station.chat.ask_again(issue))
        self._floor.say(_("There is nothing to send again."))
        return False
