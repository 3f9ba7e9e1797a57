"""Snapshots of the floor. Everything that varies is frozen by the stage; a change here is looked at as a picture."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from core.kafka.freshness import FeedState
from core.kafka.problems import Problem, ProblemKind
from tests.tui.stage import MONOTONIC, Stage, set_stage, six_issues
from tui.screens.lists import HelpScreen
from tui.screens.resolve import ResolveScreen

PRESS = "PRESS_001_20250808_001"
Compare = Callable[..., bool]

SIZES = [(80, 24), (120, 36)]


async def _look_at_the_press(stage: Stage, pilot: "Pilot[None]") -> None:
    await stage.until(lambda: stage.app.floor.ready)
    stage.app.floor.go_to(PRESS)
    await stage.until(lambda: stage.said(PRESS) == 1)
    await stage.settled(pilot)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_floor_with_six_issues(snap_compare: Compare, tmp_path: Path, lang: str, size: tuple[int, int]) -> None:
    with set_stage(tmp_path / "data", lang=lang) as stage:
        stage.take(*six_issues())

        async def before(pilot: "Pilot[None]") -> None:
            await _look_at_the_press(stage, pilot)

        assert snap_compare(stage.app, terminal_size=size, run_before=before)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_floor_with_nothing_open(snap_compare: Compare, tmp_path: Path, lang: str) -> None:
    with set_stage(tmp_path / "data", lang=lang) as stage:

        async def before(pilot: "Pilot[None]") -> None:
            await stage.until(lambda: stage.app.floor.ready)
            await stage.settled(pilot)

        assert snap_compare(stage.app, terminal_size=(80, 24), run_before=before)


def test_floor_out_of_contact(snap_compare: Compare, tmp_path: Path) -> None:
    with set_stage(tmp_path / "data") as stage:
        stage.take(*six_issues())
        stage.freshness(
            state=FeedState.LOST,
            contact_at=MONOTONIC - 42,
            problem=Problem(ProblemKind.REFUSED, "kafka.plant:9092"),
        )

        async def before(pilot: "Pilot[None]") -> None:
            await _look_at_the_press(stage, pilot)

        assert snap_compare(stage.app, terminal_size=(80, 24), run_before=before)


def test_floor_in_ascii_and_monochrome(snap_compare: Compare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with set_stage(tmp_path / "data", ascii=True) as stage:
        stage.take(*six_issues())

        async def before(pilot: "Pilot[None]") -> None:
            await _look_at_the_press(stage, pilot)

        assert snap_compare(stage.app, terminal_size=(80, 24), run_before=before)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_resolve_dialog(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    with set_stage(tmp_path / "data") as stage:
        stage.take(*six_issues())

        async def before(pilot: "Pilot[None]") -> None:
            await _look_at_the_press(stage, pilot)
            await pilot.press("f4")
            await stage.until(lambda: isinstance(stage.app.screen, ResolveScreen))
            await pilot.press(*"흡입", "space", *"필터", "space", *"교체")
            await stage.settled(pilot)

        assert snap_compare(stage.app, terminal_size=size, run_before=before)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_help(snap_compare: Compare, tmp_path: Path, lang: str) -> None:
    with set_stage(tmp_path / "data", lang=lang) as stage:

        async def before(pilot: "Pilot[None]") -> None:
            await stage.until(lambda: stage.app.floor.ready)
            await pilot.press("f1")
            await stage.until(lambda: isinstance(stage.app.screen, HelpScreen))
            await stage.settled(pilot)

        assert snap_compare(stage.app, terminal_size=(120, 36), run_before=before)
