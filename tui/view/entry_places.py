"""Where each entry of a transcript stands, counted in lines: guessed until it is laid out. Pure.

A transcript of thousands of entries is never laid out as a whole: what is seen is laid out, and ``learn`` replaces
the guess. Whoever scrolls keeps a place by entry and line (``at``), so that a corrected guess above moves nothing.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from tui.view.entry import Entry


class Places:
    """The lines that entries take, in their order."""

    def __init__(self, guess: Callable[[Entry], int]) -> None:
        self._guess = guess
        self._lines: list[int] = []
        self._exact: list[bool] = []
        self._starts: list[int] | None = None
        self._index: dict[str, int] = {}
        self.entries: Sequence[Entry] = ()
        self.is_airy = False
        """A blank line stands after each entry, but before one that belongs to it."""

    def take(self, entries: Sequence[Entry]) -> None:
        """These are the entries now; what is known of those that did not change is kept."""
        lines, exact = [], []
        for entry in entries:
            at = self._index.get(entry.id)
            same = at is not None and self.entries[at] == entry
            lines.append(self._lines[at] if same and at is not None else self._guess(entry))
            exact.append(self._exact[at] if same and at is not None else False)
        self._lines, self._exact, self.entries = lines, exact, entries
        self._index = {entry.id: number for number, entry in enumerate(entries)}
        self._starts = None

    def forget_lines(self) -> None:
        """Another width: every number of lines is a guess again."""
        self._lines = [self._guess(entry) for entry in self.entries]
        self._exact = [False] * len(self.entries)
        self._starts = None

    def learn(self, number: int, lines: int) -> None:
        """Entry ``number`` was laid out in ``lines`` lines."""
        self._exact[number] = True
        if self._lines[number] != lines:
            self._lines[number] = lines
            self._starts = None

    def is_exact(self, number: int) -> bool:
        return self._exact[number]

    def number_of(self, entry_id: str) -> int | None:
        return self._index.get(entry_id)

    def start(self, number: int) -> int:
        """The line on which entry ``number`` begins; of one past the last, all lines."""
        return self._all_starts()[number]

    @property
    def total(self) -> int:
        return self._all_starts()[-1]

    def at(self, line: int) -> tuple[int, int]:
        """The entry on ``line``, and the line within it; the blank line after an entry is its last."""
        number = min(max(0, bisect_right(self._all_starts(), line) - 1), len(self.entries) - 1)
        return number, line - self.start(number)

    def height(self, number: int) -> int:
        """Lines of entry ``number``, with the blank one after it."""
        return self.start(number + 1) - self.start(number)

    def gap(self, number: int) -> int:
        """Blank lines after entry ``number``."""
        last = number + 1 == len(self.entries)
        return int(self.is_airy and (last or not self.entries[number + 1].continued))

    def _all_starts(self) -> list[int]:
        if self._starts is None:
            self._starts = [0, *accumulate(map(self._with_gap, range(len(self.entries))))]
        return self._starts

    def _with_gap(self, number: int) -> int:
        return self._lines[number] + self.gap(number)
