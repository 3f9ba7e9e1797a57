"""The record's stamp counts; where it cannot be right the JSON is the witness."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain import event_time as event_time_module
from core.domain.event_time import LONGEST_DELAY_MS, NEWEST_TIME_MS, event_time, parse_timestamp, utc_text
from core.domain.issue_register import IssueRegister
from tests.unit.making import NOW, event

SAID = utc_text(NOW)
YEAR_MS = 366 * 86_400_000


@pytest.mark.parametrize("stamp", [NOW // 1000, NOW * 1000, NOW * 1_000_000, 0, -1, 2**62, NOW + 75 * YEAR_MS])
@pytest.mark.parametrize("said", [SAID, NOW / 1000, NOW // 1000, NOW, [2025, 8, 8, 8, 0]])
def test_a_stamp_that_cannot_be_right_gives_way_to_the_json(stamp: int, said: object) -> None:
    witness = parse_timestamp(said)
    assert witness is not None
    assert event_time(stamp, said) == witness


@pytest.mark.parametrize("said", [None, "rubbish", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", True, {}])
@pytest.mark.parametrize("unit", [1_000, 1_000_000, 1 / 1000])
def test_a_stamp_in_another_unit_is_read_in_that_unit_without_a_witness(unit: float, said: object) -> None:
    assert event_time(int(NOW * unit), said) // 1000 == NOW // 1000


@pytest.mark.parametrize("off_ms", [-3_600_000, -1, 0, 1, 3_600_000, YEAR_MS, -YEAR_MS])
def test_a_stamp_that_is_only_unlikely_counts(off_ms: int) -> None:
    assert event_time(NOW + off_ms, SAID) == NOW + off_ms


@pytest.mark.parametrize("stamp", [NOW // 1000, NOW + 75 * YEAR_MS])
def test_the_brokers_own_stamp_is_right(stamp: int) -> None:
    assert event_time(stamp, SAID, by_broker=True) == stamp


@given(st.integers(-(2**63), 2**63 - 1), st.none() | st.text() | st.integers() | st.floats() | st.booleans())
def test_every_time_can_be_shown(stamp: int, said: object) -> None:
    assert 0 <= event_time(stamp, said) <= NEWEST_TIME_MS


def test_a_raise_stamped_in_seconds_opens_again() -> None:
    register = IssueRegister()
    register.apply(event(NOW))
    register.apply(event(NOW + 1000, "solved"))
    register.apply(event((NOW + 60_000) // 1000, timestamp=utc_text(NOW + 60_000)))
    assert register.issues["A"].is_open


def test_a_solve_stamped_beyond_all_reason_does_not_end_what_comes_after() -> None:
    register = IssueRegister()
    register.apply(event(NOW))
    register.apply(event(NOW + 75 * YEAR_MS, "solved", timestamp=utc_text(NOW + 1000)))
    assert not register.issues["A"].is_open
    register.apply(event(NOW + 60_000, timestamp=utc_text(NOW + 60_000)))
    assert register.issues["A"].is_open


_DATES = st.one_of(
    st.datetimes(timezones=st.none() | st.timezones()).map(lambda at: at.isoformat()),
    st.dates().map(lambda day: "{}-W{:02}-{}".format(*day.isocalendar())),
    st.text("0123456789-W:TZ+. ", max_size=26),
)


@given(st.integers(0, NEWEST_TIME_MS), _DATES, st.sampled_from([-5, -1, 0, 1, 5]))
@settings(max_examples=300)
def test_the_year_alone_tells_the_same_as_the_whole_text(stamp: int, said: str, days: int) -> None:
    """Also at the edge, ten years after what the JSON says."""
    witness = parse_timestamp(said)
    edge = None if witness is None else witness + LONGEST_DELAY_MS + days * 86_400_000
    for record_ms in (stamp, *([] if edge is None else [edge])):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(event_time_module, "_latest_near", lambda _: -1)
            slowly = event_time(record_ms, said)
        assert event_time(record_ms, said) == slowly
