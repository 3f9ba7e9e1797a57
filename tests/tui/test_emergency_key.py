"""People in danger: one key and one command from everywhere, and the loudest thing on the screen."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from core.domain.errors import StoreError
from core.domain.messages import Alert
from core.emergency import Danger, instructions_for
from tests.tui.stage import Stage, event, set_stage, six_issues
from tests.tui.test_floor import PRESS, shown
from tui.screens.emergency import DANGERS_BY_KEY, EmergencyScreen
from tui.screens.floor import FloorScreen
from tui.view.words import DANGER_WORDS
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList
from tui.widgets.note_composer import NoteComposer
from tui.widgets.safe_text import SafeText
from tui.widgets.transcript import Transcript

DANGER_KEY, DANGER = next(iter(DANGERS_BY_KEY.items()))

FIRE = "방금 난 화재 경보: 3호기 불꽃 감지기 동작"
SCREENS: dict[str, tuple[str, ...]] = {
    "floor": (),
    "help": ("f1",),
    "resolve": ("f4",),
    "find": ("f7",),
    "shelve": ("f8",),
    "operator": ("f9",),
    "menu": ("f10",),
    "condition": ("ctrl+s",),
    "safety check": ("ctrl+l",),
}


def told(stage: Stage) -> str:
    """The emergency screen's words."""
    assert isinstance(stage.app.screen, EmergencyScreen)
    shown = stage.app.screen.instructions
    return "\n".join((*shown.precautions, shown.text))


async def opened(stage: Stage) -> None:
    await stage.until(lambda: isinstance(stage.app.screen, EmergencyScreen) and bool(stage.app.screen.query(SafeText)))
    await stage.until(lambda: "119" in told(stage))


def hint(stage: Stage) -> str:
    """The last line of the screen in front."""
    line = "#hints" if isinstance(stage.app.screen, FloorScreen) else ".overlay-hint"
    return str(stage.app.screen.query_one(line, SafeText).render())


async def goes_to(stage: Stage, pilot: "Pilot[None]", name: str) -> None:
    stage.take(event(PRESS))
    await stage.until(lambda: stage.app.floor.selected == PRESS)
    await pilot.press(*SCREENS[name])
    if name == "floor":
        return
    await stage.until(lambda: not isinstance(stage.app.screen, FloorScreen))
    await stage.until(lambda: bool(stage.app.screen.query(".overlay-hint")))


@pytest.mark.parametrize("key", ["f12", "ctrl+e", "ctrl+ㄷ"])
@pytest.mark.parametrize("name", list(SCREENS))
async def test_the_key_works_on_every_screen_and_gives_it_back(stage: Stage, name: str, key: str) -> None:
    async with stage.running((80, 24)) as pilot:
        await goes_to(stage, pilot, name)
        before = stage.app.screen
        assert "F12" in hint(stage)
        assert "/119" in hint(stage)
        await pilot.press(key)
        await opened(stage)
        assert "비상정지" in told(stage)
        await pilot.press(key, "escape")
        await stage.until(lambda: stage.app.screen is before)


async def test_the_key_needs_no_issue_no_contact_and_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise StoreError("disk I/O error")

    with set_stage(tmp_path / "data", lang="en") as stage:
        stage.freshness(contact_at=None)
        monkeypatch.setattr(stage.station.store.database, "transaction", broken)
        monkeypatch.setattr(stage.station.store.database, "rows", broken)
        async with stage.running((80, 24)) as pilot:
            assert stage.app.floor.selected is None
            assert "F12" in hint(stage)
            await pilot.press("f12")
            await opened(stage)
            assert "emergency stop" in told(stage).lower()


async def test_each_danger_has_its_digit_and_its_own_instructions(stage: Stage) -> None:
    assert set(DANGERS_BY_KEY.values()) == set(Danger)
    assert set(Danger) <= set(DANGER_WORDS), "each has a word of its own"
    async with stage.running((80, 24)) as pilot:
        await pilot.press("f12")
        await opened(stage)
        for key, danger in DANGERS_BY_KEY.items():
            await pilot.press(key)
            wanted = instructions_for((danger,), "ko")
            await stage.until(partial(_all_told, stage, wanted.precautions))
        await pilot.press("0")
        await stage.until(lambda: instructions_for((), "ko").precautions[0] in told(stage))


async def test_the_first_words_are_on_the_screen_at_80x24(stage: Stage) -> None:
    async with stage.running((80, 24)) as pilot:
        await pilot.press("f12")
        await opened(stage)
        picture = stage.app.export_screenshot()
        assert "비상정지" in picture
        assert "119" in picture


# --- the command


@pytest.mark.parametrize("word", ["/119", "/응급", "/emergency"])
async def test_the_command_in_the_composer(stage: Stage, word: str) -> None:
    async with stage.running() as pilot:
        await goes_to(stage, pilot, "floor")
        await stage.until(lambda: stage.said(PRESS) == 1)
        await pilot.press("enter", *word, "enter")
        await opened(stage)
        assert stage.said(PRESS) == 1, "it asks nobody"
        assert stage.app.floor.query_one(Composer).text == ""


async def test_the_command_says_more_where_more_is_written(stage: Stage) -> None:
    async with stage.running() as pilot:
        await goes_to(stage, pilot, "floor")
        await pilot.press("enter", *"/119", "space", *"fire", "enter")
        await opened(stage)
        assert "emergency stop" in told(stage).lower(), "in the language it was said in"


@pytest.mark.parametrize("name", ["resolve", "find", "shelve", "operator"])
async def test_the_command_in_a_dialog_is_no_text_of_the_dialog(stage: Stage, name: str) -> None:
    async with stage.running() as pilot:
        await goes_to(stage, pilot, name)
        dialog = stage.app.screen
        await pilot.press(*"/119", "enter")
        await opened(stage)
        await pilot.press("escape")
        await stage.until(lambda: stage.app.screen is dialog)
        assert not stage.station.outbox, "nothing was resolved with it"
        assert stage.station.operator == "김민수"
        assert all(composer.text == "" for composer in dialog.query(Composer))


async def test_what_could_not_be_kept_is_answered_all_the_same(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage.running() as pilot:
        await goes_to(stage, pilot, "floor")
        await stage.until(lambda: stage.said(PRESS) == 1)

        def full(*_args: object, **_more: object) -> None:
            raise StoreError("disk is full")

        monkeypatch.setattr(stage.station.chat.conversations._ledger.store, "save", full)
        await pilot.press("enter", *"손이", "space", *"끼었어요", "enter")
        await opened(stage)
        assert stage.app.floor.query_one(Composer).text == "손이 끼었어요"


async def test_a_mistyped_command_keeps_nobody_waiting(stage: Stage) -> None:
    async with stage.running() as pilot:
        await goes_to(stage, pilot, "floor")
        await pilot.press("enter", *"/불났어요", "enter")
        await opened(stage)


@pytest.mark.parametrize("keys", [("f8",), ("f4",)], ids=["shelve", "resolve"])
async def test_a_note_that_tells_of_people_in_danger_is_answered_whatever_it_was_for(
    stage: Stage, keys: tuple[str, ...]
) -> None:
    async with stage.running() as pilot:
        await goes_to(stage, pilot, "floor")
        await pilot.press(*keys)
        await stage.until(lambda: bool(stage.app.screen.query(NoteComposer)))
        await pilot.press(*"손이", "space", *"끼었어요")
        if keys == ("f4",):
            await pilot.press("tab", "space", "space", "space", "shift+tab")
        await pilot.press("enter")
        await opened(stage)
        await stage.until(lambda: bool(stage.station.outbox) or PRESS in stage.station.handling)
        await pilot.press("escape")
        await stage.until(lambda: stage.app.screen is stage.app.floor)


@pytest.mark.parametrize("typed", ["/resolve 손이 끼었어요", "/shelve 불났어요"])
async def test_the_words_behind_a_command_count_too(stage: Stage, typed: str) -> None:
    async with stage.running() as pilot:
        await goes_to(stage, pilot, "floor")
        await pilot.press("enter", *("space" if key == " " else key for key in typed), "enter")
        await opened(stage)


# --- the conversation on the screen


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_second_emergency_is_on_the_screen_from_its_first_line(stage: Stage, size: tuple[int, int]) -> None:
    async with stage.running(size) as pilot:
        await goes_to(stage, pilot, "floor")
        for number, text in enumerate(("손이끼었어요", "불났어요"), 1):
            await pilot.press("enter", *text, "enter")
            await stage.until(partial(_has_alerts, stage, number))
            await stage.settled(pilot)
            assert "비상정지" in lines(stage)
            assert "119" in lines(stage)
            assert "✚ 응급" in lines(stage)


def _all_told(stage: Stage, wanted: Iterable[str]) -> bool:
    return all(line in told(stage) for line in wanted)


def _has_alerts(stage: Stage, count: int) -> bool:
    return len(alerts(stage)) == count


def alerts(stage: Stage, issue: str = PRESS) -> list[object]:
    messages = stage.station.chat.messages(issue)
    return [m for m in messages if m.is_chatbots and m.alert is Alert.EMERGENCY]


def lines(stage: Stage) -> str:
    """What of the transcript is in sight."""
    transcript = stage.app.floor.query_one(Transcript)
    return "\n".join(transcript.render_line(y).text for y in range(transcript.size.height))


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("theme", ["dark", "mono"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_an_event_of_people_in_danger_marks_its_row_and_opens_with_the_answer(
    tmp_path: Path, lang: str, theme: str, size: tuple[int, int]
) -> None:
    word = {"ko": "응급", "en": "EMERGENCY"}[lang]
    with set_stage(tmp_path / "data", lang=lang, theme=theme) as stage:
        stage.take(*six_issues(), event("FIRE-1", minutes_ago=1, description=FIRE, processType="정기점검"))
        async with stage.running(size) as pilot:
            assert stage.app.floor.rows[0].id == "FIRE-1", "first of the unacknowledged ones"
            rows = stage.app.floor.query_one(IssueList)
            assert f"✚ {word}" in rows.render_line(1).text
            mark = next(part for part in rows.render_line(1) if word in part.text)
            plain = next(part for part in rows.render_line(rows.row_height + 1) if part.text.strip())
            assert mark.style
            assert plain.style
            assert mark.style.bgcolor != plain.style.bgcolor
            assert mark.style.bold
            await stage.until(lambda: stage.said("FIRE-1") == 2)
            await stage.settled(pilot)
            assert "비상정지" in lines(stage), "in the language of the event"
            assert word in shown(stage, "#pane-danger")
            assert "F12" in shown(stage, "#pane-danger")


async def test_the_loudest_thing_in_monochrome(tmp_path: Path) -> None:
    with set_stage(tmp_path / "data", theme="mono") as stage:
        async with stage.running() as pilot:
            await goes_to(stage, pilot, "floor")
            await pilot.press("enter", *"불났어요", "enter")
            await stage.until(lambda: len(alerts(stage)) == 1)
            await stage.settled(pilot)
            transcript = stage.app.floor.query_one(Transcript)
            parts = [part for y in range(transcript.size.height) for part in transcript.render_line(y)]
            grounds = {part.text.strip(): part.style.bgcolor for part in parts if part.style and part.text.strip()}
            bar = next(text for text in grounds if text.startswith("✚ 응급"))
            ground = grounds[bar]
            assert ground is not None
            assert ground.get_truecolor() == (255, 255, 255)


@pytest.mark.parametrize("opened", ["help", "resolve", "condition", "menu", "safety check", "find", "operator"])
async def test_a_key_that_was_pressed_before_takes_it_away_from_nobody(stage: Stage, opened: str) -> None:
    """Esc, then F12 at once, as a hand in a hurry does: the first was meant for what lay in front."""
    async with stage.running() as pilot:
        await goes_to(stage, pilot, opened)
        for key in ("escape", "f12", DANGER_KEY):
            stage.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await stage.until(lambda: isinstance(stage.app.screen, EmergencyScreen))
        await pilot.pause()
        assert told(stage), "it is still there"
        assert isinstance(stage.app.screen, EmergencyScreen)
        assert stage.app.screen.instructions == instructions_for((DANGER,), "ko")
