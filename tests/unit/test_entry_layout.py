"""An entry's lines on the cell grid, and where entries stand: whatever is said, at whatever width."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from core.domain.card import Card, CardAction, CardPhase, Priority
from core.domain.messages import Author
from core.support.text import inert, inert_line
from tui.view.entry import Entry
from tui.view.entry_layout import LineStyle, found_at, guessed_lines, holds, laid_out, pattern_of
from tui.view.entry_places import Places

LOOK = LineStyle(100, warning=Style(color="yellow"))
WILD = st.text(st.characters(), max_size=120) | st.text(st.sampled_from("가나 ab\n•1.\té\u0301👩🏽‍🔧　"), max_size=120)
TEXTS = WILD.map(inert)
LINES = WILD.map(inert_line)
CARDS = st.builds(
    Card,
    actions=st.lists(st.builds(CardAction, LINES, LINES, st.sampled_from(list(Priority))), max_size=3).map(tuple),
    phases=st.lists(st.builds(CardPhase, LINES, st.tuples(LINES, LINES), LINES), max_size=2).map(tuple),
    costs=st.sampled_from([(), (("parts", "₩1,200,000"), ("total", "?"))]),
    experts=st.sampled_from([(), ("유압", "전기")]),
    failed_experts=st.sampled_from([(), (("gemini", "timeout"),)]),
    rounds=st.none() | st.integers(0, 9),
    seconds=st.none() | st.floats(0, 900),
)
ENTRIES = st.builds(
    Entry,
    id=st.uuids().map(str),
    author=st.sampled_from(list(Author)),
    who=LINES,
    clock=st.sampled_from(["", "08:00", "11-23 08:00"]),
    text=TEXTS,
    precautions=st.lists(LINES, max_size=3).map(tuple),
    status=LINES,
    alarming=st.booleans(),
    continued=st.booleans(),
    divides=st.booleans(),
    card=st.none() | CARDS,
    hidden=st.booleans(),
)


def entry(text: str = "", **more: object) -> Entry:
    return replace(Entry("e", Author.CHATBOT, "챗봇", "08:00", text), **more)  # type: ignore[arg-type]


def shown(entry: Entry, look: LineStyle = LOOK) -> list[str]:
    return [Strip(line).text.rstrip() for line in laid_out(entry, look)]


@given(ENTRIES, st.integers(30, 160), st.booleans(), st.sampled_from(["", "가", "a", "."]))
def test_any_entry_stays_within_its_width(one: Entry, width: int, ascii_only: bool, needle: str) -> None:
    lines = [Strip(line) for line in laid_out(one, LineStyle(width, ascii_only, needle))]
    assert lines
    assert max(strip.cell_length for strip in lines) <= width
    assert one.divides or all("\n" not in strip.text and "\t" not in strip.text for strip in lines)
    assert guessed_lines(one, width) >= 1


@given(TEXTS, st.integers(30, 160))
def test_no_word_of_an_entry_is_lost(text: str, width: int) -> None:
    said = "".join("".join(shown(entry(text), LineStyle(width))).split())
    assert "".join(text.split()) in said.replace("08:00◆챗봇", "", 1)


@given(ENTRIES)
def test_precautions_stand_above_all_else_of_an_entry(one: Entry) -> None:
    one = replace(one, precautions=("PRECAUTION",), divides=False, text="STEP", status="STEP")
    text = "\n".join(shown(one))
    assert text.index("PRECAUTION") < text.index("STEP")


def test_points_hang_under_their_words() -> None:
    first, second, *_ = shown(entry("1. " + "하나 둘 셋 " * 20))
    column = cell_len(first[: first.index("하나")])
    assert second.startswith(" " * column)
    assert second[column] != " "


def test_a_card_has_its_columns_one_below_the_other() -> None:
    actions = (CardAction("밸브를 잠근다", "5분", Priority.HIGH), CardAction("기록한다", "30분", Priority.LOW))
    lines = shown(entry(card=Card(actions=actions, costs=(("total", "10만 원"),))))
    first, second = (next(line for line in lines if word in line) for word in ("밸브", "기록"))
    assert cell_len(first[: first.index("밸브")]) == cell_len(second[: second.index("기록")])
    assert "▲" in first
    assert any("10만 원" in line for line in lines)


def test_what_is_searched_for_is_shown_in_reverse_and_found() -> None:
    one = entry("아무것도\n" * 5 + "흡입 Filter 교체")
    lines = laid_out(one, replace(LOOK, needle="filter"))
    assert found_at(lines) == 5
    marked = [part.text for part in lines[5] if part.style and part.style.reverse]
    assert marked == ["Filter"]
    assert holds(one, pattern_of("FILTER"))
    assert not holds(one, pattern_of("f.lter"))
    assert holds(entry(card=Card(experts=("유압",))), pattern_of("유압"))


def test_markup_is_text() -> None:
    assert "[bold red]x[/]" in "".join(shown(entry("[bold red]x[/]")))


@pytest.mark.parametrize("width", [30, 69, 70, 120])
def test_the_line_before_what_is_new_fills_the_width(width: int) -> None:
    [line] = laid_out(entry("new", divides=True), LineStyle(width))
    assert Strip(line).cell_length == width


# --- places


def _plain(sizes: list[int]) -> tuple[Entry, ...]:
    return tuple(entry("x", id=str(number), continued=bool(size % 2)) for number, size in enumerate(sizes))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=40), st.booleans(), st.data())
def test_every_line_belongs_to_one_entry(sizes: list[int], airy: bool, data: st.DataObject) -> None:
    places = Places(lambda _entry: 2)
    places.is_airy = airy
    places.take(_plain(sizes))
    for number in data.draw(st.lists(st.integers(0, len(sizes) - 1), max_size=20)):
        places.learn(number, sizes[number])
        assert places.is_exact(number)
    stands = [places.at(line) for line in range(places.total)]
    assert stands == [(n, line) for n in range(len(sizes)) for line in range(places.height(n))]
    assert all(places.start(n) + line == at for at, (n, line) in enumerate(stands))
    assert places.at(places.total + 5)[0] == len(sizes) - 1


@given(st.lists(st.integers(1, 9), min_size=2, max_size=20), st.integers(0, 100))
def test_what_did_not_change_stays_known(sizes: list[int], at: int) -> None:
    places = Places(lambda _entry: 2)
    entries = _plain(sizes)
    places.take(entries)
    for number, size in enumerate(sizes):
        places.learn(number, size)
    at %= len(entries)
    changed = (*entries[:at], replace(entries[at], text="y"), *entries[at + 1 :], entry("z", id="new"))
    places.take(changed)
    assert [places.is_exact(n) for n in range(len(changed))] == [n != at for n in range(len(entries))] + [False]
    assert [places.number_of(one.id) for one in changed] == list(range(len(changed)))
