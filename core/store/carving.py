"""Carving: table rows read from the bytes of a SQLite file, page by page, without its schema and its trees.

SQLite finds a row from its table's root downwards, so that one damaged page costs every row below it. Each leaf page
tells of its own rows, whatever became of the pages above. Pure: bytes in, rows out, and no bytes raise anything.

Source: https://www.sqlite.org/fileformat2.html, sections 1.3 (header), 1.5 (freelist), 1.6 (b-tree pages), 2.1 (record
format), 4 (write-ahead log).
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from core.store.page_file import Pages, layouts, paged

__all__ = ["Carved", "carved"]

Value: TypeAlias = int | float | str | bytes | None

_TABLE_LEAF = 0x0D
_FILE_HEADER = 100
_LEAF_HEADER = 8
_SMALLEST_CELL = 4
_MOST_COLUMNS = 64
"""No table of ours has more. What claims more is no record."""
_SAMPLE = 4 * 1024 * 1024
_LARGEST_PAYLOAD = 256 * 1024 * 1024
_INTEGER_SIZES = (0, 1, 2, 3, 4, 6, 8)
"""By serial type."""


@dataclass(frozen=True, slots=True)
class Carved:
    """One row as it stands on its page."""

    page: int
    """From 1, as SQLite counts."""
    rowid: int
    values: tuple[Value, ...]
    """In the order of the table's columns. An INTEGER PRIMARY KEY is None here: it is the rowid."""


def carved(data: bytes, log: bytes = b"") -> Iterator[Carved]:
    """Every row that a table leaf page names and that can be read whole, in the order of the pages.

    ``data``: the database file; ``log``: its write-ahead log, whose committed pages take the place of the file's. Freed
    pages are left out where the freelist is sound, and so is whatever no cell pointer names: it was deleted.
    """
    for number, rowid, payload in _cells(_pages(data, log)):
        values = _values(payload)
        if values is not None:
            yield Carved(number, rowid, values)


def _pages(data: bytes, log: bytes) -> Pages:
    """In pages of the size that makes most of a part of it readable, where nothing tells the size."""
    possible = layouts(data, log)
    sample, log_sample = data[:_SAMPLE], log[:_SAMPLE]
    best = max(possible, key=lambda one: _readable(paged(sample, log_sample, *one))) if possible[1:] else possible[0]
    return paged(data, log, *best)


def _readable(pages: Pages) -> int:
    """Bytes of all records."""
    payloads = (payload for _number, _rowid, payload in _cells(pages))
    return sum(len(payload) for payload in payloads if _values(payload) is not None)


def _cells(pages: Pages) -> Iterator[tuple[int, int, bytes]]:
    """(page, rowid, payload) of what may be a row."""
    freed = pages.freed()
    overflow = _Overflow(pages)
    for number in pages.numbers():
        if number not in freed:
            yield from _cells_on(number, pages.page(number), overflow)


class _Overflow:
    """What did not fit on a leaf page. A page is in one chain only, so all chains together are as long as the file."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._left = 4 * pages.count + 64
        self.usable = pages.usable
        self.longest = min(_LARGEST_PAYLOAD, pages.count * pages.usable)
        """No payload has more bytes."""

    def read(self, first: int, length: int) -> bytes | None:
        """``length`` bytes from page ``first`` on; None where the chain breaks off."""
        parts: list[bytes] = []
        number, missing = first, length
        while missing > 0:
            self._left -= 1
            page = self._pages.page(number)
            part = page[4 : 4 + min(missing, self.usable - 4)]
            if self._left < 0 or not part:
                return None
            parts.append(bytes(part))
            missing -= len(part)
            number = int.from_bytes(page[:4], "big")
        return b"".join(parts)


def _cells_on(number: int, page: memoryview, overflow: _Overflow) -> Iterator[tuple[int, int, bytes]]:
    start = _FILE_HEADER if number == 1 else 0
    room = len(page)
    for pointer in _cell_pointers(page, start):
        cell = _cell(page, pointer, overflow)
        if cell is None:
            continue
        rowid, payload, local = cell
        room -= local
        if room < 0:
            return  # cells never overlap: this page is made up
        yield number, rowid, payload


def _cell_pointers(page: memoryview, start: int) -> Sequence[int]:
    """Where the page's cells begin, each once; none for a page that is no table leaf."""
    if len(page) < start + _LEAF_HEADER or page[start] != _TABLE_LEAF:
        return ()
    array = start + _LEAF_HEADER
    most = (len(page) - array) // 2
    count = min(int.from_bytes(page[start + 3 : start + 5], "big"), most)
    pointers = struct.unpack_from(f">{count}H", page, array)
    first = array + 2 * count
    return [one for one in dict.fromkeys(pointers) if first <= one <= len(page) - _SMALLEST_CELL]


def _cell(page: memoryview, at: int, overflow: _Overflow) -> tuple[int, bytes, int] | None:
    """(rowid, payload, bytes of it on this page) of the cell at ``at``; None where it cannot be read whole."""
    length, at = _varint(page, at)
    rowid, at = _varint(page, at)
    if not 0 < length <= overflow.longest:
        return None
    local = _local_size(length, overflow.usable)
    here = bytes(page[at : at + local])
    if len(here) < local:
        return None
    if local == length:
        return _signed(rowid), here, local
    rest = overflow.read(int.from_bytes(page[at + local : at + local + 4], "big"), length - local)
    return None if rest is None else (_signed(rowid), here + rest, local)


def _local_size(length: int, usable: int) -> int:
    """How much of a payload stands on the leaf page itself (section 1.6, "Cell Payload Overflow Pages")."""
    most = usable - 35
    if length <= most:
        return length
    least = (usable - 12) * 32 // 255 - 23
    wanted = least + (length - least) % (usable - 4)
    return wanted if wanted <= most else least


def _values(payload: bytes) -> tuple[Value, ...] | None:
    """A record's values; None for what is no record. Its parts fill it to the last byte."""
    size, at = _varint(payload, 0)
    if not at <= size <= len(payload):
        return None
    kinds: list[int] = []
    while at < size:
        kind, at = _varint(payload, at)
        kinds.append(kind)
        if len(kinds) > _MOST_COLUMNS:
            return None
    lengths = [_length(kind) for kind in kinds]
    if at != size or 10 in kinds or 11 in kinds or size + sum(lengths) != len(payload):
        return None
    values: list[Value] = []
    for kind, length in zip(kinds, lengths, strict=True):
        values.append(_value(kind, payload[at : at + length]))
        at += length
    return tuple(values)


def _length(kind: int) -> int:
    if kind < len(_INTEGER_SIZES):
        return _INTEGER_SIZES[kind]
    if kind == 7:
        return 8
    return 0 if kind < 12 else (kind - 12) // 2


def _value(kind: int, content: bytes) -> Value:
    match kind:
        case 0:
            return None
        case 7:
            return float(struct.unpack(">d", content)[0])
        case 8 | 9:
            return kind - 8
        case _ if kind < 7:
            return int.from_bytes(content, "big", signed=True)
        case _ if kind % 2:
            return content.decode("utf-8", "replace")  # a flipped byte costs a letter, not the row
        case _:
            return content


def _varint(data: bytes | memoryview, at: int) -> tuple[int, int]:
    """(the number, where the next begins); a number that is cut off ends behind ``data``."""
    number = 0
    for count, byte in enumerate(data[at : at + 9], 1):
        if count == 9:
            return number << 8 | byte, at + 9
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, at + count
    return 0, len(data) + 1


def _signed(number: int) -> int:
    return number - (1 << 64) if number >= 1 << 63 else number
