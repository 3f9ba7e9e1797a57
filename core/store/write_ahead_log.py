"""The write-ahead log of a SQLite file, as bytes: its committed pages, also behind a frame that was damaged.

SQLite takes the first frame whose checksum does not fit for the log's end and says nothing: what was committed behind
it would be lost in silence. Pure: no bytes raise anything. Source: https://www.sqlite.org/fileformat2.html, section 4.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_LOG_HEADER = 32
_FRAME_HEADER = 24
_MAGICS = {0x377F0682: "<", 0x377F0683: ">"}
"""By which end comes first in the numbers that are summed up."""
_SIZES = frozenset(1 << bits for bits in range(9, 17))
_MOST_BYTES = 1 << 30
"""Of a database that grows by what its log holds: a page number beyond is damage."""

_Sum = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Frame:
    at: int
    """Where it begins in the log."""
    page: int
    ends: bool
    """It is the last of a transaction."""
    salts: _Sum
    sum: _Sum


@dataclass(frozen=True, slots=True)
class LogContent:
    """What a log holds."""

    pages: Mapping[int, memoryview]
    """Page number -> its newest committed version."""
    is_damaged: bool
    """Something that was committed cannot be read by SQLite."""


def page_size_of_log(log: bytes | memoryview) -> int:
    """Bytes a page by the log's header; 0 where that is not sound."""
    if len(log) < _LOG_HEADER or int.from_bytes(log[:4], "big") not in _MAGICS:
        return 0
    size = int.from_bytes(log[8:12], "big")
    return size if size in _SIZES and _header_sum(log) == struct.unpack_from(">II", log, 24) else 0


def read_log(log: bytes, size: int) -> LogContent:
    """The content of a log whose pages have ``size`` bytes.

    Every commit was on the disk before the next transaction began (``synchronous = FULL``). So a frame that does not
    fit is damage where a transaction ends behind it and another follows. Else it belongs to the last one, which a
    power cut left half written: that one never was.
    """
    frames = _frames(log, size)
    if page_size_of_log(log) == size:
        salts = struct.unpack_from(">II", log, 16)
        fitting = _fitting(log, size, frames, salts)
        behind = [frame for frame in frames[fitting:] if frame.salts == salts]
        is_damaged = sum(frame.ends for frame in behind) > 1
        ours = [*frames[:fitting], *(behind if is_damaged else ())]
    else:
        ours = _alike(frames)
        is_damaged = any(frame.ends for frame in ours)
    last = max((index for index, frame in enumerate(ours) if frame.ends), default=-1)
    view, most = memoryview(log), (_MOST_BYTES + len(log)) // size
    pages = {
        frame.page: view[frame.at + _FRAME_HEADER : frame.at + _FRAME_HEADER + size]
        for frame in ours[: last + 1]
        if 0 < frame.page <= most
    }
    return LogContent(pages, is_damaged)


def _frames(log: bytes, size: int) -> Sequence[_Frame]:
    found = []
    for at in range(_LOG_HEADER, len(log) - _FRAME_HEADER - size + 1, _FRAME_HEADER + size):
        page, end, *rest = struct.unpack_from(">IIIIII", log, at)
        found.append(_Frame(at, page, bool(end), (rest[0], rest[1]), (rest[2], rest[3])))
    return found


def _fitting(log: bytes, size: int, frames: Sequence[_Frame], salts: tuple[int, ...]) -> int:
    """How many frames from the first on are what was written: each checksum covers all before it."""
    order = _MAGICS[int.from_bytes(log[:4], "big")]
    total = _header_sum(log)
    for count, frame in enumerate(frames):
        total = _summed(log[frame.at : frame.at + 8], order, total)
        total = _summed(log[frame.at + _FRAME_HEADER : frame.at + _FRAME_HEADER + size], order, total)
        if frame.salts != salts or frame.sum != total:
            return count
    return len(frames)


def _header_sum(log: bytes | memoryview) -> _Sum:
    return _summed(bytes(log[:24]), _MAGICS[int.from_bytes(log[:4], "big")], (0, 0))


def _summed(content: bytes, order: str, total: _Sum) -> _Sum:
    one, other = total
    numbers = struct.unpack(f"{order}{len(content) // 4}I", content)
    for first, second in zip(numbers[::2], numbers[1::2], strict=True):
        one = (one + first + other) & 0xFFFFFFFF
        other = (other + second + one) & 0xFFFFFFFF
    return one, other


def _alike(frames: Sequence[_Frame]) -> list[_Frame]:
    """Without a sound header: the frames of the newest log, which come first, before those of earlier ones."""
    pairs = (one.salts for one, other in pairwise(frames) if one.salts == other.salts)
    salts = next(pairs, frames[0].salts if frames else None)
    return [frame for frame in frames if frame.salts == salts]
