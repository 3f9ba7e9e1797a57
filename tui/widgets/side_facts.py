"""The third column: facts of the issue that is looked at, people, similar fixes. It is read, never focused."""

from collections.abc import Sequence

from textual.content import Content

from tui.view.side_facts import Section, side_content
from tui.widgets.safe_text import SafeText

_PADDING = 4


class SideFacts(SafeText):
    """Draws the sections for its own width; what is beyond its last line is not shown."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._sections: Sequence[Section] = ()

    def show_sections(self, sections: Sequence[Section]) -> None:
        self._sections = sections
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        width = self.size.width
        self.show(side_content(self._sections, width) if width > _PADDING else Content(""))
