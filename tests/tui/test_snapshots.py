"""Snapshots of each state. Everything that varies is frozen by the stage; a change here is looked at as a picture."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.scenes import SCENES, Scene
from tests.tui.stage import set_stage

Compare = Callable[..., bool]
Size = tuple[int, int]

SIZES: list[Size] = [(80, 24), (100, 30), (120, 36), (200, 50)]
EVERYWHERE = ("six", "shift", "resolve-unchecked")
"""Looked at in every size and both languages; the others in the tightest size in Korean and in the usual in English."""


def _name(value: object) -> str:
    return f"{value[0]}x{value[1]}" if isinstance(value, tuple) else str(value)


CASES = [(name, lang, size) for name in EVERYWHERE for lang in ("ko", "en") for size in SIZES] + [
    (name, lang, size)
    for name in SCENES
    if name not in EVERYWHERE
    for lang, size in (("ko", SIZES[0]), ("en", SIZES[2]))
]


def _matches(snap_compare: Compare, folder: Path, scene: Scene, size: Size, lang: str, **more: Any) -> bool:
    with set_stage(folder, lang=lang, **scene.settings, **more) as stage:
        scene.prepare(stage)

        async def before(pilot: "Pilot[None]") -> None:
            await scene.play(stage, pilot)

        return snap_compare(stage.app, terminal_size=size, run_before=before)


@pytest.mark.parametrize(("name", "lang", "size"), CASES, ids=_name)
def test_state(snap_compare: Compare, tmp_path: Path, name: str, lang: str, size: Size) -> None:
    assert _matches(snap_compare, tmp_path / "data", SCENES[name], size, lang)


@pytest.mark.parametrize("theme", ["light", "contrast", "mono", "terminal"])
def test_theme(snap_compare: Compare, tmp_path: Path, theme: str) -> None:
    assert _matches(snap_compare, tmp_path / "data", SCENES["shift"], (120, 36), "ko", theme=theme)


@pytest.mark.parametrize("name", ["shift", "resolve-unchecked", "doctor"])
def test_no_color_and_ascii(snap_compare: Compare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert _matches(snap_compare, tmp_path / "data", SCENES[name], (80, 24), "en", ascii=True)


@pytest.mark.parametrize("size", [(40, 10), (60, 20), (300, 80)], ids=_name)
def test_small_and_large(snap_compare: Compare, tmp_path: Path, size: Size) -> None:
    assert _matches(snap_compare, tmp_path / "data", SCENES["shift"], size, "ko")
