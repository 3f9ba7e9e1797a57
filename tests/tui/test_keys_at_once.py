"""Keys that arrive together, as gloves and slow lines send them: a dialog does its work once, and no more."""

from pathlib import Path

import pytest
from textual import events

from tests.tui.scenes import PRESS, WELD, look_at_press
from tests.tui.stage import set_stage, six_issues
from tui.screens.floor import FloorScreen

SENT = {"enter": "\r", "space": " "}
DIALOGS = {
    "secure": ("ctrl+l", *["space"] * 4),
    "operator": ("f9", *"kim"),
    "shelve": ("f8", *"why"),
    "resolve": ("f4", *"note", "tab", "space", "space", "space"),
    "search": ("ctrl+t", *"oil"),
    "find": ("f7", *"oil"),
    "menu": ("f10",),
    "help": ("f1",),
    "condition": ("ctrl+s",),
}


@pytest.mark.parametrize("keys", [("enter", "enter"), ("enter", "escape"), ("escape", "escape"), ("escape", "enter")])
@pytest.mark.parametrize("dialog", DIALOGS)
async def test_two_keys_at_once_end_one_dialog(tmp_path: Path, dialog: str, keys: tuple[str, str]) -> None:
    with set_stage(tmp_path, lang="en") as stage:
        stage.take(*six_issues())
        async with stage.running() as pilot:
            await look_at_press(stage, pilot)
            await pilot.press(*DIALOGS[dialog])
            await stage.until(lambda: not isinstance(stage.app.screen, FloorScreen))
            await pilot.pause()
            for key in keys:
                stage.app.post_message(events.Key(key, SENT.get(key)))
            await pilot.pause(0.3)
            stage.show()
            assert stage.app.is_running
            assert sum(isinstance(screen, FloorScreen) for screen in stage.app.screen_stack) == 1
            assert len(stage.station.outbox) <= 1
            assert sum("secured" in message.memo for message in stage.station.chat.messages(PRESS)) <= 1
            assert WELD in {row.id for row in stage.app.floor.rows}
