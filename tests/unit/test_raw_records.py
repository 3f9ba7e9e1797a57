"""Records as they are: JSON that loses nothing, and one line that only ever shows."""

import json
from base64 import b64decode
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.domain.events import Record
from core.domain.raw_records import raw_json, raw_line
from core.support.text import inert_json

contents = st.one_of(st.none(), st.binary(max_size=40), st.text(max_size=20).map(str.encode))
headers = st.lists(st.tuples(st.text(max_size=8), st.binary(max_size=12)), max_size=3).map(tuple)
records = st.builds(
    Record,
    topic=st.just("t"),
    partition=st.integers(0, 99),
    offset=st.integers(0, 2**63 - 1),
    timestamp_ms=st.integers(-1, 2**63 - 1),
    key=contents,
    value=contents,
    headers=headers,
    log_append=st.booleans(),
)
ACTIVE = "\x00\x07\x1b\x7f\x9b\r\n\u202e\u2028\u200b\ufeff"


def restored(found: dict[str, Any], name: str) -> bytes | None:
    if f"{name}Base64" in found:
        return b64decode(found[f"{name}Base64"])
    text = found[name]
    return None if text is None else text.encode()


@given(records)
def test_json_loses_nothing(record: Record) -> None:
    line = inert_json(raw_json(record, None))
    assert not any(active in line for active in ACTIVE)
    found = json.loads(line)
    again = Record(
        found["topic"],
        found["partition"],
        found["offset"],
        found["timestampMs"],
        restored(found, "key"),
        restored(found, "value"),
        tuple((header["name"], restored(header, "value") or b"") for header in found["headers"]),
        found["timestampType"] == "LogAppendTime",
    )
    assert again == record


@given(records)
def test_a_line_is_one_line_and_inert(record: Record) -> None:
    line = raw_line(record)
    assert line.splitlines() == [line]
    assert not any(active in line for active in ACTIVE)
    assert line.startswith(f"t[{record.partition}]@{record.offset}  ")


def test_what_a_line_says() -> None:
    record = Record("t", 2, 7, 1_754_672_737_123, b"K", b"\xff{\x1b[2J", (("a", b"1"), ("b", b"\xfe")), log_append=True)
    assert raw_line(record) == (
        r"t[2]@7  2025-08-08T17:05:37.123Z LogAppendTime  key=K  headers: a=1 b=\xfe  \xff{␛[2J"
    )
    assert raw_line(Record("t", 0, 0, -1, None, None)) == "t[0]@0  -1 CreateTime  key=(null)  headers: -  (null)"
