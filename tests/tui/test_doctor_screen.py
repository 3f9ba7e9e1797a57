"""The doctor's screen: opened by name, filled one by one, scrolled, begun anew, and left without a trace."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from textual.containers import VerticalScroll

from core.doctor import Check, Verdict
from tests.tui.stage import Stage, event, set_stage
from tui.screens.doctor import DoctorScreen
from tui.screens.menu import MenuScreen
from tui.widgets.safe_text import SafeText


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with set_stage(tmp_path / "data", lang="en") as one:
        yield one


class Steps:
    """Checks that are made when the test says so."""

    def __init__(self) -> None:
        self.runs = 0
        self.cancelled = 0
        self.go_on = asyncio.Event()

    async def examine(self, looking: Callable[[str], None]) -> AsyncIterator[Check]:
        self.runs += 1
        yield Check("name", "first", Verdict.OK, "[/red] \x1b[2J found")
        looking("second")
        try:
            while not self.go_on.is_set():
                await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        for number in range(30):
            yield Check(f"n{number}", f"title {number}", Verdict.FAILED, "wrong", "mend it")


def text_of(stage: Stage, where: str) -> str:
    return str(stage.app.screen.query_one(where, SafeText).render())


async def opened(stage: Stage, steps: Steps) -> DoctorScreen:
    screen = DoctorScreen(steps.examine)
    stage.app.push_screen(screen)
    await stage.until(lambda: screen.is_mounted and "first" in text_of(stage, "#doctor-lines"))
    return screen


async def test_it_is_in_the_menu_and_names_the_cause(stage: Stage) -> None:
    async with stage.running() as pilot:
        await pilot.press("f10")
        await stage.until(lambda: isinstance(stage.app.screen, MenuScreen))
        stage.app.screen.dismiss("doctor")
        await stage.until(lambda: isinstance(stage.app.screen, DoctorScreen))
        await stage.until(lambda: "1 failed; the cause: network" in text_of(stage, "#doctor-says"))
        assert "127.0.0.1:1" in text_of(stage, "#doctor-lines")
        await pilot.press("escape")
        await stage.until(lambda: stage.app.screen is stage.app.floor)


async def test_checks_appear_one_by_one_beside_what_arrives(stage: Stage) -> None:
    steps = Steps()
    async with stage.running():
        screen = await opened(stage, steps)
        await stage.until(lambda: "looking at: second" in text_of(stage, "#doctor-says"))
        assert "\x1b" not in text_of(stage, "#doctor-lines")
        assert "[/red]" in text_of(stage, "#doctor-lines")
        await stage.tell(event("PRESS_1"))
        assert stage.app.screen is screen, "an alarm takes no screen away"
        steps.go_on.set()
        await stage.until(lambda: "30 failed; the cause: title 0" in text_of(stage, "#doctor-says"))
        assert "→ mend it" in text_of(stage, "#doctor-lines")


async def test_it_scrolls_in_both_layouts_and_begins_anew(stage: Stage) -> None:
    steps = Steps()
    steps.go_on.set()
    async with stage.running((80, 24)) as pilot:
        screen = await opened(stage, steps)
        checks = screen.query_one("#doctor-checks", VerticalScroll)
        await stage.until(lambda: checks.max_scroll_y > 0)
        await pilot.press("j", "ㅓ", "down")
        await stage.until(lambda: checks.scroll_y == 3)
        await pilot.press("k")
        await stage.until(lambda: checks.scroll_y == 2)
        await pilot.press("ㄱ")
        await stage.until(lambda: steps.runs == 2)


async def test_leaving_ends_what_still_runs(stage: Stage) -> None:
    steps = Steps()
    async with stage.running() as pilot:
        screen = await opened(stage, steps)
        await pilot.press("escape")
        await stage.until(lambda: stage.app.screen is stage.app.floor)
        await stage.until(lambda: steps.cancelled == 1 and not screen.is_busy)


async def test_leaving_the_program_ends_it_too(stage: Stage) -> None:
    steps = Steps()
    async with stage.running():
        await opened(stage, steps)
    await stage.until(lambda: steps.cancelled == 1)
