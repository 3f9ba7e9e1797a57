"""What varies is frozen: size, clock, locale, time zone, cursor; NO_COLOR is left to the tests that want it."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.stage import Stage, set_stage


@pytest.fixture(autouse=True)
def _frozen_surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("NO_COLOR", "TEXTUAL_FPS", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    os.environ.pop("TZ", None)
    time.tzset()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A Korean floor with nothing on it yet."""
    with set_stage(tmp_path / "data") as stage:
        yield stage


@pytest.fixture
def english_stage(tmp_path: Path) -> Iterator[Stage]:
    with set_stage(tmp_path / "data", lang="en") as stage:
        yield stage
