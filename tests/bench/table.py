"""The bench's rows as text for a terminal and as Markdown for the README."""

from collections.abc import Sequence

from tests.bench.results import Goal, Report, Row, Rule
from tests.bench.spread import Spread, spread

HEAD = ("what", "goal", "baseline", "measured", "ratio", "")
PICTURE = "How keys, idle time and memory grow with the number of open issues"
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"


def number(value: float) -> str:
    """Three significant digits, as many as a noisy machine can know; thousands apart."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 0.001 else f"{value:.1g}"


def quantity(value: float, unit: str) -> str:
    """A number with its unit."""
    return f"{number(value)} {unit}".rstrip()


def spread_words(found: Spread, unit: str = "") -> str:
    """The median, and from where to where the runs went where they differ."""
    middle, least, most = quantity(found.median, unit), number(found.least), number(found.most)
    return middle if least == most else f"{middle} ({least} to {most})"


def goal_words(goal: Goal | None, unit: str) -> str:
    """What shall be reached, in short."""
    match goal:
        case Goal(Rule.AT_MOST, limit):
            return f"≤ {quantity(limit, unit)}"
        case Goal(Rule.TIMES, limit):
            return f"≤ {number(limit)} ×"
        case Goal(Rule.PLUS, limit):
            return f"≤ + {quantity(limit, unit)}"
        case Goal(Rule.SPEED, limit):
            return f"speed ≥ {number(limit)} ×"
        case _:
            return ""


def cells(row: Row) -> tuple[str, ...]:
    """A row's texts, in the order of ``HEAD``."""
    baseline = f"{row.against} {spread_words(spread(row.baseline), row.unit)}" if row.baseline else ""
    met = {True: "✓", False: "✗", None: ""}[row.is_met]
    ratio = spread_words(row.ratio) if row.ratio else ""
    return row.name, goal_words(row.goal, row.unit), baseline, spread_words(spread(row.measured), row.unit), ratio, met


def text_table(rows: Sequence[Row]) -> str:
    """Aligned columns, a blank line between the parts."""
    lines = [HEAD, *map(cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    parts = ["", *(row.part for row in rows)]
    text = ""
    for before, part, line in zip(["", *parts], parts, lines, strict=False):
        text += "\n" if part != before else ""
        text += "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n"
    return text


def markdown_table(rows: Sequence[Row]) -> str:
    """The same for a page, what has no goal left out."""
    lines = [HEAD, ("---",) * len(HEAD), *(cells(row) for row in rows if row.goal is not None)]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)


def surroundings_words(report: Report) -> str:
    """Where and when, on one line."""
    return ", ".join(report.surroundings.values())


def with_table(page: str, report: Report, picture: str = "") -> str:
    """``page`` with the table between its two marks, and with the ``picture`` at that address below it.

    Raises ``ValueError`` where the marks are missing.
    """
    head, begin, rest = page.partition(BEGIN)
    _old, end, tail = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page has no {BEGIN} … {END}")
    table = f"{surroundings_words(report)}\n\n{markdown_table(report.rows)}"
    drawn = f"\n![{PICTURE}]({picture})\n" if picture else ""
    return f"{head}{begin}\n{table}{drawn}{end}{tail}"
