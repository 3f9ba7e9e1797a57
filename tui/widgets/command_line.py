"""The line that completes a slash command while it is typed: what it may become, and what Tab takes."""

from textual.content import Content

from core.support.i18n import _
from tui.input.slash import MEANINGS, completions
from tui.view.cells import packed_commands
from tui.widgets.safe_text import SafeText

_TOLD = 3
"""So many commands have their meaning beside them; more are names alone."""


class CommandLine(SafeText):
    """Shown while something begins like a command."""

    taken = ""
    """What Tab puts into the composer; empty where nothing matches."""

    def complete(self, typed: str) -> None:
        """Show what ``typed`` may become."""
        found = completions(typed)
        self.taken = found[0][0] if found else ""
        self.display = bool(found)
        if found:
            told = [(name, _(MEANINGS[command]) if len(found) <= _TOLD else "") for name, command in found]
            self.show(Content.assemble(("Tab", "bold"), " ", packed_commands(told, max(20, self.app.size.width // 2))))
