"""The floor's presenter of what is told of all issues: status line, notices, counts, bell and the terminal's title."""

from textual.content import Content
from textual.screen import Screen

from core.support.i18n import _
from core.support.text import inert_line
from tui.shell import Shell
from tui.view.bell import Ringer, title_words
from tui.view.counts import counts_line
from tui.view.floor import counts_of
from tui.view.floor_list import FloorList
from tui.view.notices import HeldBell, notices
from tui.view.row import since_ms
from tui.view.status import status_of
from tui.view.tally import Changes, Tally
from tui.view.words import charset_words, open_words, recovery_words
from tui.widgets.safe_text import SafeText
from tui.widgets.status_bar import StatusBar


class FloorHead:
    """Shows them; it is told what changed, and looks at nothing else."""

    def __init__(self, screen: Screen[None], shell: Shell) -> None:
        self._screen = screen
        self._shell = shell
        self._ringer = Ringer(shell.settings.bell_every)
        self._held_bell = HeldBell()

    def changed(self, changes: Changes) -> None:
        """What is new in the list: it may ring."""
        self._ringer.changed(((one, since_ms(one)) for one in changes.came), changes.gone)

    def show(self, floor_list: FloorList) -> None:
        """Bring all of it in line with the newest view, as of now."""
        self._show_status()
        self._show_notices()
        self._show_counts(floor_list.tally)

    def _show_status(self) -> None:
        shell = self._shell
        status = status_of(
            shell.view, shell.settings, shell.now_ms(), shell.monotonic(), has_failed=shell.failure is not None
        )
        self._screen.query_one(StatusBar).show_status(status)

    def _show_notices(self) -> None:
        shell, view = self._shell, self._shell.view
        words = notices(view, shell.settings.terminal_id, shell.failure, shell.now_ms(), shell.clock_ahead_ms)
        recovery = "" if shell.has_seen_recovery else recovery_words(view.recovery, is_rebuilding=view.is_rebuilding)
        words = "\n".join(part for part in (charset_words(shell.charset), words, recovery) if part)
        trouble = self._screen.query_one("#trouble", SafeText)
        trouble.display = bool(words)
        trouble.show(Content(words))

    def _show_counts(self, tally: Tally) -> None:
        """How many are open and how many of them need someone; the bell and the terminal's title follow from it."""
        shell, view, now = self._shell, self._shell.view, self._shell.monotonic()
        ascii_only = shell.settings.ascii
        counts = counts_of(tally.standings)
        known = open_words(view.count_open(shell.now_ms(), now), shell.now_ms())
        more = [(_("not in the log {count}").format(count=tally.lost), "bold")] if tally.lost else []
        line = self._screen.query_one("#counts", SafeText)
        line.show(counts_line(known, counts, line.size.width, ascii_only=ascii_only, more=more))
        live = view.freshness.is_live(now)
        place = inert_line(shell.settings.station, 40)
        shell.set_title(title_words(counts, place, live=live, ascii_only=ascii_only, known=known))
        is_held_anew = self._held_bell.rings(view.held)
        if self._ringer.rings(now, live=live, unseen=tally.unseen > 0) or is_held_anew:
            self._screen.app.bell()
