"""What the screens look like in each of their states, on the stage: for snapshots and for pictures."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from core.events import Record
from core.kafka.freshness import FeedState
from core.kafka.problems import Problem, ProblemKind
from tests.tui.stage import MONOTONIC, NOW_MS, Stage, event, six_issues
from tui.screens.floor import FloorScreen
from tui.screens.resolve import ResolveScreen
from tui.widgets.composer import Composer

PRESS = "PRESS_001_20250808_001"
WELD = "WELD_007_20250808_004"
Act = Callable[[Stage, "Pilot[None]"], Awaitable[None]]


async def nothing(_stage: Stage, _pilot: "Pilot[None]") -> None:
    """Nobody touches anything."""


@dataclass(frozen=True)
class Scene:
    """``records`` are there from the start; ``act`` is what happens then."""

    act: Act = nothing
    records: Callable[[], list[Record]] = six_issues
    freshness: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    async def play(self, stage: Stage, pilot: "Pilot[None]") -> None:
        await stage.until(lambda: stage.app.floor.ready)
        await self.act(stage, pilot)
        await stage.settled(pilot)
        assert stage.app.return_code in (None, 0), "the screens failed"

    def prepare(self, stage: Stage) -> None:
        stage.take(*self.records())
        if self.freshness:
            stage.freshness(**self.freshness)


async def look_at_press(stage: Stage, _pilot: "Pilot[None]") -> None:
    """The pane that opened by itself has its first words before it is left, or they would be unread."""
    first = stage.app.floor.selected
    await stage.until(lambda: first is None or stage.said(first) == 1)
    stage.app.floor.go_to(PRESS)
    await stage.until(lambda: stage.said(PRESS) == 1)


async def talk(stage: Stage, pilot: "Pilot[None]") -> None:
    """The press fault is looked at, acknowledged, and its first step asked for."""
    await look_at_press(stage, pilot)
    await pilot.press("f2", "enter", *("다음" if stage.settings.lang == "ko" else "next"), "enter")
    await stage.until(lambda: stage.said(PRESS) == 3)
    await stage.until(lambda: stage.app.floor.query_one(Composer).text == "")


async def shift(stage: Stage, pilot: "Pilot[None]") -> None:
    """Every state of the ladder at once, and words that nobody has read yet."""
    await look_at_press(stage, pilot)
    await stage.app.host.call(_at_work(stage))
    await stage.until(lambda: stage.station.unread.get(WELD) == 2)


async def _at_work(stage: Stage) -> None:
    station = stage.station
    for issue in (PRESS, PRESS, WELD, "ASSY_022_20250808_001"):
        await station.acknowledge(issue)
    await station.shelve("PRESS_003_20250808_003", 30, "부품 대기")
    handling = station.ladder.handling[PRESS]
    late = NOW_MS - 70 * 60_000
    station.ladder.handling = {
        **station.ladder.handling,
        PRESS: handling.__class__(handling.seen_ms, late, "김민수", late, "김민수"),
    }
    for text in ("어제 야간에도 같은 증상이었어요", "팁 드레서부터 보세요"):
        await station.chat.note(WELD, text)


async def read_the_new(stage: Stage, pilot: "Pilot[None]") -> None:
    await shift(stage, pilot)
    stage.app.floor.go_to(WELD)
    await stage.until(lambda: stage.said(WELD) == 3)


async def draft(stage: Stage, pilot: "Pilot[None]") -> None:
    await look_at_press(stage, pilot)
    await pilot.press("enter", *"유압", "space", *"펌프에서", "ctrl+j", *"소음이", "space", *"납니다")


async def resolve(stage: Stage, pilot: "Pilot[None]") -> None:
    await talk(stage, pilot)
    await pilot.press("f4")
    await stage.until(lambda: isinstance(stage.app.screen, ResolveScreen))
    await pilot.press(*"흡입", "space", *"필터", "space", *"교체")


async def resolve_unchecked(stage: Stage, pilot: "Pilot[None]") -> None:
    await resolve(stage, pilot)
    await pilot.press("tab", "space", "enter")


async def resolve_waits(stage: Stage, pilot: "Pilot[None]") -> None:
    await resolve(stage, pilot)
    await pilot.press("tab", "space", "space", "space", "enter")
    await stage.until(lambda: isinstance(stage.app.screen, FloorScreen))


async def resolved(stage: Stage, pilot: "Pilot[None]") -> None:
    await resolve_waits(stage, pilot)
    [entry] = stage.station.outbox
    sent = entry.record
    await stage.tell(Record("chatbot-issue-events", 0, 0, sent.timestamp_ms, sent.key, sent.value, sent.headers))


async def recently_resolved(stage: Stage, pilot: "Pilot[None]") -> None:
    await resolved(stage, pilot)
    await pilot.press("escape", "f7")


def pressing(*keys: str) -> Act:
    async def press(stage: Stage, pilot: "Pilot[None]") -> None:
        await look_at_press(stage, pilot)
        await pilot.press(*keys)

    return press


async def condition(stage: Stage, pilot: "Pilot[None]") -> None:
    """The data folder is another in each run."""
    stage.app.settings = stage.settings.model_copy(update={"data_dir": Path("/var/lib/andon")})
    await look_at_press(stage, pilot)
    await pilot.press("ctrl+s")


def many() -> list[Record]:
    equipment = ("프레스", "용접기", "도장설비", "차량조립설비")
    return [
        event(
            f"{'LONG_' * (30 if number == 4 else 0)}LINE_{number:03}_20250808_001",
            minutes_ago=1 + number * 0.7,
            modeType=equipment[number % 4],
            description="경보 👷🏽‍♀️ é̂ " + "긴 설명 " * (2000 if number == 7 else 3),
        )
        for number in range(60)
    ]


SCENES: dict[str, Scene] = {
    "empty": Scene(records=list),
    "replaying": Scene(freshness={"state": FeedState.CATCHING_UP, "done": 1200, "total": 48_000}),
    "out-of-contact": Scene(
        look_at_press,
        freshness={
            "state": FeedState.LOST,
            "contact_at": MONOTONIC - 42,
            "problem": Problem(ProblemKind.REFUSED, "kafka.plant:9092"),
        },
    ),
    "one": Scene(records=lambda: six_issues()[1:2], act=look_at_press),
    "six": Scene(look_at_press),
    "sixty": Scene(records=many),
    "shift": Scene(shift),
    "new": Scene(read_the_new),
    "draft": Scene(draft),
    "talk": Scene(talk),
    "resolve": Scene(resolve),
    "resolve-unchecked": Scene(resolve_unchecked),
    "resolve-waits": Scene(resolve_waits),
    "resolved": Scene(resolved),
    "recently-resolved": Scene(recently_resolved),
    "shelve": Scene(pressing("f8")),
    "operator": Scene(pressing("f9")),
    "condition": Scene(condition),
    "help": Scene(pressing("f1")),
    "menu": Scene(pressing("f10")),
}
