"""The line before what is new of an issue: it does not move for what comes while the conversation is brought."""

from pathlib import Path

from core.domain.messages import Author
from core.station.view import PaneView
from tests.unit.making import NOW, payload, record
from tests.unit.station_making import make_station, take
from tui.view.entry import Entry
from tui.view.pane import Panes

A, B = "A", "B"


async def test_what_comes_after_the_look_is_new_behind_what_was_unread(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    take(station, record(payload(A), at=NOW), record(payload(B), at=NOW, offset=1))
    for text in ("seen before", "first", "second"):
        await station.commands.look_at(A if text == "seen before" else B)
        station.chat.conversations.tell(A, Author.SYSTEM, text, memo={})
    await station.commands.look_at(A)
    station.views.publish()  # the conversation is on its way to the screen
    station.chat.conversations.tell(A, Author.SYSTEM, "after the look", memo={})
    station.views.publish()
    assert new(station.view.pane) == ["first", "second", "after the look"]
    await station.commands.look_at(A)
    station.views.publish()
    assert new(station.view.pane) == ["first", "second", "after the look"], "the same look goes on"
    await station.commands.look_at(None)
    await station.commands.look_at(A)
    station.views.publish()
    assert new(station.view.pane) == []


def new(read: PaneView | None) -> list[str]:
    """What stands behind the line, on a screen that has only now come to look."""
    assert read is not None
    pane = Panes(ascii_only=False, emergency_key="F12").of(read.listed, read, NOW)
    entries = list(pane.entries)
    line = next((at for at, entry in enumerate(entries) if entry.divides), len(entries))
    return [said(entry) for entry in entries[line + 1 :]]


def said(entry: Entry) -> str:
    return entry.text.splitlines()[-1]
