"""A damaged store is not the end: it is set aside, what can be saved is saved, the topic tells the rest."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from core.chat.backend import Author
from core.chat.messages import Message, MessageState
from core.chat.playbook import PlaybookAssistant
from core.events import Record
from core.issues import issue_of
from core.journal import first_break
from core.opening import opened_store, scratch_store
from core.outbox import resolve_or_reopen
from core.settings import Settings
from core.station import Station
from core.store.database import PAGE_SIZE
from core.store.recovery import damage_of, set_aside_before
from core.store.store import FILE_NAME, Batch, Store, StoreError
from tests.unit.making import event, payload

SCOPE = "cluster/t"
ISSUES = 199


def _fill(directory: Path) -> None:
    """What a terminal has after some weeks: issues, promises, words, a journal."""
    store = Store(directory)
    issues = [issue_of(event(number, issue=f"PRESS_{number:03}")) for number in range(ISSUES)]
    store.remember_scope(SCOPE)
    store.commit_batch(SCOPE, Batch(issues, {0: ISSUES}))
    talk = store.conversations(SCOPE)
    for number, issue in enumerate(issues[:40]):
        record = resolve_or_reopen(issue, solved=True, now_ms=10_000, operator="kim", note="n" * 200, terminal="T")
        with store.database.transaction():
            store.outbox.add(record, scope=SCOPE, now_ms=10_000)
            store.journal.append(at_ms=number, operator="kim", action="resolved", issue=issue.id)
        talk.save(Message(f"m{number}", issue.id, Author.OPERATOR, "kim", "압력 " * 50, number, MessageState.ANSWERED))
        talk.save_draft(issue.id, "message", f"draft {number}")
    store.close()
    with closing(sqlite3.connect(directory / FILE_NAME)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    directory = tmp_path_factory.mktemp("filled")
    _fill(directory)
    return (directory / FILE_NAME).read_bytes()


def _settings(directory: Path) -> Settings:
    return Settings.model_validate({"data_dir": directory})


def _zeroed_page(data: bytearray, dice: random.Random) -> None:
    page = dice.randrange(len(data) // PAGE_SIZE) * PAGE_SIZE
    data[page : page + PAGE_SIZE] = bytes(PAGE_SIZE)


def _random_bytes(data: bytearray, dice: random.Random) -> None:
    at = dice.randrange(len(data) - 300)
    data[at : at + 300] = dice.randbytes(300)


def _flipped_bit(data: bytearray, dice: random.Random) -> None:
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _swapped_pages(data: bytearray, dice: random.Random) -> None:
    one, other = (dice.randrange(1, len(data) // PAGE_SIZE) * PAGE_SIZE for _ in range(2))
    first, second = slice(one, one + PAGE_SIZE), slice(other, other + PAGE_SIZE)
    data[first], data[second] = data[second], data[first]


def _truncated(data: bytearray, dice: random.Random) -> None:
    del data[dice.randrange(len(data)) :]


DAMAGES = [_zeroed_page, _random_bytes, _flipped_bit, _swapped_pages, _truncated]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("damage", DAMAGES)
def test_after_any_damage_the_terminal_starts_and_no_alarm_is_taken_for_read_that_is_not_there(
    filled: bytes, tmp_path: Path, damage: Callable[[bytearray, random.Random], None], seed: int
) -> None:
    data = bytearray(filled)
    damage(data, random.Random(seed))
    (tmp_path / FILE_NAME).write_bytes(data)
    with opened_store(_settings(tmp_path)) as store:
        snapshot = store.load_snapshot(SCOPE)
        intact = {issue_of(event(number, issue=f"PRESS_{number:03}")) for number in range(ISSUES)}
        assert set(snapshot.issues) <= intact, "what is damaged is no fact"
        assert not snapshot.offsets or len(snapshot.issues) == ISSUES, "offsets count only with every issue"
        for entry in store.outbox.unconfirmed():
            assert entry.record.issue.encode() in entry.record.value
        for issue in intact:
            store.conversations(SCOPE).of_issue(issue.id)
        if store.recovery is not None:
            assert store.recovery.set_aside.exists()
            assert first_break(store.journal.entries()) is None
        store.journal.append(at_ms=1, operator="kim", action="signed in")


def test_the_schema_has_its_place_on_the_first_page(filled: bytes) -> None:
    """A page more would be one more that costs everything."""
    leaf = 13
    assert int.from_bytes(filled[16:18], "big") == PAGE_SIZE
    assert filled[100] == leaf


def test_a_damaged_page_costs_only_what_stood_on_it(filled: bytes, tmp_path: Path) -> None:
    """Whichever page it is: the outbox, the words and the drafts that stand elsewhere are all there."""
    pages = len(filled) // PAGE_SIZE
    kept = []
    for number in range(1, pages, 3):
        directory = tmp_path / str(number)
        directory.mkdir()
        data = bytearray(filled)
        data[number * PAGE_SIZE : (number + 1) * PAGE_SIZE] = bytes(PAGE_SIZE)
        (directory / FILE_NAME).write_bytes(data)
        with opened_store(_settings(directory)) as store:
            kept.append((len(store.outbox.unconfirmed()), len(store.conversations(SCOPE).drafts())))
    assert sum(outbox == 40 for outbox, _drafts in kept) > len(kept) / 2, "most pages hold none of the outbox"
    assert min(outbox for outbox, _drafts in kept) >= 30, "what stands before and behind a damaged page is read"
    assert min(drafts for _outbox, drafts in kept) >= 20


def test_a_promise_that_waits_survives_and_the_screen_is_told_where_the_rest_is(filled: bytes, tmp_path: Path) -> None:
    data = bytearray(filled)
    at = data.rindex(b"PRESS_150")
    page = at // PAGE_SIZE * PAGE_SIZE
    data[page : page + 8] = bytes(8)
    (tmp_path / FILE_NAME).write_bytes(data)
    assert damage_of(tmp_path / FILE_NAME)
    with opened_store(_settings(tmp_path)) as store:
        assert store.recovery is not None
        assert store.recovery.saved["outbox"] == 40
        assert store.recovery.saved["drafts"] == 40
        assert store.last_scope() == SCOPE
        assert [entry.action for entry in store.journal.entries()][-1] == "store recovered"
        assert store.recovery.set_aside.read_bytes() == bytes(data), "kept as it was"
    with opened_store(_settings(tmp_path)) as again:
        assert again.recovery is None
    assert len(set_aside_before(tmp_path, FILE_NAME)) == 1


@pytest.mark.parametrize("content", [b"not a database at all, but a text of some length" * 40, b"\x00" * 5000])
def test_a_foreign_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with opened_store(_settings(tmp_path)) as store:
        assert store.recovery is not None
        assert store.recovery.set_aside.read_bytes() == content
        assert store.load_snapshot(SCOPE).issues == ()


def test_another_program_s_database_and_a_folder_are_set_aside(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as other:
        other.execute("CREATE TABLE songs (name TEXT)")
        other.execute("PRAGMA user_version = 4")
        other.commit()
    with opened_store(_settings(tmp_path)) as store:
        assert store.recovery is not None
    (tmp_path / FILE_NAME).unlink()
    (tmp_path / FILE_NAME).mkdir()
    with opened_store(_settings(tmp_path)) as store:
        assert store.recovery is not None
    assert len(set_aside_before(tmp_path, FILE_NAME)) == 2


def test_a_newer_andon_s_store_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as newer:
        newer.execute("PRAGMA user_version = 99")
        newer.execute("CREATE TABLE future (x)")
        newer.commit()
    with pytest.raises(StoreError, match="newer"), opened_store(_settings(tmp_path)):
        raise AssertionError
    assert not set_aside_before(tmp_path, FILE_NAME)


def test_a_snapshot_that_is_older_than_its_offsets_is_not_believed(filled: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(filled)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as file:
        file.execute("DELETE FROM issues WHERE id = 'PRESS_007'")
        file.commit()
    with opened_store(_settings(tmp_path)) as store:
        snapshot = store.load_snapshot(SCOPE)
        assert not snapshot.is_whole
        assert not snapshot.offsets
        assert len(snapshot.issues) == ISSUES - 1
        store.forget_offsets(SCOPE)
        store.commit_batch(SCOPE, Batch([issue_of(event(7, issue="PRESS_007"))], {0: ISSUES}))
        assert store.load_snapshot(SCOPE).is_whole


def test_a_command_beside_a_damaged_store_reads_the_topic_all_the_same(filled: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(filled[:9000])
    with scratch_store(_settings(tmp_path)) as store:
        assert store.snapshot_problem


def test_open_issues_of_a_damaged_store_are_facts_again_once_the_log_tells_of_them(
    filled: bytes, tmp_path: Path
) -> None:
    data = bytearray(filled)
    at = data.rindex(b"draft 39")
    page = at // PAGE_SIZE * PAGE_SIZE
    data[page : page + 8] = bytes(8)
    (tmp_path / FILE_NAME).write_bytes(data)
    settings = _settings(tmp_path)
    with opened_store(settings) as store:
        station = Station(settings, store, PlaybookAssistant())
        assert station.is_rebuilding
        assert len(station.unconfirmed.issues) == ISSUES, "they may have been solved in what is lost"
        value = payload("PRESS_007")
        station.ingest([Record("t", 0, 7, 7, None, value)], {0: 8})
        assert len(station.unconfirmed.issues) == ISSUES - 1
        assert station.issue("PRESS_007") is not None
