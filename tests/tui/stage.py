"""A floor to test on: the real app, host and store, with records given by hand and a clock that stands still."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from textual.pilot import Pilot

from core.chat.backend import ChatBackend
from core.chat.playbook.assistant import PlaybookAssistant
from core.domain.events import FAULT, Headers, Record, utc_text
from core.domain.freshness import FeedState, Freshness
from core.settings import Settings, load_settings
from core.station.data_dir import opened_store
from core.station.host import StationHost
from core.station.station import Station
from core.support import i18n
from tui.app import AndonApp
from tui.widgets.transcript import Transcript

NOW_MS = 1_754_640_000_000
"""2025-08-08 08:00 UTC: what every clock on the stage shows."""
MONOTONIC = 10_000.0
TOPIC = "chatbot-issue-events"


def event(issue: str, *, minutes_ago: float = 5.0, partition: int = 0, offset: int = 0, **fields: Any) -> Record:
    """A record as the plant sends it, ``minutes_ago`` before the stage's now."""
    time_ms = NOW_MS - round(minutes_ago * 60_000)
    headers: Headers = fields.pop("headers", ())
    value = {
        "issue": issue,
        "processType": FAULT,
        "modeType": "프레스",
        "modeLogId": None,
        "description": None,
        "isSolved": False,
        "timestamp": utc_text(time_ms),
        **fields,
    }
    return Record(TOPIC, partition, offset, time_ms, None, json.dumps(value, ensure_ascii=False).encode(), headers)


class Clock:
    """What every clock on the stage shows, epoch ms: it stands still until a test moves it."""

    def __init__(self) -> None:
        self.ms = NOW_MS

    def __call__(self) -> int:
        return self.ms


@dataclass
class Stage:
    """The app under test and what a test does to the world around it."""

    settings: Settings
    host: StationHost
    app: AndonApp
    clock: Clock
    offset: int = 0

    @property
    def station(self) -> Station:
        return self.host.station

    async def tell(self, *records: Record) -> None:
        """The plant sends these."""
        self.take(*records)
        self.show()

    def show(self) -> None:
        """Have the Station say how it is now, whatever a test did to it, and the screens show that."""
        self.host.submit(_publish(self.station)).result(10)
        self.app.show_news()

    def take(self, *records: Record) -> None:
        """Feed records in before or while the app runs."""
        numbered = []
        for record in records:
            numbered.append(msgspec.structs.replace(record, offset=self.offset))
            self.offset += 1
        self.host.submit(_ingest(self.station, numbered, self.offset)).result(10)

    def freshness(self, **changes: Any) -> None:
        """Set how fresh the data is said to be."""
        self.station.feed.freshness = replace(self.station.feed.freshness, **changes)
        self.host.submit(_publish(self.station)).result(10)

    def live(self) -> None:
        self.freshness(state=FeedState.LIVE, since=MONOTONIC - 600, contact_at=MONOTONIC, problem=None)

    @asynccontextmanager
    async def running(self, size: tuple[int, int] = (120, 36)) -> AsyncIterator["Pilot[None]"]:
        async with self.app.run_test(size=size) as pilot:
            await self.until(lambda: self.app.floor.ready)
            await pilot.pause()
            yield pilot

    async def until(self, condition: Callable[[], bool], *, within: float = 10.0) -> None:
        """Wait for a condition; the message names what did not come about."""
        give_up = time.monotonic() + within
        while not condition():
            if time.monotonic() > give_up:
                raise AssertionError(f"not within {within} s")
            await asyncio.sleep(0.01)

    async def settled(self, pilot: "Pilot[None]") -> None:
        """Wait until the screen no longer changes: layout, scrolling and mounting have come to rest."""
        before = ""
        for _look in range(50):
            self.show()
            # An anchored widget's scrollbar may be a fraction of a cell behind its content until it is painted anew.
            self.app.floor.query_one(Transcript).vertical_scrollbar.refresh()
            await pilot.pause(0.15)
            now = self.app.export_screenshot(title="Andon")
            if now == before:
                return
            before = now
        raise AssertionError("the screen does not come to rest")

    def said(self, issue: str) -> int:
        return len(self.station.chat.conversations.messages(issue))


async def _ingest(station: Station, records: list[Record], next_offset: int) -> None:
    station.intake.ingest(records, {0: next_offset})


async def _publish(station: Station) -> None:
    station.views.publish()


@contextmanager
def set_stage(folder: Path, *, lang: str = "ko", backend: ChatBackend | None = None, **flags: Any) -> Iterator[Stage]:
    """A stage with an empty store; the feed says live, and nothing connects to Kafka."""
    i18n.use(lang)
    settings = load_settings(
        bootstrap_servers="127.0.0.1:1",
        data_dir=folder,
        lang=lang,
        **{"operator": "김민수", "terminal_id": "P1-03", "station": "프레스 1라인", **flags},
    )
    clock = Clock()
    with (
        opened_store(settings) as store,
        StationHost(settings, store, backend or PlaybookAssistant(), connect=False, now_ms=clock) as host,
    ):
        host.station.feed.freshness = Freshness(FeedState.CONNECTING, MONOTONIC)
        app = AndonApp(settings, host, now_ms=clock, monotonic=lambda: MONOTONIC, blinks=False)
        stage = Stage(settings, host, app, clock)
        stage.live()
        yield stage


def six_issues() -> list[Record]:
    """The floor of the pictures in screenshots/."""
    return [
        event("PAINT_014_20250808_002", minutes_ago=0.7, modeType="도장설비", description="도장 부스 온도 이상 62℃"),
        event(
            "PRESS_001_20250808_001", minutes_ago=12.5, description="100톤 프레스 유압 이상", modeLogId="PRESS_LOG_001"
        ),
        event("WELD_007_20250808_004", minutes_ago=4.2, modeType="용접기", description="용접 전극 마모, 스패터 증가"),
        event("ASSY_022_20250808_001", minutes_ago=26, modeType="차량조립설비", description="도어 볼트 체결 토크 미달"),
        event("PRESS_003_20250808_003", minutes_ago=41.8, description="하부 진동 이상"),
        event(
            "WELD_002_20250808_P01",
            minutes_ago=60,
            modeType="용접기",
            processType="정기점검",
            description="정기점검: 주간 전극 점검",
        ),
    ]
