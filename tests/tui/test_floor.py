"""The floor by Pilot: what an operator sees and what each key does."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from core.domain.alarms import AlarmState
from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.domain.events import REOPENED
from core.domain.freshness import FeedState
from core.domain.messages import Author
from core.domain.outbox import OutboxState
from tests.tui.stage import MONOTONIC, Stage, event, set_stage, six_issues
from tui.screens.ask import AskScreen
from tui.screens.floor import FloorScreen
from tui.screens.leave import LeaveScreen
from tui.screens.lists import HelpScreen, QuarantineScreen
from tui.screens.menu import MenuScreen
from tui.screens.resolve import ResolveScreen
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList
from tui.widgets.safe_text import SafeText

PRESS = "PRESS_001_20250808_001"


def shown(stage: Stage, selector: str) -> str:
    """The text that a line of the floor shows."""
    return str(stage.app.floor.query_one(selector, SafeText).render())


async def type_text(pilot: "Pilot[None]", text: str) -> None:
    await pilot.press(*("space" if letter == " " else letter for letter in text))


async def select(stage: Stage, pilot: "Pilot[None]", issue: str) -> None:
    """Walk down the list with the arrow keys until ``issue`` is looked at."""
    stage.app.floor.query_one(IssueList).focus()
    await pilot.press("home")
    for _row in stage.app.floor.rows:
        if stage.app.floor.selected == issue:
            return
        before = stage.app.floor.selected
        await pilot.press("down")
        await stage.until(lambda before=before: stage.app.floor.selected != before)  # type: ignore[misc]
    assert stage.app.floor.selected == issue


async def test_a_pane_opens_by_itself_for_the_first_issue(stage: Stage) -> None:
    async with stage.running():
        assert stage.app.floor.pane is None
        await stage.tell(event(PRESS, description="100톤 프레스 유압 이상"))
        assert stage.app.floor.pane is not None
        assert stage.app.floor.pane.issue == PRESS
        await stage.until(lambda: stage.said(PRESS) == 1)
        opening = stage.station.chat.conversations.messages(PRESS)[0]
        assert opening.author is Author.BUILTIN
        assert opening.precautions


async def test_a_new_issue_takes_neither_focus_nor_pane_nor_key(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("enter")
        await type_text(pilot, "펌프")
        await stage.tell(*six_issues())
        await type_text(pilot, "소음")
        assert isinstance(stage.app.focused, Composer)
        assert stage.app.focused.text == "펌프소음"
        assert stage.app.floor.selected == PRESS
        assert len(stage.app.floor.rows) == 6


async def test_a_new_fault_rings_once_and_a_replayed_one_does_not(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.freshness(state=FeedState.CATCHING_UP)
    stage.take(event(PRESS))
    rung: list[int] = []
    monkeypatch.setattr(stage.app, "bell", lambda: rung.append(1))
    async with stage.running():
        stage.live()
        stage.show()
        assert not rung
        await stage.tell(event("WELD_1", minutes_ago=1))
        assert len(rung) == 1
        await stage.tell(event("WELD_1", minutes_ago=0.5), event("CHECK_1", processType="정기점검"))
        assert len(rung) == 1


async def test_a_replay_opens_no_pane(stage: Stage) -> None:
    stage.freshness(state=FeedState.CATCHING_UP)
    stage.take(event(PRESS, minutes_ago=9))
    async with stage.running():
        stage.show()
        assert stage.app.floor.pane is None
        await stage.tell(event(PRESS, minutes_ago=8, isSolved=True), event("STILL", minutes_ago=7))
        stage.live()
        stage.show()
        assert stage.app.floor.selected == "STILL"
        assert stage.said(PRESS) == 0, "the assistant spoke on an issue that was long solved"


async def test_what_came_during_an_outage_rings_when_it_is_over(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[int] = []
    monkeypatch.setattr(stage.app, "bell", lambda: rung.append(1))
    async with stage.running():
        stage.freshness(state=FeedState.CATCHING_UP)
        await stage.tell(event("GONE", minutes_ago=3), event("NEW", minutes_ago=2))
        await stage.tell(event("GONE", minutes_ago=1, isSolved=True))
        assert not rung
        stage.live()
        stage.show()
        assert rung == [1]


async def test_none_open_is_said_only_while_live(stage: Stage) -> None:
    async with stage.running():
        stage.show()
        assert "진행 중인 이슈 없음" in shown(stage, "#pane-head")
        stage.freshness(contact_at=MONOTONIC - 42)
        stage.show()
        assert "진행 중인 이슈 없음" not in shown(stage, "#pane-head")
        assert "연결 끊김 00:42" in shown(stage, "#status")
        stage.freshness(state=FeedState.CATCHING_UP, contact_at=MONOTONIC, done=120, total=4000)
        stage.show()
        assert "진행 중인 이슈 없음" not in shown(stage, "#pane-head")
        assert "따라잡는 중 120/4,000" in shown(stage, "#status")


async def test_trouble_is_told_with_what_to_do(stage: Stage) -> None:
    async with stage.running():
        stage.freshness(
            state=FeedState.CONNECTING,
            contact_at=None,
            problem=ClusterProblem(ClusterProblemKind.REFUSED, "10.0.0.7:9092"),
        )
        stage.show()
        assert "10.0.0.7:9092" in shown(stage, "#trouble")
        stage.live()
        stage.freshness(missed=12)
        stage.show()
        assert "12건" in shown(stage, "#trouble")


async def test_f2_acknowledges_then_claims(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("f2")
        await stage.until(lambda: stage.app.floor.rows[0].standing.state is AlarmState.ACKNOWLEDGED)
        await pilot.press("f2")
        await stage.until(lambda: stage.app.floor.rows[0].standing.state is AlarmState.CLAIMED)
        assert stage.app.floor.rows[0].owner == "김민수"
        actions = [entry.action for entry in stage.station.store.journal.entries(PRESS)]
        assert actions == ["acknowledged", "claimed"]


async def test_talking_to_the_assistant(stage: Stage) -> None:
    stage.take(event(PRESS, description="100톤 프레스 유압 이상"))
    async with stage.running() as pilot:
        await stage.until(lambda: stage.said(PRESS) == 1)
        await pilot.press("enter")
        await type_text(pilot, "다음")
        await pilot.press("enter")
        await stage.until(lambda: stage.said(PRESS) == 3)
        question, answer = stage.station.chat.conversations.messages(PRESS)[1:]
        assert (question.author, question.text) == (Author.OPERATOR, "다음")
        assert answer.precautions
        assert stage.app.floor.query_one(Composer).text == ""


async def test_f4_resolves_with_a_note_and_closes_only_after_the_read_back(stage: Stage) -> None:
    stage.take(event(PRESS, description="100톤 프레스 유압 이상"))
    async with stage.running() as pilot:
        await pilot.press("f4")
        await stage.until(lambda: isinstance(stage.app.screen, ResolveScreen))
        await type_text(pilot, "흡입 필터 교체")
        await pilot.press("tab", "space", "space", "space", "enter")
        await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))
        [entry] = stage.station.outbox
        assert (entry.state, entry.record.note) == (OutboxState.WAITING, "흡입 필터 교체")
        stage.show()
        assert stage.app.floor.rows, "it is not resolved before it was read back"
        assert "보내기 대기" in stage.app.floor.pane.entries[-1].text  # type: ignore[union-attr]
        sent = entry.record
        await stage.tell(
            event(PRESS).__class__("chatbot-issue-events", 0, 0, sent.timestamp_ms, sent.key, sent.value, sent.headers)
        )
        assert not stage.app.floor.rows
        pane = stage.app.floor.pane
        assert pane is not None
        assert "김민수" in pane.closed
        assert "흡입 필터 교체" in pane.closed
        assert not stage.station.outbox
        await pilot.press("escape")
        await stage.until(lambda: stage.app.floor.pane is None)


async def test_escape_keeps_the_note_of_a_resolve_for_later(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("f4")
        await stage.until(lambda: isinstance(stage.app.screen, ResolveScreen))
        await type_text(pilot, "필터")
        await stage.until(lambda: stage.station.state.drafts.get((PRESS, "resolve")) == "필터")
        await pilot.press("escape")
        await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))
        assert not stage.station.outbox
        await pilot.press("f4")
        await stage.until(lambda: isinstance(stage.app.screen, ResolveScreen))
        assert stage.app.screen.query_one(Composer).text == "필터"


async def test_somebody_elses_solve_closes_the_pane_and_says_who(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running():
        headers = (("ce_operator", "이수진".encode()), ("ce_note", b"fuse"))
        await stage.tell(event(PRESS, minutes_ago=1, isSolved=True, headers=headers))
        pane = stage.app.floor.pane
        assert pane is not None
        assert "이수진" in pane.closed
        assert "fuse" in pane.closed
        assert not stage.app.floor.query_one(Composer).display


async def test_a_resolved_issue_is_reopened_by_slash_command_or_menu(stage: Stage) -> None:
    stage.take(event(PRESS, minutes_ago=9))
    async with stage.running() as pilot:
        await stage.tell(event(PRESS, minutes_ago=8, isSolved=True))
        await pilot.press("f10")
        await stage.until(lambda: isinstance(stage.app.screen, MenuScreen))
        for _step in range(20):
            option = stage.app.screen.query_one("OptionList")
            if option.highlighted is not None and option.get_option_at_index(option.highlighted).id == "reopen":  # type: ignore[attr-defined]
                break
            await pilot.press("down")
        await pilot.press("enter")
        await stage.until(lambda: isinstance(stage.app.screen, AskScreen))
        await pilot.press("enter")
        await stage.until(lambda: len(stage.station.outbox) == 1)
        assert stage.station.outbox[0].record.action == REOPENED


async def test_drafts_wait_for_their_issue_and_survive_a_restart(tmp_path: Path) -> None:
    with set_stage(tmp_path) as stage:
        stage.take(event("A", minutes_ago=9), event("B", minutes_ago=8))
        async with stage.running() as pilot:
            await pilot.press("enter")
            await type_text(pilot, "쓰던 글")
            await select(stage, pilot, "B")
            assert stage.app.floor.query_one(Composer).text == ""
            await select(stage, pilot, "A")
            assert stage.app.floor.query_one(Composer).text == "쓰던 글"
            await stage.until(lambda: stage.station.state.drafts.get(("A", "message")) == "쓰던 글")
    with set_stage(tmp_path) as stage:
        async with stage.running() as pilot:
            await select(stage, pilot, "A")
            assert stage.app.floor.query_one(Composer).text == "쓰던 글"


async def test_the_last_key_before_another_issue_is_not_lost(stage: Stage) -> None:
    stage.take(event("A", minutes_ago=9), event("B", minutes_ago=8))
    async with stage.running():
        composer = stage.app.floor.query_one(Composer)
        composer.focus()
        composer.insert("last wor")
        composer.insert("d")
        stage.app.floor.go_to("B")  # before the composer has told anybody
        stage.app.floor.go_to("A")
        assert composer.text == "last word"
        await stage.until(lambda: stage.station.state.drafts.get(("A", "message")) == "last word")
        assert ("B", "message") not in stage.station.state.drafts


async def test_ctrl_keys_answer_in_hangul_mode_and_letters_are_text(stage: Stage) -> None:
    stage.take(event("A", minutes_ago=9), event("B", minutes_ago=8))
    async with stage.running() as pilot:
        await pilot.press("ㅓ", "ㅏ")
        assert stage.app.floor.selected == "A"
        assert stage.app.floor.query_one(Composer).text == "ㅓㅏ"
        await pilot.press("ctrl+ㅎ", "2", "enter")
        await stage.until(lambda: stage.app.floor.selected == "B")
        await pilot.press("ctrl+ㅂ")
        await stage.until(lambda: isinstance(stage.app.screen, LeaveScreen))
        await pilot.press("ctrl+ㅂ")
        await stage.until(lambda: not stage.app.is_running or stage.app._exit)


async def test_rows_by_number(stage: Stage) -> None:
    stage.take(*six_issues())
    async with stage.running() as pilot:
        await pilot.press("alt+3")
        assert stage.app.floor.selected == stage.app.floor.rows[2].id
        await pilot.press("ctrl+g", "5")
        await stage.until(lambda: stage.app.floor.selected == stage.app.floor.rows[4].id)
        await pilot.press("ctrl+g", "2", "enter")
        assert stage.app.floor.selected == stage.app.floor.rows[1].id
        assert stage.app.floor.query_one(Composer).text == ""


async def test_f3_goes_from_one_unacknowledged_issue_to_the_next(stage: Stage) -> None:
    stage.take(*six_issues())
    async with stage.running() as pilot:
        visited = []
        for _step in range(5):
            await pilot.press("f3")
            visited.append(stage.app.floor.selected)
        assert len(set(visited)) == 5
        assert "WELD_002_20250808_P01" not in visited


async def test_unknown_slash_command_keeps_the_text_and_says_so(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("enter")
        await type_text(pilot, "/없는것")
        await pilot.press("enter")
        await pilot.pause()
        assert "/없는것" in shown(stage, "#pane-notice")
        assert stage.app.floor.query_one(Composer).text == "/없는것"


async def test_a_note_to_people_does_not_go_to_the_chatbot(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await stage.until(lambda: stage.said(PRESS) == 1)
        await pilot.press("enter")
        await type_text(pilot, "/메모 야간에도 같았어요")
        await pilot.press("enter")
        await stage.until(lambda: stage.said(PRESS) == 2)
        note = stage.station.chat.conversations.messages(PRESS)[-1]
        assert (note.author, note.text) == (Author.PERSON, "야간에도 같았어요")


async def test_help_and_quarantine_open_and_close(stage: Stage) -> None:
    rubbish = event("x")
    stage.take(rubbish.__class__("t", 0, 0, 2**62, None, b"\x1b]52;c;aGk=\x07 [/red]", ()))
    async with stage.running() as pilot:
        assert "격리 1" in shown(stage, "#status")
        await pilot.press("f1")
        await stage.until(lambda: isinstance(stage.app.screen, HelpScreen))
        await pilot.press("escape")
        await stage.app.floor.action_quarantine()
        await stage.until(lambda: isinstance(stage.app.screen, QuarantineScreen))
        await stage.until(lambda: len(stage.app.screen.query(".sheet SafeText")) == 3)
        text = str(stage.app.screen.query("SafeText")[1].render())
        assert "␛]52" in text
        await pilot.press("ㅂ")
        await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))


async def test_an_event_from_the_future_is_said(stage: Stage) -> None:
    async with stage.running():
        await stage.tell(event(PRESS, minutes_ago=-0.9))
        assert not shown(stage, "#trouble").strip()
        await stage.tell(event("OTHER", minutes_ago=-120, isSolved=True))
        assert "2:00:00" in shown(stage, "#trouble")
        assert "OTHER" in shown(stage, "#trouble")


async def test_the_language_is_switched_while_running(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running():
        assert "실시간" in shown(stage, "#status")
        stage.app.switch_language()
        assert "live" in shown(stage, "#status")
        assert "Resolve" in shown(stage, "#hints")


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_hostile_text_in_every_field_is_only_text(stage: Stage, size: tuple[int, int]) -> None:
    evil = "\x1b]52;c;aGk=\x07\x1b[2J\x9b31m\u202e[/] [red]x[/red] [@click=app.exit]go[/]" + "가" * 200_000
    stage.take(
        event(evil[:5000], description=evil, modeType=evil, modeLogId=evil, processType=evil),
        event("SECOND", description=evil),
    )
    async with stage.running(size) as pilot:
        await pilot.press("f3", "f3", "f2", "f4", "escape", "f1", "escape", "f10", "escape")
        screen = stage.app.export_screenshot()
        assert not any(ord(letter) < 32 and letter not in "\n\t" for letter in screen)
        assert not any("\x7f" <= letter <= "\x9f" or letter == "\u202e" for letter in screen)
