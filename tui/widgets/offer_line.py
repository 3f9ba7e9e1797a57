"""What the newest answer offers, each with its digit: right above the composer, in as many lines as it takes."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from core.chat.playbook.offering import taken
from core.domain.offers import Offer
from tui.view.cells import fit, packed
from tui.widgets.safe_text import SafeText

_AROUND = 4
"""Cells of its edges."""


class OfferLine(SafeText):
    """Digits are bold; what the digit that stands alone in the composer takes is shown in reverse."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._offers: tuple[Offer, ...] = ()
        self._typed = ""

    def offer(self, offers: Sequence[Offer]) -> None:
        """Show these; what an answer's own text lists is shown only while its digit is typed."""
        if tuple(offers) != self._offers:
            self._offers = tuple(offers)
            self._draw()

    def point_at(self, typed: str) -> None:
        """``typed`` stands in the composer."""
        if typed != self._typed:
            self._typed = typed
            self._draw()

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        meant = taken(self._typed, self._offers)
        width = max(10, (self.size.width or self.app.size.width) - _AROUND)
        pieces = [_piece(one, width, one is meant) for one in self._offers if one is meant or not one.listed]
        self.display = bool(pieces)
        self.show(packed(pieces, width))


def _piece(one: Offer, width: int, is_meant: bool) -> Content:
    digit = str(one.digit)
    room = max(1, width - len(digit) - 1)
    label = fit(one.label, min(cell_len(one.label), room))
    if is_meant:
        return Content.assemble((f"{digit} {label}", "reverse"))
    return Content.assemble((digit, "bold"), (f" {label}", "$quiet"))
