"""The transcript: what happened and what was said, told apart by shape and word, followed to its end."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual.containers import VerticalScroll

from core.chat.backend import Author
from tui.widgets.safe_text import SafeText
from tui.words import author_shape

MOUNTED = 200
"""Entries that are mounted at most; older ones are in the store and in ``andon export``."""

_COLUMNS_FROM = 70


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; every text is inert and translated."""

    id: str
    author: Author
    who: str
    clock: str
    text: str
    precautions: tuple[str, ...] = ()
    status: str = ""
    alarming: bool = False


class EntryView(SafeText):
    """One entry on the grid: time, who, and the text with a hanging indent."""

    def __init__(self, entry: Entry, *, ascii_only: bool) -> None:
        super().__init__(classes=f"entry entry--{entry.author.value}")
        self._ascii = ascii_only
        self.entry = entry

    def render(self) -> RenderableType:
        """Two columns before the text where there is room, a line of its own where there is not."""
        entry = self.entry
        shape = author_shape(entry.author, ascii_only=self._ascii)
        who = Text(f"{shape} {entry.who}", style=self._author_style(), no_wrap=True, overflow="ellipsis")
        clock = Text(entry.clock, style="dim")
        if self.size.width >= _COLUMNS_FROM:
            grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
            grid.add_column(width=max(5, len(entry.clock)))
            grid.add_column(width=13)
            grid.add_column(ratio=1, overflow="fold")
            grid.add_row(clock, who, self._body())
            return grid
        return Group(Text.assemble(clock, "  ", who), Padding(self._body(), (0, 0, 0, 2)))

    def _body(self) -> RenderableType:
        entry = self.entry
        parts: list[RenderableType] = []
        if entry.precautions:
            parts.append(self._precautions())
        if entry.text:
            parts.append(Text(entry.text))
        if entry.status:
            parts.append(Text(entry.status, style=self._warning() if entry.alarming else "dim"))
        return Group(*parts)

    def _precautions(self) -> RenderableType:
        """Above all else, each with its sign and a hanging indent."""
        grid = Table.grid(padding=(0, 1, 0, 0), expand=True)
        grid.add_column(width=1)
        grid.add_column(ratio=1, overflow="fold")
        for line in self.entry.precautions:
            grid.add_row(Text(self._sign(), style=self._warning()), Text(line, style=self._warning()))
        return grid

    def _sign(self) -> str:
        return "!" if self._ascii else "▲"

    def _author_style(self) -> Style:
        names = {Author.CHATBOT: "accent", Author.BUILTIN: "accent", Author.PERSON: "warning"}
        name = names.get(self.entry.author)
        if name is None:
            return Style(bold=self.entry.author is Author.OPERATOR, dim=self.entry.author is Author.SYSTEM)
        return Style(bold=True, color=self.app.theme_variables.get(name))

    def _warning(self) -> Style:
        return Style(color=self.app.theme_variables.get("warning"))

    def change(self, entry: Entry) -> None:
        if entry != self.entry:
            self.entry = entry
            self.refresh(layout=True)


class Transcript(VerticalScroll, can_focus=True):
    """The entries of one issue at a time; refilled when another issue is looked at."""

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ascii = ascii_only
        self._issue: str | None = None
        self._views: dict[str, EntryView] = {}

    def on_resize(self) -> None:
        self.call_after_refresh(self._follow)

    def show(self, issue: str | None, entries: Sequence[Entry]) -> None:
        """Bring the mounted entries in line with ``entries``, touching only what differs."""
        shown = entries[-MOUNTED:]
        if issue != self._issue or not self._continues(shown):
            self._refill(issue, shown)
            return
        for entry in shown[: len(self._views)]:
            self._views[entry.id].change(entry)
        self._append(shown[len(self._views) :])

    def _continues(self, shown: Sequence[Entry]) -> bool:
        return [entry.id for entry in shown[: len(self._views)]] == list(self._views)

    def _refill(self, issue: str | None, shown: Sequence[Entry]) -> None:
        self._issue = issue
        self._views = {}
        self.remove_children()
        self.anchor(False)  # another issue is followed anew, wherever this one had been scrolled to
        self._append(shown)

    def _append(self, entries: Sequence[Entry]) -> None:
        views = [EntryView(entry, ascii_only=self._ascii) for entry in entries]
        self._views.update((view.entry.id, view) for view in views)
        if views:
            self.mount_all(views)
        self.call_after_refresh(self._follow)

    def _follow(self) -> None:
        """Follow the end once there is more than fits: an anchor would push a short transcript to the bottom."""
        overflows = self.virtual_size.height > self.size.height
        if overflows != self.is_anchored:
            self.anchor(overflows)
        if not overflows and self.scroll_y:
            self.scroll_to(y=0, animate=False, immediate=True, release_anchor=False)
