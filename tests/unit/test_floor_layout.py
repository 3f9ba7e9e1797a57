"""The floor's columns and its lines of text: nothing wider than its column, no text beyond 96 cells."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from core.support import i18n
from tui.view.floor_layout import AROUND_TEXT, FACTS_FROM, TEXT, columns_of
from tui.view.side_facts import Fact, Section, side_content
from tui.view.status import Status
from tui.view.status_line import status_line
from tui.widgets.key_hints import hint_line

_WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=60)


@given(st.integers(1, 600))
def test_the_columns_fill_the_window_and_text_is_never_wider_than_it_may(width: int) -> None:
    columns = columns_of(width)
    if columns.are_alone:
        assert (columns.issues, columns.pane) == (width, width)
        assert width < 80
        return
    assert columns.issues + columns.pane + columns.facts == width
    assert columns.pane - AROUND_TEXT <= TEXT
    assert min(columns.issues, columns.pane) >= 30


@given(st.integers(1, 600))
def test_a_wide_window_has_room_for_facts(width: int) -> None:
    assert (columns_of(width).facts >= 36) == (width >= FACTS_FROM)


@given(st.integers(1, 600))
def test_a_wider_window_makes_the_pane_no_narrower_but_where_a_column_comes(width: int) -> None:
    here, wider = columns_of(width), columns_of(width + 1)
    assert wider.pane >= here.pane or width + 1 in (80, 100, FACTS_FROM)


@given(st.lists(st.builds(Section, _WORDS, st.lists(st.builds(Fact, _WORDS, _WORDS)).map(tuple))), st.integers(8, 300))
def test_no_line_of_the_facts_is_wider_than_its_column(sections: list[Section], width: int) -> None:
    for line in side_content(sections, width).plain.split("\n"):
        assert cell_len(line) <= min(width, TEXT)


_STATUS = st.builds(
    Status,
    station=_WORDS,
    freshness=st.sampled_from(["실시간 0초", "catching up 1,200 of 48,000", "no contact for 0:42"]),
    live=st.booleans(),
    outbox=st.integers(5, 99),
    quarantine=st.integers(0, 9),
    chat=st.sampled_from(["", "챗봇 응답 없음 12분"]),
    operator=_WORDS.map(str.strip),
    clock=st.just("08:00"),
    held=st.integers(0, 5),
)


@given(_STATUS, st.integers(40, 300), st.booleans())
def test_freshness_and_clock_are_in_the_bar_whatever_its_width(status: Status, width: int, ascii_only: bool) -> None:
    line = status_line(status, width, ascii_only=ascii_only).plain
    assert cell_len(line) == width
    assert status.freshness in line
    assert line.endswith("08:00 ")


def test_a_count_of_nothing_is_not_said() -> None:
    i18n.use("en")
    status = Status("line", "live 0 s", live=True, outbox=0, quarantine=0, chat="", operator="Kim", clock="08:00")
    assert status_line(status, 80, ascii_only=True).plain.split() == [
        "ANDON",
        "line",
        "*",
        "live",
        "0",
        "s",
        "Kim",
        "08:00",
    ]


@given(st.integers(40, 300), st.sampled_from(["ko", "en"]))
def test_the_keys_of_the_fault_are_in_the_hints_of_every_window(width: int, language: str) -> None:
    i18n.use(language)
    line = hint_line(width, {}).plain
    i18n.use("en")
    assert cell_len(line) <= width
    assert {"F12", "F2", "F4"} <= set(line.split())
