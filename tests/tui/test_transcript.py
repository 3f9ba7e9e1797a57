"""The transcript by itself: what is read stays where it is, the end is followed, thousands of entries are few lines."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.strip import Strip

from core.domain.messages import Author
from tests.tui.scenes import SCENES
from tests.tui.stage import set_stage
from tui.view import entry_layout
from tui.view.entry import Entry
from tui.widgets import entry_scroll as module
from tui.widgets.entry_scroll import HELD_LINES
from tui.widgets.transcript import Transcript


class Alone(App[None]):
    CSS = "Transcript { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; }"

    def compose(self) -> ComposeResult:
        yield Transcript()


def said(number: int, text: str = "", author: Author = Author.PERSON) -> Entry:
    return Entry(f"m{number}", author, "김민수", "08:00", text or f"말 {number} " + "그리고 " * (number % 30))


LINE = Entry("new", Author.SYSTEM, "", "", "new", divides=True)


@asynccontextmanager
async def transcript(size: tuple[int, int] = (60, 12)) -> AsyncIterator[tuple[Transcript, "Pilot[None]"]]:
    async with Alone().run_test(size=size) as pilot:
        shown = pilot.app.query_one(Transcript)
        shown.focus()
        await pilot.pause()
        yield shown, pilot


def lines(shown: Transcript) -> list[str]:
    return [strip.text.rstrip() for strip in shown.render_lines(shown.size.region)]


async def test_a_long_conversation_opens_at_its_end_with_few_of_it_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    laid: list[str] = []
    count(monkeypatch, laid)
    async with transcript() as (shown, pilot):
        shown.show("A", tuple(map(said, range(5_000))))
        await pilot.pause()
        assert "말 4999" in "\n".join(lines(shown))
        assert len(set(laid)) < 40
        await pilot.press("home")
        assert lines(shown)[0].endswith("김민수")
        assert "말 0" in lines(shown)[1]
        await pilot.press("end")
        assert "말 4999" in "\n".join(lines(shown))
        assert shown.is_vertical_scroll_end
        assert len(set(laid)) < 80


def count(monkeypatch: pytest.MonkeyPatch, laid: list[str]) -> None:
    real: Callable[..., object] = entry_layout.laid_out

    def counting(entry: Entry, look: object) -> object:
        laid.append(entry.id)
        return real(entry, look)

    monkeypatch.setattr(module, "laid_out", counting)


async def test_every_line_is_passed_on_the_way_up_and_none_twice() -> None:
    async with transcript() as (shown, _pilot):
        entries = tuple(said(n, "가 나 다 라 마 " * (n * 7 % 40)) for n in range(60))
        shown.show("A", entries)
        passed = lines(shown)
        while shown.scroll_y > 0:
            shown.action_line_up()
            passed.insert(0, lines(shown)[0])
        look = replace(shown._look, width=59)
        whole = [Strip(line).text.rstrip() for entry in entries for line in (*entry_layout.laid_out(entry, look), ())]
        assert [line for line in passed if line] == [line for line in whole if line]


async def test_a_page_up_leaves_out_no_line() -> None:
    async with transcript() as (shown, _pilot):
        shown.show("A", tuple(said(n, f"{n} 가 나 다 라 마 " * (n * 7 % 40)) for n in range(60)))
        while True:
            before = lines(shown)
            shown.action_screen_up()
            if shown.scroll_y == 0:
                break
            assert lines(shown)[-2:] == before[:2]


async def test_what_is_read_stays_while_the_conversation_goes_on() -> None:
    async with transcript() as (shown, pilot):
        entries = tuple(map(said, range(100)))
        shown.show("A", entries)
        await pilot.press("pageup", "pageup", "up")
        before = lines(shown)
        entries = (*entries, said(100), said(101))
        shown.show("A", entries)
        await pilot.pause()
        assert lines(shown)[:-1] == before[:-1]
        assert shown.below == 2
        assert "2 new below" in lines(shown)[-1]
        grown = (*entries[:101], said(101, "답이 " * 200, Author.CHATBOT))
        shown.show("A", grown)
        assert lines(shown)[:-1] == before[:-1]
        await pilot.press("end")
        assert not shown.below
        assert "new below" not in "\n".join(lines(shown))
        shown.show("A", (*grown, said(102)))
        assert "말 102" in "\n".join(lines(shown)), "the end is followed again"


async def test_an_entry_that_grows_above_moves_nothing() -> None:
    async with transcript() as (shown, pilot):
        entries = tuple(map(said, range(100)))
        shown.show("A", entries)
        await pilot.press("pageup", "pageup")
        before = lines(shown)
        shown.show("A", (replace(entries[0], text="더 " * 500), said(1000), *entries[1:]))
        assert lines(shown) == before
        assert not shown.below, "what an earlier session brings stands above, and is not new"


async def test_who_speaks_follows_what_they_said() -> None:
    async with transcript() as (shown, pilot):
        entries = tuple(map(said, range(50)))
        shown.show("A", entries)
        await pilot.press("home")
        shown.show("A", (*entries, said(50, "내 말", Author.OPERATOR)))
        assert "내 말" in "\n".join(lines(shown))


async def test_what_is_new_is_read_from_its_line() -> None:
    async with transcript() as (shown, pilot):
        shown.show("A", (*map(said, range(40)), LINE, *map(said, range(40, 80))))
        assert "new" in lines(shown)[0]
        assert shown.below > 20
        await pilot.press("pagedown")
        below = shown.below
        await pilot.press("pageup")
        assert shown.below == below, "what was seen once is not new"


async def test_a_few_new_ones_stay_in_sight_with_their_line_until_somebody_speaks() -> None:
    async with transcript() as (shown, _pilot):
        entries = (*map(said, range(40)), LINE, said(40, "하나"))
        shown.show("A", entries)
        assert any("new" in line for line in lines(shown))
        entries = (*entries, *(said(n, "둘") for n in range(41, 60)))
        shown.show("A", entries)
        assert "new" in lines(shown)[0]
        shown.show("A", (*entries, said(60, "나", Author.OPERATOR)))
        assert lines(shown)[-2].strip() == "나"


async def test_a_short_conversation_stays_at_the_top() -> None:
    async with transcript() as (shown, _pilot):
        shown.show("A", (said(0), said(1)))
        assert "말 0" in lines(shown)[1]
        assert not shown.show_vertical_scrollbar
        shown.show("B", ())
        assert lines(shown) == [""] * 12


@pytest.mark.parametrize("width", [50, 75, 100])
async def test_another_width_keeps_the_place(width: int) -> None:
    async with transcript() as (shown, pilot):
        shown.show("A", tuple(map(said, range(200))))
        await pilot.press("pageup", "pageup", "pageup")
        first = next(line for line in lines(shown) if "말 " in line).split("말 ")[1].split()[0]
        await pilot.resize_terminal(width, 12)
        await pilot.pause()
        assert f"말 {first}" in "\n".join(lines(shown))
        assert max(len(line) for line in lines(shown)) <= width


async def test_searching_goes_from_the_newest_to_the_oldest_and_round() -> None:
    async with transcript() as (shown, pilot):
        entries = tuple(said(n, "흡입 필터" if n in (3, 50, 97) else f"말 {n}") for n in range(100))
        shown.show("A", entries)
        assert shown.find("필터") == 3
        assert shown.is_searching
        for near in ("말 96", "말 49", "말 2", "말 96"):
            assert near in "\n".join(lines(shown))
            assert any("흡입 필터" in line for line in lines(shown))
            await pilot.press("n")
        await pilot.press("ㅔ")
        assert "말 96" in "\n".join(lines(shown))
        assert shown.find("") == 0
        assert not shown.is_searching
        assert shown.find("없는 말") == 0


async def test_another_issue_is_followed_anew_and_old_lines_are_let_go() -> None:
    async with transcript() as (shown, pilot):
        for issue in range(60):
            shown.show(f"I{issue}", tuple(said(n, "길게 " * 300) for n in range(20)))
            shown.action_oldest()
            lines(shown)
            shown.action_newest()
            lines(shown)
        await pilot.pause()
        assert shown.is_vertical_scroll_end
        assert shown._held == sum(len(laid[2]) for laid in shown._laid.values()) <= HELD_LINES


async def test_what_always_stands_last_hides_nothing_new() -> None:
    last = replace(said(999, "resolve: waiting"), id="outgoing", ends=True)
    async with transcript() as (shown, pilot):
        entries = tuple(map(said, range(60)))
        shown.show("A", (*entries, last))
        await pilot.press("pageup", "pageup")
        shown.show("A", (*entries, said(60), said(61), last))
        assert shown.below == 2


async def test_the_floor_says_what_is_new_below(tmp_path: Path) -> None:
    with set_stage(tmp_path / "data", lang="en") as stage:
        SCENES["conversation-top"].prepare(stage)
        async with stage.running() as pilot:
            await SCENES["conversation-top"].play(stage, pilot)
            assert "1 new below" in lines(stage.app.floor.query_one(Transcript))[-1]
