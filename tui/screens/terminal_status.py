"""How this terminal fares, on one key: what is read, how fresh it is, what waits, what is wrong and what to do."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from core.domain.freshness import FeedState
from core.domain.issue_json import duration
from core.domain.outbox import OutboxState
from core.domain.quarantine import unreadable_words
from core.station.view import StationView
from core.support.i18n import _
from core.support.text import inert_line
from tui.input.keys import with_twins
from tui.screens.overlay import Overlay
from tui.view.cells import fit
from tui.view.notices import clock_fact, notices
from tui.view.words import clock, count_words, freshness_words, recovery_words
from tui.widgets.safe_text import SafeText

_NAME_WIDTH = 16


class TerminalStatusScreen(Overlay[None]):
    """Drawn anew with each view and each second while it is open."""

    BINDINGS = [(",".join(with_twins(("escape", "q", "ctrl+s"))), "close", "")]
    CSS_PATH = "../styles/lists.tcss"

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet sheet--short"):
            yield SafeText(Content(_("Terminal status")), classes="sheet-title")
            yield SafeText(id="condition-trouble")
            yield SafeText(id="condition")
            yield SafeText(Content.assemble(("Esc", "bold"), " ", _("close")), classes="sheet-foot")

    def on_mount(self) -> None:
        self._draw()

    def refresh_state(self) -> None:
        self._draw()

    def _draw(self) -> None:
        shell, view = self.shell, self.shell.view
        recovery = recovery_words(view.recovery, is_rebuilding=view.is_rebuilding)
        trouble = [
            notices(view, shell.settings.terminal_id, shell.failure, shell.now_ms(), shell.clock_ahead_ms),
            recovery.removesuffix(" Ctrl+S"),
            unreadable_words(view.quarantine_count, view.quarantine_newest),
        ]
        words = "\n".join(filter(None, trouble)) or _("Nothing is wrong.")
        self.query_one("#condition-trouble", SafeText).show(Content(words))
        shell.has_seen_recovery = True
        pieces: list[str | tuple[str, str]] = []
        for name, value in self._facts():
            pieces += [(fit(name, _NAME_WIDTH), "bold"), value, "\n"]
        self.query_one("#condition", SafeText).show(Content.assemble(*pieces))

    def _facts(self) -> list[tuple[str, str]]:
        view, settings = self.shell.view, self.shell.settings
        freshness, now, now_ms = view.freshness, self.shell.monotonic(), self.shell.now_ms()
        age = freshness.age(now)
        contact = _("never yet") if age is None else _("{age} ago").format(age=duration(age))
        parked = sum(entry.state is OutboxState.PARKED for entry in view.outbox)
        outbox = _("{count}, parked {parked}").format(count=len(view.waiting), parked=parked)
        if view.held:
            outbox += " · " + _("held {count}").format(count=len(view.held))
        facts = [
            (_("data"), freshness_words(freshness, now)),
            (_("last contact"), contact),
            (_("cluster"), inert_line(f"{', '.join(settings.kafka.servers)} · {view.scope or '-'}", 200)),
            (_("open issues"), _open_words(view, now, now_ms)),
            (_("outbox"), outbox),
            (_("quarantine"), f"{view.quarantine_count:,}"),
            (_("clock"), clock_fact(self.shell.clock_ahead_ms)),
            (_("operator"), inert_line(view.operator, 60)),
            (_("data folder"), inert_line(str(settings.data_dir), 200)),
        ]
        if freshness.state is FeedState.CATCHING_UP:
            done = _("{done} of {total}").format(done=f"{freshness.done:,}", total=f"{freshness.total:,}")
            facts.insert(1, (_("replayed"), done))
        if freshness.log_starts_ms is not None:
            facts.insert(2, (_("log starts"), clock(freshness.log_starts_ms, now_ms)))
        return facts

    def action_close(self) -> None:
        self.dismiss()


def _open_words(view: StationView, now: float, now_ms: int) -> str:
    """How many issues are open; those that the log does not tell of are counted apart."""
    words = [count_words(view.count_open(now_ms, now), now_ms)]
    if view.doubts.issues:
        words.append(_("not in the log {count}").format(count=len(view.doubts.issues)))
    return " · ".join(words)
