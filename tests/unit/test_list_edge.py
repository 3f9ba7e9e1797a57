"""The list's edge: it never lies over the selected row, shows the newest fault, and counts what nobody sees."""

from hypothesis import assume, given
from hypothesis import strategies as st

from tui.view.list_edge import Edge, Window, edge_of

ROOM = 3 + 2 * 4
"""Lines of a window in which a row of three lines and, on one side of it, an edge that shows another have a place."""


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Any list scrolled to anywhere, with a selected row in sight as the keys keep it."""
    row_height, content = draw(st.sampled_from([(2, 2), (4, 3)]))
    rows, height = draw(st.integers(0, 400)), draw(st.integers(8, 60))
    top = draw(st.integers(0, max(0, rows * row_height - height)))
    seen = [r for r in range(rows) if r * row_height >= top and r * row_height + content <= top + height]
    return Window(
        rows,
        row_height,
        content,
        top,
        height,
        draw(st.sampled_from([None, *seen])),
        tuple(draw(st.lists(st.integers(0, rows - 1), unique=True, max_size=2))) if rows else (),
    )


def lines_in_sight(window: Window, edge: Edge | None, row: int) -> bool:
    """Whether each line that ``row`` holds is in the window and not under the edge."""
    first = row * window.row_height - window.top
    lines = range(first, first + window.content_height)
    return all(0 <= line < window.height and not (edge and edge.covers(line)) for line in lines)


@given(windows())
def test_the_selected_row_and_the_most_wanted_one_are_on_screen(window: Window) -> None:
    edge = edge_of(window)
    if window.selected is not None:
        assert lines_in_sight(window, edge, window.selected)
    if window.wanted and window.height >= ROOM:
        most = window.wanted[0]
        assert lines_in_sight(window, edge, most) or (edge is not None and edge.pinned == most)


@given(windows())
def test_what_is_wanted_less_is_pinned_where_the_most_wanted_is_in_sight_anyway(window: Window) -> None:
    edge = edge_of(window)
    assume(edge is not None and len(window.wanted) == 2 and window.height >= ROOM)
    assert edge is not None
    most, less = window.wanted
    hidden = not lines_in_sight(window, edge, less) and edge.pinned != less
    assert not hidden or edge.pinned == most


@given(windows())
def test_what_is_counted_is_what_nobody_sees(window: Window) -> None:
    edge = edge_of(window)
    seen = [row for row in range(window.rows) if lines_in_sight(window, edge, row)]
    if edge is None:
        assert len(seen) == window.rows
        return
    assert edge.above + edge.below + len(seen) == window.rows
    assume(seen)
    assert list(edge.seen) == seen
    assert not any(edge.cuts(row) for row in seen)


@given(windows())
def test_the_edge_has_its_lines_and_no_others(window: Window) -> None:
    edge = edge_of(window)
    assume(edge is not None)
    assert edge is not None
    mine = [line for line in range(window.height) if edge.covers(line)]
    assert edge.counts_line in mine
    if edge.pinned is not None:
        pinned = [edge.pinned_line(line) for line in mine if line != edge.counts_line]
        assert pinned == list(range(window.content_height))


def test_a_list_that_fits_has_no_edge() -> None:
    assert edge_of(Window(10, 2, 2, 0, 20, selected=9, wanted=(9,))) is None
    assert edge_of(Window(11, 2, 2, 0, 20, selected=0, wanted=(0,))) == Edge(19, 1, range(9), 11)


def test_a_pinned_row_lies_where_the_selected_one_is_not() -> None:
    assert edge_of(Window(100, 2, 2, 0, 20, selected=0, wanted=(99,))) == Edge(17, 3, range(8), 100, 99)
    assert edge_of(Window(100, 2, 2, 180, 20, selected=99, wanted=(3,))) == Edge(0, 3, range(92, 100), 100, 3)
