"""Each table's rows by the names of their columns: one that a later version adds disturbs nothing."""

from collections.abc import Iterator

import pytest

from core.domain.alarms import Handling
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.domain.events import NOT_JSON, Quarantined
from core.domain.issues import issue_of
from core.domain.last_read import LastRead
from core.domain.lockout import Lockout
from core.domain.messages import Author, Message, MessageState
from core.domain.outbox import OutboxState, resolve_or_reopen
from core.domain.pending_calls import CallAction, CallState, ChatCall
from core.store.store import Store
from tests.unit.making import NOW, event, record

SCOPE = "cluster/t"
PROBLEM = ChatProblem(ChatProblemKind.SILENT)


@pytest.fixture
def store() -> Iterator[Store]:
    """One whose tables all have a column more than this version knows."""
    store = Store(None)
    with store.database.transaction() as db:
        for table in store.database.schema():
            db.execute(f'ALTER TABLE "{table}" ADD COLUMN later TEXT DEFAULT "later"')
    yield store
    store.close()


def test_what_the_terminal_remembers_of_itself(store: Store) -> None:
    assert (store.meta.last_scope(), store.meta.operator(), store.meta.complete_ms(SCOPE)) == (None, "", None)
    for number in (1, 2):  # the second takes the place of the first
        store.meta.remember_scope(f"{SCOPE}{number}")
        store.meta.save_operator(f"kim{number}")
        store.meta.save_complete_ms(SCOPE, NOW + number)
    assert (store.meta.last_scope(), store.meta.operator()) == (f"{SCOPE}2", "kim2")
    assert store.meta.complete_ms(SCOPE) == NOW + 2
    assert store.meta.complete_ms("other/t") is None


@pytest.mark.parametrize("kept", ["", "-1", "soon", "١٢٣", "9" * 30])
def test_a_time_that_is_none_is_no_time(store: Store, kept: str) -> None:
    with store.database.transaction() as db:
        db.execute("INSERT INTO meta (name, value) VALUES (?, ?)", (f"complete {SCOPE}", kept))
    assert store.meta.complete_ms(SCOPE) is None


def test_handling(store: Store) -> None:
    first, second = (
        Handling(NOW, NOW + 1, "kim"),
        Handling(NOW, NOW + 1, "kim", NOW + 2, "lee", NOW + 3, "park", "part"),
    )
    for handling in (first, second):
        store.handling(SCOPE).save("A", handling)
    store.handling("other/t").save("B", first)
    assert store.handling(SCOPE).by_issue() == {"A": second}


def test_unread(store: Store) -> None:
    store.unread(SCOPE).save({"A": 1, "B": 2})
    store.unread(SCOPE).save({"A": 0})
    assert store.unread(SCOPE).counts() == {"B": 2}
    assert not store.unread("other/t").counts()


def test_quarantine(store: Store) -> None:
    items = [Quarantined(record(b"rubbish", offset=offset), NOT_JSON) for offset in (1, 2)]
    store.quarantine.add(SCOPE, items)
    store.quarantine.add(SCOPE, items)
    store.quarantine.add(SCOPE, [])
    assert store.quarantine.newest() == items[::-1]
    assert store.quarantine.newest(limit=1, preview=3)[0].record.value == b"rub"
    assert store.quarantine.count() == 2


def test_outbox(store: Store) -> None:
    resolve = resolve_or_reopen(issue_of(event()), solved=True, now_ms=NOW, operator="kim", note="n", terminal="T")
    added = store.outbox.add(resolve, scope=SCOPE, now_ms=NOW, known_open_ms=7)
    assert store.outbox.unconfirmed() == [added]
    store.outbox.wait(resolve.event_id, ClusterProblem(ClusterProblemKind.THROTTLED))
    store.outbox.hold(resolve.event_id, 9)
    held = store.outbox.get(resolve.event_id)
    assert held is not None
    assert (held.state, held.known_open_ms, held.raised_again_ms) == (OutboxState.HELD, 7, 9)
    assert held.problem == ClusterProblem(ClusterProblemKind.THROTTLED)


def test_journal(store: Store) -> None:
    entries = [store.journal.append(at_ms=NOW, operator="kim", action=name, issue="A") for name in ("one", "two")]
    assert list(store.journal.entries()) == list(store.journal.entries("A")) == entries


def test_log(store: Store) -> None:
    store.log.remember(SCOPE, {0: LastRead(1, 2, 3)})
    store.log.add_doubts(SCOPE, {("issue", "A"): NOW, ("issue", "B"): NOW})
    store.log.settle(SCOPE, [("issue", "B")])
    assert store.log.last_reads(SCOPE) == {0: LastRead(1, 2, 3)}
    assert store.log.doubts(SCOPE) == {("issue", "A"): NOW}
    assert store.log.take_over("cluster/t") == []


def test_overruled(store: Store) -> None:
    store.overruled.save(SCOPE, {"A": event(issue="A")})
    assert store.overruled.load(SCOPE)["A"].issue == "A"


def test_lockouts(store: Store) -> None:
    lockout = Lockout("A", NOW, None, NOW, "kim", ("power", "lock"), ("tag",), "no tag left")
    store.lockouts(SCOPE).add(lockout)
    assert store.lockouts(SCOPE).by_issue() == {"A": store.lockouts(SCOPE).of_issue("A")} == {"A": (lockout,)}


def test_chat_calls(store: Store) -> None:
    call = ChatCall("A", "session", CallAction.COMPLETE, "fixed", NOW)
    store.chat_calls(SCOPE).add(call)
    store.chat_calls(SCOPE).mark(call, CallState.PARKED, PROBLEM)
    [kept] = store.chat_calls(SCOPE).all()
    assert (kept.state, kept.problem) == (CallState.PARKED, PROBLEM)


def test_conversations(store: Store) -> None:
    said = Message("1", "A", Author.OPERATOR, "kim", "why?", NOW, MessageState.FAILED, problem=PROBLEM)
    table = store.conversations(SCOPE)
    table.save(said)
    table.save_draft("A", "message", "쓰던 글")
    assert table.of_issue("A") == [said]
    assert table.drafts() == {("A", "message"): "쓰던 글"}
