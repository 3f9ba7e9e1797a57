"""What a command promised is told so, whatever the store does a moment later; what did not happen is not journaled."""

from pathlib import Path

import pytest

from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.domain.errors import CommandError, StoreError
from core.domain.outbox import OutboxState
from core.station.station import Station
from tests.unit.making import NOW, payload, record
from tests.unit.station_making import make_station, read_back, say_live, take

NO_WRITE = ClusterProblem(ClusterProblemKind.NO_WRITE, "t")


@pytest.fixture
def station(tmp_path: Path) -> Station:
    return make_station(tmp_path)


def actions(station: Station) -> list[str]:
    return [entry.action for entry in station.store.journal.entries()]


async def test_a_resolve_that_is_kept_is_not_called_lost(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fails to read between the commit and the answer: a second try would be a second record."""
    take(station, record(payload("A"), at=NOW))

    def failing() -> None:
        raise StoreError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(station.store.outbox, "unconfirmed", failing)
        patch.setattr(station.chat.closing._store, "all", failing)
        entry = await station.commands.resolve("A", "note")
    assert station.outbox == (entry,)
    assert await station.commands.resolve("A", "note") == entry
    assert tuple(station.store.outbox.unconfirmed()) == station.outbox


async def test_what_is_shown_after_a_resolve_is_what_the_store_holds(station: Station) -> None:
    take(station, record(payload("A"), at=NOW), record(payload("B"), at=NOW, offset=1))
    parked = await station.commands.resolve("A", "first")
    station.dispatch.parked(parked, NO_WRITE)
    await station.commands.resolve("B", "other")
    await station.commands.resolve("A", "second")
    assert station.outbox == tuple(station.store.outbox.unconfirmed())
    assert [(entry.record.issue, entry.record.note) for entry in station.outbox] == [("B", "other"), ("A", "second")]


async def test_a_record_that_was_held_meanwhile_is_not_journaled_as_parked(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 60_000))
    entry = await station.commands.resolve("A", "note")
    say_live(station)
    take(station, record(payload("A"), at=NOW + 60_000, offset=1))
    assert station.state.held
    station.dispatch.parked(entry, NO_WRITE)
    assert actions(station) == ["resolved", "held"]
    assert station.outbox[0].state is OutboxState.HELD


async def test_a_record_that_was_read_back_meanwhile_is_not_journaled_as_parked(station: Station) -> None:
    take(station, record(payload("A"), at=NOW))
    entry = await station.commands.resolve("A", "note")
    take(station, read_back(entry))
    station.dispatch.parked(entry, NO_WRITE)
    assert actions(station) == ["resolved", "confirmed"]
    assert not station.outbox


async def test_one_that_is_parked_is_journaled(station: Station) -> None:
    take(station, record(payload("A"), at=NOW))
    entry = await station.commands.resolve("A", "note")
    station.dispatch.parked(entry, NO_WRITE)
    assert actions(station) == ["resolved", "parked"]


async def test_a_record_is_never_taken_for_one_of_an_issue_that_looks_the_same(
    station: Station, tmp_path: Path
) -> None:
    """The issue of one parked record is gone; that of the other is called like it but for a blank."""
    take(station, record(payload("A "), at=NOW), record(payload("A"), at=NOW, offset=1))
    for name in ("A ", "A"):
        station.dispatch.parked(await station.commands.resolve(name, ""), NO_WRITE)
    gone, other = station.outbox
    station.store.issues.drop(station.scope, "A ")
    station = make_station(tmp_path)
    with pytest.raises(CommandError):
        await station.commands.retry_record(gone.record.event_id)
    with pytest.raises(CommandError):
        await station.commands.try_again("A ")
    assert [entry.state for entry in station.outbox] == [OutboxState.PARKED] * 2
    await station.commands.retry_record(other.record.event_id)
    assert [entry.state for entry in station.outbox] == [OutboxState.PARKED, OutboxState.WAITING]
