"""Every key of the table does what the table says, on the Latin and on the Korean two-set layout."""

from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import OptionList

from core.settings import SettingsError
from tests.tui.stage import Stage, event, set_stage, six_issues
from tests.tui.test_floor import PRESS, shown
from tui.app import AndonApp
from tui.input.keys import ACTIONS, Action, Area, keymap, with_twins
from tui.screens.ask import AskScreen
from tui.screens.find import FindScreen
from tui.screens.floor import FloorScreen
from tui.screens.leave import LeaveScreen
from tui.screens.lists import HelpScreen
from tui.screens.menu import MenuScreen
from tui.screens.terminal_status import TerminalStatusScreen
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList
from tui.widgets.note_composer import NoteComposer
from tui.widgets.safe_text import SafeText
from tui.widgets.transcript import Transcript

WHERE: dict[Area, Any] = {
    Area.FLOOR: FloorScreen,
    Area.LIST: IssueList,
    Area.TRANSCRIPT: Transcript,
    Area.COMPOSER: Composer,
    Area.EVERYWHERE: AndonApp,
}
SEARCHING = ("found_older", "found_newer")
"""What letters do only while a search runs."""
FOCUSED = (Area.LIST, Area.TRANSCRIPT, Area.COMPOSER)
KEYS = [(action, key) for action in ACTIONS for key in with_twins(action.keys) if action.id != "leave"]
"""All but Ctrl+Q, which Textual itself answers in every screen."""


def test_letters_have_twins() -> None:
    assert with_twins(("j", "ctrl+c", "f4")) == ("j", "ctrl+c", "f4", "ㅓ", "ctrl+ㅊ")


@pytest.mark.parametrize(("action", "key"), KEYS, ids=[f"{action.id}-{key}" for action, key in KEYS])
async def test_each_key(stage: Stage, monkeypatch: pytest.MonkeyPatch, action: Action, key: str) -> None:
    done: list[str] = []
    on_screen, _dot, name = action.id.rpartition(".")
    owner = FloorScreen if on_screen else WHERE[action.area]
    monkeypatch.setattr(owner, f"action_{name}", lambda _self: done.append(action.id))
    stage.take(*six_issues())
    async with stage.running() as pilot:
        if name in SEARCHING:
            stage.app.floor.search_transcript("장애")
        stage.app.floor.query_one(WHERE[action.area] if action.area in FOCUSED else IssueList).focus()
        await pilot.pause()
        await pilot.press(key)
        await stage.until(lambda: done == [action.id])


@pytest.mark.parametrize("answer", ["enter", "ctrl+q"])
async def test_ctrl_q_asks_once_from_anywhere(stage: Stage, answer: str) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("f4", "ctrl+q")
        await stage.until(lambda: isinstance(stage.app.screen, LeaveScreen))
        assert stage.app.is_running
        await pilot.press(answer)
        await stage.until(lambda: not stage.app.is_running)


async def test_whoever_stays_finds_everything_as_it_was(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press(*"half", "ctrl+q")
        await stage.until(lambda: isinstance(stage.app.screen, LeaveScreen))
        await pilot.press("escape")
        await stage.until(lambda: stage.app.floor.is_in_front)
        await pilot.press("a")
        assert stage.app.floor.query_one(Composer).text == "halfa"


async def test_the_menu_asks_before_it_leaves_too(stage: Stage) -> None:
    async with stage.running() as pilot:
        await pilot.press("f10")
        await stage.until(lambda: isinstance(stage.app.screen, MenuScreen))
        await pilot.press(*"나가기", "enter")
        await stage.until(lambda: isinstance(stage.app.screen, LeaveScreen))
        await pilot.press("enter")
        await stage.until(lambda: not stage.app.is_running)


@pytest.mark.parametrize("typed", ["해결", "ㅎㄱ", "resolve", "F4"])
async def test_the_menu_filters_while_typing(stage: Stage, typed: str) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("f10")
        await stage.until(lambda: isinstance(stage.app.screen, MenuScreen))
        options = stage.app.screen.query_one(OptionList)
        everything = options.option_count
        await pilot.press(*typed)
        ids = [option.id for option in options.options]
        assert "resolve" in ids
        assert len(ids) < everything
        await pilot.press("escape")
        assert options.option_count == everything
        await pilot.press("escape")
        await stage.until(lambda: stage.app.floor.is_in_front)


async def test_no_letter_in_the_menu_does_anything_by_itself(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("f10")
        await stage.until(lambda: isinstance(stage.app.screen, MenuScreen))
        await pilot.press(*"qjkn/ 3", "ㅂ", "ㅓ", "backspace", "enter")
        await pilot.pause()
        assert isinstance(stage.app.screen, MenuScreen)
        assert stage.app.floor.query_one(Composer).text == ""


@pytest.mark.parametrize("size", [(40, 10), (60, 20), (80, 24), (120, 36)])
async def test_the_menu_never_loses_its_foot(stage: Stage, size: tuple[int, int]) -> None:
    async with stage.running(size) as pilot:
        await pilot.press("f10")
        await stage.until(lambda: isinstance(stage.app.screen, MenuScreen))
        for keys in ((), "해", "없는것"):
            await pilot.press(*keys)
            await pilot.pause()
            foot = stage.app.screen.query_one(".sheet-foot")
            assert foot.region.height == 1
            assert foot.region.bottom < size[1]
            assert stage.app.screen.query_one(OptionList).region.height >= 1


async def test_help_begins_with_what_a_newcomer_needs(stage: Stage) -> None:
    async with stage.running((80, 24)) as pilot:
        await pilot.press("f1")
        await stage.until(lambda: isinstance(stage.app.screen, HelpScreen))
        await pilot.pause()
        strips = stage.app.screen._compositor.render_strips()
        text = "\n".join("".join(segment.text for segment in strip) for strip in strips)
        first, five = text.split("먼저 이것만")[1].split("모든 화면에서")[0], ("F12", "F2", "글자", "Ctrl+L", "F4")
        assert [key for key in five if key in first] == list(five)


@pytest.mark.parametrize("key", [events.Key("alt+2", None), events.Key("trade_mark_sign", "™")], ids=["alt", "mac"])
async def test_rows_by_alt_and_digit_also_as_a_mac_sends_it(stage: Stage, key: events.Key) -> None:
    stage.take(*six_issues())
    async with stage.running():
        second = stage.app.floor.rows[1].id
        stage.app.post_message(key)  # Pilot would make another character of the sign's name
        await stage.until(lambda: stage.app.floor.selected == second)


async def test_ctrl_c_leaves_only_when_pressed_twice_and_names_what_is_unsent(stage: Stage) -> None:
    stage.take(event(PRESS))
    await stage.app.host.call(stage.station.commands.resolve(PRESS, "필터"))
    async with stage.running() as pilot:
        await pilot.press("enter", "ctrl+c")
        assert "1건" in shown(stage, "#pane-notice")
        assert stage.app.is_running
        await pilot.press("ctrl+ㅊ")
        await stage.until(lambda: not stage.app.is_running)


async def test_keys_of_the_settings_file_replace_the_tables(tmp_path: Path) -> None:
    with set_stage(tmp_path / "data", keys={"find": "ctrl+f", "shelve": "f6,ctrl+b"}) as stage:
        stage.take(event(PRESS))
        async with stage.running() as pilot:
            assert "Ctrl+F" in shown(stage, "#hints")
            await pilot.press("f7")
            await pilot.pause()
            assert isinstance(stage.app.screen, FloorScreen)
            await pilot.press("ctrl+ㄹ")
            await stage.until(lambda: isinstance(stage.app.screen, FindScreen))
            await pilot.press("escape")
            await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))
            await pilot.press("ctrl+b")
            await stage.until(lambda: isinstance(stage.app.screen, AskScreen))


@pytest.mark.parametrize("chosen", [{"fnd": "f7"}, {"find": " , "}, {"find": "f7,f12"}, {"find": "ctrl+ㄷ"}])
def test_a_wrong_key_of_the_settings_is_told(chosen: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="find"):
        keymap(chosen)


def test_the_emergency_key_may_be_another_one() -> None:
    assert keymap({"emergency": "f11", "find": "f12"}) == {"emergency": "f11", "find": "f12"}


async def test_shelve_with_a_reason_and_back(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("f8")
        await stage.until(lambda: isinstance(stage.app.screen, AskScreen))
        await pilot.press("enter")
        await stage.until(lambda: "사유" in str(stage.app.screen.query_one("#ask-problem", SafeText).render()))
        await pilot.press(*"부품대기", "down", "escape")
        await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))
        await pilot.press("f8")
        await stage.until(lambda: isinstance(stage.app.screen, AskScreen))
        assert stage.app.screen.query_one(NoteComposer).text == "부품대기", "Esc keeps what was typed"
        await pilot.press("down", "enter")
        await stage.until(lambda: PRESS in stage.station.handling)
        handling = stage.station.handling[PRESS]
        assert handling.shelved_until_ms == stage.station.state.now_ms() + 60 * 60_000
        assert (handling.shelved_why, handling.shelved_by) == ("부품대기", "김민수")
        await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))
        stage.show()
        assert "보류 1" in shown(stage, "#counts")
        await pilot.press("f8")
        await stage.until(lambda: stage.station.handling[PRESS].shelved_until_ms is None)
        actions = [entry.action for entry in stage.station.store.journal.entries(PRESS)]
        assert actions == ["shelved", "unshelved"]


async def test_another_operator_signs_in_and_what_follows_carries_the_name(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("f9")
        await stage.until(lambda: isinstance(stage.app.screen, AskScreen))
        await pilot.press(*"이수진", "enter")
        await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))
        await pilot.press("f2")
        await stage.until(lambda: PRESS in stage.station.handling)
        assert stage.station.handling[PRESS].acknowledged_by == "이수진"
        assert "이수진" in shown(stage, "#status")
        assert stage.station.store.meta.operator() == "이수진"


async def test_search_finds_opens_and_a_resolved_one_is_reopened_there(stage: Stage) -> None:
    solved = event("DONE_1", minutes_ago=2, isSolved=True, description="벨트 끊김")
    stage.take(event("DONE_1", minutes_ago=9, description="벨트 끊김"), solved, *six_issues())
    async with stage.running() as pilot:
        await pilot.press("f7")
        await stage.until(lambda: isinstance(stage.app.screen, FindScreen))
        await stage.until(lambda: "최근 해결 1건" in str(stage.app.screen.query_one("#find-says", SafeText).render()))
        await pilot.press(*"벨트")
        await stage.until(lambda: "1건 찾음" in str(stage.app.screen.query_one("#find-says", SafeText).render()))
        await pilot.press("enter")
        await stage.until(lambda: stage.app.floor.selected == "DONE_1")
        await pilot.press("ctrl+ㅐ")
        await stage.until(lambda: isinstance(stage.app.screen, AskScreen))
        await pilot.press("enter")
        await stage.until(lambda: bool(stage.station.outbox))
        assert stage.station.outbox[0].record.issue == "DONE_1"


@pytest.mark.parametrize(("key", "where"), [("f7", "#find-words"), ("f8", "#ask-text"), ("f9", "#ask-text")])
async def test_text_typed_right_after_the_key_goes_into_the_dialog(stage: Stage, key: str, where: str) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("enter")
        await pilot.press(key, *"부품")
        await stage.until(lambda: stage.app.screen.query_one(where, Composer).text == "부품")
        assert stage.app.floor.query_one(Composer).text == ""


async def test_the_condition_is_on_one_key(stage: Stage) -> None:
    async with stage.running() as pilot:
        await pilot.press("ctrl+s")
        await stage.until(lambda: isinstance(stage.app.screen, TerminalStatusScreen))
        await stage.until(lambda: "127.0.0.1:1" in str(stage.app.screen.query_one("#condition", SafeText).render()))


async def test_the_checks_are_named_and_left_out_only_with_a_reason_that_is_journaled(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("f4")
        await stage.until(lambda: stage.app.screen is not stage.app.floor)
        await pilot.press(*"필터", "tab", "space", "enter")
        missing = stage.app.screen.query_one("#resolve-missing", SafeText)
        await stage.until(lambda: "시험 가동" in str(missing.render()))
        assert not stage.station.outbox
        await pilot.press("enter")
        assert not stage.station.outbox, "an empty reason is none"
        await pilot.press(*"야간조인계", "enter")
        await stage.until(lambda: bool(stage.station.outbox))
        [entry] = [e for e in stage.station.store.journal.entries(PRESS) if e.action == "resolved"]
        assert entry.detail["checks"] == ["guards"]
        assert entry.detail["unchecked"] == ["locks", "test"]
        assert entry.detail["why"] == "야간조인계"


async def test_what_was_begun_in_the_dialog_is_back_after_a_restart(tmp_path: Path) -> None:
    with set_stage(tmp_path / "data") as stage:
        stage.take(event(PRESS))
        async with stage.running() as pilot:
            await pilot.press("f4")
            await stage.until(lambda: stage.app.screen is not stage.app.floor)
            await pilot.press(*"필터", "tab", "space", "enter", *"나중")
            await stage.until(lambda: len(stage.station.state.drafts) == 3)
    with set_stage(tmp_path / "data") as stage:
        async with stage.running() as pilot:
            await pilot.press("f4")
            await stage.until(lambda: stage.app.screen is not stage.app.floor)
            await stage.until(lambda: stage.app.screen.query_one("#resolve-why", NoteComposer).text == "나중")
            assert stage.app.screen.query_one("#resolve-note", NoteComposer).text == "필터"
            assert stage.app.screen.query_one("CheckList").done == {"guards"}  # type: ignore[attr-defined]


async def test_the_last_words_are_offered_as_the_note(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("enter", *"필터교체함", "enter")
        await stage.until(lambda: stage.said(PRESS) >= 2)
        await pilot.press("f4")
        await stage.until(lambda: stage.app.screen is not stage.app.floor)
        await pilot.press("up")
        await stage.until(lambda: stage.app.screen.query_one("#resolve-note", NoteComposer).text == "필터교체함")


async def test_jamo_become_syllables_while_typing(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("enter")
        composer = stage.app.floor.query_one(Composer)
        for jamo in "\u1112\u1161\u11ab\u1100\u1173\u11af":
            composer.insert(jamo)
            await pilot.pause()
        assert composer.text == "한글"
        await pilot.press("backspace")
        assert composer.text == "한"


async def test_colours_and_language_change_while_running(stage: Stage) -> None:
    stage.take(*six_issues())
    async with stage.running():
        for theme in ("light", "contrast", "mono", "terminal", "dark"):
            stage.app.floor.action_theme()
            await stage.until(lambda theme=theme: stage.app.theme == f"andon-{theme}")  # type: ignore[misc]
            await stage.app.animator.wait_for_idle()
        stage.app.floor.action_language()
        assert "live" in shown(stage, "#status")
