"""What lies over the floor, opened: the one place that knows all other screens."""

from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from textual.app import App
from textual.screen import Screen

from core.domain.events import Quarantined
from core.emergency import Danger
from core.station.resolve_offer import ResolveOffer
from core.station.view import ListedIssue
from tui.shell import Question, shell_of

if TYPE_CHECKING:
    from tui.screens.ask import AskScreen
    from tui.screens.find import FindScreen
    from tui.screens.lockout import SecureScreen
    from tui.screens.resolve import ResolveScreen

S = TypeVar("S", bound=Screen[Any])


def load() -> None:
    """Import every screen, so that no first key waits for that. The floor, which is shown first, needs none of them."""
    import tui.screens.ask
    import tui.screens.emergency
    import tui.screens.find
    import tui.screens.leave
    import tui.screens.lists
    import tui.screens.lockout
    import tui.screens.menu
    import tui.screens.outbox
    import tui.screens.resolve
    import tui.screens.terminal_status  # noqa: F401 - for their being loaded


class OverlayWindows:
    """Opens the dialogs and lists. Those with a text area are there once for the whole run."""

    def __init__(self, app: App[None]) -> None:
        self._app = app

    def _once(self, name: str, screen: S) -> S:
        """One for the whole run: a removed text area leaks (docs/textual.md, 7)."""
        self._app.install_screen(screen, name)
        return screen

    @cached_property
    def _resolve(self) -> "ResolveScreen":
        from tui.screens.resolve import ResolveScreen

        return self._once("resolve", ResolveScreen())

    @cached_property
    def _ask(self) -> "AskScreen":
        from tui.screens.ask import AskScreen

        return self._once("ask", AskScreen())

    @cached_property
    def _find(self) -> "FindScreen":
        from tui.screens.find import FindScreen

        return self._once("find", FindScreen())

    @cached_property
    def _secure(self) -> "SecureScreen":
        from tui.screens.lockout import SecureScreen

        return self._once("secure", SecureScreen())

    def help(self) -> None:
        from tui.screens.lists import HelpScreen

        self._app.push_screen(HelpScreen())

    def menu(self, run: Callable[[str], Awaitable[object]]) -> None:
        """``run`` is given the action that was chosen."""
        from tui.screens.menu import MenuScreen

        async def chosen(action: str | None) -> None:
            if action is not None:
                await run(action)

        self._app.push_screen(MenuScreen(), chosen)

    def quarantine(self, items: list[Quarantined]) -> None:
        from tui.screens.lists import QuarantineScreen

        self._app.push_screen(QuarantineScreen(items, shell_of(self._app).view.quarantine_count))

    def emergency(self, dangers: Sequence[Danger] = (), said_in: str = "") -> None:
        """What to do when people are in danger, over whatever is open. One is enough: a second key changes it."""
        from tui.screens.emergency import EmergencyScreen

        if isinstance(self._app.screen, EmergencyScreen):
            self._app.screen.tell(dangers, said_in)
        else:
            self._app.push_screen(EmergencyScreen(dangers, said_in))

    def leave(self) -> None:
        """Ask whether to leave; asked once more, it is answered."""
        from tui.screens.leave import LeaveScreen

        if isinstance(self._app.screen, LeaveScreen):
            self._app.exit()
            return

        def answered(leaves: bool | None) -> None:
            if leaves:
                self._app.exit()

        self._app.push_screen(LeaveScreen(), answered)

    def terminal_status(self) -> None:
        from tui.screens.terminal_status import TerminalStatusScreen

        self._app.push_screen(TerminalStatusScreen())

    def doctor(self) -> None:
        from tui.screens.doctor import DoctorScreen  # what it imports is needed by it alone

        self._app.push_screen(DoctorScreen())

    def find(self, found: Callable[[str | None], None]) -> None:
        """Open the search; ``found`` is told the chosen issue, or None."""
        self._find.prepare()
        self._app.push_screen("find", found)

    def ask(self, question: Question) -> None:
        """Open the small dialog."""

        def closed(_none: None) -> None:
            if question.closed is not None:
                question.closed()

        self._ask.prepare(question)
        self._app.push_screen("ask", closed)

    def outbox(self, decide: Callable[[str | None], None]) -> None:
        from tui.screens.outbox import OutboxScreen

        self._app.push_screen(OutboxScreen(), decide)

    def resolve(self, facts: ListedIssue, offer: ResolveOffer) -> None:
        """Open the resolve dialog, with what was begun in it earlier."""
        self._resolve.prepare(facts, offer)
        self._app.push_screen("resolve")

    def secure(self, facts: ListedIssue) -> None:
        """Open the safety check."""
        self._secure.prepare(facts)
        self._app.push_screen("secure")
