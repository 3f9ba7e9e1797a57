"""Where one types is seen by a shape, not by a shade: also in monochrome, and in ASCII."""

from pathlib import Path

import pytest
from textual.widget import Widget

from tests.tui.stage import Stage, event, set_stage
from tests.tui.test_floor import PRESS
from tui.screens.lockout import SecureScreen
from tui.screens.resolve import ResolveScreen
from tui.widgets.check_list import CheckList
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList
from tui.widgets.note_composer import NoteComposer
from tui.widgets.transcript import Transcript

FLOOR = (Composer, IssueList, Transcript)


def cells(stage: Stage) -> list[str]:
    """The letters of the screen, line by line, without any style."""
    compositor = stage.app.screen._compositor
    width = stage.app.size.width
    return ["".join(part.text for part in strip).ljust(width) for strip in compositor.render_strips()]


def around(stage: Stage, widget: Widget) -> list[str]:
    """The letters of ``widget`` with its edges."""
    region = widget.region
    above = max(0, region.y - 1)
    return cells(stage)[above : region.bottom]


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("place", FLOOR)
async def test_the_floors_focus_is_a_shape(tmp_path: Path, place: type[Widget], ascii_only: bool) -> None:
    with set_stage(tmp_path, theme="mono", ascii=ascii_only) as stage:
        stage.take(event(PRESS))
        async with stage.running() as pilot:
            await stage.until(lambda: stage.said(PRESS) == 1)
            seen: dict[type[Widget], list[str]] = {}
            widget = stage.app.floor.query_one(place)
            for focused in FLOOR:
                stage.app.floor.query_one(focused).focus()
                await stage.settled(pilot)
                seen[focused] = around(stage, widget)
            others = [seen[other] for other in FLOOR if other is not place]
            assert all(seen[place] != other for other in others)


@pytest.mark.parametrize("ascii_only", [False, True])
async def test_the_resolve_dialogs_field_that_takes_what_is_typed_has_an_edge(tmp_path: Path, ascii_only: bool) -> None:
    with set_stage(tmp_path, theme="mono", ascii=ascii_only) as stage:
        stage.take(event(PRESS))
        async with stage.running() as pilot:
            await pilot.press("f4")
            await stage.until(lambda: isinstance(stage.app.screen, ResolveScreen))
            await pilot.pause()
            note = stage.app.screen.query_one("#resolve-note", NoteComposer)
            at_note = cells(stage)[note.region.y]
            await pilot.press("tab")
            await pilot.pause()
            assert cells(stage)[note.region.y] != at_note


async def test_the_check_that_space_makes_is_shown_in_reverse(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running() as pilot:
        await pilot.press("ctrl+l")
        await stage.until(lambda: isinstance(stage.app.screen, SecureScreen))
        await pilot.pause()
        checks = stage.app.screen.query_one(CheckList)

        def marked() -> list[str]:
            content = checks.visual
            return [content.plain[s.start : s.end] for s in content.spans if s.style == "reverse"]  # type: ignore[attr-defined]

        [first] = marked()
        await pilot.press("down")
        await pilot.pause()
        [second] = marked()
        assert (first[2], second[2]) == ("1", "2")
