"""The floor's small dialogs: what they ask, and what is done with the answer."""

from collections.abc import Sequence

from core.chat.conversation.safety_gate import is_repair
from core.domain.errors import StoreError
from core.domain.events import RESOLVED
from core.station.view import ListedIssue, StationView
from core.support.i18n import _
from core.support.text import inert_line
from tui.shell import Floor, Question, Shell
from tui.view.words import outgoing_words

SHELVE_MINUTES = (10, 30, 60, 120, 480)
LAST_OPERATORS = 5
"""Names that are offered by a digit."""


class Dialogs:
    """Opens dialogs over the floor. Each method answers whether it opened; why not is said under the composer."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._operators: Sequence[str] = ()

    @property
    def _shell(self) -> Shell:
        return self._floor.shell

    @property
    def _view(self) -> StationView:
        return self._floor.shell.view

    # --- may one open

    def open_issue(self, issue_id: str | None) -> ListedIssue | None:
        """The issue, where a dialog about it may open now; else None, and words that say why not."""
        if not self._floor.is_in_front:
            self._floor.say(_("Another window is open: close it first, then send the command again."))
            return None  # a dialog over the one that is being written in would take its keys
        facts = None if issue_id is None else self._view.facts(issue_id)
        if facts is not None and facts.raised is not None:
            self._floor.say(_("It was raised again and counts as resolved: Ctrl+O reopens it, F2 leaves it resolved."))
            return None
        if facts is None or not facts.issue.is_open:
            self._floor.say(_("There is no open issue here."))
            return None
        return facts

    def resolvable(self, issue_id: str | None) -> ListedIssue | None:
        """The issue, where a resolve dialog may open for it now; else None, and words that say why not."""
        facts = self.open_issue(issue_id)
        if facts is None:
            return None
        under_way = facts.outgoing
        if under_way is not None and under_way.is_under_way_to(RESOLVED):
            # A second note would go nowhere: the first one is on its way already.
            self._floor.say(outgoing_words(under_way))
            return None
        return facts

    # --- the dialogs

    def resolve(self, issue_id: str | None) -> bool:
        """How it was solved, and whether it is left safe."""
        facts = self.resolvable(issue_id)
        if facts is not None:
            self._shell.windows.resolve(facts, self._floor.resolve_offer(facts))
        return facts is not None

    def shelve(self, issue_id: str, why: str = "") -> bool:
        """Ask for how long and why an issue is put aside."""
        facts = self.open_issue(issue_id)
        if facts is None:
            return False

        async def shelve(chosen: int, text: str) -> None:
            await self._shell.call(self._shell.commands.shelve(issue_id, SHELVE_MINUTES[chosen], text))

        self._shell.windows.ask(
            Question(
                key=f"shelve:{issue_id}",
                title=_("Shelve {issue}").format(issue=facts.shown_id),
                about=_("It is quiet for this long, still counted above the list, and comes back by itself."),
                prompt=_("Why?"),
                does=_("shelve"),
                submit=shelve,
                choices=tuple(_minutes_words(minutes) for minutes in SHELVE_MINUTES),
                chosen=1,
                text=why,
            )
        )
        return True

    async def learn_operators(self) -> None:
        """Have the names of who was here last at hand: the dialog that offers them waits for no store."""
        try:
            self._operators = await self._shell.last_operators()
        except StoreError:
            self._operators = ()  # a name can be typed all the same

    def operator(self) -> None:
        """Another operator takes over this terminal."""
        others = tuple(name for name in self._operators if name != self._view.operator)[:LAST_OPERATORS]

        async def sign_in(chosen: int, name: str) -> None:
            await self._shell.call(self._shell.commands.sign_in(name or (others[chosen] if others else "")))
            await self.learn_operators()

        about = _("Now: {name}. What is acknowledged, said and resolved from here on carries the new name.")
        self._shell.windows.ask(
            Question(
                key="operator",
                title=_("Who is at this terminal?"),
                about=about.format(name=inert_line(self._view.operator, 60)),
                prompt=_("Or another name") if others else _("Name"),
                does=_("sign in"),
                submit=sign_in,
                choices=others,
                is_told=False,
            )
        )

    def reopen(self, facts: ListedIssue) -> None:
        """Why it is open again: whoever works on it next reads that first."""

        async def reopen(_chosen: int, text: str) -> None:
            await self._shell.call(self._shell.commands.reopen(facts.id, text))

        self._shell.windows.ask(
            Question(
                key=f"reopen:{facts.id}",
                title=_("Reopen {issue}").format(issue=facts.shown_id),
                about=_("It is back in every terminal's list."),
                prompt=_("Why?"),
                does=_("reopen"),
                submit=reopen,
            )
        )

    def report(self, issue_id: str) -> bool:
        """Save or decline the report of the chatbot's session."""
        read = self._floor.conversation(issue_id)
        if read is None or not read.report:
            self._floor.say(_("The chatbot has no report here. There is one after an issue was resolved."))
            return False

        async def settle(chosen: int, _text: str) -> None:
            await self._floor.report(issue_id, skip=chosen == 1)

        self._shell.windows.ask(
            Question(
                key=f"report:{issue_id}",
                title=_("Report of {issue}").format(issue=read.listed.shown_id),
                about=_("The chatbot gives it only once. It is saved as a PDF in {folder}.").format(
                    folder=inert_line(str(self._shell.settings.reports_folder), 200)
                ),
                prompt="",
                does=_("do it"),
                submit=settle,
                choices=(_("save"), _("decline")),
                takes_text=False,
            )
        )
        return True

    def held(self, issue_id: str) -> bool:
        """Ask what becomes of a resolve (or a reopening) that an alarm came after, or may have: it was not sent."""
        entry, facts = self._view.held.get(issue_id), self._view.facts(issue_id)
        if entry is None or facts is None or not self._floor.is_in_front:
            return False
        may_resolve = facts.issue.is_open and entry.record.action == RESOLVED
        is_raised_again = entry.raised_again_ms is not None
        title = _("{issue} was raised again") if is_raised_again else _("{issue}: does this still hold?")
        withdraw, this_too = _("withdraw it"), _("resolve this alarm too") if is_raised_again else _("resolve it now")
        picked: list[str] = []

        async def settle(chosen: int, _text: str) -> None:
            if choices[chosen] == withdraw:
                await self._shell.call(self._shell.commands.give_up(entry.record.event_id))
            picked.append(choices[chosen])

        def go_on() -> None:
            """Only when this dialog has gone: a fault's checks are asked anew for the new alarm."""
            if this_too in picked:
                self.resolve(issue_id)

        choices = (withdraw, this_too) if may_resolve else (withdraw,)
        note = _(" Its note: {note}").format(note=inert_line(entry.record.note, 80)) if entry.record.note else ""
        self._shell.windows.ask(
            Question(
                key=f"held:{entry.record.event_id}",
                title=title.format(issue=facts.shown_id),
                about=outgoing_words(entry) + "." + note,
                prompt="",
                does=_("do it"),
                submit=settle,
                choices=choices,
                takes_text=False,
                closed=go_on,
            )
        )
        return True

    def secure(self, issue_id: str) -> bool:
        """The safety check before steps are shown."""
        facts, read = self._view.facts(issue_id), self._floor.conversation(issue_id)
        if facts is None or not is_repair(facts.issue, read.messages if read else ()):
            self._floor.say(_("There is no fault here to work on."))
            return False
        self._shell.windows.secure(facts)
        return True


def _minutes_words(minutes: int) -> str:
    if minutes < 60:
        return _("{minutes} min").format(minutes=minutes)
    return _("{hours} h").format(hours=minutes // 60)
