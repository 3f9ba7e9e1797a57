"""What events told of danger is there at the next start, and is never taken for what other words would say."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from core.domain.event_danger import EventDangers, assessed, mark
from core.domain.issues import Issue, issue_of
from core.emergency import Level, english_words, korean_index
from core.emergency.lexicon import lexicon
from core.station import danger_memory
from core.station.danger_memory import FILE_NAME, remember, remembered
from tests.unit.making import event, payload, record
from tests.unit.station_making import make_station, take

TEXTS = (
    "손이 끼었어요",
    "유압 저하",
    "타는 냄새가 나요",
    "기름이 뿜어져 나와요",
    "프레스에 끼었어요",
    "he is bleeding",
)


def issues() -> list[Issue]:
    return [issue_of(event(issue=f"P-{at}", description=text)) for at, text in enumerate(TEXTS)]


def filled() -> EventDangers:
    dangers = EventDangers()
    for issue in issues():
        dangers.of(issue)
    return dangers


def test_what_was_assessed_is_known_at_the_next_start(tmp_path: Path) -> None:
    before = filled()
    remember(tmp_path, before.held())
    again = EventDangers(remembered(tmp_path))
    assert [again.of(issue) for issue in issues()] == [before.of(issue) for issue in issues()]
    assert before.assessed == len(TEXTS)
    assert again.assessed == 0
    assert again.held() == before.held()


def test_a_start_at_which_all_is_remembered_builds_no_words(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    take(station, *(record(payload(f"P-{at}", description=text), offset=at) for at, text in enumerate(TEXTS)))
    listed = [(one.id, one.in_danger) for one in station.view.listed]
    remember(tmp_path, station.state.dangers.held())
    station.store.close()
    words = (korean_index.index, english_words.index, lexicon)
    for build in words:
        build.cache_clear()
    again = make_station(tmp_path)
    again.views.watch(lambda: None)
    assert [(one.id, one.in_danger) for one in again.view.listed] == listed
    assert any(in_danger for _, in_danger in listed)
    assert not any(build.cache_info().currsize for build in words)


def test_other_words_of_an_issue_are_assessed(tmp_path: Path) -> None:
    remember(tmp_path, filled().held())
    again = EventDangers(remembered(tmp_path))
    assert again.of(issue_of(event(issue="P-1", description="불이야"))).level is Level.YES
    assert again.assessed == 1


def test_the_same_words_under_another_id_are_not_the_same() -> None:
    assert mark("A", "유압 저하") != mark("FIRE ALARM", "유압 저하")
    assert assessed("FIRE_DETECTED", "유압 저하").level is Level.YES


def test_what_other_rules_said_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(tmp_path, filled().held())
    assert remembered(tmp_path)
    monkeypatch.setattr(danger_memory, "edition", lambda: "another")
    assert remembered(tmp_path) == {}


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"null",
        b'{"edition": 1}',
        b"[" * 100_000,
        {"none": 3},
        {"none": [[]]},
        {"told": []},
        {"told": {"x": []}},
        {"told": {"x": ["perhaps", [], "ko", False, False, []]}},
        {"told": {"x": ["yes", ["boredom"], "ko", False, False, []]}},
    ],
    ids=range(13),
)
def test_a_damaged_file_is_as_none(tmp_path: Path, damage: bytes | dict[str, Any]) -> None:
    remember(tmp_path, filled().held())
    path = tmp_path / FILE_NAME
    path.write_bytes(
        damage if isinstance(damage, bytes) else json.dumps(json.loads(path.read_text()) | damage).encode()
    )
    assert remembered(tmp_path) == {}


def test_it_is_private_and_holds_no_text(tmp_path: Path) -> None:
    remember(tmp_path, filled().held())
    path = tmp_path / FILE_NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "끼" not in path.read_text()
    assert "\\u" not in path.read_text()


def test_a_disk_that_takes_nothing_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FILE_NAME).mkdir()
    remember(tmp_path, filled().held())
    assert "cannot be kept" in caplog.text
    assert remembered(tmp_path) == {}
    assert make_station(tmp_path).view.version >= 0
