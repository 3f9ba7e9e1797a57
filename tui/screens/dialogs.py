"""The floor's small dialogs: what they ask, and what is done with the answer."""

from typing import TYPE_CHECKING

from core.chat.conversation.safety_gate import is_repair
from core.domain.events import RESOLVED
from core.domain.issues import Issue
from core.station.station import Station
from core.support.i18n import _
from core.support.text import inert_line
from tui.screens.ask import Question
from tui.view.words import outgoing_words

if TYPE_CHECKING:
    from tui.screens.floor import FloorScreen

SHELVE_MINUTES = (10, 30, 60, 120, 480)


class Dialogs:
    """Opens dialogs over the floor. Each method answers whether it opened; why not is said under the composer."""

    def __init__(self, floor: "FloorScreen") -> None:
        self._floor = floor

    @property
    def _station(self) -> Station:
        return self._floor.station

    def shelve(self, issue_id: str, why: str = "") -> bool:
        """Ask for how long and why an issue is put aside."""
        issue = self._floor.typed.open_issue(issue_id)
        if issue is None:
            return False

        async def shelve(chosen: int, text: str) -> None:
            await self._floor.andon.host.call(self._station.shelve(issue_id, SHELVE_MINUTES[chosen], text))

        self._floor.andon.ask(
            Question(
                key=f"shelve:{issue_id}",
                title=_("Shelve {issue}").format(issue=self._station.shown(issue)),
                about=_("It rests for this long, stays counted above the list, and comes back by itself."),
                prompt=_("Why?"),
                does=_("shelve"),
                submit=shelve,
                choices=tuple(_minutes_words(minutes) for minutes in SHELVE_MINUTES),
                chosen=1,
                text=why,
            )
        )
        return True

    def operator(self) -> None:
        """Another operator takes over this terminal."""

        async def sign_in(_chosen: int, name: str) -> None:
            await self._floor.andon.host.call(self._station.sign_in(name))

        about = _("Now: {name}. What is acknowledged, said and resolved from here on carries the new name.")
        self._floor.andon.ask(
            Question(
                key="operator",
                title=_("Who is at this terminal?"),
                about=about.format(name=inert_line(self._station.operator, 60)),
                prompt=_("Name"),
                does=_("sign in"),
                submit=sign_in,
                is_told=False,
            )
        )

    def report(self, issue: Issue) -> bool:
        """Save or decline the report of the chatbot's session."""
        if self._station.chat.closing.offered(issue.id) is None:
            self._floor.say(_("The chatbot has no report here. There is one after an issue was resolved."))
            return False

        async def settle(chosen: int, _text: str) -> None:
            await self._floor.typed.report(issue.id, skip=chosen == 1)

        self._floor.andon.ask(
            Question(
                key=f"report:{issue.id}",
                title=_("Report of {issue}").format(issue=self._station.shown(issue)),
                about=_("The chatbot gives it once. It is saved as a PDF in {folder}.").format(
                    folder=inert_line(str(self._station.settings.reports_folder), 200)
                ),
                prompt="",
                does=_("do it"),
                submit=settle,
                choices=(_("save"), _("decline")),
            )
        )
        return True

    def held(self, issue_id: str) -> bool:
        """Ask what becomes of a resolve (or a reopening) that an alarm came after, or may have: it was not sent."""
        entry, issue = self._station.held.get(issue_id), self._station.issue(issue_id)
        if entry is None or issue is None or self._floor.app.screen is not self._floor:
            return False
        may_resolve = issue.is_open and entry.record.action == RESOLVED
        is_raised_again = entry.raised_again_ms is not None
        title = _("{issue} was raised again") if is_raised_again else _("{issue}: does this still hold?")
        withdraw, this_too = _("withdraw it"), _("resolve this alarm too") if is_raised_again else _("resolve it anew")
        picked: list[str] = []

        async def settle(chosen: int, _text: str) -> None:
            if choices[chosen] == withdraw:
                await self._floor.andon.host.call(self._station.give_up(entry.record.event_id))
            picked.append(choices[chosen])

        def go_on() -> None:
            """Only when this dialog has gone: a fault's checks are asked anew for the new alarm."""
            if this_too in picked:
                self._floor.typed.open_resolve(issue_id)

        choices = (withdraw, this_too) if may_resolve else (withdraw,)
        note = _(" Its note: {note}").format(note=inert_line(entry.record.note, 80)) if entry.record.note else ""
        self._floor.andon.ask(
            Question(
                key=f"held:{entry.record.event_id}",
                title=title.format(issue=self._station.shown(issue)),
                about=outgoing_words(entry) + "." + note,
                prompt="",
                does=_("do it"),
                submit=settle,
                choices=choices,
                closed=go_on,
            )
        )
        return True

    def secure(self, issue: Issue | None) -> bool:
        """The safety check before steps are shown."""
        if issue is None or not is_repair(issue, self._floor.station.chat.messages(issue.id)):
            self._floor.say(_("There is no fault here to work on."))
            return False
        self._floor.andon.open_secure(issue)
        return True


def _minutes_words(minutes: int) -> str:
    if minutes < 60:
        return _("{minutes} min").format(minutes=minutes)
    return _("{hours} h").format(hours=minutes // 60)
