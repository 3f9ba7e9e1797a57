"""A row of the list in lines, as values: what stands where, and what gives way where there is less room. Pure.

The fault is what a row is for: it is in every form of a row, and in the brightest part. State, equipment and age stand
above it, the id below it and dim. Each line is exactly as wide as the list.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache

from rich.cells import cell_len

from core.domain.alarms import AlarmState, Standing
from core.support.i18n import language
from tui.view.cells import broken_at, fit
from tui.view.row import Row
from tui.view.words import SHAPE_WIDTH, danger_shape, standing_shape, standing_word

_STANDINGS = tuple(Standing(state, is_overdue) for state in AlarmState for is_overdue in (False, True))
_TALL_FROM, _LOW_BELOW, _ROOMY_FROM = 30, 16, 36
"""Lines of the screen from which rows are tall, and below which they are one line; cells from which a list is roomy."""
_GAP = 2
"""Cells between the state and the equipment."""
_SHORTEST_NAME = 4
"""Cells below which a cut name tells nothing."""
_SHORTEST_FAULT = 14
"""Cells of a fault beside which, in a line, the state has a word as well as a shape."""


class RowForm(Enum):
    """How many lines of a row hold something, and how many it takes with the air below it."""

    ONE = (1, 1)
    TWO = (2, 2)
    TIGHT = (3, 3)
    THREE = (3, 4)

    @property
    def content(self) -> int:
        return self.value[0]

    @property
    def height(self) -> int:
        return self.value[1]


class Part(StrEnum):
    """What a piece of a line is: it has its own style."""

    NUMBER = "number"
    STATE = "state"
    EQUIPMENT = "equipment"
    AGE = "age"
    FAULT = "fault"
    DANGER = "danger"
    UNREAD = "unread"
    NAME = "name"
    SPACE = "space"


Piece = tuple[str, Part]


@dataclass(frozen=True, slots=True)
class ListSize:
    """What decides how rows are drawn: cells, the rows' form, and how many rows there are."""

    width: int
    form: RowForm
    rows: int

    @property
    def digits(self) -> int:
        return max(2, len(str(self.rows)))


@dataclass(frozen=True, slots=True)
class Place:
    """Which line of which row."""

    index: int
    line: int


def form_of(width: int, screen_height: int, lines: int, rows: int) -> RowForm:
    """The form of ``rows`` rows in a list ``lines`` high.

    It goes by the window: a new fault makes no row smaller among many. Few rows have a line more where all of them fit,
    so that a long fault is read whole.
    """
    if screen_height >= _TALL_FROM and width >= _ROOMY_FROM:
        return RowForm.THREE
    usual, roomier = (RowForm.ONE, RowForm.TWO) if screen_height < _LOW_BELOW else (RowForm.TWO, RowForm.TIGHT)
    return roomier if rows * roomier.height <= lines else usual


def row_line(row: Row, place: Place, size: ListSize, *, ascii_only: bool) -> tuple[Piece, ...]:
    """A line of ``row``, ``size.width`` cells wide but for the selection's mark before it and a space behind it."""
    width = max(0, size.width - 2)
    match size.form, place.line:
        case RowForm.ONE, 0:
            line = _whole(row, place.index, size, width, ascii_only=ascii_only)
        case _, 0:
            line = _head(row, place.index, size, width, ascii_only=ascii_only)
        case _, 1:
            line = _fault(row, size, width, ascii_only=ascii_only)
        case _:
            line = _last(row, size, width, ascii_only=ascii_only)
    return tuple(_exactly(line, width))


def told(row: Row, place: Place, size: ListSize) -> tuple[object, ...]:
    """All of a row that its line tells: what was drawn for it before is drawn again only where this is another."""
    head = (place.index, row.standing, row.word, row.equipment, row.occurrences, row.age, row.fault)
    match size.form, place.line:
        case RowForm.ONE, 0:
            return (*head, row.unread, row.danger)
        case _, 0:
            return head
        case _, 1:
            return row.standing, row.fault, row.unread, row.danger
        case _:
            return row.standing, row.fault, row.danger, row.unread, row.shown_id, row.owner


def _state(row: Row, *, ascii_only: bool) -> str:
    return f"{standing_shape(row.standing, ascii_only=ascii_only)} {row.word}"


def _age(row: Row, room: int) -> str:
    """How often it came goes before the age does."""
    whole = f"x{row.occurrences} {row.age}" if row.occurrences > 1 else row.age
    return whole if cell_len(whole) <= room else row.age


def _head(row: Row, index: int, size: ListSize, width: int, *, ascii_only: bool) -> list[Piece]:
    """Number, state, equipment, age. The equipment gives way first: the fault below most often tells it too."""
    number, state = f"{index + 1:>{size.digits}} ", _state(row, ascii_only=ascii_only)
    column = _widest_word(language()) + SHAPE_WIDTH + 1 if size.form is RowForm.THREE else 0
    air = max(0, column - cell_len(state))
    room = width - cell_len(number) - cell_len(state) - air
    age = _age(row, room - 1)
    name = "" if row.fault.startswith(row.equipment) else row.equipment
    free = room - cell_len(age) - _GAP - 1
    name = fit(name, free).rstrip() if free >= min(cell_len(name), _SHORTEST_NAME) else ""
    gap = " " * max(1, room - cell_len(age) - (_GAP + cell_len(name) if name else 0))
    middle: list[Piece] = (
        [(" " * (air + _GAP), Part.SPACE), (name, Part.EQUIPMENT)] if name else [(" " * air, Part.SPACE)]
    )
    return [(number, Part.NUMBER), (state, Part.STATE), *middle, (gap, Part.SPACE), (age, Part.AGE)]


def _fault(row: Row, size: ListSize, width: int, *, ascii_only: bool) -> list[Piece]:
    """What is wrong, where people are in danger that first; at the end how much of its conversation is unread."""
    badge, mark, room = _around_fault(row, size, width, ascii_only=ascii_only)
    text = row.fault
    if size.form.content > 2 and cell_len(text) > room:
        text = broken_at(text, room)[0]
    return [*_indent(size), *badge, (fit(text, room), Part.FAULT), *mark]


def _last(row: Row, size: ListSize, width: int, *, ascii_only: bool) -> list[Piece]:
    """The rest of a long fault; then who has it and the id, as far as there is room."""
    _badge, _mark, room = _around_fault(row, size, width, ascii_only=ascii_only)
    rest = broken_at(row.fault, room)[1] if cell_len(row.fault) > room else ""
    width -= size.digits + 1
    if rest:
        owner = f"  {row.owner}" if row.owner and cell_len(row.owner) + 2 <= width // 3 else ""
        return [*_indent(size), (fit(rest, width - cell_len(owner)), Part.FAULT), (owner, Part.NAME)]
    owner = f"  {row.owner}" if row.owner else ""
    owner = fit(owner, min(cell_len(owner), width // 2))
    return [*_indent(size), (fit(row.shown_id, width - cell_len(owner)) + owner, Part.NAME)]


def _whole(row: Row, index: int, size: ListSize, width: int, *, ascii_only: bool) -> list[Piece]:
    """All in one line. Too little left of the fault: the state's word goes, then what is unread, at last the age."""
    number, state = f"{index + 1:>{size.digits}} ", _state(row, ascii_only=ascii_only)
    age = f" {row.age}" if row.age else ""
    badge, mark = _badge(row, ascii_only=ascii_only), _unread(row, ascii_only=ascii_only)
    free = width - cell_len(number) - 1 - _cells(badge)
    if free - cell_len(age) < _SHORTEST_NAME + SHAPE_WIDTH:
        age = ""
    room = free - cell_len(age)
    least = min(_SHORTEST_FAULT, cell_len(row.fault))
    if room - cell_len(state) - _cells(mark) < least:
        state = state[: state.index(" ")]
    if room - cell_len(state) - _cells(mark) < least:
        mark = []
    fault = fit(row.fault, max(0, room - cell_len(state) - _cells(mark)))
    head: list[Piece] = [(number, Part.NUMBER), (state, Part.STATE), (" ", Part.SPACE)]
    return [*head, *badge, (fault, Part.FAULT), *mark, (age, Part.AGE)]


def _around_fault(row: Row, size: ListSize, width: int, *, ascii_only: bool) -> tuple[list[Piece], list[Piece], int]:
    """What stands before and behind a fault, and the cells that are left for it."""
    badge, mark = _badge(row, ascii_only=ascii_only), _unread(row, ascii_only=ascii_only)
    return badge, mark, max(1, width - size.digits - 1 - _cells(badge) - _cells(mark))


def _badge(row: Row, *, ascii_only: bool) -> list[Piece]:
    if not row.danger:
        return []
    return [(f" {danger_shape(ascii_only=ascii_only)} {row.danger} ", Part.DANGER), (" ", Part.SPACE)]


def _unread(row: Row, *, ascii_only: bool) -> list[Piece]:
    return [(f" {'*' if ascii_only else '●'}{row.unread}", Part.UNREAD)] if row.unread else []


def _indent(size: ListSize) -> list[Piece]:
    return [(" " * (size.digits + 1), Part.SPACE)]


def _cells(pieces: Iterable[Piece]) -> int:
    return sum(cell_len(text) for text, _part in pieces)


def _exactly(line: list[Piece], width: int) -> Iterator[Piece]:
    """The pieces in ``width`` cells: what is beyond is cut, what is missing is air."""
    for text, part in line:
        shown = text if cell_len(text) <= width else fit(text, width)
        width -= cell_len(shown)
        if shown:
            yield shown, part
    if width > 0:
        yield " " * width, Part.SPACE


@cache
def _widest_word(_language: str) -> int:
    """Cells of the widest word for a standing."""
    return max(cell_len(standing_word(one, narrow=True)) for one in _STANDINGS)
