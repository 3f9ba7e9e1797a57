"""The pictures in ``screenshots/``, made of the running app. ANDON_UPDATE_PICTURES=1 makes them anew."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.pictures import true_svg
from tests.tui.stage import Stage, set_stage, six_issues
from tui.screens.resolve import ResolveScreen
from tui.widgets.composer import Composer

FOLDER = Path(__file__).parents[2] / "screenshots"
PRESS = "PRESS_001_20250808_001"
Scene = Callable[[Stage, "Pilot[None]"], Awaitable[None]]


async def _talk(stage: Stage, pilot: "Pilot[None]") -> None:
    """The press fault is looked at, acknowledged, and its first step asked for."""
    stage.app.floor.go_to(PRESS)
    await stage.until(lambda: stage.said(PRESS) == 1)
    await pilot.press("f2", "enter", *("다음" if stage.settings.lang == "ko" else "next"), "enter")
    await stage.until(lambda: stage.said(PRESS) == 3)
    await stage.until(lambda: stage.app.floor.query_one(Composer).text == "")
    await stage.settled(pilot)


async def _resolve(stage: Stage, pilot: "Pilot[None]") -> None:
    await _talk(stage, pilot)
    await pilot.press("f4")
    await stage.until(lambda: isinstance(stage.app.screen, ResolveScreen))
    await pilot.press(*"흡입", "space", *"필터", "space", *"교체")
    await stage.settled(pilot)


@pytest.mark.parametrize(
    ("name", "lang", "size", "scene"),
    [
        ("floor-ko-120x36", "ko", (120, 36), _talk),
        ("floor-en-120x36", "en", (120, 36), _talk),
        ("floor-ko-80x24", "ko", (80, 24), _talk),
        ("resolve-ko-120x36", "ko", (120, 36), _resolve),
    ],
)
async def test_picture(tmp_path: Path, name: str, lang: str, size: tuple[int, int], scene: Scene) -> None:
    with set_stage(tmp_path / "data", lang=lang) as stage:
        stage.take(*six_issues())
        async with stage.running(size) as pilot:
            await scene(stage, pilot)
            picture = true_svg(stage.app.export_screenshot(title="Andon"))
    file = FOLDER / f"{name}.svg"
    if os.environ.get("ANDON_UPDATE_PICTURES") == "1":
        file.write_text(picture, "utf-8")
    assert file.read_text("utf-8") == picture, "the app looks different: ANDON_UPDATE_PICTURES=1, then look at it"
