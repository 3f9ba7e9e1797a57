"""The causes to choose from, each with its digit; the chosen one is marked by a shape."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from tui.view.cells import packed
from tui.widgets.safe_text import SafeText

if TYPE_CHECKING:
    from core.chat.playbook.causes import Cause


class CauseList(SafeText):
    """It takes no focus: a digit that stands alone in the note, and Enter, choose one."""

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ascii = ascii_only
        self._causes: Sequence[Cause] = ()
        self._typed = ""
        self._is_flat = False
        self.chosen = ""
        """The code; empty: none."""

    def load(self, causes: "Sequence[Cause]", chosen: str) -> None:
        """Begin with these; ``chosen`` counts only where it is one of them: what is not seen is not sent."""
        self._causes, self._typed = causes, ""
        self.chosen = chosen if any(one.code == chosen for one in causes) else ""
        self._draw()

    def point_at(self, typed: str) -> None:
        """``typed`` stands in the note."""
        self._typed = typed
        self._draw()

    def flatten(self, *, is_flat: bool) -> None:
        """On a flat screen several stand on a line."""
        self._is_flat = is_flat
        self._draw()

    def meant(self, typed: str) -> str:
        """The code that the digit ``typed`` chooses; empty where it is none of theirs."""
        return next((one.code for one in self._causes if typed.strip() == str(one.digit)), "")

    def choose(self, code: str) -> None:
        self.chosen = code
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        self.display = bool(self._causes)
        pieces = [self._piece(one) for one in self._causes]
        if self._is_flat:
            self.show(packed(pieces, self.size.width or 66))
        else:
            self.show(Content("\n").join(pieces))

    def _piece(self, one: "Cause") -> Content:
        is_chosen = one.code == self.chosen
        mark = ("(o)" if is_chosen else "( )") if self._ascii else ("●" if is_chosen else "○")
        is_meant = one.code == self.meant(self._typed)
        style = "reverse" if is_meant else "bold" if is_chosen else ""
        return Content.assemble((f"{mark} {one.digit} {one.words}", style))
