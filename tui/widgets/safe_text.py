"""SafeText: the one widget through which text from outside reaches the screen. It never parses markup."""

from rich.console import RenderableType
from textual.content import Content
from textual.widgets import Static


class SafeText(Static):
    """A Static that takes plain text, ``Content`` or a Rich renderable built from ``Text``; markup is off for good."""

    def __init__(
        self, content: str | Content | RenderableType = "", *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(content, markup=False, id=id, classes=classes)
        self._shown: object = content

    def show(self, content: str | Content) -> None:
        """Change the text; nothing is painted when it is the same."""
        if content != self._shown:
            self._shown = content
            self.update(content)
