"""The pages of a SQLite file and of its write-ahead log, as bytes: also where the header or the end is gone.

Pure: no bytes raise anything. Source: https://www.sqlite.org/fileformat2.html, sections 1.3, 1.5 and 4.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_MAGIC = b"SQLite format 3\x00"
_HEADER = 100
_SIZES = (4096, 8192, 16384, 32768, 65536, 2048, 1024, 512)
"""Page sizes, likeliest first."""
_LOG_MAGICS = (0x377F0682, 0x377F0683)
_LOG_HEADER = 32
_FRAME_HEADER = 24
_NO_PAGE = memoryview(b"")


@dataclass(frozen=True, slots=True)
class Pages:
    """A database's pages by number, from 1."""

    data: memoryview
    size: int
    """Bytes a page."""
    usable: int
    """Of these, what SQLite uses."""
    newer: Mapping[int, memoryview]
    """Committed pages of the write-ahead log."""

    @property
    def count(self) -> int:
        return max(-(-len(self.data) // self.size), max(self.newer, default=0))

    def numbers(self) -> Iterable[int]:
        """Of every page that there is, in order."""
        in_file = -(-len(self.data) // self.size)
        return [*range(1, in_file + 1), *sorted(number for number in self.newer if number > in_file)]

    def page(self, number: int) -> memoryview:
        """The page's usable bytes; fewer where the file ends in it, none for a page that is not there."""
        newer = self.newer.get(number)
        if newer is not None:
            return newer[: self.usable]
        start = (number - 1) * self.size
        return self.data[start : start + self.usable] if start >= 0 else _NO_PAGE

    def freed(self) -> frozenset[int]:
        """Pages of the freelist, which hold what was deleted; none where the list contradicts itself."""
        first, count = struct.unpack(">II", header) if len(header := bytes(self.page(1)[32:40])) == 8 else (0, 0)
        found: set[int] = set()
        while first and count <= self.count:
            trunk = self._trunk(first)
            if found.intersection(trunk) or len(trunk) != len(set(trunk)) or len(found) + len(trunk) > count:
                return frozenset()
            found.update(trunk)
            first = int.from_bytes(self.page(first)[:4], "big")
        is_sound = len(found) == count and all(1 < one <= self.count for one in found)
        return frozenset(found) if is_sound else frozenset()

    def _trunk(self, number: int) -> Sequence[int]:
        """A page of the list itself, and those that it names."""
        page = self.page(number)
        most = max(len(page) // 4 - 2, 0)
        count = min(int.from_bytes(page[4:8], "big"), most)
        return [number, *struct.unpack_from(f">{count}I", page, 8)] if count else [number]


def paged(data: bytes, log: bytes, size: int, reserved: int = 0) -> Pages:
    """The pages of a database file, and of its write-ahead log's committed frames in their place."""
    return Pages(memoryview(data), size, size - reserved, _committed(memoryview(log), size))


def layouts(data: bytes, log: bytes) -> Sequence[tuple[int, int]]:
    """(page size, reserved bytes): one where header or log tell it, else all that there may be, likeliest first."""
    by_header, by_log = _size_of_header(data), _size_of_log(log)
    if by_header and by_header * int.from_bytes(data[28:32], "big") == len(data):
        return [(by_header, data[20])]
    if by_log:
        return [(by_log, data[20] if by_log == by_header else 0)]
    likeliest = [(by_header, data[20])] if by_header else []
    return [*likeliest, *((size, 0) for size in _SIZES if size != by_header)]


def _size_of_header(data: bytes) -> int:
    if len(data) < _HEADER or not data.startswith(_MAGIC) or data[21:24] != b"\x40\x20\x20":
        return 0
    size = int.from_bytes(data[16:18], "big")
    size = 65536 if size == 1 else size
    return size if size in _SIZES and size - data[20] >= 480 else 0


def _size_of_log(log: bytes) -> int:
    if len(log) < _LOG_HEADER or int.from_bytes(log[:4], "big") not in _LOG_MAGICS:
        return 0
    size = int.from_bytes(log[8:12], "big")
    return size if size in _SIZES else 0


def _committed(log: memoryview, size: int) -> dict[int, memoryview]:
    """Page number -> its newest committed version in the log.

    A frame belongs to this log by its salts. The checksums are left aside: each covers all frames before it, so that
    one damaged frame would cost every later one, although it was committed.
    """
    frames = [
        (*struct.unpack_from(">IIII", log, at), at + _FRAME_HEADER)
        for at in range(_LOG_HEADER, len(log) - _FRAME_HEADER - size + 1, _FRAME_HEADER + size)
    ]
    salts = _salts(log, [frame[2:4] for frame in frames])
    ours = [frame for frame in frames if frame[2:4] == salts]
    last = max((index for index, frame in enumerate(ours) if frame[1]), default=-1)
    most = (len(log) + (1 << 30)) // size
    return {number: log[at : at + size] for number, _end, _one, _two, at in ours[: last + 1] if 0 < number <= most}


def _salts(log: memoryview, frames: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """What tells this log's frames from those of earlier ones behind them."""
    if _size_of_log(bytes(log[:_LOG_HEADER])):
        return struct.unpack_from(">II", log, 16)
    return next((one for one, other in pairwise(frames) if one == other), frames[0] if frames else ())
