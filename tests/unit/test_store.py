"""What belongs together is committed together, and the journal cannot be altered unseen."""

import sqlite3
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.alarms import Handling
from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.domain.errors import StoreError
from core.domain.events import NOT_JSON, Quarantined
from core.domain.issues import issue_of
from core.domain.journal import JournalEntry, chain, first_break
from core.domain.outbox import OutboxState, resolve_or_reopen
from core.store.database import SCHEMA_VERSION
from core.store.store import Batch, Store
from tests.unit.making import NOW, event, record

SCOPE = "cluster/t"
ISSUE = issue_of(event())


def outgoing(note: str = "") -> object:
    return resolve_or_reopen(ISSUE, solved=True, now_ms=NOW, operator="kim", note=note, terminal="T")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data")


def test_a_batch_is_all_or_nothing(store: Store) -> None:
    def broken() -> object:
        yield ISSUE
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        store.commit_batch(SCOPE, Batch(broken(), {0: 5}))  # type: ignore[arg-type]
    snapshot = store.load_snapshot(SCOPE)
    assert (snapshot.issues, snapshot.offsets) == ((), {})


def test_issues_offsets_quarantine_and_confirmation_in_one(store: Store) -> None:
    record_out = resolve_or_reopen(ISSUE, solved=True, now_ms=NOW, operator="kim", note="n", terminal="T")
    store.outbox.add(record_out, scope=SCOPE, now_ms=NOW)
    rubbish = Quarantined(record(b"\x00rubbish", offset=4), NOT_JSON)
    store.commit_batch(SCOPE, Batch([ISSUE], {0: 5}, [rubbish, rubbish], [record_out.event_id]))
    snapshot = store.load_snapshot(SCOPE)
    assert snapshot.issues == (ISSUE,)
    assert snapshot.offsets == {0: 5}
    assert store.quarantine.newest() == [rubbish]
    assert store.outbox.unconfirmed() == []


def test_scopes_do_not_mix(store: Store) -> None:
    store.commit_batch(SCOPE, Batch([ISSUE], {0: 5}))
    other = store.load_snapshot("other/t")
    assert (other.issues, other.offsets) == ((), {})


def test_a_damaged_row_brings_a_full_replay(store: Store) -> None:
    store.commit_batch(SCOPE, Batch([ISSUE], {0: 5}))
    with store.database.transaction() as db:
        db.execute("INSERT INTO issues (scope, id, data) VALUES (?, 'B', '{}')", (SCOPE,))
    snapshot = store.load_snapshot(SCOPE)
    assert snapshot.issues == (ISSUE,)
    assert snapshot.offsets == {}


def test_the_outbox_never_goes_back(store: Store) -> None:
    entry = store.outbox.add(outgoing(), scope=SCOPE, now_ms=NOW)  # type: ignore[arg-type]
    event_id = entry.record.event_id
    store.outbox.mark_sent(event_id, 1, 9)
    sent = store.outbox.get(event_id)
    assert sent is not None
    assert (sent.state, sent.partition, sent.offset) == (OutboxState.SENT, 1, 9)
    store.outbox.confirm(event_id)
    changes: tuple[Callable[[], object], ...] = (
        lambda: store.outbox.mark_sent(event_id, 1, 10),
        lambda: store.outbox.wait(event_id, None),
        lambda: store.outbox.park(event_id, ClusterProblem(ClusterProblemKind.NO_WRITE, "t")),
    )
    for change in changes:
        change()
        confirmed = store.outbox.get(event_id)
        assert confirmed is not None
        assert confirmed.state is OutboxState.CONFIRMED


def test_the_outbox_gives_back_the_very_bytes(store: Store) -> None:
    entry = store.outbox.add(outgoing("메모 \x1b"), scope=SCOPE, now_ms=NOW)  # type: ignore[arg-type]
    assert store.outbox.unconfirmed() == [entry]


def test_a_problem_is_kept_as_what_it_is_and_worded_when_shown(store: Store) -> None:
    entry = store.outbox.add(outgoing(), scope=SCOPE, now_ms=NOW)  # type: ignore[arg-type]
    problem = ClusterProblem(ClusterProblemKind.NO_WRITE, "chatbot-issue-events")
    store.outbox.park(entry.record.event_id, problem)
    assert store.outbox.unconfirmed()[0].problem == problem


def test_what_was_given_up_is_kept_but_no_longer_waits(store: Store) -> None:
    entry = store.outbox.add(outgoing(), scope=SCOPE, now_ms=NOW)  # type: ignore[arg-type]
    store.outbox.withdraw(entry.record.event_id)
    assert store.outbox.unconfirmed() == [entry], "only what is parked can be given up"
    store.outbox.park(entry.record.event_id, ClusterProblem(ClusterProblemKind.CLOCK))
    store.outbox.withdraw(entry.record.event_id)
    assert store.outbox.unconfirmed() == []
    assert store.outbox.get(entry.record.event_id) is not None


def test_the_quarantine_is_bounded_and_counts_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def rubbish(numbers: range) -> list[Quarantined]:
        return [Quarantined(record(b"x" * 100, offset=n), NOT_JSON) for n in numbers]

    monkeypatch.setattr("core.store.quarantine_table.MAX_QUARANTINED", 5)
    store.commit_batch(SCOPE, Batch([], {}, rubbish(range(8))))
    assert [item.record.offset for item in store.quarantine.newest()] == [7, 6, 5, 4, 3]
    monkeypatch.setattr("core.store.quarantine_table.MAX_QUARANTINED_BYTES", 250)
    store.commit_batch(SCOPE, Batch([], {}, rubbish(range(8, 10))))
    assert [item.record.offset for item in store.quarantine.newest()] == [9, 8]
    assert store.quarantine.count() == 10
    assert store.quarantine.newest(preview=3)[0].record.value == b"xxx"


def test_handling_and_conversations_of_another_cluster_are_its_own(store: Store) -> None:
    store.handling(SCOPE).save("A", Handling(NOW, NOW, "kim"))
    store.conversations(SCOPE).save_draft("A", "message", "쓰던 글")
    assert store.handling(SCOPE).by_issue()["A"].acknowledged_by == "kim"
    assert not store.handling("other/t").by_issue()
    assert not store.conversations("other/t").drafts()


def test_a_reader_works_beside_a_writer(store: Store, tmp_path: Path) -> None:
    reader = Store(tmp_path / "data", read_only=True)
    store.commit_batch(SCOPE, Batch([ISSUE], {0: 1}))
    assert reader.load_snapshot(SCOPE).issues == (ISSUE,)
    with pytest.raises(StoreError):
        reader.meta.remember_scope("x")


def test_the_file_is_the_terminals_alone(store: Store) -> None:
    assert store.database.path is not None
    assert stat.S_IMODE(store.database.path.stat().st_mode) == 0o600


def test_files_that_are_no_store_are_refused_with_words(tmp_path: Path) -> None:
    (tmp_path / "andon.db").write_bytes(b"no database at all, but long enough to be looked at" * 50)
    with pytest.raises(StoreError, match=r"andon\.db"):
        Store(tmp_path)


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    Store(tmp_path).close()
    with sqlite3.connect(tmp_path / "andon.db") as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(StoreError, match="newer"):
        Store(tmp_path)


def test_drafts_by_issue_and_kind(store: Store) -> None:
    store.conversations("c/t").save_draft("A", "message", "쓰던 글")
    store.conversations("c/t").save_draft("A", "resolve", "note")
    store.conversations("c/t").save_draft("A", "message", "")
    assert store.conversations("c/t").drafts() == {("A", "resolve"): "note"}


def entries(count: int) -> list[JournalEntry]:
    found: list[JournalEntry] = []
    for number in range(count):
        last = found[-1] if found else None
        found.append(chain(last, at_ms=number, operator="kim", action="did", issue="A", detail={"note": f"n{number}"}))
    return found


changes = st.fixed_dictionaries({
    "at_ms": st.just(99_999), "operator": st.just("lee"), "action": st.just("x"), "issue": st.just("B"),
    "detail": st.just({"note": "other"}), "previous": st.just("f" * 64), "hash": st.just("0" * 64), "seq": st.just(77),
})  # fmt: skip


@given(st.integers(1, 6), st.data())
def test_any_altered_or_removed_entry_is_found(count: int, data: st.DataObject) -> None:
    whole = entries(count)
    assert first_break(whole) is None
    place = data.draw(st.integers(0, count - 1))
    field = data.draw(st.sampled_from(["at_ms", "operator", "action", "issue", "detail", "previous", "hash", "seq"]))
    altered = [*whole]
    change: dict[str, Any] = {field: data.draw(changes)[field]}
    altered[place] = replace(whole[place], **change)
    assert first_break(altered) is not None
    if place < count - 1:
        assert first_break(whole[:place] + whole[place + 1 :]) is not None


def test_the_journal_in_the_store_is_chained(store: Store) -> None:
    for number in range(3):
        store.journal.append(at_ms=number, operator="kim", action="did", issue="A", detail={"n": "메모"})
    assert first_break(store.journal.entries()) is None
    with store.database.transaction() as db:
        db.execute("UPDATE journal SET operator = 'lee' WHERE seq = 2")
    assert first_break(store.journal.entries()) == 2


def test_a_store_of_the_schema_before_is_brought_up_to_date(tmp_path: Path) -> None:
    """Schema 2 had no cards, and an answered question was merely sent."""
    with sqlite3.connect(tmp_path / "andon.db") as old:
        old.executescript(
            "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
            "CREATE TABLE issues (scope TEXT, id TEXT, data TEXT NOT NULL, PRIMARY KEY (scope, id));"
            "CREATE TABLE messages (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, scope TEXT NOT NULL,"
            " issue TEXT NOT NULL, author TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL,"
            " at_ms INTEGER NOT NULL, state TEXT NOT NULL, precautions TEXT NOT NULL, confidence REAL,"
            " memo TEXT NOT NULL, problem TEXT NOT NULL);"
            "CREATE INDEX messages_issue ON messages (scope, issue);"
            "INSERT INTO messages VALUES"
            " (1, 'q', 's', 'A', 'operator', 'kim', '왜?', 1, 'sent', '[]', NULL, '{}', '');"
            "INSERT INTO messages VALUES"
            " (2, 'f', 's', 'A', 'operator', 'kim', '?', 1, 'failed', '[]', NULL, '{}', 'x');"
            "INSERT INTO messages VALUES"
            " (3, 'a', 's', 'A', 'builtin', '', '답', 2, 'sent', '[\"정지\"]', 0.5, '{}', '');"
            "PRAGMA user_version = 2;"
        )
    old.close()
    with pytest.raises(StoreError, match="older"):
        Store(tmp_path, read_only=True)
    store = Store(tmp_path)
    question, failed, answer = store.conversations("s").of_issue("A")
    assert (question.state, failed.state, answer.state) == ("answered", "failed", "sent")
    assert (failed.problem, answer.precautions, answer.card) == (None, ("정지",), None)
    store.close()
    assert len(Store(tmp_path).conversations("s").of_issue("A")) == 3
