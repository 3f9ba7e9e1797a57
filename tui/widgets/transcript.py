"""The transcript: what happened and what was said, told apart by shape and word, followed to its end."""

from collections.abc import Sequence
from dataclasses import replace

from rich.style import Style
from textual.events import Resize

from core.domain.messages import Alert, Author
from tui.input.keys import Area, bindings
from tui.view.entries import NEW
from tui.view.entry import Entry
from tui.view.entry_layout import found_at, holds, pattern_of
from tui.widgets.entry_scroll import EntryScroll


class Transcript(EntryScroll, can_focus=True):
    """The entries of one issue at a time; refilled when another issue is looked at."""

    BINDINGS = bindings(Area.TRANSCRIPT)

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(ascii_only=ascii_only, id=id)
        self._found: list[str] = []
        self._found_at = 0

    # --- what it shows

    def show(self, issue: str | None, entries: Sequence[Entry]) -> None:
        """Bring the transcript in line with ``entries``; what is read stays where it is."""
        if self._is_blank:
            self._is_blank = False
            self.refresh()
        if issue != self._issue:
            self._refill(issue, entries)
        elif entries != self._places.entries:
            self._change(entries)

    def redraw(self) -> None:
        """Another theme: colours are in the lines."""
        accent, warning, quiet, text, ground = map(
            self._colour, ("accent", "warning", "quiet", "danger", "danger-ground")
        )
        danger = Style(color=text.color, bgcolor=ground.color)
        self._restyle(replace(self._look, accent=accent, warning=warning, quiet=quiet, danger=danger))

    def _refill(self, issue: str | None, entries: Sequence[Entry]) -> None:
        """Another issue is followed anew, wherever this one had been scrolled to; what is new is read from its line."""
        self._issue = issue
        self._look = replace(self._look, needle="")
        self._found = []
        self._places.take(())
        self._places.take(entries)
        line = next((number for number, entry in enumerate(entries) if entry.id == NEW), None)
        self._seen = len(entries) if line is None else line + 1
        self._place = None if line is None else (entries[line].id, 0)
        self._stand_at_alert(entries, at_least=Alert.EMERGENCY)
        self._settle()

    def _change(self, entries: Sequence[Entry]) -> None:
        known = {entry.id for entry in self._places.entries}
        seen = reversed(self._places.entries[: self._seen])
        last_seen = next((entry.id for entry in seen if not entry.ends), "")
        if any(entry.author is Author.OPERATOR and entry.id not in known for entry in entries):
            self._place = None  # they said something themselves
        if any(entry.alert is not Alert.NONE and entry.id not in known for entry in entries):
            self._stand_at_alert(entries)
        self._places.take(entries)
        number = self._places.number_of(last_seen)  # what an earlier session brings stands above it
        self._seen = self._seen if number is None else number + 1
        if self.is_searching:
            self._look_for_all()
        self._settle()

    def _stand_at_alert(self, entries: Sequence[Entry], at_least: Alert = Alert.ADVICE) -> None:
        """What was said of people in danger is read from its first line, whatever comes below it.

        It stays in sight until the operator says something or goes on reading.
        """
        pressing = list(Alert)[list(Alert).index(at_least) :]
        for entry in reversed(entries):
            if entry.author is Author.OPERATOR:
                return
            if entry.alert in pressing:
                self._place = (entry.id, 0)
                return

    def _colour(self, name: str) -> Style:
        """A theme's colour as Rich knows it; the terminal's own colours have other names there."""
        value = self.app.theme_variables.get(name, "")
        return Style(color=value.removeprefix("ansi_") if value not in ("", "ansi_default") else None)

    # --- where it stands

    def on_resize(self, _event: Resize) -> None:
        width = self._look.width
        self._settle()
        if width != self._look.width:
            self._go_to_found()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._settling:
            self._stand_at(round(new_value))
            self._settle()

    def action_line_up(self) -> None:
        self._scroll_by(-1)

    def action_line_down(self) -> None:
        self._scroll_by(1)

    def action_screen_up(self) -> None:
        self._scroll_by(2 - self._height)

    def action_screen_down(self) -> None:
        self._scroll_by(self._height - 2)

    def action_oldest(self) -> None:
        if self._places.entries:
            self._place = (self._places.entries[0].id, 0)
            self._settle()

    def action_newest(self) -> None:
        self._place = None
        self._settle()

    def _scroll_by(self, lines: int) -> None:
        self._stand_at(max(0, round(self.scroll_y) + lines))
        self._settle()

    # --- searching

    @property
    def is_searching(self) -> bool:
        """What was searched for is still shown."""
        return bool(self._look.needle)

    def find(self, text: str) -> int:
        """Show where ``text`` stands, the newest first, and return in how many entries; an empty text ends it."""
        self._restyle(replace(self._look, needle=text))
        self._look_for_all()
        self._found_at = len(self._found) - 1
        self._go_to_found()
        return len(self._found)

    def action_found_older(self) -> None:
        self._go_on(-1)

    def action_found_newer(self) -> None:
        self._go_on(1)

    def _go_on(self, step: int) -> None:
        """To another place, round and round."""
        if self._found:
            self._found_at = (self._found_at + step) % len(self._found)
            self._go_to_found()

    def _look_for_all(self) -> None:
        pattern = pattern_of(self._look.needle)
        self._found = [entry.id for entry in self._places.entries if self.is_searching and holds(entry, pattern)]
        self._found_at = min(self._found_at, len(self._found) - 1)

    def _go_to_found(self) -> None:
        number = self._places.number_of(self._found[self._found_at]) if self._found else None
        if number is None:
            return
        self._lay_out_above(number, self._height)
        line = self._places.start(number) + found_at(self._lines(number))
        self._stand_at(max(0, line - self._height // 3))
        self._settle()
