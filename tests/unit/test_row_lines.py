"""Rows of the list: each line is as wide as the list, and every row tells its fault, in whatever room there is."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from core.domain.alarms import AlarmState, Standing
from core.support import i18n
from tui.view.cells import broken_at, fit
from tui.view.row import Row
from tui.view.row_lines import ListSize, Part, Place, RowForm, form_of, row_line, told
from tui.view.words import standing_word

_TEXT = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "Zs"), exclude_characters="\u3164"), max_size=40
)


@pytest.fixture(autouse=True, params=["ko", "en"])
def _language(request: pytest.FixtureRequest) -> Iterator[None]:
    i18n.use(request.param)
    yield
    i18n.use("en")


@st.composite
def rows(draw: st.DrawFn) -> Row:
    standing = Standing(draw(st.sampled_from(AlarmState)), draw(st.booleans()))
    return Row(
        id="X",
        shown_id=draw(_TEXT) or "X",
        standing=standing,
        word=standing_word(standing, narrow=True),
        equipment=draw(st.sampled_from(["", "프레스", "차량조립설비", "stamping press"])),
        age=draw(st.sampled_from(["", "00:42", "12:31", "3:05:09", "400일 23시간"])),
        fault=draw(_TEXT).strip() or "유압 이상",
        owner=draw(st.sampled_from(["", "김민수", "Alexander von Humboldt"])),
        unread=draw(st.integers(0, 1200)),
        occurrences=draw(st.integers(1, 99)),
        opened_ms=0,
        danger=draw(st.sampled_from(["", "응급"])),
    )


def made(row: Row, size: ListSize, line: int, *, ascii_only: bool = False) -> tuple[tuple[str, Part], ...]:
    return row_line(row, Place(size.rows - 1, line), size, ascii_only=ascii_only)


sizes = st.builds(ListSize, st.integers(20, 120), st.sampled_from(RowForm), st.integers(1, 5000))


@given(rows(), sizes, st.booleans())
def test_every_line_is_as_wide_as_the_list(row: Row, size: ListSize, ascii_only: bool) -> None:
    for line in range(size.form.content):
        pieces = made(row, size, line, ascii_only=ascii_only)
        assert sum(cell_len(text) for text, _part in pieces) == size.width - 2


@given(rows(), st.builds(ListSize, st.integers(30, 120), st.sampled_from(RowForm), st.integers(1, 99)))
def test_every_row_tells_its_fault(row: Row, size: ListSize) -> None:
    told_in = [text for line in range(size.form.content) for text, part in made(row, size, line) if part is Part.FAULT]
    begun = told_in[0].rstrip().removesuffix("…")
    assert begun.strip()
    assert row.fault.startswith(begun.rstrip())


@given(rows(), st.builds(ListSize, st.integers(30, 120), st.just(RowForm.TWO), st.integers(1, 99)))
def test_a_fault_that_fits_its_line_is_whole(row: Row, size: ListSize) -> None:
    if cell_len(row.fault) <= size.width - 5 - (9 if row.danger else 0) - (6 if row.unread else 0):
        assert any(text.rstrip() == row.fault.rstrip() for text, part in made(row, size, 1) if part is Part.FAULT)


@given(rows(), sizes)
def test_the_age_is_never_cut(row: Row, size: ListSize) -> None:
    if size.width >= 40:
        assert "".join(text for text, _part in made(row, size, 0)).endswith(row.age)


@given(rows(), sizes, st.integers(0, 2))
def test_what_is_drawn_again_is_what_reads_otherwise(row: Row, size: ListSize, line: int) -> None:
    other = Row(**{**{name: getattr(row, name) for name in Row.__slots__}, "id": "Y", "opened_ms": 5})
    place = Place(0, line)
    assert told(row, place, size) == told(other, place, size)
    assert row_line(row, place, size, ascii_only=False) == row_line(other, place, size, ascii_only=False)


@given(st.integers(1, 400), st.integers(1, 120), st.integers(1, 100), st.integers(0, 5000))
def test_rows_are_lower_where_there_is_less_room(width: int, height: int, lines: int, rows: int) -> None:
    form = form_of(width, height, lines, rows)
    assert form.height <= form_of(width, height, lines + 1, rows).height
    assert form_of(width, height, lines, rows + 1).height <= form.height
    if rows * 3 > lines:
        assert form is form_of(width, height, lines, rows + 1) or rows * 2 <= lines, "among many nothing moves"


def test_a_long_fault_goes_on_in_the_third_line_and_the_id_gives_way() -> None:
    row = Row("I", "PRESS_001", Standing(AlarmState.CLAIMED), "in hand", "press", "00:10", "a b " * 20, "", 0, 1, 0)
    size = ListSize(40, RowForm.THREE, 9)
    first, second = ("".join(text for text, _part in made(row, size, line)).strip() for line in (1, 2))
    assert first.endswith("a b")
    assert second.startswith("a b")
    assert "PRESS" not in second


def test_nothing_is_said_twice() -> None:
    row = Row("I", "I", Standing(AlarmState.CLAIMED), "in hand", "프레스", "00:10", "프레스 유압 저하", "", 0, 1, 0)
    size = ListSize(40, RowForm.TWO, 9)
    assert "프레스" not in "".join(text for text, _part in made(row, size, 0))
    assert "프레스 유압 저하" in "".join(text for text, _part in made(row, size, 1))


@given(_TEXT, st.integers(2, 60))
def test_text_is_broken_and_nothing_of_it_is_lost(text: str, width: int) -> None:
    line, rest = broken_at(text, width)
    assert cell_len(line) <= width
    assert (line + rest).replace(" ", "") == text.replace(" ", "") or text != text.strip()


@given(_TEXT, st.integers(0, 60))
def test_what_is_fitted_is_exactly_as_wide(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width
