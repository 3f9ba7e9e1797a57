"""The status bar's one line: what it says, and what gives way where there is less room. Pure.

How fresh the data is and what time it is are always there. A count of nothing is not said.
"""

from rich.cells import cell_len
from textual.content import Content

from core.support.i18n import _
from tui.view.cells import fit
from tui.view.status import Status

_NAME = "ANDON"
_SHORTEST_PLACE = 6
"""Cells of a station's name below which it tells nothing."""

Part = tuple[str, str]


def status_line(status: Status, width: int, *, ascii_only: bool) -> Content:
    """The line in exactly ``width`` cells, where the freshness and the clock leave room for that."""
    right = _right(status, width, ascii_only=ascii_only)
    used = _cells(right) + 1
    name = [(f" {_NAME} ", "bold reverse")] if used + cell_len(_NAME) + 2 <= width else []
    room = width - used - (cell_len(_NAME) + 2 if name else 0)
    place = f" {status.station}" if status.station and room > _SHORTEST_PLACE else ""
    pieces: list[Part] = [*name, (fit(place, max(0, room)), "")]
    for text, style in right:
        pieces += [("  ", ""), (text, style)]
    return Content.assemble(*pieces, " ")


def _right(status: Status, width: int, *, ascii_only: bool) -> list[Part]:
    """The parts at the right end; the least urgent goes first: who is here, then what waits, then what is wrong."""
    mark = ("*" if status.live else "!") if ascii_only else ("●" if status.live else "▲")
    parts: list[Part] = [
        (f"{mark} {status.freshness}", "$live" if status.live else "bold $late"),
        (_waits(status), "bold $late"),
        (_("quarantine {count}").format(count=status.quarantine) if status.quarantine else "", "$late"),
        (status.chat, "bold $late"),
        (status.operator, "$quiet"),
        (status.clock, "bold"),
    ]
    for least in (4, 2, 3, 1, 5):
        if _cells(parts) + 1 <= width:
            break
        parts[least] = ("", "")
    return [part for part in parts if part[0]]


def _waits(status: Status) -> str:
    to_send = status.outbox - status.held
    held = _("held {count}").format(count=status.held) if status.held else ""
    waits = _("to send {count}").format(count=to_send) if to_send else ""
    return "  ".join(filter(None, (held, waits)))


def _cells(parts: list[Part]) -> int:
    return sum(cell_len(text) + 2 for text, _style in parts if text)
