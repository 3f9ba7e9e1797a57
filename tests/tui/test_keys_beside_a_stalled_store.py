"""A store that stalls, for however long, costs no key anything: every key is answered, on the floor and in each dialog.

The Station's thread stands still in the store from the first key to the last; whatever waits for it is not answered.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.screen import Screen

from core.store.database import Database
from tests.tui.scenes import look_at_press
from tests.tui.stage import Stage, event, set_stage, six_issues
from tests.tui.test_keys import FOCUSED, KEYS, WHERE
from tests.tui.test_keys_at_once import DIALOGS
from tui.input.keys import Area
from tui.screens.emergency import EmergencyScreen
from tui.screens.floor import FloorScreen
from tui.widgets.issue_list import IssueList

CHARACTERS = {"enter": "\r", "space": " ", "tab": "\t", "slash": "/"}
IN_A_DIALOG = ("a", "space", "1", "tab", "shift+tab", "down", "up", "pagedown", "pageup", "home", "end", "backspace")
THEN = ("enter", "escape")


@contextmanager
def stalled(stage: Stage) -> Iterator[None]:
    """The Station's thread stands in the store, and no other thread may ask it anything."""
    release, stands = threading.Event(), threading.Event()
    screen = threading.get_ident()

    def standing(*_given: Any, **_more: Any) -> Any:
        assert threading.get_ident() != screen, "the screen's thread asks the store"
        stands.set()
        release.wait(60)
        raise RuntimeError("released")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "rows", standing)
        patch.setattr(Database, "transaction", standing)
        waiting = stage.host.submit(_reads(stage))
        assert stands.wait(10)
        try:
            yield
        finally:
            patch.undo()
            release.set()
            with pytest.raises(RuntimeError):
                waiting.result(10)


async def _reads(stage: Stage) -> None:
    stage.station.store.database.rows("SELECT 1")


def send(stage: Stage, key: str) -> None:
    """As the terminal's driver does: nobody waits for what becomes of it."""
    stage.app.post_message(events.Key(key, CHARACTERS.get(key, key if len(key) == 1 else None)))


async def answered(stage: Stage, after: str) -> None:
    """What was sent before is dealt with: the emergency key, sent behind it, shows what it shows, and goes again."""
    send(stage, "f12")
    await reached(stage, lambda: isinstance(stage.app.screen, EmergencyScreen), f"after {after} a key is not answered")
    shown = stage.app.screen
    send(stage, "escape")
    await reached(stage, lambda: stage.app.screen is not shown, f"after {after} the emergency screen does not go")


async def reached(stage: Stage, condition: Callable[[], bool], why: str) -> None:
    try:
        await stage.until(condition)
    except AssertionError:
        raise AssertionError(why) from None


async def goes(stage: Stage, screen: Screen[Any]) -> None:
    send(stage, "escape")
    await reached(stage, lambda: stage.app.screen is not screen, f"{screen} does not go")


async def back(stage: Stage, pilot: "Pilot[None]") -> None:
    """Nothing lies over the floor any more."""
    for _window in range(4):
        if isinstance(stage.app.screen, FloorScreen):
            return
        await goes(stage, stage.app.screen)
    assert isinstance(stage.app.screen, FloorScreen)


@pytest.mark.parametrize("area", list(Area))
async def test_every_key_of_the_floor(stage: Stage, area: Area) -> None:
    stage.take(*six_issues(), event("MORE", minutes_ago=3), event("MORE", minutes_ago=2, isSolved=True))
    async with stage.running() as pilot:
        await stage.until(lambda: (pane := stage.app.floor.pane) is not None and pane.is_read)
        with stalled(stage):
            for action, key in KEYS:
                if action.area is not area:
                    continue
                stage.app.floor.query_one(WHERE[area] if area in FOCUSED else IssueList).focus()
                await pilot.pause()
                send(stage, key)
                await answered(stage, f"{action.id} ({key})")
                await back(stage, pilot)


@pytest.mark.parametrize("dialog", DIALOGS)
@pytest.mark.parametrize("last", THEN)
async def test_every_key_of_a_dialog(tmp_path: Path, dialog: str, last: str) -> None:
    with set_stage(tmp_path, lang="en") as stage:
        stage.take(*six_issues())
        async with stage.running() as pilot:
            await look_at_press(stage, pilot)
            with stalled(stage):
                for key in (*DIALOGS[dialog], *IN_A_DIALOG, last):
                    send(stage, key)
                    await answered(stage, key)
                await back(stage, pilot)
