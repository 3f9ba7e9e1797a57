"""What is typed into the composer: to the chatbot, to people, or a slash command, for the issue it was typed for."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from core.domain.errors import CommandError, StoreError
from core.emergency import Level, assess
from core.station.commands import RESOLVE_DRAFT
from core.station.view import StationView
from core.support.i18n import _
from core.support.text import inert_line
from tui.input.slash import BOT_WORDS, CHOSEN, NOT_A_COMMAND, SlashCommand, parse_slash
from tui.shell import ChatCommands, Commands, Floor, attempt

_ANSWERED = (None, SlashCommand.NOTE, SlashCommand.BOT)
"""What the conversation itself answers at once where it tells of people in danger."""


class ComposerCommands:
    """The floor's commands that take words. Each answers whether it was done; why not is said under the composer."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    @property
    def _view(self) -> StationView:
        return self._floor.shell.view

    @property
    def _commands(self) -> Commands:
        return self._floor.shell.commands

    @property
    def _chat(self) -> ChatCommands:
        return self._floor.shell.chat

    async def _attempt(self, command: Coroutine[Any, Any, object], done: str = "") -> bool:
        return await attempt(self._floor, command, done)

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
            self._floor.shell.windows.emergency(danger.dangers, danger.language)

    async def _deliver(self, command: SlashCommand | None, issue: str, text: str, instead_of: str) -> bool:
        match command:
            case None:
                return await self._attempt(self._chat.say(issue, text, instead_of=instead_of))
            case SlashCommand.NOTE:
                return await self._attempt(self._chat.note(issue, text))
            case SlashCommand.UNKNOWN:
                self._floor.say(_(NOT_A_COMMAND).format(word=inert_line(text, 40)))
                return False
            case _:
                return await self._slash(command, issue, text)

    async def go_on(self, issue: str) -> bool:
        """Enter alone."""
        return await self._attempt(self._chat.say(issue, ""))

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
                return await self.similar(issue)
            case SlashCommand.REPORT:
                return await self._floor.report(issue, skip=text.lower() in ("skip", "생략"))
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
        names = self._view.chatbots
        if name == CHOSEN:
            name = names[0]
        question = question.strip() or self._floor.last_words(issue)
        if not name or not question:
            known = ", ".join(names)
            self._floor.say(_("/bot NAME QUESTION. Chatbots here: {names}.").format(names=known))
            return False
        return await self._attempt(self._chat.say(issue, question, to=name))

    async def report(self, issue: str, *, skip: bool = False) -> bool:
        """Save the report of the chatbot's session, or decline it."""
        if skip:
            return await self._attempt(self._chat.skip_report(issue), _("The report is declined."))
        path = await self._file(self._chat.save_report(issue))
        return path is not None

    async def save_conversation(self, issue: str) -> bool:
        return await self._file(self._chat.save_conversation(issue)) is not None

    async def _file(self, command: Coroutine[Any, Any, Path]) -> Path | None:
        """Run a command that writes a file, and say where it is."""
        try:
            path = await self._floor.shell.call(command)
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
                return await self.reopen(issue, text)
            case SlashCommand.RETRY:
                return await self.retry(issue)
            case SlashCommand.DISMISS:
                return await self._attempt(self._commands.dismiss(issue))
            case SlashCommand.SHELVE:
                return self._floor.open_shelve(issue, text)
            case _:
                self._floor.action_help()
                return True

    async def acknowledge(self, issue: str) -> bool:
        """Seen; on a raise that was folded away by the clocks: seen, and the issue stays resolved."""
        facts = self._view.facts(issue)
        if facts is not None and facts.raised is not None:
            return await self._attempt(self._commands.leave_solved(issue), _("It stays resolved."))
        return await self._attempt(self._commands.acknowledge(issue))

    async def _resolve_with(self, issue: str, note: str) -> bool:
        """``/resolve note``: the note is kept as the dialog's draft before the dialog opens, under what it held."""
        if not self._floor.may_resolve(issue):
            return False
        begun = self._view.drafts.get((issue, RESOLVE_DRAFT), "")
        if note and not f"\n{begun}".endswith(f"\n{note}"):  # given back and sent again, it is there already
            whole = f"{begun}\n{note}" if begun else note
            if not await self._attempt(self._commands.save_draft(issue, RESOLVE_DRAFT, whole)):
                return False
        return self._floor.open_resolve(issue)

    async def reopen(self, issue: str, note: str = "") -> bool:
        return await self._attempt(self._commands.reopen(issue, note))

    async def unshelve(self, issue: str) -> bool:
        return await self._attempt(self._commands.unshelve(issue))

    async def similar(self, issue: str) -> bool:
        return await self._attempt(self._chat.similar(issue))

    async def retry(self, issue: str) -> bool:
        """Send the issue's parked record again or ask about a held one; ask again what its chatbot failed to answer."""
        try:
            is_tried = await self._floor.shell.call(self._commands.try_again(issue))
        except (CommandError, StoreError) as error:
            self._floor.say(inert_line(str(error)))
            return False
        return is_tried or self._floor.open_held(issue)
