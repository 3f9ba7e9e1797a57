"""How long and when, in words: Korean units in Korean, and times that stand in one column whatever their date."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.issue_json import duration
from core.domain.messages import Author
from core.support import i18n
from tui.view.entry import Entry
from tui.view.entry_days import with_days

NOON = 1_754_654_400_000
"""2025-08-08 12:00 UTC: the day is the same in most of the world."""
DAY = 86_400_000


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    i18n.use("en")


@pytest.mark.parametrize(
    ("seconds", "english", "korean"),
    [
        (42, "00:42", "00:42"),
        (751, "12:31", "12:31"),
        (11_109, "3:05:09", "3:05:09"),
        (187_200, "2d 4h", "2일 4시간"),
        (8_640_000, "100 d", "100일"),
    ],
)
def test_a_duration_is_in_the_operators_units(seconds: float, english: str, korean: str) -> None:
    i18n.use("en")
    assert duration(seconds) == english
    i18n.use("ko")
    assert duration(seconds) == korean


@given(st.floats(0, 10**9))
def test_no_duration_mixes_two_languages(seconds: float) -> None:
    i18n.use("ko")
    assert not set(duration(seconds)) & set("dhms")


def said(name: str, at_ms: int, clock: str) -> tuple[int, Entry]:
    return at_ms, Entry(name, Author.OPERATOR, "me", clock, name)


def test_a_line_stands_where_another_day_begins() -> None:
    i18n.use("en")
    told = [
        said("a", NOON - 2 * DAY, "08-06 12:00"),
        said("b", NOON - 2 * DAY, "08-06 12:00"),
        said("c", NOON, "12:00"),
    ]
    shown = list(with_days(told, NOON))
    assert [entry.text for entry in shown] == ["2025-08-06", "a", "b", "Today", "c"]
    assert [entry.clock for entry in shown if not entry.divides] == ["12:00", "12:00", "12:00"]


def test_a_transcript_of_today_has_no_line_for_it() -> None:
    told = [said("a", NOON, "12:00"), said("b", NOON + 1, "12:00")]
    assert list(with_days(told, NOON)) == [entry for _at, entry in told]


@given(st.lists(st.integers(-20, 0)).map(sorted))
def test_nothing_is_lost_and_no_day_has_two_lines(days: list[int]) -> None:
    told = [said(str(n), NOON + day * DAY, "01-01 12:00" if day else "12:00") for n, day in enumerate(days)]
    shown = list(with_days(told, NOON))
    assert [entry for entry in shown if not entry.divides] == [replace(entry, clock="12:00") for _at, entry in told]
    lines = [entry.id for entry in shown if entry.divides]
    assert len(lines) == len(set(lines)) <= len(set(days))
