"""Leaving is asked about once, from whichever way: what is still unsent is told, and the shift goes on by Esc."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from core.support.i18n import _, ngettext
from tui.input.keys import with_twins
from tui.screens.overlay import Overlay
from tui.widgets.safe_text import SafeText


class LeaveScreen(Overlay[bool]):
    """Answers whether to leave."""

    BINDINGS = [
        (",".join(with_twins(("escape",))), "stay", ""),
        ("enter", "leave", ""),
    ]
    CSS_PATH = "../styles/resolve.tcss"

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield SafeText(Content.assemble((_("Leave Andon?"), "bold")))
            yield SafeText(Content(self._about()), classes="dialog-quiet")
            keys = (("Enter", _("leave")), ("Esc", _("stay")))
            words = Content("    ").join(Content.assemble((key, "bold"), " ", word) for key, word in keys)
            yield SafeText(words, classes="dialog-part")

    def _about(self) -> str:
        """What goes on without this terminal, and what does not."""
        words = [_("No alarm rings here until it is started again.")]
        if unsent := len(self.shell.view.outbox):
            more = ngettext("{count} record is not confirmed yet.", "{count} records are not confirmed yet.", unsent)
            words.append(more.format(count=unsent) + " " + _("It stays in the outbox and goes out at the next start."))
        return "\n".join(words)

    def action_leave(self) -> None:
        self.dismiss(True)

    def action_stay(self) -> None:
        self.dismiss(False)
