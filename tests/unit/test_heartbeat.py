"""The heartbeat: given by a Station at work, gone or stale when there is none, and no reason to end on a full disk."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.chat.playbook.assistant import PlaybookAssistant
from core.domain.errors import CommandError
from core.domain.freshness import FeedState, Freshness
from core.settings import Settings, load_settings
from core.station.data_dir import opened_store
from core.station.heartbeat import BEAT_S, FILE_NAME, STALE_S, Sign, beating, give, last_sign
from core.station.host import StationHost
from tests.unit.commands import andon

NOW = 1_790_000_000.0
SIGN = Sign("P1-03", 7, "live", 2)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data_dir=tmp_path / "data", terminal_id="P1-03", operator="kim")


@contextmanager
def hosted(settings: Settings) -> Iterator[StationHost]:
    """A Station at work on a real store, without a broker."""
    with opened_store(settings) as store, StationHost(settings, store, PlaybookAssistant(), connect=False) as host:
        yield host


def until(condition: Callable[[], bool], within: float = 20.0) -> None:
    give_up = time.monotonic() + within
    while not condition():
        assert time.monotonic() < give_up, "not in time"
        time.sleep(0.01)


def test_a_station_at_work_gives_a_sign_and_takes_it_away(settings: Settings) -> None:
    path = settings.data_dir / FILE_NAME
    with hosted(settings):
        until(path.exists)
        sign, age = last_sign(settings.data_dir, time.time())
        assert sign == Sign("P1-03", os.getpid(), "connecting", 0)
        assert age < STALE_S
        assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="No terminal is running"):
        last_sign(settings.data_dir, time.time())


def test_a_station_that_ended_by_a_defect_gives_no_more_signs(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def defect(_station: object, *, connect: bool) -> None:
        raise ExceptionGroup("station", [RuntimeError(f"a defect, connect {connect}")])

    monkeypatch.setattr("core.station.station.Station.run", defect)
    with hosted(settings) as host:
        until(lambda: host.failure is not None)
        assert not (settings.data_dir / FILE_NAME).exists()


@pytest.mark.parametrize("away", [STALE_S + 1, -STALE_S - 1])
def test_a_sign_from_another_time_is_none(tmp_path: Path, away: float) -> None:
    give(tmp_path / FILE_NAME, SIGN, NOW)
    with pytest.raises(CommandError, match=r"process 7.*2026-09-21T"):
        last_sign(tmp_path, NOW + away)
    assert last_sign(tmp_path, NOW + STALE_S) == (SIGN, STALE_S)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"terminal": "a", "pid": null}', "\x00" * 9000])
def test_rubbish_in_the_file_is_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content)
    with pytest.raises(CommandError, match=r"alive\.json: not understood"):
        last_sign(tmp_path, time.time())


def test_on_a_full_disk_the_sign_that_is_there_is_renewed(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    give(path, SIGN, NOW)
    path.with_suffix(".new").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        give(path, Sign("P1-03", 7, "lost", 3), NOW + 3600)
    assert last_sign(tmp_path, NOW + 3601) == (SIGN, 1.0)


async def test_a_disk_that_takes_nothing_ends_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    gone = tmp_path / "gone"
    signs: list[Sign] = []

    def sign() -> Sign:
        signs.append(SIGN)
        return SIGN

    async with beating(gone, sign):
        await _until_logged(caplog)
    assert signs
    assert not gone.exists()


async def test_what_changed_is_told_before_the_next_beat(tmp_path: Path) -> None:
    signs = [SIGN]
    path = tmp_path / FILE_NAME
    async with beating(tmp_path, lambda: signs[-1]), asyncio.timeout(BEAT_S - 1):
        while not path.exists():
            await asyncio.sleep(0.01)
        signs.append(Sign("P1-03", 7, "lost", 3))
        while last_sign(tmp_path, time.time())[0] != signs[-1]:
            await asyncio.sleep(0.01)


async def _until_logged(caplog: pytest.LogCaptureFixture) -> None:
    async with asyncio.timeout(20):
        while "heartbeat" not in caplog.text:
            await asyncio.sleep(0.01)


def test_the_feed_is_told_as_the_screen_tells_it() -> None:
    assert Freshness(FeedState.LIVE, 0.0).told(1.0) is FeedState.CONNECTING
    assert Freshness(FeedState.LIVE, 0.0, 1.0).told(2.0) is FeedState.LIVE
    assert Freshness(FeedState.CATCHING_UP, 0.0, 1.0).told(2.0) is FeedState.CATCHING_UP
    assert Freshness(FeedState.LIVE, 0.0, 1.0).told(60.0) is FeedState.LOST


# --- the command


def test_health_is_0_while_a_terminal_works_and_1_when_it_was_killed(tmp_path: Path) -> None:
    given = {"ANDON_DATA_DIR": str(tmp_path)}
    give(tmp_path / FILE_NAME, Sign("\x1b[2JP1-03", 7, "lost", 2), time.time())
    well = andon(given, "health")
    assert well.code == 0, well.complaint
    assert "no contact with Kafka; a restart would not help" in well.text
    assert "2 records not confirmed yet" in well.text
    assert "\x1b" not in well.text
    killed = time.time() - STALE_S - 1  # nothing renews the file of a process that was killed
    os.utime(tmp_path / FILE_NAME, (killed, killed))
    dead = andon(given, "health")
    assert (dead.code, dead.out) == (1, b"")
    assert dead.complaint.startswith("andon: The terminal in")
    assert len(dead.complaint.splitlines()) == 1


def test_health_in_json_both_ways(tmp_path: Path) -> None:
    given = {"ANDON_DATA_DIR": str(tmp_path)}
    none = andon(given, "health", "--json")
    assert (none.code, none.json()["ok"]) == (1, False)
    assert "No terminal is running" in none.json()["reason"]
    give(tmp_path / FILE_NAME, SIGN, time.time())
    well = andon(given, "health", "--json")
    assert well.code == 0
    assert well.json() | {"age": 0} == {
        "ok": True, "terminal": "P1-03", "pid": 7, "feed": "live", "waiting": 2, "age": 0
    }  # fmt: skip


def test_health_takes_the_flags_that_every_command_takes(tmp_path: Path) -> None:
    give(tmp_path / FILE_NAME, SIGN, time.time())
    assert andon({}, "--data-dir", str(tmp_path), "health").code == 0
    assert andon({}, "--data-dir", str(tmp_path / "none"), "health").code == 1
    wrong = andon({"ANDON_THEME": "pink"}, "health")
    assert wrong.code == 2
    assert "ANDON_THEME" in wrong.complaint


def test_a_probe_loads_neither_screens_nor_kafka(tmp_path: Path) -> None:
    program = (
        "import json, sys; sys.argv = ['andon', 'health']\n"
        "from tui.__main__ import main\n"
        "try: main()\n"
        "except SystemExit as end: print(json.dumps([end.code, sorted(sys.modules)]))"
    )
    give(tmp_path / FILE_NAME, SIGN, time.time())
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "ANDON_DATA_DIR": str(tmp_path)},
        capture_output=True,
        check=True,
    )
    code, modules = json.loads(done.stdout.splitlines()[-1])
    assert code == 0
    assert not {"textual", "aiokafka", "httpx", "core.station.station"} & set(modules)


def test_health_speaks_korean(tmp_path: Path) -> None:
    give(tmp_path / FILE_NAME, SIGN, time.time())
    assert "P1-03 작동 중: Kafka 연결됨" in andon({"ANDON_DATA_DIR": str(tmp_path), "ANDON_LANG": "ko"}, "health").text
