"""What is typed on the floor is written: from wherever the focus is, in its order, however many keys come at once."""

from collections.abc import Iterable

import pytest
from textual import events
from textual.keys import _character_to_key

from tests.tui.stage import Stage, event, six_issues
from tests.tui.test_floor import PRESS, type_text
from tui.screens.lists import HelpScreen
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList
from tui.widgets.transcript import Transcript


def composer(stage: Stage) -> Composer:
    return stage.app.floor.query_one(Composer)


def at_once(stage: Stage, keys: Iterable[str]) -> None:
    """As they come in one read of the terminal: none waits until the one before was handled."""
    for key in keys:
        if len(key) == 1:
            stage.app.post_message(events.Key(_character_to_key(key), key))
        else:
            stage.app.post_message(events.Key(key, None))


@pytest.mark.parametrize("place", [IssueList, Transcript])
@pytest.mark.parametrize("text", ["jk/npㅓㅏ", "3호기 안 돼요", "what? /note x"])
async def test_what_comes_in_one_read_is_written_whole(
    stage: Stage, place: type[IssueList | Transcript], text: str
) -> None:
    stage.take(event(PRESS), event("PAINT_1", minutes_ago=9))
    async with stage.running() as pilot:
        stage.app.floor.go_to(PRESS)
        stage.app.floor.query_one(place).focus()
        await pilot.pause()
        at_once(stage, text)
        await stage.until(lambda: composer(stage).text == text)
        assert stage.app.focused is composer(stage)
        assert stage.app.floor.selected == PRESS


async def test_a_resolved_issues_composer_comes_back_for_what_is_typed(stage: Stage) -> None:
    stage.take(event(PRESS), event("PAINT_1", minutes_ago=9))
    async with stage.running() as pilot:
        stage.app.floor.go_to(PRESS)
        await stage.tell(event(PRESS, minutes_ago=1, isSolved=True))
        await stage.until(lambda: not composer(stage).display)
        stage.app.floor.query_one(IssueList).focus()
        await pilot.pause()
        at_once(stage, "왜요")
        await stage.until(lambda: composer(stage).text == "왜요")
        assert composer(stage).display


async def test_text_right_behind_leaving_a_window_is_written(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("f1")
        await stage.until(lambda: isinstance(stage.app.screen, HelpScreen))
        at_once(stage, ["escape", *"기름"])
        await stage.until(lambda: composer(stage).text == "기름")


async def test_while_searching_n_and_p_go_on_searching(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await stage.until(lambda: stage.said(PRESS) == 1)
        stage.app.floor.search_transcript("안전")
        await pilot.press("n", "p")
        assert composer(stage).text == ""
        await pilot.press("x")
        await stage.until(lambda: composer(stage).text == "x")


@pytest.mark.parametrize(("number", "digit"), enumerate("¡™£¢∞§", 1))
async def test_what_alt_composes_is_the_row_and_never_text(stage: Stage, number: int, digit: str) -> None:
    stage.take(*six_issues())
    async with stage.running() as pilot:
        wanted = stage.app.floor.rows[number - 1].id
        for place in (Composer, IssueList, Transcript):
            stage.app.floor.go_to(stage.app.floor.rows[number % 6].id)
            stage.app.floor.query_one(place).focus()
            await pilot.pause()
            at_once(stage, digit)
            await stage.until(lambda: stage.app.floor.selected == wanted)
            assert composer(stage).text == ""
        await pilot.press("f4")
        at_once(stage, [digit, "가"])
        await stage.until(lambda: "가" in stage.app.screen.query_one(Composer).text)
        assert digit not in stage.app.screen.query_one(Composer).text


async def test_a_rows_number_has_any_length(stage: Stage) -> None:
    stage.take(*(event(f"I{n}", minutes_ago=60 - n) for n in range(30)))
    async with stage.running() as pilot:
        await pilot.press("tab", "tab")
        at_once(stage, ["ctrl+g", "2", "7", "enter"])
        await stage.until(lambda: stage.app.floor.selected == stage.app.floor.rows[26].id)
        at_once(stage, ["ctrl+ㅎ", "1", "2"])
        await stage.until(lambda: stage.app.floor.selected == stage.app.floor.rows[11].id)
        at_once(stage, ["ctrl+g", "3", "가"])
        await stage.until(lambda: composer(stage).text == "가")
        at_once(stage, ["ctrl+g", "9", "9", "enter"])
        await stage.until(lambda: stage.app.floor.row_digits is None)
        assert stage.app.floor.selected == stage.app.floor.rows[11].id


async def test_the_transcript_is_read_from_the_composer(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running(size=(80, 24)) as pilot:
        await stage.until(lambda: stage.said(PRESS) == 1)
        await type_text(pilot, "x")
        transcript = stage.app.floor.query_one(Transcript)
        await pilot.press("ctrl+end")
        await stage.settled(pilot)
        end = transcript.scroll_y
        await pilot.press("pageup")
        await stage.until(lambda: transcript.scroll_y < end)
        await pilot.press("ctrl+home")
        await stage.until(lambda: transcript.scroll_y == 0)
        await pilot.press("ctrl+end")
        await stage.until(lambda: transcript.scroll_y == end)
        assert composer(stage).text == "x"
        assert stage.app.focused is composer(stage)
