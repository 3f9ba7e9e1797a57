"""The growth with the number of open issues as a picture: a panel for each series, drawn as plain SVG."""

import math
from collections.abc import Sequence
from html import escape

from tests.bench.results import Row
from tests.bench.spread import spread
from tests.bench.table import number, quantity

COLUMNS = 3
PANEL_WIDTH, PANEL_HEIGHT = 300, 220
LEFT, RIGHT, TOP, BOTTOM = 48, 16, 48, 34
PLOT_WIDTH, PLOT_HEIGHT = PANEL_WIDTH - LEFT - RIGHT, PANEL_HEIGHT - TOP - BOTTOM
HEAD = 34
INK, FAINT, LINE, BEFORE, LIMIT = "#222222", "#777777", "#1f5f99", "#999999", "#b3261e"
_MARGIN = 1.15
"""Room above the highest point."""


class _Axes:
    """Where values lie within a panel: sizes by their logarithm, values from zero."""

    def __init__(self, points: Sequence[Row], left: float, top: float) -> None:
        sizes = [math.log10(point.size) for point in points]
        self._first, self._span = min(sizes), (max(sizes) - min(sizes)) or 1.0
        ends = [spread(point.measured).most for point in points]
        ends += [point.allowed for point in points if point.allowed is not None]
        self.highest = max(ends) * _MARGIN or 1.0
        self._left, self._top = left, top

    def x(self, size: int) -> float:
        return round(self._left + (math.log10(size) - self._first) / self._span * PLOT_WIDTH, 1)

    def y(self, value: float) -> float:
        return round(self._top + PLOT_HEIGHT * (1 - value / self.highest), 1)


def growth_svg(rows: Sequence[Row], title: str) -> str:
    """The picture of every row that belongs to a series; raises ``ValueError`` where none does."""
    series: dict[str, list[Row]] = {}
    for row in rows:
        if row.series:
            series.setdefault(row.series, []).append(row)
    if not series:
        raise ValueError("no row with a series: run keys, idle or memory")
    columns = min(COLUMNS, len(series))
    width, height = columns * PANEL_WIDTH, HEAD + math.ceil(len(series) / columns) * PANEL_HEIGHT
    parts = [_text(LEFT - 32, 22, title, size=13, weight="bold")]
    for place, points in enumerate(series.values()):
        left, top = place % columns * PANEL_WIDTH, HEAD + place // columns * PANEL_HEIGHT
        parts += _panel(sorted(points, key=lambda point: point.size), left, top)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">\n'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _panel(points: Sequence[Row], left: int, top: int) -> list[str]:
    axes = _Axes(points, left + LEFT, top + TOP)
    name = f"{points[0].series}, {points[0].unit}"
    parts = [_text(left + LEFT - 32, top + 20, name, size=12, weight="bold"), *_frame(points, axes)]
    befores = [(point.size, spread(point.baseline).median) for point in points if point.baseline]
    limits = [(point.size, point.allowed) for point in points if point.allowed is not None]
    parts += _curve(befores, axes, BEFORE, "baseline", dashes="2 3")
    parts += _curve(limits, axes, LIMIT, "goal", dashes="6 4")
    parts += _curve([(point.size, spread(point.measured).median) for point in points], axes, LINE, "")
    return parts + [mark for point in points for mark in _mark(point, axes)]


def _frame(points: Sequence[Row], axes: _Axes) -> list[str]:
    """The two axes with their numbers."""
    left, right = axes.x(points[0].size), axes.x(points[0].size) + PLOT_WIDTH
    bottom = axes.y(0)
    parts = [_line(left, bottom, right, bottom, FAINT)]
    for value in (0.0, _round_down(axes.highest)):
        parts += [_line(left - 4, axes.y(value), left, axes.y(value), FAINT)]
        parts += [_text(left - 7, axes.y(value) + 3.5, number(value), anchor="end")]
    for point in points:
        parts += [_line(axes.x(point.size), bottom, axes.x(point.size), bottom + 4, FAINT)]
        parts += [_text(axes.x(point.size), bottom + 16, f"{point.size:,}", anchor="middle")]
    return parts


def _round_down(value: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is not above ``value``."""
    power = 10.0 ** math.floor(math.log10(value))
    return max(step * power for step in (1, 2, 5) if step * power <= value)


def _curve(places: Sequence[tuple[int, float]], axes: _Axes, colour: str, name: str, dashes: str = "none") -> list[str]:
    if not places:
        return []
    path = " ".join(f"{axes.x(size)},{axes.y(value)}" for size, value in places)
    drawn = f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5" stroke-dasharray="{dashes}"/>'
    size, value = places[0]
    return [drawn, _text(axes.x(size) + 4, axes.y(value) - 4, name, colour=colour)] if name else [drawn]


def _mark(point: Row, axes: _Axes) -> list[str]:
    """A point, the bar from the least to the most of its runs, and its value."""
    found, x = spread(point.measured), axes.x(point.size)
    dot = f'<circle cx="{x}" cy="{axes.y(found.median)}" r="3" fill="{LINE}"/>'
    words = _text(x, axes.y(found.most) - 7, quantity(found.median, ""), anchor="middle", colour=LINE, weight="bold")
    return [_line(x, axes.y(found.least), x, axes.y(found.most), LINE), dot, words]


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}"/>'


def _text(
    x: float, y: float, words: str, *, size: int = 10, anchor: str = "start", colour: str = INK, weight: str = "normal"
) -> str:
    look = f'font-size="{size}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}"'
    return f'<text x="{x}" y="{y}" {look}>{escape(words)}</text>'
