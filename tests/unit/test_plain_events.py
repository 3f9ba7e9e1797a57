"""The strict reader of what the contract's producers write takes nothing that the lenient one reads otherwise."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.domain.events import Record, read_event, read_leniently
from core.domain.wire_json import WIRE_FIELDS

texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", " ", "정기점검", "PRESS", "a  b", "\u200b", "\x1b[31m", "é", "한", "\x7f", "5\n6"]),
    st.sampled_from(
        [
            "2025-08-08T17:05:37.123Z",
            "2035-01-01",
            "2015-W01-1",
            "2014-12-29T00:00:00+14:00",
            "0001-01-01",
            "9999-12-31",
        ]
    ),
)
fields = st.sampled_from([*WIRE_FIELDS, "process_type", "solved", "is_solved", "more"])
values: st.SearchStrategy[Any] = st.one_of(
    texts, st.none(), st.booleans(), st.integers(), st.floats(), st.lists(st.integers(0, 3000), max_size=7)
)
_TEN_YEARS_ON = 1_420_070_400_000 + 10 * 366 * 86_400_000
headers = st.lists(
    st.tuples(
        st.sampled_from(["ce_type", "ce_id", "ce_operator", "ce_note", "ce_source", "__TypeId__"]),
        st.one_of(st.binary(max_size=8), st.sampled_from([b"andon.issue.reopened", b"\xff", "김".encode()])),
    ),
    max_size=4,
).map(tuple)
stamps = st.one_of(
    st.sampled_from(
        [-1, 0, 946_684_800_000, 1_754_640_000_000, 1_754_640_000, 1_420_070_400_000 + 10 * 366 * 86_400_000]
    ),
    st.integers(0, 4 * 10**12),
)


def object_of(pairs: list[tuple[str, Any]], *, ascii_only: bool = False, wide: bool = False) -> bytes:
    """A JSON object with these members in their order, names that come twice too."""
    between = " : \t" if wide else ":"
    members = (f"{json.dumps(name)}{between}{json.dumps(value, ensure_ascii=ascii_only)}" for name, value in pairs)
    return ("{" + ",".join(members) + "}" + (" \n" if wide else "")).encode("utf-8", "surrogatepass")


@given(
    pairs=st.lists(st.tuples(fields, values), max_size=9),
    issue=texts,
    ascii_only=st.booleans(),
    wide=st.booleans(),
    stamp=stamps,
    told=headers,
    by_broker=st.booleans(),
)
@example([("isSolved", True), ("isSolved", None)], "A", False, False, 0, (), False)
@example([("issue", 1), ("issue", "B")], "A", False, False, 0, (), False)
@example([("timestamp", "2015-W01-1")], "A", False, False, _TEN_YEARS_ON, (), False)
def test_both_readers_read_the_same_objects(
    pairs: list[tuple[str, Any]],
    issue: str,
    ascii_only: bool,
    wide: bool,
    stamp: int,
    told: tuple[tuple[str, bytes], ...],
    by_broker: bool,
) -> None:
    value = object_of([("issue", issue), *pairs], ascii_only=ascii_only, wide=wide)
    record = Record("t", 0, 0, stamp, None, value, told, by_broker)
    assert read_event(record) == read_leniently(record, value)


_BASE = object_of(
    [("issue", "A"), ("description", '누유\\"x'), ("isSolved", True), ("timestamp", "2025-08-08T17:05:37Z")]
)


@given(at=st.integers(0, len(_BASE)), cut=st.integers(0, 3), put=st.binary(max_size=4))
def test_both_readers_read_the_same_bytes(at: int, cut: int, put: bytes) -> None:
    value = _BASE[:at] + put + _BASE[at + cut :]
    record = Record("t", 0, 0, 1_754_640_000_000, None, value)
    assert read_event(record) == read_leniently(record, value)


@pytest.mark.parametrize(
    "value",
    [
        b'\xef\xbb\xbf{"issue":"a"}',
        b'{"issue":"a"}\0\0',
        b'\x00\x00\x00\x00\x07{"issue":"a"}',
        b'{"issue":"\xed\xa0\x80"}',
        b'{"issue":"\\ud800"}',
        b'{"issue":"a","isSolved":NaN}',
        b'{"issue":"a\tb"}',
        b'{"is\\u0073ue":"a"}',
        '{"issue":"a"}'.encode("utf-16"),
        b'{"issue":"a"}x',
        b"[" * 5000,
        b'{"issue":' + b"[" * 5000,
        b"null",
        b"",
    ],
)
def test_both_readers_agree_on_what_is_rare(value: bytes) -> None:
    record = Record("t", 0, 0, 1_754_640_000_000, None, value)
    assert read_event(record) == read_leniently(record, value)
