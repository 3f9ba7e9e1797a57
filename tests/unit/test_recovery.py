"""A damaged store is not the end: it is set aside, what can be saved is saved, the topic tells the rest."""

import contextlib
import random
import sqlite3
from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from core.chat.playbook.assistant import PlaybookAssistant
from core.domain.alarms import Handling
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.domain.errors import StoreError
from core.domain.events import Quarantined, Record
from core.domain.held import known_open_ms
from core.domain.issues import Issue, issue_of
from core.domain.journal import first_break
from core.domain.last_read import LastRead
from core.domain.lockout import Lockout
from core.domain.messages import Author, Message, MessageState
from core.domain.outbox import OutboxEntry, OutboxState, resolve_or_reopen
from core.domain.pending_calls import CallAction, CallState, ChatCall
from core.settings import Settings
from core.station.data_dir import opened_store, scratch_store
from core.station.station import Station
from core.store.carving import carved
from core.store.database import PAGE_SIZE, Database
from core.store.recovery import damage_of, set_aside_before
from core.store.store import FILE_NAME, Batch, Store
from core.support import i18n
from core.support.i18n import N_
from tests.unit.making import NOW, event, payload

SCOPE = "cluster/t"
ISSUES = 199
PROMISES = 40
FEW = 9
PARKED_SCOPE = "cluster/parked"
HANDLING = Handling(1, 2, "kim", claimed_ms=3, claimed_by="lee")
LOCKOUT = Lockout("PRESS_001", 1, 7, 5, "kim", ("power", "lock"), ("tag",), "no tag left")


def _fill(directory: Path) -> None:
    """What a terminal has after some weeks: issues, promises, words, a journal."""
    store = Store(directory)
    issues = [issue_of(event(number, issue=f"PRESS_{number:03}")) for number in range(ISSUES)]
    store.meta.remember_scope(SCOPE)
    store.meta.save_operator("kim")
    store.handling(SCOPE).save("PRESS_001", HANDLING)
    store.lockouts(SCOPE).add(LOCKOUT)
    store.commit_batch(SCOPE, Batch(issues, {0: ISSUES}))
    _fill_what_few_have(store)
    talk = store.conversations(SCOPE)
    for number, issue in enumerate(issues[:PROMISES]):
        _resolve(store, issue, number)
        talk.save(Message(f"m{number}", issue.id, Author.OPERATOR, "kim", "압력 " * 50, number, MessageState.ANSWERED))
        talk.save_draft(issue.id, "message", f"draft {number}")
    store.close()
    with closing(sqlite3.connect(directory / FILE_NAME)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _fill_what_few_have(store: Store) -> None:
    """A row or some of each further table that a start reads."""
    raised = [event(number, issue=f"PRESS_{number:03}") for number in range(ISSUES)]
    records = [Record("t", 0, at, at, b"k", b"no event" * 9, (("h", b"x" * 20),)) for at in range(FEW)]
    quarantined = [Quarantined(record, N_("not JSON")) for record in records]
    store.commit_batch(SCOPE, Batch([], {}, quarantined, last_reads={0: LastRead(ISSUES - 1, 7, 9)}))
    for number in range(2, FEW):
        store.handling(SCOPE).save(f"PRESS_{number:03}", HANDLING)
        store.lockouts(SCOPE).add(replace(LOCKOUT, issue=f"PRESS_{number:03}"))
        call = ChatCall(f"PRESS_{number:03}", f"session{number}", CallAction.COMPLETE, "s" * 50, number)
        store.chat_calls(SCOPE).add(call)
        store.chat_calls(SCOPE).mark(call, CallState.PARKED, ChatProblem(ChatProblemKind.SERVER, "500"))
    store.unread(SCOPE).save({one.issue: 3 for one in raised[:FEW]})
    store.overruled.save(SCOPE, {one.issue: one for one in raised[:FEW]})
    for number in range(FEW):
        issue = issue_of(raised[ISSUES - 1 - number])
        record = resolve_or_reopen(issue, solved=True, now_ms=10_000, operator="kim", note="", terminal="T")
        store.outbox.add(record, scope=PARKED_SCOPE, now_ms=10_000, known_open_ms=known_open_ms(issue))
        store.outbox.park(record.event_id, ClusterProblem(ClusterProblemKind.TOO_LARGE, "1 MB"))


def _resolve(store: Store, issue: Issue, number: int) -> str:
    record = resolve_or_reopen(issue, solved=True, now_ms=10_000, operator="kim", note="n" * 200, terminal="T")
    with store.database.transaction():
        store.outbox.add(record, scope=SCOPE, now_ms=10_000, known_open_ms=known_open_ms(issue))
        store.journal.append(at_ms=number, operator="kim", action="resolved", issue=issue.id)
    return record.event_id


def _promise(store: Store, count: int) -> list[str]:
    """Event ids of as many resolves, each with its issue, a message and a draft."""
    talk = store.conversations(SCOPE)
    events = []
    for number in range(count):
        issue = issue_of(event(number, issue=f"PRESS_{number:03}"))
        store.commit_batch(SCOPE, Batch([issue], {}))
        events.append(_resolve(store, issue, number))
        talk.save(Message(f"m{number}", issue.id, Author.OPERATOR, "kim", "압력 " * 50, number, MessageState.ANSWERED))
        talk.save_draft(issue.id, "message", f"draft {number}")
    return events


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
        _read_all(store, tmp_path)


def _read_all(store: Store, directory: Path) -> Station:
    """Whatever a start reads, and what the checks of ``andon doctor`` do."""
    station = Station(_settings(directory), store, PlaybookAssistant())
    for issue in store.load_snapshot(SCOPE).issues:
        station.standing(issue)
    store.quarantine.newest()
    store.chat_calls(SCOPE).all()
    list(store.journal.entries())
    return station


def test_the_schema_has_its_place_on_the_first_page(filled: bytes) -> None:
    """A page more would be one more that costs everything."""
    leaf = 13
    assert int.from_bytes(filled[16:18], "big") == PAGE_SIZE
    assert filled[100] == leaf


def _page_size(data: bytes | bytearray) -> int:
    return {1: 65536}.get(size := int.from_bytes(data[16:18], "big"), size)


def _stands_on(data: bytes) -> dict[str, dict[str, int]]:
    """Table -> what identifies a row -> its page. tests/unit/test_carving.py: that every row is found."""
    with closing(Database(None)) as blank, blank.transaction() as db:
        names = {
            name: [row[0] for row in db.execute("SELECT name FROM pragma_table_info(?)", (name,))] for name in KEYS
        }
    found: dict[str, dict[str, int]] = {name: {} for name in KEYS}
    with closing(sqlite3.connect(":memory:")) as copy:
        copy.deserialize(_without_log(data))
        for name, key in KEYS.items():
            # The first column may be the row's number, which stands elsewhere; the others tell tables apart.
            ours = {row[1:] for row in copy.execute(f"SELECT {', '.join(names[name])} FROM {name}")}  # noqa: S608 - ours
            at = names[name].index(key)
            for row in carved(data):
                if row.values[1:] in ours:
                    found[name][str(row.values[at])] = row.page
    return found


def _without_log(data: bytes) -> bytes:
    """A file in memory has no write-ahead log: the header says so."""
    return data[:18] + b"\x01\x01" + data[20:]


FILLED = dict.fromkeys(["drafts", "messages"], PROMISES) | dict.fromkeys(["outbox", "outbox_decisions"], PROMISES + FEW)
"""Table -> rows."""
KEYS = {"outbox": "event_id", "drafts": "issue", "outbox_decisions": "event_id", "messages": "id"}


def _saved(directory: Path, data: bytes) -> tuple[dict[str, set[str]], list[OutboxEntry]]:
    """(table -> what is there after a start with ``data``, the outbox)."""
    directory.mkdir(exist_ok=True)
    (directory / FILE_NAME).write_bytes(data)
    with opened_store(_settings(directory)) as store:
        there = {
            name: {row[0] for row in store.database.rows(f"SELECT {key} FROM {name}")}  # noqa: S608 - our own names
            for name, key in KEYS.items()
        }
        assert first_break(store.journal.entries()) is None
        return there, [entry for entry in store.outbox.unconfirmed() if entry.scope == SCOPE]


def _beyond(rows: Mapping[str, int], lost: Container[int]) -> set[str]:
    return {name for name, page in rows.items() if page not in lost}


def test_a_damaged_page_costs_only_what_stood_on_it(filled: bytes, tmp_path: Path) -> None:
    """Whichever page it is, also the schema's and a table's root: what stands elsewhere is all there."""
    size = _page_size(filled)
    stands_on = _stands_on(filled)
    assert {name: len(rows) for name, rows in stands_on.items()} == FILLED
    for number in range(1, len(filled) // size + 1):
        data = bytearray(filled)
        data[(number - 1) * size : number * size] = bytes(size)
        there, outbox = _saved(tmp_path / str(number), bytes(data))
        for name in KEYS:
            assert there[name] >= _beyond(stands_on[name], {number}), (name, number)
        decided = _beyond(stands_on["outbox_decisions"], {number})
        for entry in outbox:
            is_known = entry.record.event_id in decided
            assert entry.state is (OutboxState.WAITING if is_known else OutboxState.HELD), number


def _header_overwritten(data: bytes) -> bytes:
    return random.Random(1).randbytes(100) + data[100:]


def _header_zeroed(data: bytes) -> bytes:
    return bytes(100) + data[100:]


def _another_page_size(data: bytes) -> bytes:
    return data[:16] + (_page_size(data) // 2).to_bytes(2, "big") + data[18:]


def _schema_random(data: bytes) -> bytes:
    size = _page_size(data)
    return data[:100] + random.Random(1).randbytes(size - 100) + data[size:]


def _first_page_random(data: bytes) -> bytes:
    size = _page_size(data)
    return random.Random(1).randbytes(size) + data[size:]


HEADS = [_header_overwritten, _header_zeroed, _another_page_size, _schema_random, _first_page_random]


@pytest.mark.parametrize("damage", HEADS)
def test_without_header_or_schema_everything_on_the_other_pages_is_saved(
    filled: bytes, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    there, outbox = _saved(tmp_path, damage(filled))
    assert {name: len(rows) for name, rows in there.items()} == FILLED
    assert {entry.state for entry in outbox} == {OutboxState.WAITING}
    with opened_store(_settings(tmp_path)) as store:
        assert [entry.action for entry in store.journal.entries()] == ["resolved"] * PROMISES + ["store recovered"]
        detail = list(store.journal.entries())[-1].detail
        assert (detail["saved"]["outbox"], detail["partial"]) == (PROMISES + FEW, True)
        assert store.meta.last_scope() == SCOPE
        assert store.meta.operator() == "kim"
        assert store.handling(SCOPE).by_issue() == {f"PRESS_{number:03}": HANDLING for number in range(1, FEW)}
        assert store.lockouts(SCOPE).of_issue("PRESS_001") == (LOCKOUT,)
        assert len(store.load_snapshot(SCOPE).issues) == ISSUES


@pytest.mark.parametrize("part", [0.2, 0.5, 0.8, 0.95])
def test_of_a_truncated_file_everything_before_its_end_is_saved(filled: bytes, tmp_path: Path, part: float) -> None:
    end = int(len(filled) * part)
    pages = len(filled) // _page_size(filled)
    gone = range(end // _page_size(filled) + 1, pages + 1)
    there, _outbox = _saved(tmp_path, filled[:end])
    stands_on = _stands_on(filled)
    expected = {name: _beyond(rows, gone) for name, rows in stands_on.items()}
    expected["outbox_decisions"] &= expected["outbox"]  # of no use without what was decided
    for name in KEYS:
        assert there[name] >= expected[name], name


def _cut_off(directory: Path) -> tuple[bytes, bytes]:
    """(file, log) as a power cut leaves them: nothing was written back into the file yet."""
    directory.mkdir()
    with closing(Store(directory)) as store:
        _promise(store, PROMISES)
        return (directory / FILE_NAME).read_bytes(), (directory / f"{FILE_NAME}-wal").read_bytes()


def _whole(data: bytes) -> bytes:
    return data


def _log_header_damaged(log: bytes) -> bytes:
    return random.Random(1).randbytes(32) + log[32:]


def _log_frame_damaged(log: bytes) -> bytes:
    """The first version of a page, which a newer one replaced."""
    return log[:1000] + bytes(64) + log[1064:]


@pytest.mark.parametrize("log_damage", [_whole, _log_header_damaged, _log_frame_damaged])
@pytest.mark.parametrize("damage", [_whole, *HEADS])
def test_what_is_only_in_the_log_beside_it_is_saved(
    tmp_path: Path, damage: Callable[[bytes], bytes], log_damage: Callable[[bytes], bytes]
) -> None:
    data, log = _cut_off(tmp_path / "first")
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / f"{FILE_NAME}-wal").write_bytes(log_damage(log))
    there, outbox = _saved(tmp_path / "cut", damage(data))
    assert {name: len(rows) for name, rows in there.items()} == dict.fromkeys(KEYS, PROMISES)
    assert {entry.state for entry in outbox} == {OutboxState.WAITING}
    for aside in set_aside_before(tmp_path / "cut", FILE_NAME):
        assert aside.read_bytes() == damage(data), "kept as it was"
        assert aside.with_name(f"{aside.name}-wal").read_bytes() == log_damage(log)


def test_a_power_cut_alone_is_no_damage(tmp_path: Path) -> None:
    data, log = _cut_off(tmp_path / "first")
    (tmp_path / f"{FILE_NAME}-wal").write_bytes(log[:-2000])
    (tmp_path / FILE_NAME).write_bytes(data)
    assert not damage_of(tmp_path / FILE_NAME)


def _root_of(data: bytes, table: str) -> int:
    with closing(sqlite3.connect(":memory:")) as copy:
        copy.deserialize(_without_log(data))
        return int(copy.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0])


def _without_root(directory: Path, *tables: str) -> None:
    """Damages the store: SQLite finds no row of ``tables`` any more, their leaf pages are whole."""
    with closing(sqlite3.connect(directory / FILE_NAME)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray((directory / FILE_NAME).read_bytes())
    size = _page_size(data)
    for table in tables:
        start = (_root_of(bytes(data), table) - 1) * size
        assert data[start] == 5, "an interior page"
        data[start : start + size] = bytes(size)
    (directory / FILE_NAME).write_bytes(data)


def test_what_was_confirmed_or_given_up_does_not_wait_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    events = _promise(store, PROMISES)
    store.outbox.confirm(events[0])
    store.outbox.hold(events[1], 20_000)
    store.outbox.withdraw(events[1])
    store.outbox.hold(events[2], 20_000)
    store.close()
    _without_root(tmp_path, "outbox")
    with opened_store(_settings(tmp_path)) as again:
        found = [again.outbox.get(event_id) for event_id in events]
        states = [entry.state for entry in found if entry is not None]
        assert states[:3] == [OutboxState.CONFIRMED, OutboxState.WITHDRAWN, OutboxState.HELD]
        assert states[3:] == [OutboxState.WAITING] * (PROMISES - 3)
        assert found[2] is not None
        assert found[2].raised_again_ms == 20_000
        assert [entry.record.event_id for entry in again.outbox.unconfirmed()] == events[2:], "in the order of typing"


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (["confirmed"], OutboxState.CONFIRMED),
        (["held"], OutboxState.HELD),
        (["held", "withdrawn"], OutboxState.WITHDRAWN),
        (["confirmed", "sent again"], OutboxState.WAITING),
    ],
)
def test_an_old_copy_of_a_row_is_corrected_by_the_journal(
    tmp_path: Path, told: Sequence[str], state: OutboxState
) -> None:
    """The page may be one that SQLite had given up: the journal was written in the same transaction."""
    store = Store(tmp_path)
    events = _promise(store, PROMISES)
    for action in told:
        store.journal.append(at_ms=1, operator="kim", action=action, detail={"event": events[7]})
    store.close()
    _without_root(tmp_path, "outbox")
    with opened_store(_settings(tmp_path)) as again:
        entry = again.outbox.get(events[7])
        assert entry is not None
        assert entry.state is state


def test_what_is_held_in_doubt_is_confirmed_where_the_topic_has_it(tmp_path: Path) -> None:
    """A person is asked only of what never reached the plant."""
    store = Store(tmp_path)
    store.meta.remember_scope(SCOPE)
    events = _promise(store, PROMISES)
    with store.database.transaction() as db:
        db.execute("DELETE FROM outbox_decisions")
    store.close()
    _without_root(tmp_path, "outbox")
    settings = _settings(tmp_path)
    with opened_store(settings) as again:
        assert {entry.state for entry in again.outbox.unconfirmed()} == {OutboxState.HELD}
        station = Station(settings, again, PlaybookAssistant())
        sent = [entry.record for entry in again.outbox.unconfirmed()[:-1]]
        records = [Record("t", 0, at, one.timestamp_ms, one.key, one.value, one.headers) for at, one in enumerate(sent)]
        station.intake.ingest(records, {0: len(records)})
        assert [entry.record.event_id for entry in again.outbox.unconfirmed()] == events[-1:]


def test_an_old_copy_of_a_row_is_held_where_its_issue_is_known_to_be_raised_again(tmp_path: Path) -> None:
    """The replay brings no news of what the register knows, so nothing else would hold it."""
    store = Store(tmp_path)
    events = _promise(store, PROMISES)
    later = event(NOW + 86_400_000, issue="PRESS_003", timestamp="2025-08-09T08:00:00Z")
    store.commit_batch(SCOPE, Batch([issue_of(later)], {}))
    store.close()
    _without_root(tmp_path, "outbox")
    with opened_store(_settings(tmp_path)) as again:
        entry = again.outbox.get(events[3])
        assert entry is not None
        assert entry.state is OutboxState.HELD
        assert entry.raised_again_ms == later.time_ms
        waiting = [one for one in again.outbox.unconfirmed() if one.state is OutboxState.WAITING]
        assert len(waiting) == PROMISES - 1


def test_a_promise_that_waits_survives_and_the_screen_is_told_where_the_rest_is(filled: bytes, tmp_path: Path) -> None:
    data = bytearray(filled)
    at = data.rindex(b"PRESS_150")
    page = at // PAGE_SIZE * PAGE_SIZE
    data[page : page + 8] = bytes(8)
    (tmp_path / FILE_NAME).write_bytes(data)
    assert damage_of(tmp_path / FILE_NAME)
    with opened_store(_settings(tmp_path)) as store:
        assert store.recovery is not None
        assert store.recovery.saved["outbox"] == PROMISES + FEW
        assert store.recovery.saved["drafts"] == 40
        assert store.meta.last_scope() == SCOPE
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
    Store(tmp_path).close()
    _change(tmp_path, "PRAGMA user_version = 99", "CREATE TABLE future (x)")
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
        assert station.state.is_rebuilding
        assert len(station.state.unconfirmed.issues) == ISSUES, "they may have been solved in what is lost"
        value = payload("PRESS_007")
        station.intake.ingest([Record("t", 0, 7, 7, None, value)], {0: 8})
        assert len(station.state.unconfirmed.issues) == ISSUES - 1
        assert station.issue("PRESS_007") is not None


def _change(directory: Path, *statements: str) -> None:
    with closing(sqlite3.connect(directory / FILE_NAME)) as file:
        for statement in statements:
            file.execute(statement)
        file.commit()


LAST = "WHERE rowid = (SELECT max(rowid) FROM {table})"


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("quarantine", "headers = replace(headers, '[[', '[z')"),
        ("quarantine", "headers = '[[1, \"\"]]'"),
        ("quarantine", "reason = x'00'"),
        ("outbox", "problem = 'too-largf' || char(10)"),
        ("outbox", "action = 'andon.issue.resolvee'"),
        ("outbox", "key = x'00'"),
        ("outbox", "created_ms = 'soon'"),
        ("outbox", "offset = 'soon'"),
        ("outbox_decisions", "known_open_ms = 'soon'"),
        ("handling", "claimed_ms = 'soon'"),
        ("handling", "seen_ms = 1 << 62"),
        ("handling", "shelved_until_ms = x'00'"),
        ("chat_calls", "action = 'completf'"),
        ("chat_calls", "state = 'waitinh'"),
        ("chat_calls", "problem = 'servfr'"),
        ("unread", "count = 'many'"),
        ("unread", "count = -1"),
        ("lockouts", "opened_ms = 'soon'"),
        ("lockouts", "opened_digest = 'x'"),
        ("lockouts", "at_ms = 1 << 62"),
        ("overruled", "event = '[1'"),
        ("doubts", "since_ms = 'soon'"),
        ("last_reads", "offset = 'x'"),
        ("drafts", "text = x'00'"),
        ("meta", "value = x'00'"),
    ],
)
def test_a_row_that_nobody_understands_is_left_behind_and_the_others_go_on(
    filled: bytes, tmp_path: Path, table: str, change: str
) -> None:
    (tmp_path / FILE_NAME).write_bytes(filled)
    _change(
        tmp_path,
        "INSERT INTO doubts VALUES ('another/t', 'issue', 'A', 1), ('another/t', 'issue', 'B', 1)",
        "INSERT INTO meta VALUES ('complete another/t', '1')",
    )
    assert not damage_of(tmp_path / FILE_NAME)
    count = f"SELECT count(*) FROM {table}"  # noqa: S608 - our own names
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as file:
        before = file.execute(count).fetchone()[0]
    _change(tmp_path, f"UPDATE {table} SET {change} {LAST.format(table=table)}")  # noqa: S608
    with closing(Store(tmp_path)) as failing, contextlib.suppress(StoreError):
        _read_all(failing, tmp_path)  # it was whole when the terminal started
    assert damage_of(tmp_path / FILE_NAME).startswith(f"{table}: row")
    with opened_store(_settings(tmp_path)) as store:
        assert store.recovery is not None
        assert store.database.rows(count)[0][0] == before - 1
        _read_all(store, tmp_path)
    assert not damage_of(tmp_path / FILE_NAME)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE messages SET at_ms = 'soon', text = x'00' WHERE seq = 1",
        "UPDATE messages SET alert = 'x', memo = '[' WHERE seq = 1",
        "UPDATE journal SET at_ms = 'soon', hash = x'00', detail = x'00'",
        "UPDATE issues SET data = x'00' WHERE id = 'PRESS_001'",
        "UPDATE issues SET data = 'x' WHERE id = 'PRESS_001'",
        "UPDATE snapshot_sums SET sum = 'x'",
        "UPDATE offsets SET next_offset = 'x'",
    ],
)
def test_what_is_read_only_when_it_is_looked_at_costs_itself_alone(filled: bytes, tmp_path: Path, change: str) -> None:
    (tmp_path / FILE_NAME).write_bytes(filled)
    _change(tmp_path, change)
    with opened_store(_settings(tmp_path)) as store:
        station = _read_all(store, tmp_path)
        station.intake.ingest([Record("t", 0, 7, 7, None, payload("PRESS_001"))], {0: 8})
        store.conversations(SCOPE).of_issue("PRESS_000")
        store.journal.append(at_ms=1, operator="kim", action="signed in")


@pytest.mark.parametrize("version", [-1, 0, 1, 2, 3, 4, 5, 60])
@pytest.mark.parametrize("tables", ["CREATE TABLE songs (name TEXT)", "CREATE TABLE outbox (x)"])
def test_another_program_s_database_is_set_aside_whatever_its_version(
    tmp_path: Path, version: int, tables: str
) -> None:
    _change(tmp_path, tables, f"PRAGMA user_version = {version}")
    with opened_store(_settings(tmp_path)) as store:
        assert store.recovery is not None
        _read_all(store, tmp_path)


@pytest.mark.parametrize("version", [-9, 0, 1, 2, 3, 4, 6, 60, 1 << 30])
def test_a_damaged_version_number_costs_nothing(filled: bytes, tmp_path: Path, version: int) -> None:
    (tmp_path / FILE_NAME).write_bytes(filled)
    _change(tmp_path, f"PRAGMA user_version = {version}")
    with opened_store(_settings(tmp_path)) as store:
        assert store.recovery is not None
        assert store.recovery.saved["outbox"] == PROMISES + FEW
        assert {entry.state for entry in store.outbox.unconfirmed()} == {OutboxState.WAITING, OutboxState.PARKED}
        assert store.meta.operator() == "kim"
        _read_all(store, tmp_path)


def test_a_damaged_file_is_one_whatever_its_version(filled: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(filled)
    _change(tmp_path, "CREATE TABLE future (x)", "PRAGMA user_version = 60")
    data = bytearray((tmp_path / FILE_NAME).read_bytes())
    page = data.rindex(b"draft 39") // PAGE_SIZE * PAGE_SIZE
    data[page : page + 8] = bytes(8)
    (tmp_path / FILE_NAME).write_bytes(data)
    assert damage_of(tmp_path / FILE_NAME)


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("place", ["file", "file/below", "/proc/andon"])
def test_a_data_folder_that_cannot_be_made_is_named_with_its_remedy(tmp_path: Path, place: str, lang: str) -> None:
    (tmp_path / "file").write_text("something else")
    i18n.use(lang)
    with pytest.raises(StoreError) as told, opened_store(_settings(tmp_path / place)):
        raise AssertionError
    assert str(tmp_path / place) in str(told.value)
    assert "ANDON_DATA_DIR" in str(told.value)


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("name", ["andon.lock", "andon.pid"])
def test_a_folder_in_the_place_of_a_file_is_named(tmp_path: Path, name: str, lang: str) -> None:
    (tmp_path / name).mkdir()
    i18n.use(lang)
    with pytest.raises(StoreError) as told, opened_store(_settings(tmp_path)):
        raise AssertionError
    assert str(tmp_path / name) in str(told.value)
    assert "ANDON_DATA_DIR" in str(told.value)
    (tmp_path / name).rmdir()
    with opened_store(_settings(tmp_path)):
        pass  # and the lock was let go


@pytest.mark.parametrize(("version", "is_damaged"), [(3, False), (2, True), (1, True), (0, True), (67, True)])
def test_the_version_before_is_brought_up_to_date_and_its_damaged_number_costs_nothing(
    filled: bytes, tmp_path: Path, version: int, is_damaged: bool
) -> None:
    (tmp_path / FILE_NAME).write_bytes(filled)
    later = ("snapshot_sums", "lockouts", "overruled", "outbox_decisions", "last_reads", "doubts", "lookalikes")
    indexes = ("issues_maybe_open", "issues_solved")
    _change(tmp_path, *(f"DROP INDEX {index}" for index in indexes), "ALTER TABLE issues DROP COLUMN solved_ms")
    _change(tmp_path, "ALTER TABLE messages DROP COLUMN alert", *(f"DROP TABLE {table}" for table in later))
    _change(tmp_path, f"PRAGMA user_version = {version}")
    with opened_store(_settings(tmp_path)) as store:
        assert (store.recovery is not None) is is_damaged
        assert len(store.outbox.unconfirmed()) == PROMISES + FEW
        assert store.conversations(SCOPE).of_issue("PRESS_000")
        _read_all(store, tmp_path)
    assert not damage_of(tmp_path / FILE_NAME)
