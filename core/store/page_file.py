"""The pages of a SQLite file and of its write-ahead log, as bytes: also where the header or the end is gone.

Pure: no bytes raise anything. Source: https://www.sqlite.org/fileformat2.html, sections 1.3 and 1.5.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.store.write_ahead_log import page_size_of_log, read_log

_MAGIC = b"SQLite format 3\x00"
_HEADER = 100
_SIZES = (8192, 4096, 16384, 32768, 65536, 2048, 1024, 512)
"""Page sizes, likeliest first."""
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
        """How many there are."""
        return len(self.numbers())

    def numbers(self) -> Sequence[int]:
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
        most = self.count
        while first and count <= most:
            trunk = self._trunk(first)
            if found.intersection(trunk) or len(trunk) != len(set(trunk)) or len(found) + len(trunk) > count:
                return frozenset()
            found.update(trunk)
            first = int.from_bytes(self.page(first)[:4], "big")
        is_sound = len(found) == count and min(found, default=2) > 1
        return frozenset(found) if is_sound else frozenset()

    def _trunk(self, number: int) -> Sequence[int]:
        """A page of the list itself, and those that it names."""
        page = self.page(number)
        most = max(len(page) // 4 - 2, 0)
        count = min(int.from_bytes(page[4:8], "big"), most)
        return [number, *struct.unpack_from(f">{count}I", page, 8)] if count else [number]


def paged(data: bytes, log: bytes, size: int, reserved: int = 0) -> Pages:
    """The pages of a database file, and of its write-ahead log's committed frames in their place."""
    return Pages(memoryview(data), size, size - reserved, read_log(log, size).pages)


def layouts(data: bytes, log: bytes) -> Sequence[tuple[int, int]]:
    """(page size, reserved bytes): one where header or log tell it, else all that there may be, likeliest first."""
    by_header, by_log = _size_of_header(data), page_size_of_log(log)
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
