"""What lies over the floor, opened: the one place that knows all other screens."""

from collections.abc import Awaitable, Callable, Sequence

from textual.app import App

from core.domain.events import Quarantined
from core.emergency import Danger
from core.station.view import ListedIssue
from tui.screens.ask import AskScreen
from tui.screens.emergency import EmergencyScreen
from tui.screens.find import FindScreen
from tui.screens.leave import LeaveScreen
from tui.screens.lists import HelpScreen, QuarantineScreen
from tui.screens.lockout import SecureScreen
from tui.screens.menu import MenuScreen
from tui.screens.outbox import OutboxScreen
from tui.screens.resolve import ResolveScreen
from tui.screens.terminal_status import TerminalStatusScreen
from tui.shell import Question, shell_of


class OverlayWindows:
    """Opens the dialogs and lists. Those with a text area are there once for the whole run."""

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._resolve = ResolveScreen()
        self._ask = AskScreen()
        self._find = FindScreen()
        self._secure = SecureScreen()

    def install(self) -> None:
        """One of each for the whole run: a removed text area leaks (docs/textual.md, 7)."""
        once = (("resolve", self._resolve), ("ask", self._ask), ("find", self._find), ("secure", self._secure))
        for name, screen in once:
            self._app.install_screen(screen, name)

    def help(self) -> None:
        self._app.push_screen(HelpScreen())

    def menu(self, run: Callable[[str], Awaitable[object]]) -> None:
        """``run`` is given the action that was chosen."""

        async def chosen(action: str | None) -> None:
            if action is not None:
                await run(action)

        self._app.push_screen(MenuScreen(), chosen)

    def quarantine(self, items: list[Quarantined]) -> None:
        self._app.push_screen(QuarantineScreen(items, shell_of(self._app).view.quarantine_count))

    def emergency(self, dangers: Sequence[Danger] = (), said_in: str = "") -> None:
        """What to do when people are in danger, over whatever is open. One is enough: a second key changes it."""
        if isinstance(self._app.screen, EmergencyScreen):
            self._app.screen.tell(dangers, said_in)
        else:
            self._app.push_screen(EmergencyScreen(dangers, said_in))

    def leave(self) -> None:
        """Ask whether to leave; asked once more, it is answered."""
        if isinstance(self._app.screen, LeaveScreen):
            self._app.exit()
            return

        def answered(leaves: bool | None) -> None:
            if leaves:
                self._app.exit()

        self._app.push_screen(LeaveScreen(), answered)

    def terminal_status(self) -> None:
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
        self._app.push_screen(OutboxScreen(), decide)

    def resolve(self, facts: ListedIssue, last_words: str) -> None:
        """Open the resolve dialog, with what was begun in it earlier."""
        self._resolve.prepare(facts, last_words)
        self._app.push_screen("resolve")

    def secure(self, facts: ListedIssue) -> None:
        """Open the safety check."""
        self._secure.prepare(facts)
        self._app.push_screen("secure")
