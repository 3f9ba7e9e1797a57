"""Lenient in, exact out."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.events import (
    DEFAULT_TYPE_HEADERS,
    NO_ISSUE,
    NO_VALUE,
    NOT_AN_OBJECT,
    NOT_JSON,
    QUARANTINE_REASONS,
    TOO_DEEP,
    TOO_LARGE,
    IssueEvent,
    Quarantined,
    outgoing_value,
    parse_timestamp,
    read_event,
    type_headers,
    utc_text,
)
from tests.unit.making import NOW, event, payload, record

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def read(value: bytes | None, **more: Any) -> IssueEvent:
    found = read_event(record(value, **more))
    assert isinstance(found, IssueEvent)
    return found


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, NO_VALUE),
        (b"", NOT_JSON),
        (b"{", NOT_JSON),
        (b"\xff\xff", NOT_JSON),
        (b"[" * 100_000, NOT_JSON),
        (b'{"issue": "A", "processType": ' + b"[" * 70 + b"]" * 70 + b"}", TOO_DEEP),
        (b'{"issue": "A", "x": ' + b"[" * 300 + b"]" * 300 + b"}", TOO_DEEP),
        (b"[]", NOT_AN_OBJECT),
        (b"null", NOT_AN_OBJECT),
        (b'"x"', NOT_AN_OBJECT),
        (b"{}", NO_ISSUE),
        (b'{"issue": ""}', NO_ISSUE),
        (b'{"issue": 5}', NO_ISSUE),
        (b'{"issue": ["A"]}', NO_ISSUE),
        (b'{"issue": "\\ud800"}', NO_ISSUE),
    ],
)
def test_rubbish_is_quarantined_whole_with_its_reason(value: bytes | None, reason: str) -> None:
    given_record = record(value, offset=7)
    assert read_event(given_record) == Quarantined(given_record, reason)


@given(st.binary(max_size=200) | json_values.map(lambda v: json.dumps(v).encode()))
def test_no_bytes_ever_raise(value: bytes) -> None:
    found = read_event(record(value))
    assert isinstance(found, IssueEvent) or found.reason in QUARANTINE_REASONS


@pytest.mark.parametrize("field", ["processType", "modeType", "modeLogId", "description", "isSolved", "timestamp"])
@given(value=json_values)
def test_no_field_but_the_id_costs_the_event(field: str, value: object) -> None:
    assert read(payload("A", **{field: value})).issue == "A"
    without = json.loads(payload("A"))
    del without[field]
    assert read(json.dumps(without).encode()).issue == "A"


@pytest.mark.parametrize(
    ("fields", "solved"),
    [
        ({"isSolved": True}, True),
        ({"isSolved": False}, False),
        ({"isSolved": None}, False),
        ({"isSolved": "true"}, True),
        ({"isSolved": "no"}, False),
        ({"isSolved": 1}, True),
        ({"isSolved": [True]}, False),
        ({"isSolved": None, "solved": True}, True),
        ({"isSolved": False, "solved": True}, False),
    ],
)
def test_only_a_clear_yes_ends_an_issue(fields: dict[str, object], solved: bool) -> None:
    assert read(payload("A", **fields)).is_solved is solved


def test_the_java_beans_solved_is_accepted() -> None:
    value = {"issue": "A", "solved": True}
    assert read(json.dumps(value).encode()).is_solved


def test_unknown_process_types_and_equipment_are_shown_as_they_come() -> None:
    found = read(payload("A", processType="새 유형", modeType="로봇"))
    assert (found.process_type, found.mode_type) == ("새 유형", "로봇")


def test_the_records_time_counts_and_the_jsons_only_without_one() -> None:
    assert read(payload("A"), at=NOW).time_ms == NOW
    assert read(payload("A", timestamp="2025-08-08T17:05:37.123Z"), at=-1).time_ms == 1_754_672_737_123
    assert read(payload("A", timestamp="rubbish"), at=-1).time_ms == 0


def test_a_time_that_is_in_no_calendar_is_none_so_that_a_reopening_can_still_be_newer() -> None:
    stated = "2025-08-08T17:05:37.123Z"
    for absurd in (2**63 - 1, 253_402_300_800_000):
        assert read(payload("A", timestamp=stated), at=absurd).time_ms == 1_754_672_737_123
    year_2100 = 4_102_444_800_000
    assert read(payload("A", timestamp=None), at=year_2100).time_ms == year_2100, "without a witness only unlikely"


def test_an_id_of_white_space_can_be_seen() -> None:
    assert read(payload("  ")).shown_id == '"  "'
    assert read(payload("\u3164")).shown_id == "\ufffd"


def test_type_headers_go_back_once_and_only_when_they_are_of_a_size() -> None:
    name = ("__TypeId__", b"java.util.HashMap")
    other = ("__KeyTypeId__", b"java.lang.Object")
    assert type_headers(read(payload("A"), headers=(name, name, other))) == (name, other)
    assert type_headers(read(payload("A"), headers=(("__TypeId__", b"x" * 2000),))) == DEFAULT_TYPE_HEADERS


def test_a_value_beyond_all_measure_is_set_aside_unparsed() -> None:
    found = read_event(record(b" " * (16 * 1024 * 1024 + 1)))
    assert isinstance(found, Quarantined)
    assert found.reason == TOO_LARGE


@pytest.mark.parametrize(
    "raw",
    ["2025-08-08T17:05:37Z", "2025-08-08T17:05:37.123456789Z", 1754672737, 1754672737.0, "2025-08-08T17:05:37+00:00"],
)
def test_timestamps_of_every_producer(raw: object) -> None:
    found = parse_timestamp(raw)
    assert found is not None
    assert found // 1000 == 1_754_672_737


@given(json_values)
def test_no_timestamp_raises(raw: object) -> None:
    assert parse_timestamp(raw) is None or isinstance(parse_timestamp(raw), int)


@given(
    st.dictionaries(st.text(min_size=1), json_values, max_size=4).filter(lambda d: not {"issue", "solved"} & d.keys())
)
def test_what_goes_out_is_what_came_in_but_for_solved_and_timestamp(unknown: dict[str, object]) -> None:
    original = {**json.loads(payload("A")), "modeLogId": None, **unknown}
    sent = json.loads(outgoing_value(read(json.dumps(original).encode()), solved=True, time_ms=NOW))
    assert sent == {**original, "isSolved": True, "timestamp": "2025-08-08T08:00:00.000Z"}


def test_missing_fields_stay_missing() -> None:
    sent = json.loads(outgoing_value(read(b'{"issue": "A"}'), solved=True, time_ms=NOW))
    assert sent.keys() == {"issue", "isSolved", "timestamp"}


def test_the_alias_says_the_same() -> None:
    sent = json.loads(outgoing_value(read(b'{"issue": "A", "solved": false}'), solved=True, time_ms=NOW))
    assert sent["isSolved"] is True
    assert sent["solved"] is True


def test_what_no_peer_can_parse_is_never_written() -> None:
    value = b'{"issue": "A", "x": NaN, "y": -Infinity, "z": 1e999, "s": "\\ud800"}'
    sent = outgoing_value(read(value), solved=True, time_ms=NOW)
    assert json.loads(sent, parse_constant=pytest.fail)["s"] == "\ud800"
    sent.decode()


def test_type_headers_are_echoed_or_such_as_spring_can_load() -> None:
    spring = (
        ("__TypeId__", b"java.util.ImmutableCollections$MapN"),
        ("__ContentTypeId__", b"java.lang.Object"),
        ("__KeyTypeId__", b"java.lang.Object"),
    )
    assert type_headers(event(headers=(*spring, ("other", b"x")))) == spring
    assert type_headers(event()) == DEFAULT_TYPE_HEADERS
    assert type_headers(None) == DEFAULT_TYPE_HEADERS


@given(st.integers(0, 253_402_300_799_000))
def test_utc_text_has_milliseconds_and_z(time_ms: int) -> None:
    text = utc_text(time_ms)
    assert text.endswith("Z")
    assert len(text) == len("2025-08-08T17:05:37.123Z")
