"""The bar above the transcript: "before you start" until the lockout was checked in this episode, then who and when."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot

from core.domain.issues import issue_of
from core.domain.lockout import lockout_of
from core.domain.safety_checks import SECURING, checked
from core.support import i18n
from tests.tui.stage import NOW_MS, Stage, event, set_stage
from tests.tui.test_floor import PRESS, type_text
from tests.unit.making import event as issue_event
from tui.screens.floor import FloorScreen
from tui.screens.lockout import SecureScreen
from tui.view.lockout_bar import LockoutBar, bar_words, lockout_bar
from tui.view.words import clock
from tui.widgets.safe_text import SafeText

SIZES = [(80, 24), (120, 36)]
PARTLY = "밖에서 보기만 함"


def bar(stage: Stage) -> str:
    stage.show()
    return str(stage.app.floor.query_one("#pane-safety", SafeText).render())


async def check(stage: Stage, pilot: "Pilot[None]", *, leave_out: str = "") -> None:
    """The whole list by keys; with ``leave_out`` the last two checks are left out, for this reason."""
    made = len(SECURING) - (2 if leave_out else 0)
    await pilot.press("ctrl+l")
    await stage.until(lambda: not isinstance(stage.app.screen, FloorScreen))
    await pilot.press(*["space"] * made, "enter")
    if leave_out:
        await pilot.press("tab")
        await type_text(pilot, leave_out)
        await pilot.press("enter")
    await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("lang", "open_words", "done_words"),
    [
        ("ko", "작업 전", "전원 차단·잠금·표지·무에너지"),
        ("en", "Before you start", "off·locked·tagged·verified"),
    ],
)
async def test_it_says_who_checked_and_when_and_on_a_restart_too(
    tmp_path: Path, lang: str, open_words: str, done_words: str, size: tuple[int, int]
) -> None:
    with set_stage(tmp_path, lang=lang) as stage:
        stage.take(event(PRESS))
        async with stage.running(size) as pilot:
            assert bar(stage).startswith(f"▲ {open_words}")
            await check(stage, pilot)
            said = bar(stage)
            assert said.startswith(f"✓ {clock(NOW_MS, NOW_MS)} 김민수 ")
            assert done_words in said
            await stage.until(lambda: stage.app.floor.query_one("#pane-safety").size.height == 1)
    with set_stage(tmp_path, lang=lang) as stage:
        async with stage.running(size):
            await stage.until(lambda: stage.app.floor.pane is not None)
            assert bar(stage) == said


@pytest.mark.parametrize("again", [{}, {"headers": (("ce_type", b"andon.issue.reopened"),)}])
async def test_a_new_episode_is_open_again(stage: Stage, again: dict[str, Any]) -> None:
    stage.take(event(PRESS, minutes_ago=9))
    async with stage.running() as pilot:
        await check(stage, pilot)
        await stage.tell(event(PRESS, minutes_ago=12), event(PRESS, minutes_ago=7))
        assert bar(stage).startswith("✓"), "a repeat, early or late, is the same episode"
        await stage.tell(event(PRESS, minutes_ago=5, isSolved=True), event(PRESS, minutes_ago=1, **again))
        assert bar(stage).startswith("▲ 작업 전")
        await check(stage, pilot)
        assert bar(stage).startswith("✓")


async def test_a_check_that_was_begun_before_a_new_episode_is_none_of_it(stage: Stage) -> None:
    stage.take(event(PRESS, minutes_ago=9))
    async with stage.running() as pilot:
        await pilot.press("ctrl+l")
        await stage.until(lambda: isinstance(stage.app.screen, SecureScreen))
        await pilot.press(*["space"] * len(SECURING))
        await stage.tell(event(PRESS, minutes_ago=5, isSolved=True), event(PRESS, minutes_ago=1))
        await pilot.press("enter")
        problem = stage.app.screen.query_one("#secure-problem", SafeText)
        await stage.until(lambda: "다시 발생" in str(problem.render()))
        assert isinstance(stage.app.screen, SecureScreen)
        assert bar(stage).startswith("▲ 작업 전")
        await pilot.press(*["space"] * len(SECURING), "enter")
        await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))
        assert bar(stage).startswith("✓")


async def test_what_was_left_out_is_said_with_its_reason(stage: Stage) -> None:
    stage.take(event(PRESS))
    async with stage.running((80, 24)) as pilot:
        await check(stage, pilot, leave_out=PARTLY)
        said = bar(stage)
        assert said.startswith("▲ ")
        assert "김민수" in said
        assert "생략: 표지·무에너지" in said
        assert f"사유: {PARTLY}" in said
        assert "✓" not in said


async def test_in_ascii(tmp_path: Path) -> None:
    with set_stage(tmp_path, lang="en", ascii=True, operator="Kim") as stage:
        stage.take(event(PRESS))
        async with stage.running() as pilot:
            assert bar(stage).startswith("! Before you start")
            await check(stage, pilot)
            assert bar(stage).startswith("v ")


names = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=60)


@given(
    names,
    st.sets(st.sampled_from(sorted(SECURING))),
    st.text(max_size=300),
    st.integers(30, 120),
    st.booleans(),
    st.booleans(),
)
def test_it_never_overflows_and_tells_what_was_left_out(
    name: str, done: set[str], why: str, width: int, ascii_only: bool, today: bool
) -> None:
    issue = issue_of(issue_event(NOW_MS))
    made = lockout_of(issue, checked(SECURING, done, why), at_ms=NOW_MS, by=name)
    found = lockout_bar(made, NOW_MS if today else NOW_MS + 3 * 86_400_000)
    lines = bar_words(found, width, ascii_only=ascii_only).splitlines()
    assert found.is_whole is (done == set(SECURING))
    assert len(lines) <= (1 if found.is_whole else 2)
    assert lines[0].startswith(("v " if ascii_only else "✓ ") if found.is_whole else ("! " if ascii_only else "▲ "))
    assert f" {found.at}" in lines[0]
    assert found.missing in lines[0]
    assert all(cell_len(line) <= width for line in lines[1:])
    assert cell_len(lines[0]) <= width or not found.is_whole


def test_the_narrower_the_shorter() -> None:
    i18n.use("ko")
    made = LockoutBar("09:12", "김민수남궁민수", "전원 차단·잠금·표지·무에너지", "", "")
    assert bar_words(made, 60, ascii_only=False) == "✓ 09:12 김민수남궁민수 전원 차단·잠금·표지·무에너지"
    assert bar_words(made, 46, ascii_only=False) == "✓ 09:12 김민수… 전원 차단·잠금·표지·무에너지"
    assert bar_words(made, 40, ascii_only=False) == "✓ 09:12 김민수남궁민수 안전 확인함"
    assert bar_words(made, 28, ascii_only=False) == "✓ 09:12 김민수… 안전 확인함"


@pytest.mark.parametrize("first", ["enter", ""])
async def test_a_reason_that_is_typed_ticks_nothing(stage: Stage, first: str) -> None:
    """Its letters, blanks and digits are words, whether the dialog asked for it or not yet."""
    stage.take(event(PRESS, minutes_ago=9))
    async with stage.running() as pilot:
        await pilot.press("ctrl+l")
        await stage.until(lambda: isinstance(stage.app.screen, SecureScreen))
        await pilot.press("space", *([first] if first else []))
        await type_text(pilot, "no lock at machine 3")
        await pilot.press("enter")
        await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))
        issue = stage.station.issue(stage.app.floor.rows[0].id)
        assert issue is not None
        lockout = stage.station.chat.lockout(issue)
        assert lockout is not None
        assert lockout.why_not == "no lock at machine 3"
        assert lockout.missing == ("lock", "tag", "zero")
