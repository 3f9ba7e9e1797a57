"""Whose clock is wrong, from a minute on."""

import pytest

from core.domain.events import IssueEvent, Record, read_event
from core.domain.stamps import ahead_words
from tests.unit.making import NOW, event, payload

MINUTE = 60_000


def stamped(by: str) -> IssueEvent:
    return event(NOW + 50 * MINUTE, headers=(("ce_source", by.encode()),))


@pytest.mark.parametrize("ahead", [-MINUTE, 0, MINUTE - 1])
def test_below_a_minute_nothing_is_said(ahead: int) -> None:
    assert ahead_words(event(NOW + ahead), NOW, "T") == ""
    assert ahead_words(None, NOW, "T") == ""


def test_from_a_minute_on_it_is_said_whose_clock_it_is() -> None:
    assert "producer" in ahead_words(event(NOW + MINUTE), NOW, "T")
    assert "terminal P 2 is 50:00 ahead" in ahead_words(stamped("/terminals/P%202"), NOW, "T")
    assert "This terminal had to stamp" in ahead_words(stamped("/terminals/T"), NOW, "T")
    read = read_event(Record("t", 0, 0, NOW + 50 * MINUTE, None, payload("A"), log_append=True))
    assert isinstance(read, IssueEvent)
    assert "50:00 behind the broker's" in ahead_words(read, NOW, "T")
