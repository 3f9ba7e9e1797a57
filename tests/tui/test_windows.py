"""Windows of every size: counts, the worst fault and its keys are there; list and pane take turns in a small one."""

from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from tests.tui.scenes import PRESS, SCENES
from tests.tui.stage import Stage, event, set_stage, six_issues
from tests.tui.test_floor import type_text
from tui.view.floor_layout import TEXT
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList
from tui.widgets.issue_pane import IssuePane
from tui.widgets.safe_text import SafeText
from tui.widgets.side_facts import SideFacts
from tui.widgets.transcript import Transcript

SMALL = [(40, 10), (60, 20), (79, 24), (40, 24), (79, 10)]


def screen(stage: Stage) -> list[str]:
    """The lines of the screen."""
    strips = stage.app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


def sees(stage: Stage, kind: type[IssueList] | type[IssuePane]) -> bool:
    widget = stage.app.floor.query_one(kind)
    return bool(widget.region.area) and all(
        node.display for node in widget.ancestors_with_self if hasattr(node, "region")
    )


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("size", [*SMALL, (80, 24), (120, 36), (300, 80)])
async def test_the_counts_the_worst_fault_and_its_keys_are_in_every_window(
    tmp_path: Path, size: tuple[int, int], lang: str
) -> None:
    with set_stage(tmp_path / "data", lang=lang) as stage:
        stage.take(*six_issues())
        async with stage.running(size):
            text = "\n".join(screen(stage))
            assert ("진행 중 6" if lang == "ko" else "open 6") in text
            assert "하부 진동 이상" in text
            assert "F2" in text
            assert "F4" in text
            assert f"{size[0]}x{size[1]}" not in text


@pytest.mark.parametrize("size", SMALL)
async def test_list_and_pane_take_turns_in_a_small_window(stage: Stage, size: tuple[int, int]) -> None:
    stage.take(*six_issues())
    async with stage.running(size) as pilot:
        assert (sees(stage, IssueList), sees(stage, IssuePane)) == (True, False)
        await pilot.press("enter")
        await stage.until(lambda: sees(stage, IssuePane))
        await type_text(pilot, "소음")
        assert stage.app.floor.query_one(Composer).text == "소음"
        assert "소음" in "\n".join(screen(stage))
        await pilot.press("escape")
        await stage.until(lambda: sees(stage, IssueList) and not sees(stage, IssuePane))
        assert isinstance(stage.app.focused, IssueList)


async def test_a_word_typed_at_the_list_alone_is_seen_where_it_goes(stage: Stage) -> None:
    stage.take(*six_issues())
    async with stage.running((60, 20)) as pilot:
        await type_text(pilot, "펌프")
        await stage.until(lambda: sees(stage, IssuePane))
        assert stage.app.floor.query_one(Composer).text == "펌프"
        assert "펌프" in "\n".join(screen(stage))


async def test_tab_goes_round_in_a_small_window_too(stage: Stage) -> None:
    stage.take(*six_issues())
    async with stage.running((60, 20)) as pilot:
        round_trip = []
        for _step in range(4):
            round_trip.append(type(stage.app.focused))
            await pilot.press("tab")
            await pilot.pause()
        assert round_trip == [IssueList, Transcript, Composer, IssueList]
        await pilot.press("shift+tab")
        assert isinstance(stage.app.focused, IssueList)


async def test_a_window_that_grows_shows_both_again(stage: Stage) -> None:
    stage.take(*six_issues())
    async with stage.running((60, 20)) as pilot:
        await pilot.press("enter")
        await pilot.resize_terminal(80, 24)
        await stage.until(lambda: sees(stage, IssueList) and sees(stage, IssuePane))
        assert isinstance(stage.app.focused, Composer)


async def _no_text_is_longer(stage: Stage, pilot: "Pilot[None]") -> None:
    await stage.settled(pilot)
    transcript = stage.app.floor.query_one(Transcript)
    shown = [transcript.render_line(y).text.rstrip() for y in range(transcript.size.height)]
    texts = [*shown, *(str(one.render()) for one in stage.app.floor.query("#pane SafeText").results(SafeText))]
    texts += [str(stage.app.floor.query_one(SideFacts).render())]
    assert any(cell_len(line) > TEXT // 2 for line in shown)
    assert all(cell_len(line.strip()) <= TEXT for text in texts for line in text.split("\n"))
    assert stage.app.floor.query_one(Composer).size.width <= TEXT


@pytest.mark.parametrize("size", [(159, 40), (160, 40), (300, 80)])
async def test_no_line_of_text_is_longer_than_the_eye_follows(stage: Stage, size: tuple[int, int]) -> None:
    SCENES["conversation"].prepare(stage)
    async with stage.running(size) as pilot:
        await SCENES["conversation"].play(stage, pilot)
        await _no_text_is_longer(stage, pilot)


async def test_a_wide_window_tells_facts_and_people(stage: Stage) -> None:
    stage.take(*six_issues())
    async with stage.running((200, 50)) as pilot:
        stage.app.floor.go_to(PRESS)
        await pilot.press("f2")
        column = stage.app.floor.query_one(SideFacts)
        await stage.until(lambda: "PRESS_LOG_001" in str(column.render()))
        await stage.until(lambda: "김민수 08:00" in str(column.render()))
        text = str(column.render())
        assert "이슈 정보" in text
        assert not stage.app.floor.query_one("#pane-facts").display, "nothing is said twice"


async def test_what_solved_it_before_stands_beside_it(stage: Stage) -> None:
    stage.take(
        event("OLD_1", minutes_ago=300, description="100톤 프레스 유압 이상"),
        event("OLD_1", minutes_ago=200, description="100톤 프레스 유압 이상", isSolved=True,
              headers=(("ce_operator", "이영희".encode()), ("ce_note", "흡입 필터 교체".encode()))),
        *six_issues(),
    )  # fmt: skip
    async with stage.running((200, 50)):
        stage.app.floor.go_to(PRESS)
        column = stage.app.floor.query_one(SideFacts)
        await stage.until(lambda: "흡입 필터 교체" in str(column.render()))
        assert "이영희" in str(column.render())


async def test_what_happened_is_told_under_the_list_where_it_stands_alone(stage: Stage) -> None:
    stage.take(*six_issues())
    async with stage.running((60, 20)) as pilot:
        stage.app.floor.say("할 수 없습니다")
        await pilot.pause()
        assert "할 수 없습니다" in "\n".join(screen(stage))
        await pilot.press("down")
        await pilot.pause()
        assert "할 수 없습니다" not in "\n".join(screen(stage))
