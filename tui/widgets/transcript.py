"""The transcript: what happened and what was said, told apart by shape and word, followed to its end."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual.containers import VerticalScroll

from core.chat.backend import Author
from core.chat.card import Card
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
    continued: bool = False
    """It belongs under the name and time of the entry before."""
    divides: bool = False
    """No entry, but the line before what is new."""
    partial: bool = False
    card: Card | None = None
    hidden: bool = False
    pinned: bool = False


_POINT = re.compile(r"(\s*(?:[•·*-]|\d{1,2}[.)])\s+)(.*)")


def _hanging(text: str) -> list[RenderableType]:
    """The lines of ``text``; a point ("• ...", "1. ...") that wraps goes on under its words, not under its sign."""
    parts: list[RenderableType] = []
    for line in text.split("\n"):
        point = _POINT.fullmatch(line)
        if point is None:
            parts.append(Text(line))
            continue
        grid = Table.grid(expand=True)
        grid.add_column(width=cell_len(point[1]))
        grid.add_column(ratio=1, overflow="fold")
        grid.add_row(Text(point[1]), Text(point[2]))
        parts.append(grid)
    return parts


class EntryView(SafeText):
    """One entry on the grid: time, who, and the text with a hanging indent."""

    def __init__(self, entry: Entry, *, ascii_only: bool) -> None:
        super().__init__(classes="entry entry--continued" if entry.continued else "entry")
        self._ascii = ascii_only
        self.entry = entry

    def render(self) -> RenderableType:
        """Two columns before the text where there is room, a line of its own where there is not."""
        entry = self.entry
        if entry.divides:
            return Rule(entry.text, characters="-" if self._ascii else "─", style=self._colour("accent"))
        shape = author_shape(entry.author, ascii_only=self._ascii)
        who = Text(f"{shape} {entry.who}", style=self._author_style(), no_wrap=True, overflow="ellipsis")
        clock = Text(entry.clock, style=self._quiet())
        if entry.continued:
            who, clock = Text(), Text()
        if self.size.width >= _COLUMNS_FROM:
            grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
            grid.add_column(width=max(5, len(entry.clock)))
            grid.add_column(width=13)
            grid.add_column(ratio=1, overflow="fold")
            grid.add_row(clock, who, self._body())
            return grid
        body = Padding(self._body(), (0, 0, 0, 2))
        return body if entry.continued else Group(Text.assemble(clock, "  ", who), body)

    def _body(self) -> RenderableType:
        entry = self.entry
        parts: list[RenderableType] = []
        if entry.precautions:
            parts.append(self._precautions())
        if entry.text:
            parts += _hanging(entry.text)
        if entry.status:
            parts.append(Text(entry.status, style=self._colour("warning") if entry.alarming else self._quiet()))
        return Group(*parts)

    def _precautions(self) -> RenderableType:
        """Above all else, each with its sign and a hanging indent."""
        grid = Table.grid(padding=(0, 1, 0, 0), expand=True)
        grid.add_column(width=1)
        grid.add_column(ratio=1, overflow="fold")
        for line in self.entry.precautions:
            grid.add_row(Text(self._sign(), style=self._colour("warning")), Text(line, style=self._colour("warning")))
        return grid

    def _sign(self) -> str:
        return "!" if self._ascii else "▲"

    def _author_style(self) -> Style:
        match self.entry.author:
            case Author.CHATBOT | Author.MODEL | Author.BUILTIN:
                return Style(bold=True) + self._colour("accent")
            case Author.PERSON:
                return Style(bold=True) + self._colour("warning")
            case Author.OPERATOR:
                return Style(bold=True)
            case Author.SYSTEM:
                return self._quiet()

    def _colour(self, name: str) -> Style:
        """A theme's colour as Rich knows it; the terminal's own colours have other names there."""
        value = self.app.theme_variables.get(name, "")
        return Style(color=value.removeprefix("ansi_") if value not in ("", "ansi_default") else None)

    def _quiet(self) -> Style:
        return self._colour("quiet")

    def change(self, entry: Entry) -> None:
        if entry != self.entry:
            self.entry = entry
            self.set_class(entry.continued, "entry--continued")
            self.refresh(layout=True)


class Transcript(VerticalScroll, can_focus=True):
    """The entries of one issue at a time; refilled when another issue is looked at."""

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ascii = ascii_only
        self._issue: str | None = None
        self._views: dict[str, EntryView] = {}
        self._reads_new = False
        """Somebody came back to what is new: its line stays in sight until they say something themselves."""

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

    def redraw(self) -> None:
        """Another theme: colours are in the entries."""
        for view in self._views.values():
            view.refresh()

    def _continues(self, shown: Sequence[Entry]) -> bool:
        return [entry.id for entry in shown[: len(self._views)]] == list(self._views)

    def _refill(self, issue: str | None, shown: Sequence[Entry]) -> None:
        self._issue = issue
        self._views = {}
        self.remove_children()
        self.anchor(False)  # another issue is followed anew, wherever this one had been scrolled to
        self._reads_new = any(entry.divides for entry in shown)
        self._append(shown)

    def _append(self, entries: Sequence[Entry]) -> None:
        if self._views and any(entry.author is Author.OPERATOR for entry in entries):
            self._reads_new = False
        views = [EntryView(entry, ascii_only=self._ascii) for entry in entries]
        self._views.update((view.entry.id, view) for view in views)
        if views:
            self.mount_all(views)
        self.call_after_refresh(self._follow)

    def _follow(self) -> None:
        """Follow the end once there is more than fits: an anchor would push a short transcript to the bottom."""
        overflows = self.virtual_size.height > self.size.height
        if self._reads_new and overflows:
            line = next((view for view in self._views.values() if view.entry.divides), None)
            if line is not None:
                self.scroll_to_widget(line, top=True, animate=False, immediate=True)
                return
        if overflows != self.is_anchored:
            self.anchor(overflows)
        if not overflows and self.scroll_y:
            self.scroll_to(y=0, animate=False, immediate=True, release_anchor=False)
        # The anchor moves the scrollbar's thumb without painting it.
        self.call_after_refresh(self.vertical_scrollbar.refresh)

    is_searching = False

    def find(self, text: str) -> int:
        return 0
