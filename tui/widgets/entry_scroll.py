"""Entries laid out line by line as far as they are in sight, and where the reader stands among them.

Only what is in sight is laid out, so a conversation of thousands of entries opens and scrolls like a short one.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from core.support.i18n import ngettext
from tui.view.entry import Entry
from tui.view.entry_layout import Line, LineStyle, guessed_lines, laid_out
from tui.view.entry_places import Places
from tui.widgets.line_scroll import LineScroll

HELD_LINES = 2_000
"""Laid-out lines that are held for all issues together; those least lately shown go first."""


Lines = tuple[Line, ...]


class EntryScroll(LineScroll):
    """Shows the entries of ``_places``; what is read stays where it is."""

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ascii = ascii_only
        self._issue: str | None = None
        self._places = Places(lambda entry: guessed_lines(entry, self._look.width))
        self._look = LineStyle(0, ascii_only)
        self._laid: OrderedDict[tuple[str | None, str, int], tuple[Entry, LineStyle, Lines]] = OrderedDict()
        """By issue, entry and width."""
        self._held = 0
        self._place: tuple[str, int] | None = None
        """The entry and its line at the top of what is seen; None while the end is followed."""
        self._seen = 0
        """Entries from the first that came into sight, or were there before anybody came."""
        self._settling = False
        self._is_blank = False
        """Nothing is shown: whose entries come next is not known yet."""
        self._drawn_in: object = None
        self._drawn: dict[int, tuple[Line, Strip]] = {}
        """By line of what is in sight, and what it was drawn of."""

    def blank(self) -> None:
        """Show nothing until other entries come; what is laid out stays, as the screen's layout costs a late key."""
        if not self._is_blank:
            self._is_blank = True
            self.refresh()

    @property
    def below(self) -> int:
        """Entries below what is seen that nobody saw yet."""
        return sum(not entry.divides and not entry.ends for entry in self._places.entries[self._seen :])

    def _restyle(self, look: LineStyle) -> None:
        if look == self._look:
            return
        other_lines = look.width != self._look.width
        self._look = look
        if other_lines:
            self._places.forget_lines()
        self._settle()

    @property
    def _height(self) -> int:
        return self.container_size.height

    def _stand_at(self, line: int) -> None:
        """Read on from ``line``; from the last screen on the end is followed."""
        if not self._places.entries or line >= self._places.total - self._height:
            self._place = None
            return
        number, within = self._places.at(line)
        self._place = (self._places.entries[number].id, within)

    def _settle(self) -> None:
        """Lay out what is in sight, and stand where the reader is."""
        if self._settling or not self.is_mounted or not self._height or not self.container_size.width:
            return
        self._settling = True
        try:
            self._take_room()
            top = self._lay_out_in_sight()
            self._take_size(Size(self._look.width, self._places.total))
            self.scroll_to(y=top, animate=False, force=True)
        finally:
            self._settling = False
        if self._places.entries:
            last, _line = self._places.at(max(0, top + self._height - 1))
            self._seen = max(self._seen, last + 1)
        self._seen = min(self._seen, len(self._places.entries))
        self.refresh()
        self.vertical_scrollbar.position = self.scroll_y  # one that just appeared was not told
        self.vertical_scrollbar.refresh()  # a thumb may move by less than a cell without being painted

    def _take_size(self, size: Size) -> None:
        """So many lines there are now. The screen is laid out anew only where the scrollbar comes or goes.

        An answer that is being written grows ten times a second, and a screen's layout costs as much as a late key.
        """
        if size == self.virtual_size:
            return
        if (size.height > self._height) != self.show_vertical_scrollbar:
            self.virtual_size = size
            return
        self.set_reactive(EntryScroll.virtual_size, size)
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.window_virtual_size = size.height

    def _take_room(self) -> None:
        """Lay out for the width that will be left, with the scrollbar where there is more than fits."""
        airy = not self.screen.has_class("narrow")
        if airy != self._places.is_airy:
            self._places.is_airy = airy
            self._places.take(self._places.entries)
        whole, bar = self.container_size.width, self.styles.scrollbar_size_vertical
        width = whole if self._fits(replace(self._look, width=whole)) else whole - bar
        if width != self._look.width:
            self._rewrap(width)

    def _rewrap(self, width: int) -> None:
        """Lay out for another width; of the entry that is read, what was about in the middle still is."""
        look = replace(self._look, width=width)
        number = self._places.number_of(self._place[0]) if self._place else None
        if self._place is not None and number is not None:
            entry = self._places.entries[number]
            before, after = (len(self._laid_out(entry, one)) for one in (self._look, look))
            self._place = (entry.id, self._place[1] * after // max(1, before))
        self._look = look
        self._places.forget_lines()

    def _fits(self, look: LineStyle) -> bool:
        """Whether all lines fit as they look without a scrollbar."""
        left = self._height
        for number, entry in enumerate(self._places.entries):
            left -= len(self._laid_out(entry, look)) + self._places.gap(number)
            if left < 0:
                return False
        return True

    def _lay_out_in_sight(self) -> int:
        """Lay out the screen that the reader looks at, and one before and after it; the line at its top.

        Nobody scrolls further than a screen at once, so no guess is ever mistaken for lines that were read.
        """
        places, height = self._places, self._height
        number = places.number_of(self._place[0]) if self._place else None
        if self._place is not None and number is not None:
            self._lines(number)
            within = min(self._place[1], places.height(number) - 1)
            self._lay_out_above(number, height - within)
            if self._lay_out_below(number, 2 * height + within) > height + within:
                return places.start(number) + within
        self._lay_out_above(len(places.entries), 2 * height)
        return max(0, places.total - height)

    def _lay_out_above(self, number: int, lines: int) -> None:
        """At least ``lines`` lines before entry ``number``, as far as there are."""
        while lines > 0 and number > 0:
            number -= 1
            self._lines(number)
            lines -= self._places.height(number)

    def _lay_out_below(self, number: int, lines: int) -> int:
        """At least ``lines`` lines from entry ``number`` on, as far as there are; how many."""
        begin = number
        while number < len(self._places.entries) and self._places.start(number) - self._places.start(begin) < lines:
            self._lines(number)
            number += 1
        return self._places.start(number) - self._places.start(begin)

    def _lines(self, number: int) -> Lines:
        """The lines of entry ``number``, laid out now or before."""
        lines = self._laid_out(self._places.entries[number], self._look)
        if not self._places.is_exact(number):
            self._places.learn(number, len(lines))
        return lines

    def _laid_out(self, entry: Entry, look: LineStyle) -> Lines:
        key = (self._issue, entry.id, look.width)
        known = self._laid.get(key)
        if known is not None and known[1] == look and known[0] == entry:
            self._laid.move_to_end(key)
            return known[2]
        lines = laid_out(entry, look)
        self._held += len(lines) - (len(known[2]) if known else 0)
        self._laid[key] = (entry, look, lines)
        self._laid.move_to_end(key)
        while self._held > HELD_LINES and len(self._laid) > 1:
            _key, (_entry, _look, dropped) = self._laid.popitem(last=False)
            self._held -= len(dropped)
        return lines

    def draw(self, lines: Iterable[int]) -> Iterator[Strip]:
        width, style = self.size.width, self.rich_style
        if (width, style) != self._drawn_in:
            self._drawn_in, self._drawn = (width, style), {}
        more = self._height - 1 if self.below and not self._is_blank else -1
        for y in lines:
            yield self._more_below(width, style) if y == more else self._strip(y, width, style)

    def _strip(self, y: int, width: int, style: Style) -> Strip:
        """The line as it was drawn before, where its words are the same."""
        parts = () if self._is_blank else self._parts(round(self.scroll_y) + y)
        known = self._drawn.get(y)
        if known is None or known[0] is not parts:
            known = self._drawn[y] = parts, Strip(parts).adjust_cell_length(width).apply_style(style)
        return known[1]

    def _parts(self, line: int) -> Line:
        if line >= self._places.total:
            return ()
        number, within = self._places.at(line)
        lines = self._lines(number)
        return lines[within] if within < len(lines) else ()

    def _more_below(self, width: int, style: Style) -> Strip:
        count = self.below
        arrow = "v" if self._ascii else "↓"
        words = ngettext("{count} new below · End", "{count} new below · End", count).format(count=count)
        text = f" {arrow} {words} "
        bar = Strip([Segment(text, Style(bold=True, reverse=True))], cell_len(text))
        return bar.adjust_cell_length(width).apply_style(style)
