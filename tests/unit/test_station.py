"""The Station with records given by hand: what is promised, kept, confirmed, refused."""

import asyncio
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from core.chat.backend import Answer, ChatRequest, Fragment, Noted
from core.domain.alarms import AlarmState, Limits, standing_of
from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.domain.errors import CommandError, StoreError
from core.domain.events import NOT_UNDERSTOOD, UNREADABLE, Quarantined, Record, read_event
from core.domain.freshness import FeedState, Freshness
from core.domain.messages import Author
from core.domain.outbox import OutboxEntry, OutboxState
from core.kafka.cluster import TopicInfo
from core.settings import load_settings
from core.station.station import Station
from core.store.store import Store
from tests.unit.making import NOW, payload, record


class Echo:
    """A chatbot that repeats."""

    name = "echo"
    author = Author.CHATBOT

    def __init__(self) -> None:
        self.asked: list[ChatRequest] = []

    async def answer(self, request: ChatRequest) -> AsyncGenerator[Fragment | Noted | Answer, None]:
        self.asked.append(request)
        yield Answer(f"echo {request.text}\x1b[31m")

    async def ping(self) -> None: ...

    async def close(self) -> None: ...


@pytest.fixture
def backend() -> Echo:
    return Echo()


@pytest.fixture
def station(tmp_path: Path, backend: Echo) -> Station:
    return make(tmp_path, backend)


def make(folder: Path, backend: Echo) -> Station:
    settings = load_settings(data_dir=folder, operator="kim", terminal_id="T")
    station = Station(settings, Store(folder), backend, now_ms=lambda: NOW)
    station.intake.saved_offsets(TopicInfo("cluster", "t", (0,)))
    return station


def take(station: Station, *records: Record) -> None:
    station.intake.ingest(records, {0: records[-1].offset + 1})


def echoed(entry: OutboxEntry, **changes: object) -> Record:
    sent = entry.record
    value = changes.get("value", sent.value)
    assert isinstance(value, bytes)
    return Record("t", 0, 9, sent.timestamp_ms, sent.key, value, sent.headers)


async def test_a_resolve_is_in_outbox_and_journal_before_it_returns(station: Station, tmp_path: Path) -> None:
    take(station, record(payload("A"), at=NOW + 5000))
    entry = await station.commands.resolve("A", "메모")
    again = Store(tmp_path, read_only=True)
    assert again.outbox.unconfirmed() == [entry]
    [journal] = again.journal.entries("A")
    assert (journal.action, journal.detail["note"], journal.operator) == ("resolved", "메모", "kim")
    assert entry.record.timestamp_ms == NOW + 5001, "a slow clock must not lose the resolve"
    assert station.issue("A").is_open  # type: ignore[union-attr]


async def test_a_second_resolve_is_the_first_one(station: Station) -> None:
    take(station, record(payload("A")))
    first = await station.commands.resolve("A", "one")
    assert await station.commands.resolve("A", "one") == await station.commands.resolve("A", "") == first
    with pytest.raises(CommandError, match="one"):
        await station.commands.resolve("A", "two")


async def test_only_the_very_bytes_confirm(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 1000))
    entry = await station.commands.resolve("A", "note")
    take(station, echoed(entry, value=payload("A", isSolved=True, description="forged")))
    assert station.outbox, "somebody else's record with our id is no confirmation"
    take(station, echoed(entry))
    assert not station.outbox
    assert [e.action for e in station.store.journal.entries("A")] == ["resolved", "confirmed"]


async def parked(station: Station, issue: str = "A", note: str = "note") -> OutboxEntry:
    entry = await station.commands.resolve(issue, note)
    station.dispatch.parked(entry, ClusterProblem(ClusterProblemKind.TOO_LARGE, "t"))
    return entry


async def test_a_parked_resolve_gives_way_to_the_next_with_its_own_note(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 1000))
    await parked(station)
    await station.commands.resolve("A", "another note")
    [waiting] = station.outbox
    assert (waiting.state, waiting.record.note) == (OutboxState.WAITING, "another note")
    actions = [(e.action, e.detail.get("note")) for e in station.store.journal.entries("A")]
    assert ("withdrawn", "note") in actions


async def test_a_retry_is_for_one_issue_and_never_for_another_episode(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 90_000), record(payload("B"), at=NOW - 90_000, offset=1))
    first, _other = await parked(station), await parked(station, "B")
    await station.commands.retry("A")
    assert [e.state for e in station.outbox] == [OutboxState.WAITING, OutboxState.PARKED]
    assert station.outbox[0].record.event_id == first.record.event_id
    take(station, record(payload("B", isSolved=True), at=NOW + 1), record(payload("B"), at=NOW + 60_000))
    assert station.outbox[1].state is OutboxState.HELD, "a person decides whether it still holds"
    with pytest.raises(CommandError):
        await station.commands.retry("B")
    with pytest.raises(CommandError):
        await station.commands.retry("A")


async def test_what_is_parked_for_a_resolved_issue_is_given_up_by_a_person(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 1000))
    entry = await parked(station)
    take(station, record(payload("A", isSolved=True), at=NOW + 1))
    with pytest.raises(CommandError, match="moved on"):
        await station.commands.retry("A")
    await station.commands.give_up(entry.record.event_id)
    assert not station.outbox
    with pytest.raises(CommandError):
        await station.commands.give_up(entry.record.event_id)


async def test_an_acknowledgement_covers_what_was_seen_and_no_later_episode(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 3_600_000))
    await station.commands.acknowledge("A")
    take(station, *(record(payload("A", description=str(n)), at=NOW - 3_000_000 + n) for n in range(600)))
    known = station.register.issues["A"]
    assert standing_of(known, station.handling["A"], NOW, Limits(claim=0)).state is AlarmState.ACKNOWLEDGED
    take(station, record(payload("A", isSolved=True), at=NOW - 100_000), record(payload("A"), at=NOW - 50_000))
    # The terminal's clock is hours ahead of the plant's: what counts is which event was seen.
    assert station.handling["A"].acknowledged_ms == NOW
    again = standing_of(station.register.issues["A"], station.handling["A"], NOW, Limits())
    assert again.state is AlarmState.UNACKNOWLEDGED


async def test_one_unreadable_record_is_set_aside_and_the_others_are_taken(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    def surprised(found: Record) -> object:
        if found.offset == 1:
            raise RuntimeError("a defect")
        return read_event(found)

    monkeypatch.setattr("core.station.intake.read_event", surprised)
    take(station, record(payload("A"), offset=0), record(payload("B"), offset=1), record(payload("C"), offset=2))
    assert set(station.register.issues) == {"A", "C"}
    assert station.store.quarantine.newest()[0].reason == NOT_UNDERSTOOD


async def test_what_the_client_cannot_read_is_set_aside_with_its_place(station: Station, tmp_path: Path) -> None:
    lost = Quarantined(Record("t", 0, 7, -1, None, None), UNREADABLE)
    station.intake.set_aside([lost], {0: 8})
    assert station.state.quarantine_count == 1
    assert Store(tmp_path, read_only=True).load_snapshot("cluster/t").offsets == {0: 8}


async def test_another_clusters_issue_of_the_same_id_is_another_issue(
    station: Station, tmp_path: Path, backend: Echo
) -> None:
    take(station, record(payload("A"), at=NOW - 1000))
    await station.commands.acknowledge("A")
    await station.commands.save_draft("A", "message", "쓰던 글")
    await station.chat.note("A", "said here")
    station.intake.saved_offsets(TopicInfo("another", "t", (0,)))
    take(station, record(payload("A"), at=NOW - 1000))
    assert not station.handling
    assert not station.state.drafts
    assert not station.chat.conversations.messages("A")
    back = make(tmp_path, backend)
    assert back.handling["A"].acknowledged_by == "kim"
    assert back.state.drafts == {("A", "message"): "쓰던 글"}
    assert [m.text for m in back.chat.conversations.messages("A")] == ["said here"]


async def test_what_cannot_be_done_is_refused_with_words(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 1000))
    with pytest.raises(CommandError, match="NOPE"):
        await station.commands.resolve("NOPE", "")
    with pytest.raises(CommandError, match="open"):
        await station.commands.reopen("A")
    take(station, record(payload("A", isSolved=True)))
    with pytest.raises(CommandError, match="resolved already"):
        await station.commands.resolve("A", "")
    with pytest.raises(CommandError, match="resolved already"):
        await station.commands.acknowledge("A")


async def test_acknowledge_then_claim_and_an_earlier_episode_does_not_count(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 90_000))
    assert (await station.commands.acknowledge("A")).claimed_by == ""
    assert (await station.commands.acknowledge("A")).claimed_by == "kim"
    take(station, record(payload("A", isSolved=True), at=NOW - 80_000), record(payload("A"), at=NOW))
    assert (await station.commands.acknowledge("A")).claimed_by == ""


async def test_a_failed_commit_loses_nothing_when_it_comes_again(
    station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(station.store, "commit_batch", full)
        with pytest.raises(StoreError):
            take(station, record(payload("A")))
    take(station, record(payload("A")))
    assert [i.id for i in Store(tmp_path, read_only=True).load_snapshot("cluster/t").issues] == ["A"]


async def test_another_cluster_has_issues_of_its_own(station: Station, tmp_path: Path, backend: Echo) -> None:
    take(station, record(payload("A"), at=NOW - 1000))
    await station.commands.resolve("A", "")
    station.feed.freshness = Freshness(FeedState.LIVE, time.monotonic(), time.monotonic())
    assert station.dispatch.sendable()
    station.intake.saved_offsets(TopicInfo("another", "t", (0,)))
    assert not station.register.issues
    assert not station.dispatch.sendable(), "a resolve never goes to a cluster that it was not meant for"
    back = make(tmp_path, backend)
    assert back.issue("A") is not None


async def test_without_contact_nothing_is_sent(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 1000))
    await station.commands.resolve("A", "")
    station.feed.freshness = Freshness(FeedState.LIVE, time.monotonic() - 60, time.monotonic() - 60)
    assert not station.dispatch.sendable()


async def test_a_record_that_is_not_where_the_broker_said_goes_out_again(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 1000))
    entry = await station.commands.resolve("A", "")
    station.dispatch.sent(entry, 0, 5)
    assert not station.dispatch.publisher._was_lost(station.outbox[0])
    take(station, record(payload("B"), offset=7))
    assert station.dispatch.publisher._was_lost(station.outbox[0])


async def test_a_conversation_that_cannot_be_read_ends_nothing(
    station: Station, monkeypatch: pytest.MonkeyPatch, backend: Echo
) -> None:
    take(station, record(payload("A")))

    def broken(*_: object) -> list[str]:
        raise StoreError("disk")

    monkeypatch.setattr(station.chat.conversations._message_log.store, "unanswered", broken)
    work = asyncio.create_task(station.chat.conversations.run())
    await station.chat.say("A", "hello")
    await until(lambda: any("hello" in m.text for m in station.chat.conversations.messages("A")[1:]))
    assert not work.done()
    work.cancel()


async def until(condition: object) -> None:
    async with asyncio.timeout(10):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.01)


async def test_questions_are_answered_in_order_and_answers_are_inert(station: Station, backend: Echo) -> None:
    take(station, record(payload("A")))
    work = asyncio.create_task(station.chat.conversations.run())
    for text in ("one", "two", "three"):
        await station.chat.say("A", text)
    await station.chat.note("A", "between people")
    await until(lambda: len(station.chat.conversations.messages("A")) == 8)
    work.cancel()
    answers = [m.text for m in station.chat.conversations.messages("A") if m.author is Author.CHATBOT]
    assert answers == ["echo one␛[31m", "echo two␛[31m", "echo three␛[31m"]
    assert "between people" not in [turn.text for request in backend.asked for turn in request.history]


async def test_a_question_that_a_kill_left_open_is_answered_after_the_restart(
    station: Station, tmp_path: Path, backend: Echo
) -> None:
    take(station, record(payload("A")))
    await station.chat.say("A", "is anybody there")
    restarted = make(tmp_path, backend)
    work = asyncio.create_task(restarted.chat.conversations.run())
    await until(lambda: any("is anybody" in m.text for m in restarted.chat.conversations.messages("A")[1:]))
    work.cancel()
