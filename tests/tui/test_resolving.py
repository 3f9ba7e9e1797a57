"""Resolving with the causes, the note and the checks, key by key; and the lock-out check's own keys."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from core.domain.causes import HEADER, OTHER
from core.domain.safety_checks import LEAVING
from core.station.commands import CAUSE_DRAFT
from tests.tui.stage import Stage, event, set_stage
from tests.tui.test_floor import shown, type_text
from tests.tui.test_offers import HYDRAULIC, PRESS, answered, opened
from tui.screens.floor import FloorScreen
from tui.screens.lockout import SecureScreen
from tui.screens.resolve import ResolveScreen
from tui.widgets.cause_list import CauseList
from tui.widgets.check_list import CheckList
from tui.widgets.note_composer import NoteComposer
from tui.widgets.safe_text import SafeText

SECOND = "press-hydraulic-pressure.2"


def line(stage: Stage, selector: str) -> str:
    """The text of a line of the dialog; empty where it is away."""
    found = stage.app.screen.query_one(selector, SafeText)
    return str(found.render()) if found.display else ""


def note(stage: Stage) -> NoteComposer:
    return stage.app.screen.query_one("#resolve-note", NoteComposer)


async def resolving(stage: Stage, pilot: "Pilot[None]") -> None:
    await pilot.press("f4")
    await stage.until(lambda: isinstance(stage.app.screen, ResolveScreen))
    await pilot.pause()


async def sent(stage: Stage) -> Any:
    await stage.until(lambda: bool(stage.station.outbox))
    await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))
    [entry] = stage.station.outbox
    return entry.record


async def test_a_cause_by_its_digit_beside_the_note(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running() as pilot:
        await resolving(stage, pilot)
        assert "2 압력 조절 밸브" in line(stage, "#resolve-causes") or "○ 2" in line(stage, "#resolve-causes")
        assert "0 다른 원인" in line(stage, "#resolve-causes")
        await pilot.press("2")
        assert note(stage).text == "2", "a digit is text until Enter"
        assert "이 원인 고르기" in line(stage, "#resolve-keys")
        await pilot.press("enter")
        await stage.until(lambda: stage.app.screen.query_one(CauseList).chosen == SECOND)
        assert note(stage).text == ""
        assert "● 2" in line(stage, "#resolve-causes")
        await type_text(pilot, "2번 밸브 교체")
        await pilot.press("enter", "1", "2", "3", "enter")
        record = await sent(stage)
        assert dict(record.headers)[HEADER] == SECOND.encode()
        assert record.note == "2번 밸브 교체"
        [entry] = [one for one in stage.station.store.journal.entries(PRESS) if one.action == "resolved"]
        assert entry.detail["cause"] == SECOND


async def test_a_digit_left_in_the_note_is_the_cause_and_no_note(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running() as pilot:
        await resolving(stage, pilot)
        await pilot.press("0", "tab", "space", "space", "space", "enter")
        record = await sent(stage)
        assert (dict(record.headers)[HEADER], record.note) == (OTHER.encode(), "")


async def test_without_a_known_fault_a_digit_is_the_note(stage: Stage) -> None:
    stage.take(event("OTHER", modeType="모르는 기계", description="?"))
    async with stage.running() as pilot:
        await resolving(stage, pilot)
        assert line(stage, "#resolve-causes") == ""
        await pilot.press("3", "enter", "1", "2", "3", "enter")
        record = await sent(stage)
        assert record.note == "3"
        assert HEADER not in dict(record.headers)


async def test_what_solved_it_is_offered_with_its_cause_and_never_next(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running() as pilot:
        await opened(stage)
        for count, key in enumerate(("1", "1", "3")):
            await pilot.press(key, "enter")
            await answered(stage, 4 + 2 * count)
        await resolving(stage, pilot)
        chosen = stage.app.screen.query_one(CauseList).chosen
        assert chosen == SECOND
        await pilot.press("up", "enter", "1", "2", "3", "enter")
        record = await sent(stage)
        assert dict(record.headers)[HEADER] == chosen.encode()
        assert "2단계" in record.note
        assert "다음" not in record.note


async def test_words_of_a_walk_are_no_note_to_offer(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running() as pilot:
        await opened(stage)
        await type_text(pilot, "필터 막힘")
        await pilot.press("enter")
        await answered(stage, 4)
        for count, words in enumerate(("다음", "1", "어디예요?")):
            await type_text(pilot, words)
            await pilot.press("enter")
            await answered(stage, 6 + 2 * count)
        await resolving(stage, pilot)
        assert note(stage).offer == "필터 막힘"


async def test_enter_goes_to_the_first_open_check_and_the_hint_says_what_it_does(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await resolving(stage, pilot)
        await pilot.press(*"필터")
        assert "남은 항목으로" in line(stage, "#resolve-keys")
        await pilot.press("enter")
        checks = stage.app.screen.query_one(CheckList)
        await stage.until(lambda: stage.app.focused is checks)
        assert "1-3 Space" in line(stage, "#resolve-keys")
        await pilot.press("2", "enter")
        await stage.until(lambda: "시험 가동" in line(stage, "#resolve-missing"))
        assert stage.app.focused is checks
        assert "안 한 사유" in line(stage, "#resolve-reason")
        await pilot.press("space")  # the cursor is at the first open one
        assert checks.done == {"guards", "locks"}
        await pilot.press("3")
        await stage.until(lambda: "해결 보내기" in line(stage, "#resolve-keys"))
        assert line(stage, "#resolve-missing") == line(stage, "#resolve-reason") == ""
        await pilot.press("enter")
        record = await sent(stage)
        assert record.note == "필터"


async def test_words_at_the_checks_are_the_note_until_a_reason_is_asked_for(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await resolving(stage, pilot)
        await pilot.press("tab", "1", *"필터", "tab", "enter", *"야간", "enter")
        record = await sent(stage)
        assert record.note == "필터"
        [entry] = [one for one in stage.station.store.journal.entries(PRESS) if one.action == "resolved"]
        assert (entry.detail["why"], entry.detail["checks"]) == ("야간", ["guards"])


async def test_a_chosen_cause_survives_leaving_and_a_restart(tmp_path: Path) -> None:
    with set_stage(tmp_path / "data") as stage:
        stage.take(event(PRESS, **HYDRAULIC))
        async with stage.running() as pilot:
            await resolving(stage, pilot)
            await pilot.press("3", "enter", "escape")
            await stage.until(lambda: (PRESS, CAUSE_DRAFT) in stage.station.state.drafts)
    with set_stage(tmp_path / "data") as stage:
        async with stage.running() as pilot:
            await resolving(stage, pilot)
            assert stage.app.screen.query_one(CauseList).chosen == "press-hydraulic-pressure.3"
            await pilot.press("enter", *"123", "enter")
            assert (await sent(stage)).cause == "press-hydraulic-pressure.3"
            assert (PRESS, CAUSE_DRAFT) not in stage.station.state.drafts


async def test_another_terminals_pane_shows_the_cause(stage: Stage) -> None:
    headers = (
        ("ce_type", b"andon.issue.resolved"),
        ("ce_id", b"e-1"),
        ("ce_operator", "이영희".encode()),
        (HEADER, SECOND.encode()),
    )
    stage.take(event(PRESS, **HYDRAULIC), event(PRESS, minutes_ago=1, isSolved=True, headers=headers, **HYDRAULIC))
    async with stage.running():
        stage.app.floor.go_to(PRESS)
        await stage.until(lambda: "원인:" in shown(stage, "#pane-closed"))
        stage.show()
        pane = stage.app.floor.pane
        assert pane is not None
        assert any("이영희" in entry.text and "원인:" in entry.text for entry in pane.entries)


async def test_everything_of_the_dialog_is_in_sight_at_80x24(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running((80, 24)) as pilot:
        await resolving(stage, pilot)
        await pilot.press("tab", "enter")
        await stage.until(lambda: bool(line(stage, "#resolve-missing")))
        await pilot.pause()
        shown_there = [one for one in stage.app.screen.query("#dialog > *") if one.display]
        assert len(shown_there) >= len(LEAVING)
        assert all(one.region.height and one.region.bottom <= 23 for one in shown_there)
        assert stage.app.screen.query_one("#resolve-keys").region.y > 0


async def test_the_lockout_checks_enter_goes_to_the_first_open_item(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running() as pilot:
        await answered(stage, 1)
        await pilot.press("ctrl+l")
        await stage.until(lambda: isinstance(stage.app.screen, SecureScreen))
        await pilot.press("1", "3", "enter")
        checks = stage.app.screen.query_one(CheckList)
        await stage.until(lambda: "잠갔고" in line(stage, "#secure-missing"))
        assert stage.app.focused is checks
        await pilot.press("space", "4")
        assert checks.done == {"power", "lock", "tag", "zero"}
        await stage.until(lambda: "조치 순서" in line(stage, "#secure-keys") or "단계" in line(stage, "#secure-keys"))
        await pilot.press("enter")
        await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))


async def test_what_solved_it_before_is_no_offer_once_it_was_raised_anew(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    async with stage.running() as pilot:
        await opened(stage)
        for count, key in enumerate(("1", "3")):
            await pilot.press(key, "enter")
            await answered(stage, 4 + 2 * count)
        stage.clock.ms += 600_000
        await stage.tell(
            event(PRESS, minutes_ago=-1, isSolved=True, **HYDRAULIC), event(PRESS, minutes_ago=-9, **HYDRAULIC)
        )
        await stage.until(lambda: bool((issue := stage.station.issue(PRESS)) and issue.episode == 2))
        await resolving(stage, pilot)
        assert stage.app.screen.query_one(CauseList).chosen == ""
        assert note(stage).offer == ""


async def test_a_cause_of_another_fault_that_was_begun_with_is_not_sent_unseen(stage: Stage) -> None:
    stage.take(event(PRESS, **HYDRAULIC))
    await stage.app.host.call(stage.station.commands.save_draft(PRESS, CAUSE_DRAFT, "press-burr.1"))
    async with stage.running() as pilot:
        await resolving(stage, pilot)
        await pilot.press("enter", "1", "2", "3", "enter")
        assert HEADER not in dict((await sent(stage)).headers)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_from_the_first_key_to_the_resolve_in_few_keys(stage: Stage, size: tuple[int, int]) -> None:
    """Acknowledged, asked about in words, walked through by digits, checked, resolved with a cause and a note."""
    stage.take(event(PRESS, **HYDRAULIC))
    keys: list[str] = []
    async with stage.running(size) as pilot:

        async def press(*pressed: str) -> None:
            keys.extend(pressed)
            await pilot.press(*pressed)

        await answered(stage, 1)
        await press("f2")
        sentence = "유압이 왜 안 올라가요?"
        await type_text(pilot, sentence)
        await press("enter")
        await answered(stage, 3)
        await press("ctrl+l", "1", "2", "3", "4", "enter")
        await stage.until(lambda: stage.said(PRESS) == 4 and isinstance(stage.app.screen, FloorScreen))
        for count, digit in enumerate(("1", "2", "1", "3")):
            await press(digit, "enter")
            await answered(stage, 6 + 2 * count)
        await press("f4")
        await stage.until(lambda: isinstance(stage.app.screen, ResolveScreen))
        await pilot.pause()
        await press("up", "enter", "1", "2", "3", "enter")
        record = await sent(stage)
        assert stage.station.handling[PRESS].acknowledged_by == "김민수"
        assert record.cause == "press-hydraulic-pressure.3"
        assert "3단계" in record.note
        [entry] = [one for one in stage.station.store.journal.entries(PRESS) if one.action == "resolved"]
        assert len(entry.detail["checks"]) == len(LEAVING)
        assert len(keys) == 23, "besides the sentence"
