"""The growth with the number of open issues as a picture: a panel for each series, drawn as plain SVG."""

import math
from collections.abc import Sequence
from html import escape

from tests.bench.results import Row
from tests.bench.spread import spread
from tests.bench.table import number, quantity

COLUMNS = 4
PANEL_WIDTH, PANEL_HEIGHT = 300, 210
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 40, 40
EDGE = 20
"""Left of the picture; panels' titles stand there too."""
INSET = 22
"""Room beside the first and the last point for their numbers."""
PLOT_WIDTH, PLOT_HEIGHT = PANEL_WIDTH - LEFT - RIGHT, PANEL_HEIGHT - TOP - BOTTOM
HEAD = 58
INK, FAINT = "#222222", "#777777"
MEASURED, BASELINE, GOAL = "#1f5f99", "#777777", "#b3261e"
_DASHES = {MEASURED: "none", BASELINE: "1.5 3", GOAL: "6 4"}
_MARGIN = 1.2
"""Room above the highest point for its number."""
_SHORT = 14
"""Half the length of a line that has one point only."""


class _Axes:
    """Where values lie within a panel: sizes by their logarithm, values from zero."""

    def __init__(self, points: Sequence[Row], left: float, top: float) -> None:
        sizes = [math.log10(point.size) for point in points]
        self._first, self._span = min(sizes), (max(sizes) - min(sizes)) or 1.0
        ends = [spread(point.measured).most for point in points]
        ends += [point.allowed for point in points if point.allowed is not None]
        self.highest = max(ends) * _MARGIN or 1.0
        self.left, self._top = left, top

    def x(self, size: int) -> float:
        share = (math.log10(size) - self._first) / self._span
        return round(self.left + INSET + share * (PLOT_WIDTH - 2 * INSET), 1)

    def y(self, value: float) -> float:
        return round(self._top + PLOT_HEIGHT * (1 - value / self.highest), 1)


def growth_svg(rows: Sequence[Row], title: str) -> str:
    """The picture of every row that belongs to a series; raises ``ValueError`` where none does."""
    series = list(dict.fromkeys(row.series for row in rows if row.series))
    if not series:
        raise ValueError("no row with a series: run keys, idle or memory")
    panels = [[row for row in rows if row.series == name] for name in series]
    columns = min(COLUMNS, len(panels))
    width, height = columns * PANEL_WIDTH, HEAD + math.ceil(len(panels) / columns) * PANEL_HEIGHT
    parts = [_text(EDGE, 24, title, size=14, weight="bold"), *_legend()]
    for place, points in enumerate(panels):
        points.sort(key=lambda point: point.size)
        parts += _panel(points, place % columns * PANEL_WIDTH, HEAD + place // columns * PANEL_HEIGHT)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">\n'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _legend() -> list[str]:
    """What the three lines are, once for all panels."""
    parts, x = [], float(EDGE)
    for colour, words in ((MEASURED, "measured"), (GOAL, "goal"), (BASELINE, "baseline")):
        parts += [_path([(x, 42), (x + 26, 42)], colour), _text(x + 32, 45.5, words)]
        x += 100
    return parts


def _panel(points: Sequence[Row], left: int, top: int) -> list[str]:
    axes = _Axes(points, left + LEFT, top + TOP)
    title = f"{points[0].series}, {points[0].unit}"
    parts = [_text(left + EDGE, top + 20, title, size=12, weight="bold"), *_frame(points, axes)]
    baselines = [(point.size, spread(point.baseline).median) for point in points if point.baseline]
    goals = [(point.size, point.allowed) for point in points if point.allowed is not None]
    medians = [(point.size, spread(point.measured).median) for point in points]
    for places, colour in ((baselines, BASELINE), (goals, GOAL), (medians, MEASURED)):
        parts.append(_path([(axes.x(size), axes.y(value)) for size, value in places], colour))
    return parts + [mark for point in points for mark in _mark(point, axes)]


def _frame(points: Sequence[Row], axes: _Axes) -> list[str]:
    """The two axes with their numbers."""
    left, bottom = axes.left, axes.y(0)
    parts = [_line(left, bottom, left + PLOT_WIDTH, bottom, FAINT)]
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


def _mark(point: Row, axes: _Axes) -> list[str]:
    """A point, the bar from the least to the most of its runs, and its value."""
    found, x = spread(point.measured), axes.x(point.size)
    dot = f'<circle cx="{x}" cy="{axes.y(found.median)}" r="3" fill="{MEASURED}"/>'
    value = quantity(found.median, "")
    words = _text(x, axes.y(found.most) - 7, value, anchor="middle", colour=MEASURED, weight="bold")
    return [_line(x, axes.y(found.least), x, axes.y(found.most), MEASURED), dot, words]


def _path(places: Sequence[tuple[float, float]], colour: str) -> str:
    """A line through these places, a short level one through a single place."""
    if len(places) == 1:
        x, y = places[0]
        places = [(x - _SHORT, y), (x + _SHORT, y)]
    points = " ".join(f"{x},{y}" for x, y in places)
    look = f'stroke="{colour}" stroke-width="1.5" stroke-dasharray="{_DASHES[colour]}"'
    return f'<polyline points="{points}" fill="none" {look}/>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}"/>'


def _text(
    x: float, y: float, words: str, *, size: int = 10, anchor: str = "start", colour: str = INK, weight: str = "normal"
) -> str:
    look = f'font-size="{size}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}"'
    return f'<text x="{x}" y="{y}" {look}>{escape(words)}</text>'
