"""Out of contact, and back: what is counted, what is held, whose clock is wrong, as an operator sees it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.domain.freshness import FeedState
from core.domain.outbox import OutboxState
from tests.tui.stage import MONOTONIC, NOW_MS, Stage, event, set_stage
from tests.tui.test_floor import PRESS, shown
from tests.tui.test_nothing_typed_is_lost import outbox_from_menu
from tui.screens.ask import AskScreen
from tui.screens.floor import FloorScreen
from tui.screens.resolve import ResolveScreen
from tui.screens.terminal_status import TerminalStatusScreen
from tui.widgets.issue_list import IssueList
from tui.widgets.note_composer import NoteComposer
from tui.widgets.safe_text import SafeText

SILENT = ClusterProblem(ClusterProblemKind.SILENT, "kafka:9092")
MINUTE = 60_000


def never_in_contact(stage: Stage) -> None:
    stage.freshness(state=FeedState.CONNECTING, contact_at=None, problem=SILENT)


def out_of_contact(stage: Stage, seconds: float = 7 * 60) -> None:
    stage.freshness(state=FeedState.LOST, contact_at=MONOTONIC - seconds, problem=SILENT)


async def condition(stage: Stage, pilot: "Pilot[None]") -> str:
    await pilot.press("ctrl+s")
    await stage.until(lambda: isinstance(stage.app.screen, TerminalStatusScreen))
    await pilot.pause()
    words = str(stage.app.screen.query_one("#condition", SafeText).render())
    await pilot.press("escape")
    return words


# --- unknown is not zero


async def test_nothing_is_counted_while_nothing_is_known(english_stage: Stage) -> None:
    never_in_contact(english_stage)
    async with english_stage.running((80, 24)) as pilot:
        assert shown(english_stage, "#counts") == "open ?"
        assert english_stage.app.title_words.startswith("not live · open ? · Andon")
        assert "open issues     ?" in await condition(english_stage, pilot)
        english_stage.live()
        english_stage.show()
        assert shown(english_stage, "#counts") == "open 0"
        assert english_stage.app.title_words.startswith("Andon")


@pytest.mark.parametrize(("lang", "words"), [("ko", "진행 중 2 (07:53 기준)"), ("en", "open 2 (as of 07:53)")])
async def test_out_of_contact_the_count_is_as_of_then(tmp_path: Path, lang: str, words: str) -> None:
    with set_stage(tmp_path, lang=lang) as stage:
        stage.take(event("A"), event("B"))
        async with stage.running((80, 24)) as pilot:
            out_of_contact(stage)
            stage.show()
            assert shown(stage, "#counts").startswith(words)
            assert words in stage.app.title_words
            assert words.partition(" ")[2].removeprefix("중 ") in await condition(stage, pilot)


async def test_a_replay_is_no_count(stage: Stage) -> None:
    stage.freshness(state=FeedState.CATCHING_UP, done=1, total=9)
    stage.take(event("A"))
    async with stage.running():
        assert shown(stage, "#counts").startswith("진행 중 ?")


# --- the clock


@pytest.mark.parametrize(
    ("lang", "words"), [("ko", "이 터미널 시계가 브로커보다 50분 빠릅니다"), ("en", "is 50 min ahead")]
)
async def test_a_wrong_clock_is_told_at_the_top_of_its_own_terminal(tmp_path: Path, lang: str, words: str) -> None:
    with set_stage(tmp_path, lang=lang) as stage:
        async with stage.running((80, 24)) as pilot:
            assert not stage.app.floor.query_one("#trouble").display
            stage.station.clock.told(NOW_MS - 50 * MINUTE)
            stage.show()
            assert words in shown(stage, "#trouble")
            assert re.search(r"2,9\d\d|3,000", await condition(stage, pilot))
            stage.station.clock.told(NOW_MS)
            stage.show()
            assert not stage.app.floor.query_one("#trouble").display


async def test_both_the_outage_and_the_clock_are_told(english_stage: Stage) -> None:
    async with english_stage.running((80, 24)):
        english_stage.station.clock.told(NOW_MS - 50 * MINUTE)
        out_of_contact(english_stage)
        english_stage.show()
        assert "does not answer" in shown(english_stage, "#trouble")
        assert "50 min ahead" in shown(english_stage, "#trouble")


async def test_an_event_from_the_future_of_a_slow_terminal_is_not_blamed(english_stage: Stage) -> None:
    english_stage.take(event("A", minutes_ago=-120))
    async with english_stage.running((80, 24)):
        assert "producer stamped A" in shown(english_stage, "#trouble")
        english_stage.station.clock.told(NOW_MS + 120 * MINUTE)
        english_stage.show()
        assert "producer stamped A" not in shown(english_stage, "#trouble")
        assert "is 2 h behind" in shown(english_stage, "#trouble")


# --- a resolve that an alarm came after


async def hold(stage: Stage, note: str = "필터 교체") -> None:
    """Resolved without contact; the plant raised it again before contact came back."""
    out_of_contact(stage)
    await stage.app.host.call(stage.station.commands.resolve(PRESS, note))
    await stage.tell(event(PRESS, minutes_ago=1, description="다시 샘"))
    stage.live()
    stage.show()


async def test_a_held_resolve_is_told_everywhere_at_once(english_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = english_stage
    stage.take(event(PRESS, minutes_ago=90), event("B", minutes_ago=80))
    rings: list[int] = []
    async with stage.running((80, 24)) as pilot:
        stage.app.floor.go_to("B")
        await stage.until(lambda: stage.station.state.unread.looked_at == "B")
        monkeypatch.setattr(stage.app, "bell", lambda: rings.append(1))
        await hold(stage)
        stage.show()
        assert rings == [1], "one bell"
        assert stage.app.floor.selected == "B", "the focus is not stolen"
        assert PRESS in shown(stage, "#trouble")
        assert "held 1" in shown(stage, "#status")
        assert "to send" not in shown(stage, "#status")
        [row] = [row for row in stage.app.floor.rows if row.id == PRESS]
        assert row.word == "held"
        assert row.unread == 1
        await pilot.pause()
        first = stage.app.floor.query_one(IssueList).render_line(0).text
        assert "held" in first + stage.app.floor.query_one(IssueList).render_line(2).text
        stage.app.floor.go_to(PRESS)
        words = "resolve held back: raised again at 07:59 · F4 resolves this alarm too · Ctrl+R decides"
        await stage.until(lambda: shown(stage, "#pane-under-way") == words)
        assert "held 1" in await condition(stage, pilot)


async def test_a_resolve_saved_from_damaged_data_says_so_and_asks(english_stage: Stage) -> None:
    """Nothing is known of an alarm after it: no words claim one."""
    stage = english_stage
    stage.take(event(PRESS, minutes_ago=90))
    async with stage.running((80, 24)) as pilot:
        out_of_contact(stage)
        await stage.app.host.call(stage.station.commands.resolve(PRESS, ""))
        [entry] = stage.station.outbox
        stage.station.state.outbox = (replace(entry, state=OutboxState.HELD),)
        stage.show()
        under_way = shown(stage, "#pane-under-way")
        assert under_way == "resolve held back: from damaged data, may be outdated · Ctrl+R decides"
        assert f"\nResolve held back: {PRESS}" in shown(stage, "#trouble")
        await pilot.press("ctrl+r")
        await stage.until(lambda: isinstance(stage.app.screen, AskScreen))
        title = str(stage.app.screen.query_one("#ask-title", SafeText).render())
        assert title == f"{PRESS}: does this still hold?"


async def test_ctrl_r_withdraws_the_old_resolve(stage: Stage) -> None:
    stage.take(event(PRESS, minutes_ago=90))
    async with stage.running((80, 24)) as pilot:
        await hold(stage)
        await pilot.press("ctrl+ㄱ")
        await stage.until(lambda: isinstance(stage.app.screen, AskScreen))
        await pilot.press("escape")
        await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))
        assert stage.station.outbox[0].state is OutboxState.HELD, "later is no answer"
        await pilot.press("ctrl+r")
        await stage.until(lambda: isinstance(stage.app.screen, AskScreen))
        await pilot.press("enter")
        await stage.until(lambda: not stage.station.outbox)
        await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))
        stage.show()
        assert not shown(stage, "#pane-under-way")
        assert [row.id for row in stage.app.floor.rows] == [PRESS], "the alarm stands"
        assert not stage.app.floor.query_one("#trouble").display


async def test_ctrl_r_resolves_the_newer_alarm_with_its_own_checks(stage: Stage) -> None:
    stage.take(event(PRESS, minutes_ago=90))
    async with stage.running((80, 24)) as pilot:
        await hold(stage)
        old = stage.station.outbox[0].record.event_id
        await pilot.press("ctrl+r")
        await stage.until(lambda: isinstance(stage.app.screen, AskScreen))
        await pilot.press("down", "enter")
        await stage.until(lambda: isinstance(stage.app.screen, ResolveScreen))
        assert stage.station.outbox[0].state is OutboxState.HELD, "nothing is sent before the checks"
        note = stage.app.screen.query_one("#resolve-note", NoteComposer)
        await stage.until(lambda: stage.app.focused is note)
        await pilot.press("up")
        await stage.until(lambda: note.text == "필터 교체")
        await pilot.press("tab", "space", "space", "space", "enter")
        await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))
        [new] = stage.station.outbox
        assert (new.state, new.record.note) == (OutboxState.WAITING, "필터 교체")
        assert new.record.event_id != old


async def test_the_outbox_screen_leads_to_the_question(stage: Stage) -> None:
    stage.take(event(PRESS, minutes_ago=90), event("B"))
    async with stage.running((80, 24)) as pilot:
        stage.app.floor.go_to("B")
        await hold(stage)
        await outbox_from_menu(stage, pilot)
        await stage.until(lambda: stage.app.screen.query_one(OptionList).option_count == 1)
        await pilot.press("r")
        await stage.until(lambda: isinstance(stage.app.screen, AskScreen))
        assert stage.app.floor.selected == PRESS


async def test_the_outbox_screen_gives_a_held_one_up(stage: Stage) -> None:
    stage.take(event(PRESS, minutes_ago=90))
    async with stage.running((80, 24)) as pilot:
        await hold(stage)
        await outbox_from_menu(stage, pilot)
        await stage.until(lambda: stage.app.screen.query_one(OptionList).option_count == 1)
        await pilot.press("x", "x")
        await stage.until(lambda: not stage.station.outbox)
