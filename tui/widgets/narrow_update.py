"""NarrowUpdate: a partial paint that begins at the first cell that is to be painted.

Textual's own begins at the widget's left edge: an age that goes on by a second would cost its whole row, each second.
It reads what a ``ChopsUpdate`` of Textual 8 holds; tests/tui/test_work_follows_change.py tells if that changes.
"""

from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate


class NarrowUpdate(ChopsUpdate):
    """The same pieces of lines, cut at both ends of what changed."""

    @classmethod
    def of(cls, update: ChopsUpdate) -> "NarrowUpdate":
        return cls(update.chops, update.spans, update.chop_ends)

    def render_segments(self, console: Console) -> str:
        """What is written to the terminal."""
        written = []
        for y, first, last in self.spans:
            for end, (begin, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                start, stop = max(begin, first), min(end, last)
                if strip is not None and start < stop:
                    written.append(Control.move_to(start, y).segment.text)
                    written.append(strip.crop(start - begin, stop - begin).render(console))
        return "".join(written)
