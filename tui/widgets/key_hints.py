"""The bottom line: the keys that matter most here, as many as fit.

Drawn as one text: Textual's Footer leaks at each refresh of the bindings (docs/textual.md, 7).
"""

from rich.cells import cell_len
from textual.content import Content

from core.support.i18n import _
from tui.input.keys import ACTIONS, shown_key
from tui.shell import shell_of
from tui.widgets.safe_text import SafeText


class KeyHints(SafeText):
    """Hints in the order of their keys; where room is short those of least urgency are left out."""

    def on_mount(self) -> None:
        self.draw()

    def on_resize(self) -> None:
        self.draw()

    def draw(self) -> None:
        """Draw again: the width or the language changed."""
        ranked = sorted((a for a in ACTIONS if a.hint), key=lambda a: a.rank)
        kept = set()
        room = self.size.width - 1
        chosen = shell_of(self).settings.keys
        for action in ranked:
            width = cell_len(shown_key(action, chosen)) + 1 + cell_len(_(action.hint)) + 2
            if width <= room:
                kept.add(action.id)
                room -= width
        pieces: list[str | tuple[str, str]] = [" "]
        for action in ACTIONS:
            if action.id in kept:
                pieces += [(shown_key(action, chosen), "bold"), " ", (_(action.hint), "$quiet"), "  "]
        self.show(Content.assemble(*pieces))
