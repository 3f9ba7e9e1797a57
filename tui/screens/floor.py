"""The floor: left the open issues, right the pane of the selected one. Focus is never taken from the operator."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from core.domain.log_scope import is_same_name
from core.emergency import Assessment, Level
from core.station.view import ListedIssue
from core.support.i18n import _
from tui.input.keys import Area, bindings, emergency_key, focus_bindings
from tui.screens.composer_commands import ComposerCommands
from tui.screens.dialogs import Dialogs
from tui.screens.drafts import Drafts
from tui.screens.floor_actions import FindingActions, IssueActions, WindowActions
from tui.screens.floor_columns import ColumnsPart
from tui.screens.floor_commands import CommandPart
from tui.screens.floor_composer import ComposerPart
from tui.screens.floor_head import FloorHead
from tui.screens.floor_notice import NoticePart
from tui.screens.floor_rows import RowsPart
from tui.shell import Shell, attempt
from tui.view.floor_list import FloorList
from tui.view.pane import Pane, Panes
from tui.view.row import Rows
from tui.view.status import quiet_words
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList
from tui.widgets.issue_pane import IssuePane
from tui.widgets.key_hints import KeyHints
from tui.widgets.offer_line import OfferLine
from tui.widgets.safe_text import SafeText
from tui.widgets.side_facts import SideFacts
from tui.widgets.status_bar import StatusBar
from tui.widgets.transcript import Transcript

_NO_DANGER = Assessment(Level.NO)


class FloorScreen(
    CommandPart, NoticePart, ColumnsPart, RowsPart, ComposerPart, WindowActions, IssueActions, FindingActions
):
    """What a line worker looks at. ``refresh_state`` shows the newest view; it is called when there is one."""

    BINDINGS = [*bindings(Area.FLOOR), *focus_bindings()]
    CSS_PATH = "../styles/floor.tcss"

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self.selected: str | None = None
        self.ready = False
        """Whether the widgets are there to show something."""
        self.typed = ComposerCommands(self)
        self.dialogs = Dialogs(self)
        self.drafts = Drafts(self, self.start_beside)
        self._list = FloorList()
        self._head = FloorHead(self, shell)
        self._panes = Panes(ascii_only=shell.settings.ascii, emergency_key=emergency_key(shell.settings.keys))
        self._scope = ""

    @property
    def is_there(self) -> bool:
        """Its widgets are there: not before they are mounted, nor while they are taken down."""
        return self.ready and bool(self.query(IssueList)) and bool(self.query(Transcript))

    @property
    def rows(self) -> Rows:
        """What the list shows now."""
        return self._list.rows

    @property
    def pane(self) -> Pane | None:
        """What the pane shows now."""
        return self.query_one(IssuePane).pane

    @property
    def is_in_front(self) -> bool:
        return self.app.screen is self

    def compose(self) -> ComposeResult:
        settings = self.shell.settings
        yield StatusBar(ascii_only=settings.ascii, id="status")
        yield SafeText(id="trouble")
        with Horizontal(id="floor"):
            with Vertical(id="side"):
                yield SafeText(id="counts")
                yield IssueList(self.row_chosen, ascii_only=settings.ascii, id="issues")
                yield SafeText(id="side-notice")
            yield IssuePane(ascii_only=settings.ascii, blink=self.shell.blinks, id="pane")
            yield SideFacts(id="facts")
        yield KeyHints(id="hints")

    def on_mount(self) -> None:
        self.query_one("#trouble").display = False
        self.query_one(IssueList).focus()
        self.ready = True
        self.refresh_state()
        self.start_beside(self.dialogs.learn_operators())
        self._tell_of_playbooks()

    def _tell_of_playbooks(self) -> None:
        if self.shell.settings.playbooks_dir is None:
            return  # none of the plant's own: those of Andon are in order
        from core.chat.playbook.library import library_problems

        if wrong := library_problems():
            self.say(_("{what} · andon doctor tells all").format(what=wrong[0]) if wrong[1:] else wrong[0])

    # --- from the view to the widgets

    def refresh_state(self) -> None:
        """Show the newest view, as of now. What neither the view nor the time changed costs nothing."""
        view, now_ms = self.shell.view, self.shell.now_ms()
        if not is_same_name(view.scope, self._scope):
            self._scope = view.scope
            self._forget_selection()  # another cluster's issue of the same id is another issue
        self._head.changed(self._list.update(view, now_ms, is_held=self.is_held))
        if self.selected is None and view.listed and not view.is_catching_up:
            # Nothing was looked at, so nothing is taken away. A replay opens no pane: what it shows may be long solved.
            self.select(self.rows.id_at(0))
            self.start_beside(attempt(self, self.commands.look_at(self.selected)))
        self._head.show(self._list)
        self._show_selection()

    def _show_selection(self) -> None:
        self.show_rows()
        self._show_pane()

    def show_rows(self) -> None:
        self.query_one(IssueList).show(self.rows, self.selected, self._list.tally.wanted())

    def _show_pane(self) -> None:
        facts = self._facts
        self.show_side_facts()
        if facts is None:
            words = quiet_words(self.shell.view, self.shell.now_ms(), self.shell.monotonic())
            self.query_one(IssuePane).show(None, words)
            return
        read = self.conversation(facts.id)
        if read is not None and read.failure:
            self.say(read.failure)
        self.query_one(IssuePane).show(self._panes.of(facts, read, self.shell.now_ms()), "")

    @property
    def _facts(self) -> ListedIssue | None:
        return None if self.selected is None else self.shell.view.facts(self.selected)

    def looked_at_danger(self) -> Assessment:
        """What the event of the issue in the pane tells of people in danger for certain."""
        facts = self._facts if self.is_in_front else None
        read = None if facts is None else self.conversation(facts.id)
        return read.danger if facts is not None and facts.in_danger and read is not None else _NO_DANGER

    def looks_changed(self) -> None:
        """Another language or theme: say and draw everything anew."""
        self.query_one(KeyHints).draw()
        self.query_one(IssuePane).looks_changed()
        self.query_one(IssueList).refresh()
        self.on_resize()
        self.refresh_state()

    # --- selection and drafts

    def select(self, issue: str) -> bool:
        if issue == self.selected:
            return False
        composer = self.query_one(Composer)
        self.drafts.leave(composer)
        self.selected = issue
        self.say("")
        self._panes.begin()
        composer.load(issue, self.drafts.of(issue))
        self.query_one(OfferLine).point_at(composer.text)
        self.complete_command()
        return True

    def look(self) -> None:
        self.start_beside(attempt(self, self.commands.look_at(self.selected)))
        self._show_pane()

    def _forget_selection(self) -> None:
        self.selected = None
        self.drafts.forget()
        self.query_one(Composer).load("", "")

    def go_to(self, issue: str) -> None:
        """Look at ``issue``: its pane, its draft, its row in view."""
        is_another = self.select(issue)
        self.show_rows()
        if is_another:
            self.look()
        else:
            self._show_pane()
        self.query_one(IssueList).reveal(issue)

    # --- keys

    def action_cancel(self) -> None:
        """Stop waiting for an answer; close a resolved issue's pane; else leave the composer for the list.

        No text is lost by it.
        """
        if not self.is_there:
            return
        facts, transcript = self._facts, self.query_one(Transcript)
        if transcript.is_searching:
            transcript.find("")
            self.say("")
            return
        read = None if facts is None else self.conversation(facts.id)
        if read is not None and read.under_way is not None:
            self.start_beside(attempt(self, self.shell.chat.cancel(read.id)))
            return
        self.query_one(IssueList).focus()
        if facts is not None and not facts.issue.is_open:
            self._close_pane()

    def _close_pane(self) -> None:
        composer = self.query_one(Composer)
        self.drafts.leave(composer)
        self.selected = None
        composer.load("", "")
        self.start_beside(attempt(self, self.commands.look_at(None)))
        self._show_selection()
