"""The top line: who and where on the left, how fresh the data is on the right, always."""

from rich.cells import cell_len
from textual.content import Content

from core.support.i18n import _
from tui.view.cells import fit
from tui.view.status import Status
from tui.widgets.safe_text import SafeText


class StatusBar(SafeText):
    """One line. Where room is short the least urgent part goes first; freshness and clock never do."""

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ascii = ascii_only
        self._status: Status | None = None

    def show_status(self, status: Status) -> None:
        self._status = status
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._status is not None and self.size.width:
            self.show(self._line(self._status, self.size.width))

    def _line(self, status: Status, width: int) -> Content:
        mark = ("*" if status.live else "!") if self._ascii else ("●" if status.live else "▲")
        to_send = status.outbox - status.held
        waits = _("to send {count}").format(count=to_send)
        if status.held:
            waits = _("held {count}").format(count=status.held) + (f"  {waits}" if to_send else "")
        right = [
            (f"{mark} {status.freshness}", "$live" if status.live else "bold $late"),
            (waits, "bold $late" if status.outbox else "$quiet"),
            (_("quarantine {count}").format(count=status.quarantine), "$late") if status.quarantine else ("", ""),
            (status.chat, "bold $late"),
            (status.operator, "$quiet"),
            (status.clock, "bold"),
        ]
        drop_order = [4, 3, 2]
        name = f" {status.station}" if status.station else ""
        while _width(right) + 9 > width and drop_order:
            right[drop_order.pop(0)] = ("", "")
        shown = [part for part in right if part[0]]
        room = width - 7 - _width(right) - 1
        pieces: list[str | tuple[str, str]] = [(" ANDON ", "bold reverse"), fit(name, room)]
        for text, style in shown:
            pieces += ["  ", (text, style)]
        return Content.assemble(*pieces, " ")


def _width(parts: list[tuple[str, str]]) -> int:
    return sum(cell_len(text) + 2 for text, _style in parts if text)
