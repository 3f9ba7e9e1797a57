"""No printable key is lost on the floor: whatever has the focus, opens and closes, or comes in between."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.widget import Widget

from tests.tui.stage import event, set_stage
from tests.tui.test_floor import PRESS
from tests.tui.test_typing import at_once, composer
from tui.input.keys import ACTIONS
from tui.widgets.composer import Composer
from tui.widgets.issue_list import IssueList
from tui.widgets.transcript import Transcript

PLACES: dict[str, type[Widget]] = {"list": IssueList, "transcript": Transcript, "composer": Composer}
LETTERS = st.text(st.sampled_from("abjknpq/?.,1290 가나ㅓㅏㅂ~’é"), min_size=1, max_size=6)
LAST = "끝"
WINDOWS = sorted(
    key for action in ACTIONS if action.urgent for key in action.keys if action.id not in ("row", "screen.write")
)
"""Keys of windows with a text, which are there before the next key is looked at."""
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("type"), LETTERS),
        st.tuples(st.just("focus"), st.sampled_from(sorted(PLACES))),
        st.tuples(st.just("window"), st.sampled_from(WINDOWS)),
        st.tuples(st.just("key"), st.sampled_from(["escape", "tab", "shift+tab", "ctrl+home"])),
        st.tuples(st.just("plant"), st.sampled_from(["new", "again", "solved"])),
    ),
    max_size=12,
)


@given(steps=STEPS)
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
async def test_no_sequence_of_keys_loses_one(steps: Sequence[tuple[str, str]]) -> None:
    """The keys of a window and those right behind its Esc come in one read of the terminal."""
    with TemporaryDirectory() as folder, set_stage(Path(folder)) as stage:
        stage.take(event(PRESS), event("PAINT_1", minutes_ago=9))
        async with stage.running() as pilot:
            stage.app.floor.go_to(PRESS)
            await pilot.pause()
            for number, (kind, what) in enumerate(steps):
                match kind:
                    case "type":
                        at_once(stage, what)
                    case "focus":
                        await stage.until(lambda: stage.app.floor.is_in_front)
                        stage.app.floor.query_one(PLACES[what]).focus()
                    case "window":
                        at_once(stage, [what, "escape"])
                    case "key":
                        at_once(stage, [what])
                    case _:
                        at = {"new": f"NEW_{number}", "again": PRESS, "solved": "PAINT_1"}[what]
                        await stage.tell(event(at, minutes_ago=0.1, isSolved=what == "solved"))
            at_once(stage, ["escape", LAST])  # behind all the others: once it is there, they are
            typed = "".join(what for kind, what in steps if kind == "type") + LAST
            await stage.until(lambda: stage.app.floor.is_in_front and composer(stage).text == typed)
            assert stage.app.floor.selected == PRESS
