"""A raise that was folded away by the clocks is in the list, rings, and is opened by one key."""

import pytest

from core.domain.alarms import AlarmState
from core.domain.events import Record
from core.domain.outbox import OutboxState
from core.store.store import Batch
from tests.tui.stage import Stage, event
from tests.tui.test_floor import shown
from tui.screens.terminal_status import TerminalStatusScreen
from tui.widgets.issue_list import IssueList
from tui.widgets.safe_text import SafeText

PRESS = "PRESS_001"


def lost() -> list[Record]:
    """Opened and resolved by a clock that is an hour ahead, then raised again."""
    return [
        event(PRESS, minutes_ago=-60, description="유압 이상"),
        event(PRESS, minutes_ago=-60.1, isSolved=True, modeType="용접기"),
        event(PRESS, minutes_ago=1, description="유압 이상 다시"),
    ]


@pytest.fixture
def bells(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    rung: list[int] = []
    monkeypatch.setattr(stage.app, "bell", lambda: rung.append(1))
    return rung


async def test_it_rings_stands_in_the_list_and_is_reopened_by_one_key(stage: Stage, bells: list[int]) -> None:
    async with stage.running() as pilot:
        first, solve, again = lost()
        await stage.tell(first, solve)
        assert not stage.app.floor.rows
        before = len(bells)
        await stage.tell(again)
        assert len(bells) == before + 1
        [row] = stage.app.floor.rows
        assert (row.standing.state, row.word, row.fault) == (AlarmState.OVERRULED, "재발생", "유압 이상 다시")
        assert "진행 중 0" in shown(stage, "#counts")
        assert "재발생 1" in shown(stage, "#counts")
        assert "시계가 틀린" in shown(stage, "#pane-closed")
        await pilot.press("ctrl+o")
        await stage.until(lambda: bool(stage.station.outbox))
        [entry] = stage.station.outbox
        assert (entry.record.action, entry.state) == ("andon.issue.reopened", OutboxState.WAITING)


async def test_seen_leaves_it_resolved_and_takes_it_off_the_list(stage: Stage) -> None:
    async with stage.running() as pilot:
        await stage.tell(*lost())
        stage.app.floor.query_one(IssueList).focus()
        await pilot.press("f4")
        await stage.until(lambda: "Ctrl+O" in shown(stage, "#pane-notice"))
        await pilot.press("f2")
        await stage.until(lambda: not stage.station.overruled)
        stage.show()
        assert not stage.app.floor.rows
        assert "해결" in shown(stage, "#pane-closed")


async def test_two_ids_that_look_the_same_are_told_apart_in_list_and_pane(stage: Stage) -> None:
    async with stage.running():
        await stage.tell(event("A1"), event("A1 "))
        assert {row.shown_id for row in stage.app.floor.rows} == {"A1", "A1 ‹U+0020›"}
        stage.app.floor.go_to("A1 ")
        await stage.until(lambda: "‹U+0020›" in shown(stage, "#pane-head"))


async def test_the_status_names_what_could_not_be_read(stage: Stage) -> None:
    async with stage.running(size=(80, 24)) as pilot:
        await pilot.press("ctrl+s")
        await stage.until(lambda: isinstance(stage.app.screen, TerminalStatusScreen))
        condition = stage.app.screen
        assert isinstance(condition, TerminalStatusScreen)
        trouble = condition.query_one("#condition-trouble", SafeText)
        await stage.until(lambda: "이상이 없습니다" in str(trouble.render()) or bool(str(trouble.render())))
        quiet = str(trouble.render())
        await stage.tell(Record("t", 0, 0, 1, None, b'[{"issue": "A"}]'))
        condition._draw()
        told = str(trouble.render())
        assert told != quiet
        assert "JSON 배열" in told
        assert "레코드 하나로" in told
        assert quiet not in told
        assert stage.station.store.quarantine.count() == 1
        await pilot.press("escape")
        assert "격리 1" in shown(stage, "#status")


def test_what_is_kept_of_it_is_of_one_scope(stage: Stage) -> None:
    stage.take(*lost())
    store = stage.station.store
    assert list(store.overruled.load(stage.station.scope)) == [PRESS]
    store.commit_batch("other/t", Batch([], {}))
    assert store.overruled.load("other/t") == {}


async def test_an_emergency_in_it_is_marked_though_the_clocks_call_it_solved(stage: Stage) -> None:
    async with stage.running():
        await stage.tell(*lost()[:2], event(PRESS, minutes_ago=1, description="화재 발생, 작업자 화상"))
        [row] = stage.app.floor.rows
        assert row.standing.state is AlarmState.OVERRULED
        assert row.danger
