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
        """Change the text; nothing is painted when it is the same, nothing laid out anew when it is as tall."""
        if _is_same(content, self._shown):
            return
        self._shown = content
        before = self._lines()
        self.update(content, layout=False)
        if before is None or before != self._lines():
            self.refresh(layout=True)

    def _lines(self) -> int | None:
        """How many lines the text takes; None where its width decides on more than that, or is not known yet."""
        width, set_width = self.content_size.width, self.styles.width
        if not width or (set_width is not None and set_width.is_auto):
            return None
        return self.visual.get_height(self.styles, width)  # type: ignore[arg-type]  # as Textual itself calls it


def _is_same(one: object, other: object) -> bool:
    """Also in its styles: of two ``Content`` Textual calls those equal that say the same."""
    if isinstance(one, Content) and isinstance(other, Content):
        return one.is_same(other)
    return one == other
