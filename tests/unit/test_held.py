"""A resolve that waited while its issue was raised again: held, asked about, never sent behind the newer alarm."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.domain.errors import CommandError, StoreError
from core.domain.events import REOPENED, RESOLVED, Record, read_event
from core.domain.freshness import FeedState
from core.domain.held import known_open_ms, overtaken
from core.domain.issue_register import IssueRegister
from core.domain.journal import first_break
from core.domain.outbox import OutboxEntry, OutboxState, resolve_or_reopen
from core.station.station import Station
from core.store.recovery import recover
from core.store.store import Store
from tests.unit.making import NOW, event, payload, record
from tests.unit.station_making import become, make_station, read_back, say_live, take

MINUTE = 60_000


@pytest.fixture
def station(tmp_path: Path) -> Station:
    return make_station(tmp_path)


async def resolved_without_contact(station: Station, note: str = "필터 교체") -> OutboxEntry:
    take(station, record(payload("A"), at=NOW - 10 * MINUTE))
    become(station, FeedState.LOST, contact_age=60)
    return await station.commands.resolve("A", note)


def raised_again(station: Station, *, at: int = NOW + MINUTE, offset: int = 1) -> None:
    take(station, record(payload("A", description="다시"), at=at, offset=offset))


def states(station: Station) -> list[OutboxState]:
    return [entry.state for entry in station.outbox]


async def test_nothing_is_sent_before_the_replay_has_caught_up(station: Station) -> None:
    await resolved_without_contact(station)
    become(station, FeedState.CATCHING_UP)
    assert not station.dispatch.sendable(), "in contact, but what lies ahead is not read yet"
    say_live(station)
    station.feed.has_backlog = True
    assert not station.dispatch.sendable(), "the broker told of more than was read"
    station.feed.has_backlog = False
    assert [entry.record.issue for entry in station.dispatch.sendable()] == ["A"]


@pytest.mark.parametrize(
    "at",
    [NOW + MINUTE, NOW + 3_000, NOW - MINUTE, NOW - 60 * MINUTE],
    ids=["a minute later", "3 s later", "stamped before the resolve", "by a clock that is an hour slow"],
)
async def test_an_issue_raised_again_holds_the_resolve_whatever_the_clocks_say(station: Station, at: int) -> None:
    entry = await resolved_without_contact(station)
    raised_again(station, at=at)
    say_live(station)
    assert states(station) == [OutboxState.HELD]
    assert station.state.held == {"A": station.outbox[0]}
    assert station.outbox[0].raised_again_ms == at
    assert not station.dispatch.sendable()
    assert station.state.unread.counts["A"] == 1
    last = list(station.store.journal.entries("A"))[-1]
    assert (last.action, last.detail["event"]) == ("held", entry.record.event_id)


async def test_an_episode_that_began_and_ended_meanwhile_holds_it_too(station: Station) -> None:
    await resolved_without_contact(station)
    take(
        station,
        record(payload("A", isSolved=True), at=NOW + MINUTE, offset=1),
        record(payload("A"), at=NOW + 5 * MINUTE, offset=2),
    )
    assert states(station) == [OutboxState.HELD]


async def test_a_solve_from_elsewhere_or_another_issue_holds_nothing(station: Station) -> None:
    await resolved_without_contact(station)
    take(
        station,
        record(payload("B"), at=NOW + MINUTE, offset=1),
        record(payload("A", isSolved=True), at=NOW + MINUTE, offset=2),
    )
    say_live(station)
    assert [entry.record.issue for entry in station.dispatch.sendable()] == ["A"]


async def test_what_was_known_already_holds_nothing_when_it_is_read_once_more(station: Station) -> None:
    await resolved_without_contact(station)
    take(station, record(payload("A"), at=NOW - 10 * MINUTE))
    assert states(station) == [OutboxState.WAITING]


async def test_a_register_that_is_read_anew_holds_only_what_is_newer(station: Station, tmp_path: Path) -> None:
    """The store's issues were lost, its outbox was not: the log tells again what the operator knew."""
    known = [record(payload("A", description=str(n)), at=NOW - (10 - n) * MINUTE, offset=n) for n in range(3)]
    take(station, *known)
    become(station, FeedState.LOST, contact_age=60)
    await station.commands.resolve("A", "")
    with station.store.database.transaction() as db:
        db.execute("DELETE FROM issues")
        db.execute("DELETE FROM offsets")
    restarted = make_station(tmp_path)
    take(restarted, *known)
    assert states(restarted) == [OutboxState.WAITING]
    raised_again(restarted, offset=3)
    assert states(restarted) == [OutboxState.HELD]


async def test_it_is_held_after_a_restart_and_by_what_came_while_the_terminal_was_off(
    station: Station, tmp_path: Path
) -> None:
    await resolved_without_contact(station)
    restarted = make_station(tmp_path)
    raised_again(restarted)
    assert states(restarted) == [OutboxState.HELD]
    assert states(make_station(tmp_path)) == [OutboxState.HELD]


async def test_a_batch_that_could_not_be_committed_holds_it_all_the_same(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    await resolved_without_contact(station)

    def full(*_: object) -> None:
        raise StoreError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(station.store, "commit_batch", full)
        with pytest.raises(StoreError):
            raised_again(station)
    assert states(station) == [OutboxState.WAITING]
    raised_again(station)
    assert states(station) == [OutboxState.HELD]
    assert [e.action for e in station.store.journal.entries("A")] == ["resolved", "held"]


async def test_a_store_that_cannot_be_read_lets_no_held_one_out(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    await resolved_without_contact(station)

    def locked() -> None:
        raise StoreError("locked")

    with monkeypatch.context() as patch:
        patch.setattr(station.store.outbox, "unconfirmed", locked)
        raised_again(station)
    say_live(station)
    assert not station.dispatch.sendable()
    assert station.outbox == tuple(station.store.outbox.unconfirmed())


async def test_what_was_sent_and_is_not_read_back_is_held_and_not_sent_again(station: Station) -> None:
    entry = await resolved_without_contact(station)
    station.dispatch.sent(entry, 0, 5)
    raised_again(station)
    station.dispatch.waiting(entry, ClusterProblem(ClusterProblemKind.SILENT))
    station.dispatch.sent(entry, 0, 6)
    say_live(station)
    assert states(station) == [OutboxState.HELD], "no word of the publisher frees it"
    assert not station.dispatch.sendable()


async def test_one_that_is_read_back_is_confirmed_though_it_was_held(station: Station) -> None:
    entry = await resolved_without_contact(station)
    station.dispatch.sent(entry, 0, 5)
    take(station, record(payload("A"), at=NOW + MINUTE, offset=4), read_back(entry, offset=5))
    assert not station.outbox
    assert [e.action for e in station.store.journal.entries("A")] == ["resolved", "held", "confirmed"]


async def test_an_alarm_behind_the_resolve_on_the_topic_holds_nothing(station: Station) -> None:
    entry = await resolved_without_contact(station)
    station.dispatch.sent(entry, 0, 4)
    take(station, read_back(entry, offset=4), record(payload("A"), at=NOW + MINUTE, offset=5))
    assert not station.outbox
    assert [e.action for e in station.store.journal.entries("A")] == ["resolved", "confirmed"]


async def test_resolving_again_resolves_the_newer_alarm_with_the_note_and_a_stamp_of_its_own(station: Station) -> None:
    old = await resolved_without_contact(station)
    raised_again(station)
    new = await station.commands.resolve("A", "")
    say_live(station)
    assert [e.record.event_id for e in station.dispatch.sendable()] == [new.record.event_id]
    assert new.record.event_id != old.record.event_id
    assert new.record.note == "필터 교체"
    assert new.record.timestamp_ms == NOW + MINUTE + 1
    withdrawn = station.store.outbox.get(old.record.event_id)
    assert withdrawn is not None
    assert withdrawn.state is OutboxState.WITHDRAWN
    assert [e.action for e in station.store.journal.entries("A")] == ["resolved", "held", "withdrawn", "resolved"]
    assert first_break(station.store.journal.entries()) is None


async def test_withdrawing_sends_nothing_and_leaves_the_alarm_open(station: Station) -> None:
    old = await resolved_without_contact(station)
    raised_again(station)
    await station.commands.give_up(old.record.event_id)
    say_live(station)
    assert not station.outbox
    assert not station.state.held
    assert station.issue("A").is_open  # type: ignore[union-attr]


async def test_what_waits_to_be_sent_by_itself_is_not_given_up(station: Station) -> None:
    entry = await resolved_without_contact(station)
    with pytest.raises(CommandError):
        await station.commands.give_up(entry.record.event_id)


async def test_a_held_resolve_blocks_no_later_one_of_its_issue(station: Station) -> None:
    """A reopening is held, as the plant raised the issue itself; the resolve of that alarm goes out."""
    take(station, record(payload("A"), at=NOW - 90 * MINUTE), record(payload("A", isSolved=True), at=NOW - 80 * MINUTE))
    become(station, FeedState.LOST, contact_age=60)
    await station.commands.reopen("A", "아직 샘")
    raised_again(station)
    assert states(station) == [OutboxState.HELD]
    new = await station.commands.resolve("A", "done")
    say_live(station)
    assert [e.record.event_id for e in station.dispatch.sendable()] == [new.record.event_id]
    assert new.record.note == "done"


async def test_a_reopening_goes_out_where_the_issue_is_still_closed_without_it(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 90 * MINUTE), record(payload("A", isSolved=True), at=NOW - 5_000))
    become(station, FeedState.LOST, contact_age=60)
    await station.commands.reopen("A", "아직 샘")
    raised_again(station, at=NOW)
    say_live(station)
    assert not station.issue("A").is_open, "within the reopening time: folded away"  # type: ignore[union-attr]
    assert states(station) == [OutboxState.WAITING]


async def test_the_publisher_asks_once_more_with_the_producer_at_hand(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To connect takes seconds; what is raised again in them must still hold the resolve."""
    entry = await resolved_without_contact(station)
    say_live(station)
    published: list[str] = []

    async def connecting(_compression: str | None) -> object:
        raised_again(station)
        return object()

    async def publish(_producer: object, _topic: str, sent: object, *, within: float) -> tuple[int, int]:
        published.append(str(sent))
        return 0, 5

    monkeypatch.setattr(station.dispatch.publisher, "_producer", connecting)
    monkeypatch.setattr("core.kafka.publisher.publish", publish)
    assert await station.dispatch.publisher._send(entry) is None
    assert not published
    assert states(station) == [OutboxState.HELD]


async def test_a_store_of_the_schema_before_learns_what_decisions_rest_on(tmp_path: Path) -> None:
    station = make_station(tmp_path / "new")
    entry = await resolved_without_contact(station)
    old_folder = tmp_path / "old"
    old_folder.mkdir()
    with closing(sqlite3.connect(old_folder / "andon.db")) as old:
        old.executescript((Path(__file__).parent / "schema_3.sql").read_text())
        [row] = station.store.database.rows("SELECT * FROM outbox")
        places = ", ".join("?" * len(row))
        old.execute(f"INSERT INTO outbox VALUES ({places})", tuple(row))  # noqa: S608 - placeholders
        old.commit()
    migrated = make_station(old_folder)
    assert [e.record for e in migrated.outbox] == [entry.record]
    assert (migrated.outbox[0].known_open_ms, migrated.outbox[0].raised_again_ms) == (None, None)
    raised_again(migrated)
    assert states(migrated) == [OutboxState.HELD], "nothing is known of what it rested on: the careful side"
    assert Store(old_folder, read_only=True).outbox.unconfirmed() == list(migrated.outbox)


async def test_what_a_decision_rests_on_is_saved_from_a_damaged_store(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    await resolved_without_contact(station)
    kept = station.outbox
    station.store.close()
    recover(tmp_path / "andon.db", "a test", "20250808")
    saved = make_station(tmp_path)
    assert saved.outbox == kept
    saved.store.forget_offsets(saved.scope)
    take(saved, record(payload("A"), at=NOW - 10 * MINUTE))
    assert states(saved) == [OutboxState.WAITING], "the replay tells what was known"


async def test_waiting_for_the_broker_returns_when_it_is_held(station: Station) -> None:
    await resolved_without_contact(station)
    waiting = asyncio.create_task(station.wait_until(lambda: bool(station.state.held)))
    await asyncio.sleep(0)
    raised_again(station)
    await asyncio.wait_for(waiting, 5)


@given(st.data())
def test_a_decision_is_overtaken_by_exactly_the_openings_that_came_after_it(data: st.DataObject) -> None:
    """Whatever their stamps, and whatever came before, between and twice."""
    kinds = st.sampled_from(["open", "solved", "reopen"])
    told = data.draw(st.lists(st.tuples(kinds, st.integers(0, 10**7)), min_size=1, max_size=12))
    events = [event(NOW + at, kind, description=str(number)) for number, (kind, at) in enumerate(told)]
    decided = data.draw(st.integers(1, len(events)))
    register = IssueRegister()
    for one in events[:decided]:
        register.apply(one)
    known = register.issues["A"]
    outgoing = resolve_or_reopen(known, solved=True, now_ms=NOW, operator="", note="", terminal="T")
    entry = OutboxEntry(1, outgoing, OutboxState.WAITING, "c/t", NOW, known_open_ms=known_open_ms(known))
    assert outgoing.action == RESOLVED
    later = data.draw(st.lists(st.sampled_from(events), max_size=12))
    for one in later:
        before = register.issues.get("A")
        change = register.apply(one)
        if change is None:
            continue
        is_held = bool(list(overtaken([entry], one, before, change.issue)))
        assert is_held is not one.is_solved, "every opening that is news to the register came after the decision"


def test_our_own_reopening_read_back_holds_nothing() -> None:
    register = IssueRegister()
    register.apply(event(NOW - MINUTE))
    register.apply(event(NOW, "solved"))
    known = register.issues["A"]
    sent = resolve_or_reopen(known, solved=False, now_ms=NOW, operator="", note="", terminal="T")
    entry = OutboxEntry(1, sent, OutboxState.SENT, "c/t", NOW, known_open_ms=known_open_ms(known))
    assert sent.action == REOPENED
    back = read_event(Record("t", 0, 3, sent.timestamp_ms, sent.key, sent.value, sent.headers))
    change = register.apply(back)  # type: ignore[arg-type]
    assert change is not None
    assert not list(overtaken([entry], back, known, change.issue))  # type: ignore[arg-type]


async def test_a_parked_resolve_is_held_as_well_and_not_sent_again_by_a_key(station: Station) -> None:
    entry = await resolved_without_contact(station)
    station.dispatch.parked(entry, ClusterProblem(ClusterProblemKind.NO_WRITE, "t"))
    raised_again(station)
    assert states(station) == [OutboxState.HELD]
    with pytest.raises(CommandError):
        await station.commands.retry("A")
    assert not station.dispatch.sendable()


async def test_the_cause_of_what_was_held_goes_with_its_note(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 10 * MINUTE))
    become(station, FeedState.LOST, contact_age=60)
    await station.commands.resolve("A", "필터 교체", cause="press-burr.3")
    raised_again(station)
    anew = await station.commands.resolve("A", "")
    assert (anew.record.note, anew.record.cause) == ("필터 교체", "press-burr.3")
    withdrawn, resolved = [e for e in station.store.journal.entries("A") if e.action in ("resolved", "withdrawn")][1:]
    assert (withdrawn.action, resolved.detail["cause"]) == ("withdrawn", "press-burr.3")


async def test_another_cause_does_not_vanish_in_a_resolve_that_is_under_way(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 10 * MINUTE))
    entry = await station.commands.resolve("A", "", cause="press-burr.3")
    assert (
        await station.commands.resolve("A", "")
        == await station.commands.resolve("A", "", cause="press-burr.3")
        == entry
    )
    with pytest.raises(CommandError, match="A"):
        await station.commands.resolve("A", "", cause="other")
    with pytest.raises(CommandError, match="code"):
        await station.commands.resolve("A", "", cause="two words")
