"""How many are open: unknown is a question mark, and without contact it says as of when."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.domain.freshness import FeedState, Freshness
from core.domain.open_count import OpenCount, open_count
from core.station.station import Station
from core.support import i18n
from tests.unit.making import NOW, payload, record
from tests.unit.station_making import become, make_station, say_live, take
from tui.view.words import clock, count_words, open_words

SILENT = ClusterProblem(ClusterProblemKind.SILENT)
LIVE = Freshness(FeedState.LIVE, 100.0, 100.0, done=7, total=7)


@pytest.mark.parametrize(
    ("freshness", "known"),
    [
        (Freshness(FeedState.CONNECTING, 90.0), OpenCount(None)),
        (Freshness(FeedState.CATCHING_UP, 90.0, 100.0, done=3, total=7), OpenCount(None)),
        (Freshness(FeedState.CATCHING_UP, 90.0, 100.0, done=7, total=7), OpenCount(None)),
        (Freshness(FeedState.LOST, 90.0, 100.0, done=3, total=7, problem=SILENT), OpenCount(None)),
        (LIVE, OpenCount(4)),
        (replace(LIVE, contact_at=60.0), OpenCount(4, NOW - 40_000)),
        (replace(LIVE, state=FeedState.LOST, contact_at=60.0, problem=SILENT), OpenCount(4, NOW - 40_000)),
        (replace(LIVE, problem=SILENT), OpenCount(4, NOW)),
    ],
    ids=[
        "never in contact",
        "replaying",
        "nearly replayed",
        "lost while replaying",
        "live",
        "silent",
        "lost",
        "trouble",
    ],
)
def test_what_may_be_said_of_four(freshness: Freshness, known: OpenCount) -> None:
    assert open_count(4, freshness, now=100.0, now_ms=NOW) == known


@pytest.mark.parametrize("state", [FeedState.CONNECTING, FeedState.CATCHING_UP])
def test_what_an_earlier_run_knew_is_as_of_then(state: FeedState) -> None:
    freshness = Freshness(state, 100.0, None if state is FeedState.CONNECTING else 100.0, total=5)
    assert open_count(4, freshness, now=100.0, now_ms=NOW, complete_ms=NOW - 9) == OpenCount(4, NOW - 9)


def test_the_words_in_both_languages() -> None:
    at = clock(NOW, NOW)
    i18n.use("en")
    assert [count_words(one, NOW) for one in (OpenCount(None), OpenCount(0), OpenCount(4, NOW))] == [
        "?",
        "0",
        f"4 (as of {at})",
    ]
    assert open_words(OpenCount(4, NOW), NOW) == f"open 4 (as of {at})"
    i18n.use("ko")
    assert open_words(OpenCount(4, NOW), NOW) == f"진행 중 4 ({at} 기준)"
    assert open_words(OpenCount(None), NOW) == "진행 중 ?"


def count(station: Station) -> OpenCount:
    return station.view.count_open(station.state.now_ms(), time.monotonic())


async def test_a_terminal_that_never_had_contact_knows_nothing(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    assert count(station) == OpenCount(None)
    become(station, FeedState.CATCHING_UP)
    take(station, record(payload("A")))
    assert count(station) == OpenCount(None), "half a replay is no count"
    say_live(station)
    assert count(station) == OpenCount(1)


async def test_after_an_outage_and_after_a_restart_it_is_as_of_the_last_time_it_was_complete(tmp_path: Path) -> None:
    now_ms = [NOW]
    station = make_station(tmp_path, now_ms=lambda: now_ms[0])
    become(station, FeedState.CATCHING_UP)
    take(station, record(payload("A")))
    say_live(station)
    become(station, FeedState.CONNECTING)
    now_ms[0] += 3_600_000
    known = count(station)
    assert known.known == 1
    assert known.as_of_ms is not None
    assert abs(known.as_of_ms - NOW) < 5_000
    assert count(make_station(tmp_path, now_ms=lambda: now_ms[0])) == known


async def test_a_killed_terminal_knows_it_as_of_its_last_batch(tmp_path: Path) -> None:
    now_ms = [NOW]
    station = make_station(tmp_path, now_ms=lambda: now_ms[0])
    say_live(station)
    assert count(make_station(tmp_path)).known == 0
    now_ms[0] += 60_000
    take(station, record(payload("A")))
    known = count(make_station(tmp_path, now_ms=lambda: now_ms[0]))
    assert known.as_of_ms is not None
    assert known.known == 1
    assert NOW + 50_000 < known.as_of_ms <= NOW + 60_000


@pytest.mark.parametrize("kept", ["", "soon", "-5", "９", "9" * 30])
async def test_a_time_that_a_failing_disk_changed_is_no_time(tmp_path: Path, kept: str) -> None:
    station = make_station(tmp_path)
    with station.store.database.transaction() as db:
        db.execute("INSERT INTO meta VALUES ('complete cluster/t', ?)", (kept,))
    assert count(make_station(tmp_path)) == OpenCount(None)


async def test_a_terminal_that_ends_while_live_remembers_it(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    say_live(station)
    running = asyncio.create_task(station.run(connect=False))
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait({running})
    again = make_station(tmp_path)
    assert count(again).known == 0, "none open, as of then: it was seen"
    assert count(again).as_of_ms is not None
