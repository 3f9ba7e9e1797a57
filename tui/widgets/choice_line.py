"""One of a few, by ← → or its digit: the times of shelving, the names of who was here last."""

from collections.abc import Sequence

from textual import events

from core.support.text import inert_line
from tui.view.cells import packed_choices
from tui.widgets.safe_text import SafeText


class ChoiceLine(SafeText, can_focus=True):
    """While it has the focus digits and arrows choose, and nothing else is taken: letters are for the text below."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._choices: Sequence[str] = ()
        self.chosen = 0

    def offer(self, choices: Sequence[str], chosen: int) -> None:
        """Show ``choices``, of which there are at most nine; the one at ``chosen`` is taken."""
        self._choices = [inert_line(choice, 40) for choice in choices]
        self.chosen = chosen
        self.can_focus = self.display = bool(choices)
        self._draw()

    def choose(self, number: int) -> None:
        """Take the one at ``number``, the first or the last where it is beyond them."""
        if self._choices:
            self.chosen = min(max(number, 0), len(self._choices) - 1)
            self._draw()

    def on_key(self, event: events.Key) -> None:
        match event.key:
            case "left":
                self.choose(self.chosen - 1)
            case "right":
                self.choose(self.chosen + 1)
            case key if key.isdigit() and 0 < int(key) <= len(self._choices):
                self.choose(int(key) - 1)
            case _:
                return
        event.stop()

    def on_focus(self) -> None:
        self._draw()

    def on_blur(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        self.show(packed_choices(self._choices, self.chosen, self.size.width or 60, marked=self.has_focus))
