"""The words of danger are built before the first message needs them, never in the way of the Station or a screen."""

import asyncio
import threading
from concurrent.futures import Future
from pathlib import Path

import pytest

import core.station.station
from core.emergency import Level, assess, warm_up
from core.emergency.english_words import index as english
from core.emergency.korean_index import index as korean
from tests.unit.conversing import floor


async def test_a_running_station_builds_them_in_a_thread_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: Future[threading.Thread] = Future()
    monkeypatch.setattr(core.station.station, "LEARN_WORDS_AFTER_S", 0.0)
    monkeypatch.setattr(core.station.station, "warm_up", lambda: built.set_result(threading.current_thread()))
    async with floor(tmp_path):
        assert await asyncio.wait_for(asyncio.wrap_future(built), 5) is not threading.current_thread()


def test_both_languages_are_built() -> None:
    korean.cache_clear()
    english.cache_clear()
    warm_up()
    assert korean.cache_info().currsize
    assert english.cache_info().currsize
    assert assess("손이 끼었어요").level is Level.YES
