"""The pictures in ``screenshots/``, made of the running app. ANDON_UPDATE_PICTURES=1 makes them anew."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.tui.pictures import true_svg
from tests.tui.scenes import SCENES
from tests.tui.stage import set_stage

FOLDER = Path(__file__).parents[2] / "screenshots"


@pytest.mark.parametrize(
    ("name", "scene", "lang", "size", "more"),
    [
        ("floor-ko-120x36", "talk", "ko", (120, 36), {}),
        ("floor-en-120x36", "talk", "en", (120, 36), {}),
        ("floor-ko-80x24", "shift", "ko", (80, 24), {}),
        ("floor-mono-ko-120x36", "shift", "ko", (120, 36), {"theme": "mono"}),
        ("resolve-ko-120x36", "resolve", "ko", (120, 36), {}),
        ("help-ko-120x36", "help", "ko", (120, 36), {}),
    ],
)
async def test_picture(
    tmp_path: Path, name: str, scene: str, lang: str, size: tuple[int, int], more: dict[str, Any]
) -> None:
    with set_stage(tmp_path / "data", lang=lang, **more) as stage:
        SCENES[scene].prepare(stage)
        async with stage.running(size) as pilot:
            await SCENES[scene].play(stage, pilot)
            picture = true_svg(stage.app.export_screenshot(title="Andon"))
    file = FOLDER / f"{name}.svg"
    if os.environ.get("ANDON_UPDATE_PICTURES") == "1":
        file.write_text(picture, "utf-8")
    assert file.read_text("utf-8") == picture, "the app looks different: ANDON_UPDATE_PICTURES=1, then look at it"
