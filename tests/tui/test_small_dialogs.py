"""The small dialogs under a hand: digits and arrows choose, letters are text; notices go; a reopening asks why."""

import pytest

from core.domain.events import REOPENED
from tests.tui.stage import NOW_MS, Stage, event
from tests.tui.test_floor import PRESS, shown
from tui.screens import floor_notice
from tui.screens.ask import AskScreen
from tui.widgets.choice_line import ChoiceLine
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList
from tui.widgets.note_composer import NoteComposer


async def asked(stage: Stage) -> None:
    await stage.until(lambda: isinstance(stage.app.screen, AskScreen) and stage.app.screen.is_active)


@pytest.mark.parametrize(
    ("keys", "minutes"),
    [((), 30), (("4",), 120), (("right",), 60), (("left",), 10), (("5", "left", "left"), 60), (("left",) * 3, 10)],
)
async def test_how_long_it_rests_goes_by_arrow_and_digit(stage: Stage, keys: tuple[str, ...], minutes: int) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("f8")
        await asked(stage)
        await pilot.press(*keys, *"부품", "enter")
        await stage.until(lambda: PRESS in stage.station.state.handling.by_issue)
        handling = stage.station.state.handling.by_issue[PRESS]
        assert handling.shelved_until_ms == NOW_MS + minutes * 60_000
        assert handling.shelved_why == "부품"


async def test_a_digit_in_a_reason_that_is_being_written_is_text(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("f8")
        await asked(stage)
        await pilot.press("a", "3", "left", "4")
        assert stage.app.screen.query_one(NoteComposer).text == "a43"


async def test_who_was_here_last_is_there_by_a_digit(stage: Stage) -> None:
    for name in ("가", "나", "다", "라", "마", "바"):
        await stage.app.host.call(stage.station.commands.sign_in(name))
    async with stage.running() as pilot:
        await stage.until(lambda: bool(stage.app.floor.dialogs._operators))
        await pilot.press("f9")
        await asked(stage)
        offered = str(stage.app.screen.query_one(ChoiceLine).render())
        assert "1 마" in offered
        assert "바" not in offered, "who is here already"
        await pilot.press("2", "enter")
        await stage.until(lambda: stage.station.operator == "라")
        await stage.until(lambda: stage.app.floor.is_in_front)
        await pilot.press("f9")
        await asked(stage)
        await pilot.press(*"new", "enter")
        await stage.until(lambda: stage.station.operator == "new")


async def test_a_reopening_asks_why(stage: Stage) -> None:
    stage.take(event(PRESS, minutes_ago=9))
    async with stage.running() as pilot:
        await stage.tell(event(PRESS, minutes_ago=8, isSolved=True))
        await pilot.press("ctrl+o")
        await asked(stage)
        assert not stage.station.outbox
        await pilot.press(*"again", "enter")
        await stage.until(lambda: len(stage.station.outbox) == 1)
        record = stage.station.outbox[0].record
        assert (record.action, record.note) == (REOPENED, "again")


async def test_a_notice_goes_with_the_next_key(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        stage.app.floor.say("done")
        assert shown(stage, "#pane-notice") == "done"
        await pilot.press("down")
        assert not stage.app.floor.query_one("#pane-notice").display
        stage.app.floor.say("done")
        await pilot.press("enter", "a")
        assert not stage.app.floor.query_one("#pane-notice").display
        assert stage.app.floor.query_one(Composer).text == "a"


async def test_a_notice_goes_by_itself(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.take(event(PRESS))
    async with stage.running():
        stage.app.floor.say("stays")
        assert floor_notice.NOTICE_S == 10
        monkeypatch.setattr(floor_notice, "NOTICE_S", 0.01)
        stage.app.floor.say("goes")
        await stage.until(lambda: not stage.app.floor.query_one("#pane-notice").display)


async def test_a_row_whose_resolve_waits_says_so(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running((80, 24)):
        await stage.app.host.call(stage.station.commands.resolve(PRESS, "필터 교체"))
        stage.show()
        assert "해결 대기" in stage.app.floor.query_one(IssueList).render_line(0).text


@pytest.mark.parametrize(("reopenings", "words"), [(0, ""), (1, "재발 1회"), (2, "재발 2회")])
async def test_how_often_it_recurred_is_how_often_it_was_reopened(stage: Stage, reopenings: int, words: str) -> None:
    stage.take(event(PRESS, minutes_ago=90))
    for turn in range(reopenings):
        stage.take(event(PRESS, minutes_ago=80 - turn * 10, isSolved=True))
        stage.take(event(PRESS, minutes_ago=75 - turn * 10))
    async with stage.running():
        told = shown(stage, "#pane-facts")
        assert words in told if words else "재발" not in told
