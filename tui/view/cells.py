"""Text on the cell grid: Hangul is two cells wide."""

from collections.abc import Sequence

from rich.cells import cell_len, chop_cells, set_cell_size
from textual.content import Content


def fit(text: str, width: int, *, ellipsis: str = "…") -> str:
    """``text`` in exactly ``width`` cells: padded, or cut with an ellipsis."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text + " " * (width - cell_len(text))
    cut = set_cell_size(text, max(0, width - cell_len(ellipsis))).rstrip() + ellipsis[:width]
    return cut + " " * (width - cell_len(cut))


def between(left: str, right: str, width: int) -> str:
    """``left`` and ``right`` at the two ends of ``width`` cells; the left one gives way."""
    return fit(left, max(0, width - cell_len(right))) + right if cell_len(right) <= width else fit(right, width)


def in_lines(pieces: Sequence[tuple[str, str]], width: int) -> Content:
    """Styled pieces beside each other, broken between them and never within; closer where that saves a line."""
    gap = 2 if sum(cell_len(text) + 2 for text, _style in pieces) - 2 <= width else 1
    lines: list[list[Content]] = [[]]
    used = 0
    for text, style in pieces:
        size = cell_len(text)
        if lines[-1] and used + gap + size > width:
            lines.append([])
            used = 0
        used += size + (gap if lines[-1] else 0)
        lines[-1].append(Content.assemble((text, style)))
    return Content("\n").join(Content(" " * gap).join(line) for line in lines)


def packed(pieces: Sequence[Content], width: int, gap: str = "  ") -> Content:
    """Pieces beside each other in lines of ``width`` cells, broken between them and never within."""
    lines: list[list[Content]] = [[]]
    used = 0
    for piece in pieces:
        size = piece.cell_length
        if lines[-1] and used + len(gap) + size > width:
            lines.append([])
            used = 0
        used += size + (len(gap) if lines[-1] else 0)
        lines[-1].append(piece)
    return Content("\n").join(Content(gap).join(line) for line in lines)


def padded(text: str, width: int) -> str:
    """``text`` in at least ``width`` cells."""
    return text + " " * max(0, width - cell_len(text))


def broken_at(text: str, width: int) -> tuple[str, str]:
    """The first line of ``text``, at most ``width`` cells, and the rest: broken at a space, else within a word."""
    line = next(iter(chop_cells(text, max(2, width))), "")
    rest = text[len(line) :]
    at = line.rfind(" ")
    if rest and not rest.startswith(" ") and at > len(line) // 2:
        line, rest = line[:at], text[at:]
    return line.rstrip(), rest.strip()


def packed_choices(choices: Sequence[str], chosen: int, width: int, *, marked: bool) -> Content:
    """Choices with their digits, the chosen one in brackets; ``marked``: digits and arrows choose now."""
    pieces = [
        (f"[{number} {choice}]", "bold reverse" if marked else "bold")
        if number - 1 == chosen
        else (f" {number} {choice} ", "")
        for number, choice in enumerate(choices, 1)
    ]
    return in_lines(pieces, width) if pieces else Content("")


def packed_commands(told: Sequence[tuple[str, str]], width: int) -> Content:
    """Commands beside each other, the first one marked; as many as fit two lines of ``width`` cells."""
    pieces, room = [], 2 * width
    for number, (name, meaning) in enumerate(told):
        words = f"{name} {meaning}".rstrip()
        room -= cell_len(words) + 2
        if room < 0 and number:
            break
        pieces.append(
            Content.assemble(
                (name, "bold reverse" if not number else "bold"), (f" {meaning}" if meaning else "", "$quiet")
            )
        )
    return Content("  ").join(pieces)
