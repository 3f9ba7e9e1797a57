"""The bottom line: the keys that matter most here, as many as fit.

Drawn as one text: Textual's Footer leaks at each refresh of the bindings (docs/textual.md, 7).
"""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual.content import Content

from core.support.i18n import _
from tui.input.keys import ACTIONS, Action, shown_key
from tui.shell import shell_of
from tui.widgets.safe_text import SafeText

_LEAST = 3
"""Help in an emergency, and the two keys of the fault that is looked at."""


class KeyHints(SafeText):
    """Hints in the order of their keys; where room is short those of least urgency are left out."""

    def on_mount(self) -> None:
        self.draw()

    def on_resize(self) -> None:
        self.draw()

    def draw(self) -> None:
        """Draw again: the width or the language changed."""
        self.show(hint_line(self.size.width, shell_of(self).settings.keys))


def hint_line(width: int, chosen: Mapping[str, str]) -> Content:
    """The most urgent hints that fit ``width`` cells; closer and shorter where the fault's own keys would not."""
    told = [(action, shown_key(action, chosen), _(action.hint)) for action in ACTIONS if action.hint]
    hints = _fitting(told, width - 1, gap=2)
    if len(hints) < _LEAST:
        hints = _fitting([(action, key, words.partition(" /")[0]) for action, key, words in told], width, gap=1)
    gap = "  " if len(hints) > _LEAST else " "
    pieces = [Content.assemble((key, "bold"), " ", (words, "$quiet")) for key, words in hints]
    return Content(" ") + Content(gap).join(pieces)


def _fitting(told: Sequence[tuple[Action, str, str]], room: int, *, gap: int) -> list[tuple[str, str]]:
    """Keys and words, in the order of the keys."""
    kept = set()
    for action, key, words in sorted(told, key=lambda one: one[0].rank):
        width = cell_len(key) + 1 + cell_len(words) + gap
        if width > room:
            break
        kept.add(action.id)
        room -= width
    return [(key, words) for action, key, words in told if action.id in kept]
