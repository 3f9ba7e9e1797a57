"""Rows read from a database file's bytes, without SQLite: all of a whole file, and no trouble with any other bytes."""

import random
import sqlite3
import struct
import time
from collections import Counter
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.store.carving import Carved, carved
from core.store.write_ahead_log import read_log

ROWS = 300
LONG = 60
"""Rows whose text goes on over several pages."""
VALUES = (
    None,
    0,
    1,
    -1,
    127,
    -129,
    40_000,
    -(1 << 23),
    1 << 31,
    -(1 << 40),
    1 << 50,
    -(1 << 63),
    0.5,
    b"",
    b"\x00\xff",
)


def _text(number: int) -> str:
    return "압력 " * (3_000 if number % (ROWS // LONG) == 0 else number % 40)


def _fill(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    connection.execute("CREATE TABLE kept (seq INTEGER PRIMARY KEY, text TEXT, value, more)")
    rows: list[tuple[object, ...]] = [
        (number, _text(number), VALUES[number % len(VALUES)], number) for number in range(-5, ROWS)
    ]
    connection.executemany("INSERT INTO kept VALUES (?, ?, ?, ?)", rows)
    connection.commit()
    return rows


@cache
def _file(size: int = 4096) -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"PRAGMA page_size = {size}")
        _fill(connection)
        return connection.serialize()


def _rows(data: bytes, log: bytes = b"") -> list[tuple[object, ...]]:
    return sorted((row.rowid, *row.values[1:]) for row in carved(data, log) if len(row.values) == 4)


def _expected() -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        return _fill(connection)


@pytest.mark.parametrize("has_header", [True, False])
@pytest.mark.parametrize("size", [512, 1024, 4096, 8192, 65536])
def test_every_row_of_a_file_is_found_with_its_values(size: int, *, has_header: bool) -> None:
    data = _file(size)
    assert _rows(data if has_header else bytes(100) + data[100:]) == _expected()


def test_what_was_deleted_does_not_come_back() -> None:
    """Neither cells that no pointer names nor pages that SQLite had freed."""
    with closing(sqlite3.connect(":memory:")) as connection:
        rows = _fill(connection)
        connection.execute("DELETE FROM kept WHERE seq % 3 = 0 OR seq > 150")
        connection.commit()
        assert connection.execute("PRAGMA freelist_count").fetchone()[0] > 10
        data = connection.serialize()
    left = [row for row in rows if not (row[0] % 3 == 0 or row[0] > 150)]  # type: ignore[operator]
    assert _rows(data) == left
    assert {row[0] for row in _rows(bytes(100) + data[100:])} >= {row[0] for row in left}


def _with_log(directory: Path) -> tuple[bytes, bytes]:
    """A file with changes that are in its log alone, of which the last is not committed."""
    path = directory / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        _fill(connection)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("UPDATE kept SET value = 'changed', text = 'short'")
        connection.commit()
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("UPDATE kept SET value = 'uncommitted'")
        return path.read_bytes(), path.with_name("a.db-wal").read_bytes()


def test_the_log_s_committed_pages_take_the_place_of_the_file_s(tmp_path: Path) -> None:
    data, log = _with_log(tmp_path)
    wanted = [(seq, "short", "changed", more) for seq, _text, _value, more in _expected()]
    assert b"uncommitted" in log, "the case at hand"
    assert _rows(data, log) == wanted
    assert _rows(bytes(len(data)), log) == wanted
    no_header = bytes(32) + log[32:]
    assert _rows(data, no_header) == wanted


def test_frames_of_an_earlier_log_are_left_alone(tmp_path: Path) -> None:
    data, log = _with_log(tmp_path)
    size = 24 + 4096
    frames = [log[at : at + size] for at in range(32, len(log), size)]
    old = [frame[:8] + struct.pack(">II", 1, 2) + frame[16:] for frame in frames]
    assert _rows(data, log[:32] + b"".join(old)) == _expected()


def test_a_damaged_frame_costs_its_own_page_only(tmp_path: Path) -> None:
    """SQLite would take it for the end of the log."""
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE kept (seq INTEGER PRIMARY KEY, text TEXT, value, more)")
        for number in range(200):
            connection.execute("INSERT INTO kept VALUES (?, ?, 1, 2)", (number, "x" * 600))
            connection.commit()
        data, log = path.read_bytes(), path.with_name("a.db-wal").read_bytes()
    assert not read_log(log, 4096).is_damaged
    for at in range(0, len(log) - 6 * 4120, 4120 * 17):
        damaged = log[: at + 40] + bytes(4000) + log[at + 4040 :]
        assert read_log(damaged, 4096).is_damaged
        assert len(_rows(data, damaged)) > 190


def test_a_last_transaction_that_a_power_cut_left_half_written_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        rows = _fill(connection)
        connection.execute("UPDATE kept SET value = 'half'")
        before = path.with_name("a.db-wal").stat().st_size
        connection.commit()
        data, log = path.read_bytes(), path.with_name("a.db-wal").read_bytes()
    torn = log[: before + 500] + bytes(4000) + log[before + 4500 :]
    assert not read_log(torn, 4096).is_damaged
    assert _rows(data, torn) == rows


def test_a_page_that_is_lost_costs_its_own_rows() -> None:
    data = _file()
    pages = Counter(row.page for row in carved(data))
    for page, count in pages.items():
        damaged = data[: (page - 1) * 4096] + bytes(4096) + data[page * 4096 :]
        assert sum(1 for _row in carved(damaged)) == sum(pages.values()) - count


def test_a_chain_that_runs_in_a_circle_ends() -> None:
    data = bytearray(_file())
    for start in range(4096, len(data), 4096):
        if data[start] == 0:  # the next page's number: an overflow page
            data[start : start + 4] = (start // 4096 + 1).to_bytes(4, "big")
    assert len(_rows(bytes(data))) <= len(_expected())


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=9000), st.binary(max_size=9000), st.booleans())
def test_no_bytes_raise_anything(data: bytes, log: bytes, begins_well: bool) -> None:
    if begins_well:
        data, log = _file()[:100] + data, struct.pack(">IIIIIIII", 0x377F0682, 0, 512, 0, 1, 2, 0, 0) + log
    assert all(isinstance(row, Carved) for row in carved(data, log))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([512, 4096]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=12)), max_size=30),
    st.floats(0, 1),
)
def test_no_damage_raises_anything_and_rows_are_never_made_up_in_number(
    size: int, changes: list[tuple[float, bytes]], end: float
) -> None:
    data = bytearray(_file(size))
    for at, content in changes:
        start = int(at * len(data))
        data[start : start + len(content)] = content
    rows = list(carved(bytes(data[: int(end * len(data))])))
    assert len(rows) <= len(data) // 4


def test_no_made_up_page_costs_much_time() -> None:
    """Every byte says table leaf, every pointer is another cell: the work stays within the bytes that there are."""
    dice = random.Random(1)
    pages = []
    for _number in range(500):
        pointers = [dice.randrange(2056, 4092) for _pointer in range(1020)]
        page = struct.pack(">BHHHB", 13, 0, 1020, 2056, 0) + struct.pack(">1020H", *pointers)
        pages.append(page + dice.choices([b"\x82\x01\x05\x02", b"\x01\x01\x01\x00"])[0] * 512)
    data = b"".join(page[:4096].ljust(4096, b"\x01") for page in pages)
    started = time.process_time()
    assert sum(1 for _row in carved(data)) < len(data)
    assert time.process_time() - started < 10


def test_a_large_file_is_read_within_seconds() -> None:
    """60 MB in two seconds on a small machine; the bound leaves room for a busy one."""
    with TemporaryDirectory() as folder, closing(sqlite3.connect(Path(folder) / "a.db")) as connection:
        connection.execute("CREATE TABLE kept (seq INTEGER PRIMARY KEY, text TEXT, value, more)")
        rows = ((number, "x" * 600, number, None) for number in range(15_000))
        connection.executemany("INSERT INTO kept VALUES (?, ?, ?, ?)", rows)
        connection.commit()
        data = (Path(folder) / "a.db").read_bytes()
    started = time.process_time()
    assert len(_rows(bytes(100) + data[100:])) == 15_000
    assert time.process_time() - started < len(data) / 1e6
