"""A slash command is completed while it is typed; a search shows the line that it found, and where that stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.support import i18n
from tests.tui.stage import Stage, event
from tests.tui.test_floor import PRESS, shown, type_text
from tui.input.slash import WORDS, SlashCommand, completions, parse_slash
from tui.screens.find import FindScreen
from tui.widgets.command_line import CommandLine
from tui.widgets.composer import Composer


@given(st.sampled_from([name for names in WORDS.values() for name in names]), st.data())
def test_whatever_is_completed_is_a_command_that_begins_so(name: str, data: st.DataObject) -> None:
    begun = name[: data.draw(st.integers(1, len(name)))]
    found = completions(begun)
    assert any(command is parse_slash(name)[0] for _name, command in found)
    assert all(one.startswith(begun) and parse_slash(one)[0] is command for one, command in found)


@given(st.text(max_size=8))
def test_what_is_no_command_is_not_completed(text: str) -> None:
    if not text.startswith("/") or " " in text:
        assert completions(text) == ()


def test_names_in_the_operators_letters_come_first() -> None:
    i18n.use("ko")
    assert ("/해결", SlashCommand.RESOLVE) in completions("/")
    i18n.use("en")
    assert ("/resolve", SlashCommand.RESOLVE) in completions("/")


async def test_tab_takes_what_is_offered(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running((80, 24)) as pilot:
        await pilot.press("enter")
        await type_text(pilot, "/메")
        line = stage.app.floor.query_one(CommandLine)
        await stage.until(lambda: line.display and "/메모" in shown(stage, "#pane-commands"))
        await pilot.press("tab")
        composer = stage.app.floor.query_one(Composer)
        assert composer.text == "/메모 "
        assert stage.app.focused is composer
        await stage.until(lambda: not line.display)
        await type_text(pilot, "야간")
        assert composer.text == "/메모 야간"
        await pilot.press("tab")
        assert stage.app.focused is not composer, "and otherwise Tab goes on"


async def test_a_command_that_was_sent_is_offered_no_longer(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("enter")
        await type_text(pilot, "/확인")
        line = stage.app.floor.query_one(CommandLine)
        await stage.until(lambda: line.display)
        await pilot.press("enter")
        await stage.until(lambda: not line.display)


async def _found(stage: Stage, words: str) -> str:
    await stage.until(lambda: isinstance(stage.app.screen, FindScreen) and bool(stage.app.screen._found))
    options = stage.app.screen.query_one("OptionList")
    await stage.until(lambda: words in str(options.get_option_at_index(0).prompt))  # type: ignore[attr-defined]
    return str(options.get_option_at_index(0).prompt)  # type: ignore[attr-defined]


@pytest.mark.parametrize("words", ["지난주", "PRESS 지난주"])
async def test_a_hit_in_a_conversation_shows_its_line_and_who_said_it(stage: Stage, words: str) -> None:
    stage.take(event(PRESS, description="유압 이상"))
    async with stage.running() as pilot:
        await stage.until(lambda: stage.said(PRESS) == 1)
        await stage.app.host.call(stage.station.chat.note(PRESS, "야간에도 같았어요\n필터는 지난주에 바꿨습니다"))
        await pilot.press("f7")
        await stage.until(lambda: isinstance(stage.app.screen, FindScreen))
        await type_text(pilot, words)
        text = await _found(stage, "지난주")
        assert "필터는 지난주에 바꿨습니다" in text
        assert "야간" not in text, "the line, not the whole message"
        assert "대화" in text
        assert "김민수" in text


async def test_a_hit_in_the_issue_itself_needs_no_conversation(stage: Stage) -> None:
    stage.take(event(PRESS, description="유압 이상"))
    async with stage.running() as pilot:
        await stage.until(lambda: stage.said(PRESS) == 1)
        await pilot.press("f7")
        await stage.until(lambda: isinstance(stage.app.screen, FindScreen))
        await type_text(pilot, "유압")
        text = await _found(stage, "유압")
        assert "대화" not in text
