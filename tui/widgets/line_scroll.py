"""LineScroll: a scroll view that hands the compositor whole lines, in the styles that they are drawn in.

It has neither border nor padding, and nothing shines through it. Textual's own way looks some fifty style rules up for
each line that is painted, which is most of what a key costs that scrolls (docs/textual.md, 2).
"""

from collections.abc import Iterable, Iterator

from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip


class LineScroll(ScrollView):
    """What it shows is drawn by ``draw`` alone."""

    def draw(self, lines: Iterable[int]) -> Iterator[Strip]:
        """The lines of what is in sight, each as wide as the widget. What all of them share is worked out once."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """The line ``y`` of what is in sight."""
        return next(iter(self.draw((y,))))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of ``crop``, which lies in what is in sight."""
        strips = list(self.draw(crop.line_range))
        if filters := self.get_line_filters():
            _base, background = self.background_colors
            for one in filters:
                strips = [strip.apply_filter(one, background) for strip in strips]
        if crop.column_span == (0, self.size.width):
            return strips
        return [strip.crop(*crop.column_span) for strip in strips]
