"""Another log under the same name: which is which, what is kept of the old one, and what confirms it."""

import sqlite3
import time
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.playbook.assistant import PlaybookAssistant
from core.domain.errors import CommandError
from core.domain.events import IssueEvent, Record, read_event
from core.domain.freshness import FeedState, Freshness
from core.domain.issue_register import IssueRegister
from core.domain.issues import ChangeKind, Issue
from core.domain.last_read import last_read, last_reads
from core.domain.lockout import lockout_of
from core.domain.log_scope import has_id, is_another_log, is_same_name, scope_of
from core.domain.outbox import OutboxState, Outgoing, resolve_or_reopen
from core.domain.safety_checks import SECURING, checked
from core.kafka.cluster import TopicInfo
from core.settings import load_settings
from core.station.data_dir import opened_store, scratch_store
from core.station.station import Station
from core.station.unconfirmed import Unconfirmed
from core.store.database import SCHEMA_VERSION
from core.store.log_table import LOG
from core.store.store import FILE_NAME, Batch, Store
from tests.unit.station_making import listed

A, B = "a" * 32, "b" * 32
AT = 1_760_000_000_000
SCOPE = scope_of("c", "t", B)


def event(issue: str, at_ms: int, *, solved: bool = False, event_id: str = "") -> IssueEvent:
    value = b'{"issue": "%s", "isSolved": %s}' % (issue.encode(), b"true" if solved else b"false")
    headers = (("ce_id", event_id.encode()),) if event_id else ()
    read = read_event(Record("t", 0, 0, at_ms, None, value, headers))
    assert isinstance(read, IssueEvent)
    return read


def folded(*events: IssueEvent) -> Issue:
    register = IssueRegister()
    for one in events:
        register.apply(one)
    [issue] = register.issues.values()
    return issue


def doubting(store: Store, *issues: Issue) -> tuple[Unconfirmed, IssueRegister]:
    """Another log was found while these were known."""
    store.commit_batch(SCOPE, Batch(issues, {0: 9}))
    store.log.begin_doubts(SCOPE, [issue.id for issue in issues if issue.is_open], AT)
    register = IssueRegister()
    register.restore(store.load_snapshot(SCOPE).issues)
    return Unconfirmed(store, SCOPE, register.reopen_after_ms), register


@pytest.fixture
def store() -> Store:
    return Store(None)


# --- scopes


def test_a_scope_tells_one_log_from_another_of_the_same_name() -> None:
    assert is_another_log(scope_of("c", "t", A), scope_of("c", "t", B))
    assert is_another_log("c/t", "c/u")
    assert not is_another_log("c/t", scope_of("c", "t", A)), "kept before ids were asked for: it may be the same"
    assert is_same_name("c/t", scope_of("c", "t", A))
    assert not is_same_name("c/t", scope_of("d", "t", A))
    assert not has_id(f"c/{A}"), "a topic may be named like an id"


def test_a_cluster_that_tells_no_id_for_once_is_still_read_on() -> None:
    assert TopicInfo("c", "t", (0,)).continues(scope_of("c", "t", A))
    assert not TopicInfo("c", "t", (0,), B).continues(scope_of("c", "t", A))
    assert not TopicInfo("c", "t", (0,), B).continues("c/t"), "the id is learnt: what is kept moves to it"


def test_what_was_kept_without_an_id_is_taken_over(store: Store) -> None:
    store.commit_batch("c/t", Batch([folded(event("I", AT))], {0: 9}))
    store.conversations("c/t").save_draft("I", "message", "typed")
    store.outbox.add(_resolve(folded(event("I", AT))), scope="c/t", now_ms=AT)
    store.commit_batch("d/t", Batch([folded(event("ELSEWHERE", AT))], {0: 3}))
    made = lockout_of(folded(event("I", AT)), checked(SECURING, set(SECURING)), at_ms=AT, by="kim")
    store.lockouts("c/t").add(made)
    assert store.log.take_over(SCOPE) == ["c/t"]
    assert store.lockouts(SCOPE).of_issue("I") == (made,)
    assert [issue.id for issue in store.load_snapshot(SCOPE).issues] == ["I"]
    assert store.load_snapshot(SCOPE).offsets == {0: 9}
    assert store.conversations(SCOPE).drafts() == {("I", "message"): "typed"}
    assert [entry.scope for entry in store.outbox.unconfirmed()] == [SCOPE]
    assert [issue.id for issue in store.load_snapshot("d/t").issues] == ["ELSEWHERE"]


def test_a_store_of_the_schema_before_is_brought_up_to_date(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE_NAME) as old:
        old.executescript((Path(__file__).parent / "schema_3.sql").read_text("utf-8"))
    old.close()
    store = Store(tmp_path)
    record = Record("t", 2, 5, AT, None, b"v")
    store.commit_batch(SCOPE, Batch([], {2: 6}, last_reads={2: last_read(record)}))
    assert store.log.last_reads(SCOPE) == {2: last_read(record)}
    assert store.database.rows("PRAGMA user_version")[0][0] == SCHEMA_VERSION
    store.close()


# --- evidence


@given(st.data())
def test_any_difference_of_a_record_shows_in_what_is_remembered_of_it(data: st.DataObject) -> None:
    contents = st.tuples(
        st.none() | st.binary(max_size=4),
        st.none() | st.binary(max_size=4),
        st.lists(st.tuples(st.text("ab", max_size=2), st.binary(max_size=3)), max_size=2).map(tuple),
    )
    one, other = (Record("t", 0, 1, AT, *data.draw(contents)) for _ in range(2))
    assert (last_read(one) == last_read(other)) is (one == other)


def test_only_what_lies_before_the_saved_offset_is_evidence() -> None:
    records = [
        Record("t", 0, 1, AT, None, b"a"),
        Record("t", 0, 7, AT, None, b"ahead"),
        Record("t", 1, 3, AT, None, b"b"),
    ]
    assert last_reads(records, {0: 5, 1: 4}) == {0: last_read(records[0]), 1: last_read(records[2])}


# --- what is doubted, and what confirms it


def test_open_issues_stay_doubted_and_solved_ones_go(store: Store) -> None:
    unconfirmed, register = doubting(
        store, folded(event("OPEN", AT)), folded(event("SOLVED", AT), event("SOLVED", AT + 1, solved=True))
    )
    assert set(register.issues) == set(unconfirmed.issues) == {"OPEN"}
    assert store.load_snapshot(SCOPE).offsets == {}


def test_the_log_confirms_by_telling_of_the_same_alarm(store: Store) -> None:
    unconfirmed, register = doubting(store, folded(event("I", AT)))
    change = unconfirmed.fold(register, event("I", AT))
    assert change is not None
    assert change.kind is ChangeKind.UPDATED
    assert (dict(unconfirmed.issues), register.issues["I"].is_open) == ({}, True)


def test_the_log_decides_alone_whether_it_is_solved(store: Store) -> None:
    unconfirmed, register = doubting(store, folded(event("I", AT)))
    unconfirmed.fold(register, event("I", AT))
    unconfirmed.fold(register, event("I", AT + 5, solved=True))
    assert not register.issues["I"].is_open


def test_an_earlier_solve_hides_no_alarm_of_the_old_log(store: Store) -> None:
    unconfirmed, register = doubting(store, folded(event("I", AT)))
    assert unconfirmed.fold(register, event("I", AT - 9000, solved=True)) is None
    assert register.issues["I"].is_open
    assert "I" in unconfirmed.issues


def test_what_the_old_log_solved_and_this_one_tells_open_is_open(store: Store) -> None:
    """The solve was lost with the old log: for everybody who reads this one the alarm stands."""
    unconfirmed, register = doubting(store, folded(event("I", AT), event("I", AT + 60_000, solved=True)))
    unconfirmed.fold(register, event("I", AT))
    assert register.issues["I"].is_open


def test_doubts_outlive_a_restart_and_settled_ones_do_not_come_back(store: Store) -> None:
    unconfirmed, register = doubting(store, folded(event("I", AT)), folded(event("J", AT)))
    unconfirmed.fold(register, event("I", AT))
    assert set(Unconfirmed(store, SCOPE, None).issues) == {"I", "J"}, "nothing was committed yet"
    unconfirmed.keep()
    again = Unconfirmed(store, SCOPE, None)
    assert set(again.issues) == {"J"}
    assert again.since_ms == AT


# --- records of ours


def _resolve(issue: Issue) -> Outgoing:
    return resolve_or_reopen(issue, solved=True, now_ms=AT + 1000, operator="kim", note="", terminal="t")


def _confirmed_resolve(store: Store, issue: Issue) -> str:
    record = _resolve(issue)
    store.outbox.add(record, scope=SCOPE, now_ms=AT)
    store.outbox.confirm(record.event_id)
    return record.event_id


@pytest.mark.parametrize(
    ("told", "again"),
    [
        ([event("I", AT)], True),
        ([], False),
        ([event("I", AT), event("I", AT + 9000)], False),
        ([event("I", AT), event("I", AT + 500, solved=True)], False),
    ],
    ids=["its alarm is open", "not in the log", "begun anew", "solved there already"],
)
def test_a_resolve_that_is_not_found_is_sent_again_only_to_what_it_answered(
    store: Store, told: list[IssueEvent], again: bool
) -> None:
    event_id = _confirmed_resolve(store, folded(event("I", AT)))
    unconfirmed, register = doubting(store)
    for one in told:
        unconfirmed.fold(register, one)
    to_send, named = unconfirmed.missing(register.issues)
    assert [entry.record.event_id for entry in to_send] == ([event_id] if again else [])
    assert [entry.record.event_id for entry in named] == ([] if again else [event_id])


def test_a_resolve_that_is_found_is_confirmed_for_good(store: Store) -> None:
    event_id = _confirmed_resolve(store, folded(event("I", AT)))
    entry = store.outbox.get(event_id)
    assert entry is not None
    unconfirmed, register = doubting(store)
    forged = event("I", AT + 1000, solved=True, event_id=event_id)
    unconfirmed.fold(register, forged)
    assert unconfirmed.records == [event_id], "an id that somebody repeats is no proof"
    read = read_event(Record("t", 0, 1, AT + 1000, None, entry.record.value, entry.record.headers))
    assert isinstance(read, IssueEvent)
    unconfirmed.fold(register, read)
    assert unconfirmed.records == []


def test_what_was_sent_to_the_old_log_waits_again(store: Store) -> None:
    record = _resolve(folded(event("I", AT)))
    store.outbox.add(record, scope=SCOPE, now_ms=AT)
    store.outbox.mark_sent(record.event_id, 0, 5)
    doubting(store)
    [entry] = store.outbox.unconfirmed()
    assert (entry.state, entry.offset) == (OutboxState.WAITING, None)
    assert set(store.log.doubts(SCOPE)) == {(LOG, "")}


# --- the station


async def test_a_doubted_issue_is_counted_apart_and_can_be_dismissed(tmp_path: Path) -> None:
    settings = load_settings(bootstrap_servers="localhost:1", topic="t", data_dir=tmp_path, operator="kim")
    with opened_store(settings) as store:
        store.meta.remember_scope(SCOPE)
        doubting(store, folded(event("LOST", AT)))
        store.commit_batch(SCOPE, Batch([folded(event("FACT", AT))], {0: 1}))
        station = Station(settings, store, PlaybookAssistant())
        assert {issue.id for issue in station.register.open_issues()} == {"LOST", "FACT"}
        with pytest.raises(CommandError):
            await station.commands.dismiss("FACT")
        station.intake._unsaved.add("LOST")  # as one that was kept by older rules, and is to be written anew
        await station.commands.dismiss("LOST")
        assert list(station.register.issues) == ["FACT"]
        station.intake.set_aside([], {0: 2})
    with opened_store(settings) as store:
        again = Station(settings, store, PlaybookAssistant())
        assert list(again.register.issues) == ["FACT"]
        assert not again.state.is_rebuilding, "the sums fit what is left"
        assert dict(again.state.unconfirmed.issues) == {}


async def test_another_id_takes_all_along_and_trusts_nothing(tmp_path: Path) -> None:
    former = scope_of("c", "t", A)
    settings = load_settings(bootstrap_servers="localhost:1", topic="t", data_dir=tmp_path, operator="kim")
    with opened_store(settings) as store:
        store.meta.remember_scope(former)
        store.commit_batch(former, Batch([folded(event("I", AT))], {0: 9}))
        station = Station(settings, store, PlaybookAssistant())
        await station.commands.acknowledge("I")
        await station.commands.resolve("I", "")
        topic = TopicInfo("c", "t", (0,), B)
        assert station.intake.saved_offsets(topic) == {}
        assert station.scope == topic.scope
        assert set(station.state.unconfirmed.issues) == {"I"}
        assert "I" in station.handling
        assert [entry.scope for entry in station.outbox] == [topic.scope]
        assert station.intake.saved_offsets(TopicInfo("c", "t", (0,))) == {}, "no id for once is the same log"
        assert station.scope == topic.scope


async def test_an_id_that_is_learnt_is_no_reason_for_distrust(tmp_path: Path) -> None:
    settings = load_settings(bootstrap_servers="localhost:1", topic="t", data_dir=tmp_path, operator="kim")
    with opened_store(settings) as store:
        store.meta.remember_scope("c/t")
        store.commit_batch("c/t", Batch([folded(event("I", AT))], {0: 9}))
        station = Station(settings, store, PlaybookAssistant())
        assert station.intake.saved_offsets(TopicInfo("c", "t", (0,), B)) == {0: 9}
        assert dict(station.state.unconfirmed.issues) == {}


@pytest.mark.parametrize("another_topic", [True, False], ids=["another id", "another log under the same id"])
async def test_a_raise_that_the_clocks_overruled_outlives_another_log(tmp_path: Path, another_topic: bool) -> None:
    former = scope_of("c", "t", A)
    settings = load_settings(bootstrap_servers="localhost:1", topic="t", data_dir=tmp_path, operator="kim")
    raised_again = event("I", AT + 500)
    with opened_store(settings) as store:
        store.meta.remember_scope(former)
        kept = folded(event("I", AT), event("I", AT + 60_000, solved=True), raised_again)
        assert not kept.is_open
        store.commit_batch(former, Batch([kept], {0: 9}))
        store.overruled.save(former, {"I": raised_again})
        station = Station(settings, store, PlaybookAssistant())
        if another_topic:
            station.intake.saved_offsets(TopicInfo("c", "t", (0,), B))
        else:
            station.intake.distrust(TopicInfo("c", "t", (0,), A))
        assert [issue.id for issue in listed(station)] == ["I"]
        assert set(station.state.unconfirmed.issues) == {"I"}


@pytest.mark.parametrize("another_topic", [True, False], ids=["another id", "another log under the same id"])
async def test_what_was_read_a_moment_before_another_log_was_found_stays(tmp_path: Path, another_topic: bool) -> None:
    former = TopicInfo("c", "t", (0,), A)
    settings = load_settings(bootstrap_servers="localhost:1", topic="t", data_dir=tmp_path, operator="kim")
    with opened_store(settings) as store:
        station = Station(settings, store, PlaybookAssistant())
        station.intake.saved_offsets(former)
        station.feed.freshness = Freshness(FeedState.CATCHING_UP, time.monotonic())
        with mock.patch("core.station.intake.COMMIT_EVERY_S", 3600.0):
            station.intake.ingest([Record("t", 0, 0, AT, None, event("I", AT).value)], {0: 1})
        if another_topic:
            station.intake.saved_offsets(TopicInfo("c", "t", (0,), B))
        else:
            station.intake.distrust(former)
        assert [issue.id for issue in listed(station)] == ["I"]
        assert set(station.state.unconfirmed.issues) == {"I"}


@pytest.mark.parametrize("another_topic", [True, False], ids=["another id", "another log under the same id"])
async def test_a_command_does_not_believe_the_old_log_either(tmp_path: Path, another_topic: bool) -> None:
    former, now = TopicInfo("c", "t", (0,), A), TopicInfo("c", "t", (0,), B if another_topic else A)
    settings = load_settings(bootstrap_servers="localhost:1", topic="t", data_dir=tmp_path, operator="kim")
    with opened_store(settings) as store:
        store.meta.remember_scope(former.scope)
        solve = event("KEPT", AT + 60_000, solved=True)
        store.commit_batch(former.scope, Batch([folded(event("KEPT", AT), solve), folded(event("OPEN", AT))], {0: 9}))
    with scratch_store(settings) as store:
        station = Station(settings, store, PlaybookAssistant())
        station.intake.saved_offsets(former)
        for one in (event("READ", AT), event("READ", AT + 60_000, solved=True)):
            station.intake.ingest([Record("t", 0, 0, one.time_ms, None, one.value)], {0: 1})
        if another_topic:
            station.intake.saved_offsets(now)
        else:
            station.intake.distrust(now)
        assert set(station.register.issues) == set(station.state.unconfirmed.issues) == {"OPEN"}
        told = [event(issue, AT) for issue in ("KEPT", "READ")]
        station.intake.ingest([Record("t", 0, 0, AT, None, one.value) for one in told], {0: 2})
        assert {issue.id for issue in listed(station)} == {"KEPT", "READ", "OPEN"}, "their solves were lost with it"
