"""Text on the cell grid: Hangul is two cells wide."""

from rich.cells import cell_len, set_cell_size


def fit(text: str, width: int, *, ellipsis: str = "…") -> str:
    """``text`` in exactly ``width`` cells: padded, or cut with an ellipsis."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text + " " * (width - cell_len(text))
    return set_cell_size(text, max(0, width - cell_len(ellipsis))) + ellipsis[:width]


def between(left: str, right: str, width: int) -> str:
    """``left`` and ``right`` at the two ends of ``width`` cells; the left one gives way."""
    return fit(left, max(0, width - cell_len(right))) + right if cell_len(right) <= width else fit(right, width)
