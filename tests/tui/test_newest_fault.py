"""The newest fault is on screen whatever the number open, and nothing moves for it."""

import re
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.geometry import Region
from textual.pilot import Pilot

from tests.tui.stage import MONOTONIC, Stage, event, set_stage
from tests.tui.test_floor import type_text
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList
from tui.widgets.safe_text import SafeText

NEW = "Z_NEW_20250808_001"
WHAT = "전극 마모"
SIZES = [(80, 24), (120, 36)]


def lines(stage: Stage) -> list[str]:
    issues = stage.app.floor.query_one(IssueList)
    return [issues.render_line(y).text for y in range(issues.size.height)]


def line_of(stage: Stage, number: int) -> int | None:
    """The line of the list in which the row of this number begins."""
    found = [y for y, line in enumerate(lines(stage)) if line.replace("▌", " ").split()[:1] == [str(number)]]
    return found[0] if found else None


def selected_line(stage: Stage) -> int | None:
    return next((y for y, line in enumerate(lines(stage)) if line.startswith("▌")), None)


def new_fault() -> object:
    return event(NEW, minutes_ago=0.1, modeType="용접기", description=WHAT)


async def select(stage: Stage, pilot: "Pilot[None]", where: str) -> None:
    rows = stage.app.floor.rows
    index = {"top": 0, "middle": len(rows) // 2, "end": len(rows) - 1}[where]
    stage.app.floor.query_one(IssueList).focus()
    await pilot.press({"top": "home", "middle": "home", "end": "end"}[where])
    stage.app.floor.go_to(rows[index].id)
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [10, 31, 100, 300])
@pytest.mark.parametrize("where", ["top", "middle", "end"])
@pytest.mark.parametrize("held", [False, True])
async def test_the_newest_fault_and_the_selected_row_are_on_screen(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], count: int, where: str, held: bool
) -> None:
    stage.take(*(event(f"I{n:03}", minutes_ago=1 + n * 0.05) for n in range(count)))
    async with stage.running(size) as pilot:
        await select(stage, pilot, where)
        if not held:
            monkeypatch.setattr(stage.app, "monotonic", lambda: MONOTONIC + 6)
        selected, line, focused = stage.app.floor.selected, selected_line(stage), stage.app.focused
        await stage.tell(new_fault())  # type: ignore[arg-type]
        await pilot.pause()
        assert WHAT in "\n".join(lines(stage))
        assert (stage.app.floor.selected, selected_line(stage), stage.app.focused) == (selected, line, focused)


@pytest.mark.parametrize("size", SIZES)
async def test_what_lies_above_and_below_the_edge_is_counted_there(stage: Stage, size: tuple[int, int]) -> None:
    stage.take(*(event(f"I{n:03}", minutes_ago=1 + n * 0.05) for n in range(99)), new_fault())  # type: ignore[arg-type]
    async with stage.running(size) as pilot:
        for where in ("top", "middle", "end"):
            await select(stage, pilot, where)
            edge = stage.app.floor.query_one(IssueList).edge
            assert edge is not None
            [rule] = [line for line in lines(stage) if "위" in line]
            assert f"위 {edge.above} · 아래 {edge.below}" in rule
            numbers = [n for n in range(1, 101) if line_of(stage, n) is not None]
            pinned = [100] if edge.pinned is not None else []
            assert numbers == [*range(edge.above + 1, 101 - edge.below), *pinned]
            assert ("최신" in rule) is bool(pinned)


async def test_a_fault_that_somebody_has_seen_is_pinned_no_longer(stage: Stage) -> None:
    stage.take(*(event(f"I{n:03}", minutes_ago=1 + n * 0.05) for n in range(60)), new_fault())  # type: ignore[arg-type]
    async with stage.running((80, 24)) as pilot:
        await select(stage, pilot, "top")
        assert WHAT in "\n".join(lines(stage))
        await stage.app.host.call(stage.station.commands.acknowledge(NEW))
        stage.show()
        assert WHAT not in "\n".join(lines(stage))
        edge = stage.app.floor.query_one(IssueList).edge
        assert edge is not None
        assert stage.app.floor.rows[edge.pinned or 0].id == "I000", "the next of those that nobody has seen"


async def test_the_pinned_row_ages(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.take(*(event(f"I{n:03}", minutes_ago=1 + n * 0.05) for n in range(60)), new_fault())  # type: ignore[arg-type]
    async with stage.running((80, 24)):
        assert "00:06" in "\n".join(lines(stage))
        now_ms = stage.app.now_ms()
        monkeypatch.setattr(stage.app, "now_ms", lambda: now_ms + 1000)
        painted: list[object] = []
        issues = stage.app.floor.query_one(IssueList)
        refresh = issues.refresh

        def refreshed(*regions: Region, **_how: bool) -> IssueList:
            painted.extend(regions)
            return refresh(*regions)

        monkeypatch.setattr(issues, "refresh", refreshed)
        stage.show()
        edge = issues.edge
        assert edge is not None
        assert any(edge.covers(r.y) for r in painted)  # type: ignore[attr-defined]
        assert "00:07" in "\n".join(lines(stage))


async def test_a_new_fault_takes_no_key_from_whoever_types(stage: Stage) -> None:
    stage.take(*(event(f"I{n:03}", minutes_ago=1 + n * 0.05) for n in range(60)))
    async with stage.running((80, 24)) as pilot:
        await pilot.press("enter")
        await type_text(pilot, "펌프")
        await stage.tell(new_fault())  # type: ignore[arg-type]
        await type_text(pilot, "소음")
        assert stage.app.floor.query_one(Composer).text == "펌프소음"
        assert WHAT in "\n".join(lines(stage))


async def test_a_window_that_shrinks_keeps_both_in_sight(stage: Stage) -> None:
    stage.take(*(event(f"I{n:03}", minutes_ago=1 + n * 0.05) for n in range(60)), new_fault())  # type: ignore[arg-type]
    async with stage.running((120, 50)) as pilot:
        await select(stage, pilot, "middle")
        await pilot.resize_terminal(80, 24)
        await stage.until(lambda: stage.app.floor.query_one(IssueList).size.height < 25)
        await stage.until(lambda: selected_line(stage) is not None)
        assert WHAT in "\n".join(lines(stage))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("where", ["top", "middle", "end"])
async def test_a_fault_that_sorts_above_all_moves_no_row_and_is_on_screen(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], where: str
) -> None:
    stage.take(*(event(f"I{n:03}", minutes_ago=1 + n * 0.05) for n in range(60)))
    for number in range(60):
        await stage.app.host.call(stage.station.commands.acknowledge(f"I{number:03}"))
    async with stage.running(size) as pilot:
        await select(stage, pilot, where)
        monkeypatch.setattr(stage.app, "monotonic", lambda: MONOTONIC + 6)
        line = selected_line(stage)
        await stage.tell(new_fault())  # type: ignore[arg-type]
        await pilot.pause()
        assert stage.app.floor.rows[0].id == NEW
        assert WHAT in "\n".join(lines(stage))
        assert selected_line(stage) == line


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("size", SIZES)
async def test_no_count_is_cut_off(tmp_path: Path, size: tuple[int, int], language: str) -> None:
    with set_stage(tmp_path, lang=language) as stage:
        stage.take(*(event(f"I{n:03}", minutes_ago=n * 0.05) for n in range(300)))
        for number in range(100):
            await stage.app.host.call(stage.station.commands.shelve(f"I{number:03}", 10, "part"))
        async with stage.running(size) as pilot:
            await pilot.pause()
            counts = stage.app.floor.query_one("#counts", SafeText)
            shown = str(counts.render()).splitlines()
            assert all(cell_len(line) <= counts.size.width for line in shown)
            assert len(shown) <= counts.size.height
            words = ["진행 중 300", "미확인 200", "지연 200", "보류 100"]
            words = (
                words if language == "ko" else ["open 300", "(unacknowledged|NEW) 200", "overdue 200", "shelved 100"]
            )
            assert all(re.search(word, "\n".join(shown)) for word in words)


@pytest.mark.parametrize("size", SIZES)
async def test_people_in_danger_are_in_sight_before_the_newest_fault(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    stage.take(*(event(f"I{n:03}", minutes_ago=1 + n * 0.05) for n in range(60)))
    async with stage.running(size) as pilot:
        await select(stage, pilot, "end")
        monkeypatch.setattr(stage.app, "monotonic", lambda: MONOTONIC + 6)
        await stage.tell(event("DANGER", minutes_ago=0.5, description="작업자 손이 프레스에 끼었어요"))
        await stage.tell(new_fault())  # type: ignore[arg-type]
        await pilot.pause()
        assert stage.app.floor.rows[0].id == "DANGER", "before those that are overdue, too"
        assert any("응급" in line and "작업자" in line for line in lines(stage))
        await stage.app.host.call(stage.station.commands.acknowledge("DANGER"))
        stage.show()
        assert WHAT in "\n".join(lines(stage))
