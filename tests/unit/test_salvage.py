"""Batches that aiokafka cannot decode, taken apart by hand."""

import gzip

import pytest
from aiokafka import TopicPartition
from aiokafka.record.default_records import DefaultRecordBase
from hypothesis import given
from hypothesis import strategies as st

from core.domain.events import UNREADABLE, Quarantined, Record
from core.kafka.lenient_decoder import Salvaged, unpack
from tests.kafka.frames import batch, with_checksum, with_codec, with_wrong_checksum

PARTITION = TopicPartition("t", 3)
AT = 1_760_000_000_000
END = 1000
VALUES = (b"first", b"second", b"third", b"fourth")
FRAME = batch(VALUES, now_ms=AT)


def readable(salvaged: Salvaged) -> dict[int, bytes | None]:
    return {item.offset: item.value for item in salvaged.items if isinstance(item, Record)}


def lost(salvaged: Salvaged) -> dict[int, bytes | None]:
    set_aside = [item for item in salvaged.items if isinstance(item, Quarantined)]
    assert {item.reason for item in set_aside} <= {UNREADABLE}
    return {item.record.offset: item.record.value for item in set_aside}


def moved(frame: bytes, base_offset: int) -> bytes:
    return base_offset.to_bytes(8, "big") + frame[8:]


def test_a_sound_batch_is_read_as_the_client_reads_it() -> None:
    salvaged = unpack(FRAME, PARTITION, 0, END)
    assert salvaged.items[1] == Record("t", 3, 1, AT, None, b"second", (("x", b"v"),))
    assert (salvaged.next_offset, salvaged.is_sound, len(salvaged.items)) == (4, True, 4)


def test_a_header_that_is_no_text_costs_no_record() -> None:
    salvaged = unpack(batch(VALUES, bad_headers={1}, now_ms=AT), PARTITION, 0, END)
    assert readable(salvaged) == dict(enumerate(VALUES))
    assert salvaged.items[1] == Record("t", 3, 1, AT, None, b"second", (("\\xff\\xfe", b"v"),))


def test_what_was_read_already_does_not_come_again() -> None:
    salvaged = unpack(batch(VALUES, bad_headers={0}) + moved(FRAME, 4), PARTITION, 2, END)
    assert readable(salvaged) == {2: b"third", 3: b"fourth", **{4 + n: value for n, value in enumerate(VALUES)}}
    assert (lost(salvaged), salvaged.next_offset) == ({}, 8)


@pytest.mark.parametrize(
    "frame",
    [
        with_wrong_checksum(FRAME),
        with_codec(FRAME, 1),
        with_codec(FRAME, 2),
        with_codec(FRAME, 4),
        with_codec(FRAME, 7),
    ],
    ids=["checksum", "gzip", "snappy", "zstd", "unknown codec"],
)
def test_a_batch_that_is_lost_as_a_whole_costs_its_own_offsets(frame: bytes) -> None:
    salvaged = unpack(moved(frame, 10) + moved(FRAME, 14), PARTITION, 11, END)
    assert lost(salvaged) == dict.fromkeys((11, 12, 13))
    assert set(readable(salvaged)) == {14, 15, 16, 17}
    assert salvaged.next_offset == 18


def test_a_compressed_batch_is_taken_apart_too() -> None:
    header = DefaultRecordBase.HEADER_STRUCT.size
    frame = batch(VALUES, bad_headers={3})
    body = gzip.compress(frame[header:])
    at = DefaultRecordBase.AFTER_LEN_OFFSET
    length = (header - at + len(body)).to_bytes(4, "big")
    frame = with_codec(frame[: at - 4] + length + frame[at:header] + body, 1)
    salvaged = unpack(frame, PARTITION, 0, END)
    assert (set(readable(salvaged)), lost(salvaged)) == ({0, 1, 2, 3}, {})


def test_a_record_with_a_wrong_length_costs_the_rest_of_its_batch() -> None:
    at = FRAME.index(b"third")
    start = FRAME.rindex(b"v", 0, at) + 1
    frame = with_checksum(FRAME[:start] + b"\x7f" + FRAME[start + 1 :])
    salvaged = unpack(frame, PARTITION, 0, END)
    assert (set(readable(salvaged)), set(lost(salvaged)), salvaged.next_offset) == ({0, 1}, {2, 3}, 4)


def test_a_batch_that_is_cut_off_is_fetched_again() -> None:
    salvaged = unpack(FRAME + moved(FRAME, 4)[:-1], PARTITION, 0, END)
    assert (set(readable(salvaged)), salvaged.next_offset) == ({0, 1, 2, 3}, 4)


def test_a_frame_without_an_end_costs_one_offset_at_a_time() -> None:
    salvaged = unpack(bytes(100), PARTITION, 7, END)
    assert (set(lost(salvaged)), salvaged.next_offset) == ({7}, 8)


@given(at=st.integers(0, len(FRAME) - 1), byte=st.integers(0, 255), repaired=st.booleans(), start=st.integers(0, 3))
def test_no_broken_byte_stops_it_or_leads_beyond_the_end(at: int, byte: int, repaired: bool, start: int) -> None:
    broken = FRAME[:at] + bytes([byte]) + FRAME[at + 1 :]
    salvaged = unpack(with_checksum(broken) if repaired else broken, PARTITION, start, 20)
    assert start <= salvaged.next_offset <= 20
    offsets = [item.offset if isinstance(item, Record) else item.record.offset for item in salvaged.items]
    assert offsets == sorted(set(offsets))
    assert all(start <= offset < salvaged.next_offset for offset in offsets)
