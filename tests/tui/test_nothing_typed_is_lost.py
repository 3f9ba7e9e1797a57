"""Solves from elsewhere, dialogs, commands that fail: what was typed stays somewhere, and goes where it was meant."""

import asyncio

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from core.kafka.cluster import TopicInfo
from core.kafka.problems import Problem, ProblemKind
from core.outbox import OutboxState
from core.station import RESOLVE_DRAFT
from core.store.store import StoreError
from tests.tui.stage import Stage, event
from tests.tui.test_floor import PRESS, select, shown, type_text
from tui.screens.floor import FloorScreen
from tui.screens.outbox import OutboxScreen
from tui.screens.resolve import NoteComposer, ResolveScreen
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList
from tui.widgets.transcript import Transcript

PAINT = "PAINT_014_20250808_002"


def composer(stage: Stage) -> Composer:
    return stage.app.floor.query_one(Composer)


async def park(stage: Stage, issue: str, note: str = "메모") -> None:
    async def parked() -> None:
        entry = await stage.station.resolve(issue, note)
        stage.station.parked(entry, Problem(ProblemKind.NO_WRITE, "t"))

    await stage.app.host.call(parked())


async def test_a_solve_from_elsewhere_takes_no_key_from_whoever_is_writing(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("enter")
        await type_text(pilot, "pump")
        await stage.tell(event(PRESS, minutes_ago=0, isSolved=True))
        await type_text(pilot, "noise")
        assert stage.app.focused is composer(stage)
        assert composer(stage).text == "pumpnoise"
        await pilot.press("enter")
        await stage.until(lambda: any(m.text == "pumpnoise" for m in stage.station.conversations.messages(PRESS)))
        await pilot.press("escape")
        await stage.until(lambda: not composer(stage).display)


async def test_resolve_with_a_note_then_later_keeps_it_under_what_was_begun(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("f4")
        await stage.until(lambda: isinstance(stage.app.screen, ResolveScreen))
        await type_text(pilot, "filter")
        await pilot.press("escape")
        await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))
        await pilot.press("enter")
        await type_text(pilot, "/resolve hose")
        await pilot.press("enter")
        await stage.until(lambda: isinstance(stage.app.screen, ResolveScreen))
        await stage.until(lambda: stage.app.screen.query_one(NoteComposer).text == "filter\nhose")
        await pilot.press("escape")
        await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))
        assert stage.station.drafts[(PRESS, RESOLVE_DRAFT)] == "filter\nhose"


async def test_a_command_acts_on_the_issue_it_was_typed_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.take(event(PRESS, minutes_ago=9), event(PAINT, minutes_ago=1))
    async with stage.running() as pilot:
        await select(stage, pilot, PRESS)
        stage.app.floor.go_to(PAINT)
        floor = stage.app.floor
        await floor._sent(Composer.Sent(PRESS, "/ack"))
        assert set(stage.station.handling) == {PRESS}
        monkeypatch.setattr(stage.station, "say", _refuses)
        await floor._sent(Composer.Sent(PRESS, "어디로 가나"))
        assert composer(stage).text == "", "the other issue's composer is left alone"
        floor.go_to(PRESS)
        assert composer(stage).text == "어디로 가나"


async def _refuses(*_: object) -> None:
    raise StoreError("disk full")


async def test_ctrl_r_sends_the_selected_issues_record_and_no_other(stage: Stage) -> None:
    stage.take(event(PRESS, minutes_ago=9), event(PAINT, minutes_ago=1))
    await asyncio.sleep(0)
    async with stage.running() as pilot:
        await park(stage, PRESS)
        await park(stage, PAINT)
        await select(stage, pilot, PAINT)
        await pilot.press("ctrl+ㄱ")
        await stage.until(lambda: stage.station.outbox[1].state is OutboxState.WAITING)
        assert stage.station.outbox[0].state is OutboxState.PARKED


async def test_a_store_that_cannot_be_read_is_words_and_no_crash(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await stage.until(lambda: stage.said(PRESS) == 1)
        monkeypatch.setattr(stage.station, "quarantined", _refuses)
        await stage.app.floor.action_quarantine()
        assert "disk full" in shown(stage, "#pane-notice")
        monkeypatch.setattr(stage.station.conversations, "messages", _unreadable)
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert stage.app.is_running


def _unreadable(_issue: str) -> None:
    raise StoreError("disk full")


async def test_the_outbox_lists_sends_again_and_gives_up_only_when_asked_twice(stage: Stage) -> None:
    stage.take(event(PRESS, minutes_ago=9), event(PAINT, minutes_ago=1))
    async with stage.running() as pilot:
        await park(stage, PRESS, "첫째")
        await park(stage, PAINT, "둘째")
        await outbox_from_menu(stage, pilot)
        await pilot.press("x")
        await pilot.pause()
        assert len(stage.station.outbox) == 2, "once is a question"
        await pilot.press("ㅌ")
        await stage.until(lambda: [e.record.issue for e in stage.station.outbox] == [PAINT])
        await stage.until(lambda: stage.app.screen.query_one(OptionList).option_count == 1)
        await pilot.press("ㄱ")
        await stage.until(lambda: stage.station.outbox[0].state is OutboxState.WAITING)
        await pilot.press("escape")
        await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))


async def outbox_from_menu(stage: Stage, pilot: "Pilot[None]") -> None:
    await pilot.press("f10")
    await stage.until(lambda: bool(stage.app.screen.query(OptionList)))
    options = stage.app.screen.query_one(OptionList)
    options.highlighted = options.get_option_index("outbox")
    await pilot.press("enter")
    await stage.until(lambda: isinstance(stage.app.screen, OutboxScreen))
    await stage.until(lambda: stage.app.screen.query_one(OptionList).option_count == 2)


async def test_escape_on_a_resolved_pane_never_says_that_none_is_open(stage: Stage) -> None:
    stage.take(event(PRESS, minutes_ago=9), event(PAINT, minutes_ago=1))
    async with stage.running() as pilot:
        await select(stage, pilot, PRESS)
        await stage.tell(event(PRESS, minutes_ago=0, isSolved=True))
        await pilot.press("escape")
        assert "열린 이슈 없음" not in shown(stage, "#pane-head")
        assert stage.app.floor.rows


async def test_thousands_of_rows_are_repainted_only_where_they_are_seen(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.take(*(event(f"I{n:04}", minutes_ago=n) for n in range(3000)))
    async with stage.running():
        floor, issues = stage.app.floor, stage.app.floor.query_one(IssueList)
        painted: list[int] = []
        monkeypatch.setattr(issues, "_refresh_row", painted.append)
        monkeypatch.setattr(stage.app, "now_ms", lambda: stage.station.now_ms() + 60_000)
        floor.refresh_state()
        assert painted
        assert max(painted) <= issues.size.height


async def test_a_chattering_issue_does_not_refill_its_transcript(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.take(event(PRESS, minutes_ago=60))
    async with stage.running():
        await stage.until(lambda: stage.said(PRESS) == 1)
        refilled: list[object] = []
        transcript = stage.app.floor.query_one(Transcript)
        monkeypatch.setattr(transcript, "_refill", lambda *entries: refilled.append(entries))
        stage.take(*(event(PRESS, minutes_ago=59 - n / 60, description=str(n)) for n in range(600)))
        stage.app.floor.refresh_state()
        assert not refilled


async def test_drafts_of_another_cluster_are_not_shown_and_wait_for_its_return(stage: Stage) -> None:
    async def move(cluster: str) -> None:
        stage.station.saved_offsets(TopicInfo(cluster, "t", (0,)))

    await stage.app.host.call(move("one"))
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("enter")
        await type_text(pilot, "here")
        await stage.until(lambda: "here" in stage.station.drafts.values())
        await stage.app.host.call(move("another"))
        await stage.tell(event(PRESS))
        assert (stage.app.floor.selected, composer(stage).text) == (PRESS, "")
        await stage.app.host.call(move("one"))
        stage.app.floor.refresh_state()
        assert (stage.app.floor.selected, composer(stage).text) == (PRESS, "here")
