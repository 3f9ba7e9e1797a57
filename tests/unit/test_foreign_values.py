"""What producers really send: read where it can be, else named as what it is with where to mend it."""

import base64
import gzip
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import foreign_values as named
from core.domain.events import IssueEvent, Quarantined, outgoing_value, read_event
from core.domain.foreign_values import ANY_REMEDY, REASONS, remedy_for
from core.domain.issue_json import issue_as_json
from core.domain.issues import issue_of
from core.store.codec import issue_from_json, issue_to_json
from tests.unit.making import NOW, payload, record

ISSUE = json.loads(payload("A", description="유압 이상", modeLogId="L1"))
SNAKE = {
    "issue": "A",
    "process_type": "정기점검",
    "mode_type": "용접기",
    "mode_log_id": "L1",
    "description": "전극",
    "is_solved": False,
    "extra_field": 1,
}


def read(value: bytes) -> IssueEvent:
    found = read_event(record(value))
    assert isinstance(found, IssueEvent), found
    return found


def reason(value: bytes) -> str:
    found = read_event(record(value))
    assert isinstance(found, Quarantined), found
    assert found.record.value == value
    return found.reason


def encoded(value: object, encoding: str = "utf-8") -> bytes:
    return json.dumps(value, ensure_ascii=False).encode(encoding)


@pytest.mark.parametrize("schema", [0, 1, 7, 300, 2**31 - 1])
@pytest.mark.parametrize("behind", [b"", b"\0", b"\0\0\0"])
def test_a_schema_registrys_frame_and_nuls_are_passed_over(schema: int, behind: bytes) -> None:
    value = b"\0" + schema.to_bytes(4, "big") + encoded(ISSUE) + behind
    found = read(value)
    assert (found.issue, found.description, found.value) == ("A", "유압 이상", value)
    sent = outgoing_value(found, solved=True, time_ms=NOW)
    assert json.loads(sent.decode()) == {**ISSUE, "isSolved": True, "timestamp": "2025-08-08T08:00:00.000Z"}
    issue = issue_of(found)
    assert issue_from_json(issue_to_json(issue)) == issue


@pytest.mark.parametrize(
    "value", [encoded(ISSUE) + b"\0", encoded(ISSUE, "utf-8-sig"), b"\n " + encoded(ISSUE) + b"\n"]
)
def test_what_merely_surrounds_the_json_costs_no_alarm(value: bytes) -> None:
    assert read(value).description == "유압 이상"


CONNECT = {"schema": {"type": "struct"}, "payload": ISSUE}
DEBEZIUM = {"before": None, "after": ISSUE, "op": "c", "source": {}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (encoded([ISSUE]), named.A_LIST),
        (encoded([1]), named.A_LIST),
        (encoded(CONNECT), named.CONNECT_ENVELOPE),
        (encoded({"payload": json.dumps(ISSUE)}), named.CONNECT_ENVELOPE),
        (encoded(DEBEZIUM), named.CHANGE_ENVELOPE),
        (encoded({"schema": {}, "payload": DEBEZIUM}), named.CHANGE_ENVELOPE),
        (encoded({"before": ISSUE, "after": None, "op": "d"}), named.CHANGE_ENVELOPE),
        (encoded({"specversion": "1.0", "data": ISSUE}), named.ENVELOPE),
        (encoded({"event": {"issue": "A"}}), named.ENVELOPE),
        (encoded(json.dumps(ISSUE)), named.TWICE_ENCODED),
        (encoded(ISSUE, "cp949"), named.KOREAN_ENCODING),
        ("이슈 A: 유압 이상\n".encode("euc-kr"), named.KOREAN_ENCODING),
        ("이슈 A".encode("utf-16"), named.OTHER_ENCODING),
        ('{"issue": }'.encode("utf-16-le"), named.OTHER_ENCODING),
        ('{"issue": }'.encode("utf-16-be"), named.OTHER_ENCODING),
        (gzip.compress(encoded(ISSUE), mtime=0), named.COMPRESSED),
        (zlib.compress(encoded(ISSUE)), named.COMPRESSED),
        (b"\x28\xb5\x2f\xfd rest", named.COMPRESSED),
        (b"\0\0\0\0\x07\x02A\x08\xec\x9e", named.SCHEMA_FRAME),
        (b"\0\0\0\x01\x2c\x00\x0a\x01A", named.SCHEMA_FRAME),
        (b"\x03\x00" + bytes(range(16)) + b"\x02A\x08", named.SCHEMA_FRAME),
        (b"\x01" + bytes(range(100, 116)) + b"\x02A", named.SCHEMA_FRAME),
        (b"Obj\x01\x04\x16avro.schema", named.AVRO_FILE),
        (b"\xac\xed\x00\x05sr\x00\x11java.util.HashMap", named.JAVA_OBJECT),
        (b"<?xml version='1.0'?><issue>A</issue>", named.XML),
        (b"issue=A", named.NOT_JSON),
        (b"\xff\xff", named.NOT_JSON),
        (b'{"issue": "A"', named.NOT_JSON),
        (b'{"issue": null, "x": {"y": 1}}', named.NO_ISSUE),
        (b'{"issue": 5, "payload": {"issue": "A"}}', named.NO_ISSUE),
    ],
)
def test_what_is_no_event_is_named_as_what_it_is(value: bytes, expected: str) -> None:
    assert reason(value) == expected


@pytest.mark.parametrize("known", sorted(set(REASONS) - {named.NOT_JSON, named.NOT_AN_OBJECT, named.NO_ISSUE}))
def test_what_has_a_name_has_a_remedy(known: str) -> None:
    told = remedy_for(known)
    assert told
    assert (told == ANY_REMEDY) == (known in (named.TOO_DEEP, named.TOO_LARGE, named.UNREADABLE, named.NOT_UNDERSTOOD))


def test_an_envelope_with_the_issues_own_fields_is_an_event() -> None:
    assert read(encoded({**ISSUE, "payload": {"issue": "B"}})).issue == "A"


def test_snake_case_is_understood_and_told_in_the_contracts_names() -> None:
    found = read(encoded(SNAKE))
    assert (found.process_type, found.mode_type, found.mode_log_id) == ("정기점검", "용접기", "L1")
    sent = json.loads(outgoing_value(found, solved=True, time_ms=NOW))
    assert sent == {
        **SNAKE,
        "processType": "정기점검",
        "modeType": "용접기",
        "modeLogId": "L1",
        "isSolved": True,
        "is_solved": True,
        "timestamp": "2025-08-08T08:00:00.000Z",
    }
    listed = issue_as_json(issue_of(found))
    assert (listed["processType"], listed["modeType"], listed["modeLogId"]) == ("정기점검", "용접기", "L1")


@pytest.mark.parametrize(
    ("fields", "solved"),
    [
        ({"is_solved": True}, True),
        ({"is_solved": "TRUE"}, True),
        ({"is_solved": "yes"}, False),
        ({"isSolved": False, "is_solved": True}, False),
        ({"isSolved": None, "is_solved": True}, True),
        ({"solved": False, "is_solved": True}, False),
    ],
)
def test_only_a_clear_yes_ends_an_issue_whatever_it_is_called(fields: dict[str, Any], solved: bool) -> None:
    value = {"issue": "A", **fields}
    assert read(encoded(value)).is_solved is solved


def test_the_contracts_own_names_come_first() -> None:
    assert read(encoded({**SNAKE, "modeType": "프레스"})).mode_type == "프레스"


@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda text: text.encode("cp949", "replace")))
def test_no_bytes_ever_raise(value: bytes) -> None:
    for framed in (value, b"\0\0\0\0\x01" + value, b"\0\0\0\0\x01{" + base64.b64encode(value)):
        found = read_event(record(framed))
        assert isinstance(found, IssueEvent) or found.reason in REASONS
