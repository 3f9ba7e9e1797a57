"""The Station with records given by hand: what is promised, kept, confirmed, refused."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.chat.backend import Answer, Author, ChatError, ChatRequest, Fragment
from core.chat.messages import MessageState
from core.events import Record
from core.kafka.cluster import TopicInfo
from core.kafka.freshness import FeedState, Freshness
from core.kafka.problems import Problem, ProblemKind
from core.outbox import OutboxEntry, OutboxState
from core.settings import load_settings
from core.station import CommandError, Station
from core.store.store import Store, StoreError
from tests.unit.making import NOW, payload, record


class Echo:
    """A chatbot that repeats; fails while ``down``."""

    author = Author.CHATBOT

    def __init__(self) -> None:
        self.down = False
        self.asked: list[ChatRequest] = []

    async def answer(self, request: ChatRequest) -> AsyncIterator[Fragment | Answer]:
        self.asked.append(request)
        if self.down:
            raise ChatError("away")
        yield Answer(f"echo {request.text}\x1b[31m")


@pytest.fixture
def backend() -> Echo:
    return Echo()


@pytest.fixture
def station(tmp_path: Path, backend: Echo) -> Station:
    return make(tmp_path, backend)


def make(folder: Path, backend: Echo) -> Station:
    settings = load_settings(data_dir=folder, operator="kim", terminal_id="T")
    station = Station(settings, Store(folder), backend, now_ms=lambda: NOW)
    station.saved_offsets(TopicInfo("cluster", "t", (0,)))
    return station


def take(station: Station, *records: Record) -> None:
    station.ingest(records, {0: records[-1].offset + 1})


def echoed(entry: OutboxEntry, **changes: object) -> Record:
    sent = entry.record
    value = changes.get("value", sent.value)
    assert isinstance(value, bytes)
    return Record("t", 0, 9, sent.timestamp_ms, sent.key, value, sent.headers)


async def test_a_resolve_is_in_outbox_and_journal_before_it_returns(station: Station, tmp_path: Path) -> None:
    take(station, record(payload("A"), at=NOW + 5000))
    entry = await station.resolve("A", "메모")
    again = Store(tmp_path, read_only=True)
    assert again.outbox.unconfirmed() == [entry]
    [journal] = again.journal.entries("A")
    assert (journal.action, journal.detail["note"], journal.operator) == ("resolved", "메모", "kim")
    assert entry.record.timestamp_ms == NOW + 5001, "a slow clock must not lose the resolve"
    assert station.issue("A").is_open  # type: ignore[union-attr]


async def test_a_second_resolve_is_the_first_one(station: Station) -> None:
    take(station, record(payload("A")))
    assert await station.resolve("A", "one") == await station.resolve("A", "two")


async def test_only_the_very_bytes_confirm(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 1000))
    entry = await station.resolve("A", "note")
    take(station, echoed(entry, value=payload("A", isSolved=True, description="forged")))
    assert station.outbox, "somebody else's record with our id is no confirmation"
    take(station, echoed(entry))
    assert not station.outbox
    assert [e.action for e in station.store.journal.entries("A")] == ["resolved", "confirmed"]


async def test_a_parked_resolve_is_tried_again_by_resolving_again(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 1000))
    entry = await station.resolve("A", "note")
    station.parked(entry, Problem(ProblemKind.TOO_LARGE, "t"))
    assert station.outbox[0].state is OutboxState.PARKED
    await station.resolve("A", "note")
    assert station.outbox[0].state is OutboxState.WAITING
    assert station.outbox[0].record.event_id == entry.record.event_id


async def test_what_cannot_be_done_is_refused_with_words(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 1000))
    with pytest.raises(CommandError, match="NOPE"):
        await station.resolve("NOPE", "")
    with pytest.raises(CommandError, match="open"):
        await station.reopen("A")
    take(station, record(payload("A", isSolved=True)))
    with pytest.raises(CommandError, match="resolved already"):
        await station.resolve("A", "")
    with pytest.raises(CommandError, match="resolved already"):
        await station.acknowledge("A")


async def test_acknowledge_then_claim_and_an_earlier_episode_does_not_count(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 90_000))
    assert (await station.acknowledge("A")).claimed_by == ""
    assert (await station.acknowledge("A")).claimed_by == "kim"
    take(station, record(payload("A", isSolved=True), at=NOW - 80_000), record(payload("A"), at=NOW))
    assert (await station.acknowledge("A")).claimed_by == ""


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
    await station.resolve("A", "")
    station.feed.freshness = Freshness(FeedState.LIVE, time.monotonic(), time.monotonic())
    assert station.sendable()
    station.saved_offsets(TopicInfo("another", "t", (0,)))
    assert not station.register.issues
    assert not station.sendable(), "a resolve never goes to a cluster that it was not meant for"
    back = make(tmp_path, backend)
    assert back.issue("A") is not None


async def test_without_contact_nothing_is_sent(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 1000))
    await station.resolve("A", "")
    station.feed.freshness = Freshness(FeedState.LIVE, time.monotonic() - 60, time.monotonic() - 60)
    assert not station.sendable()


async def test_a_record_that_is_not_where_the_broker_said_goes_out_again(station: Station) -> None:
    take(station, record(payload("A"), at=NOW - 1000))
    entry = await station.resolve("A", "")
    station.sent(entry, 0, 5)
    assert not station.publisher._was_lost(station.outbox[0])
    take(station, record(payload("B"), offset=7))
    assert station.publisher._was_lost(station.outbox[0])


async def until(condition: object) -> None:
    async with asyncio.timeout(10):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.01)


async def test_questions_are_answered_in_order_and_answers_are_inert(station: Station, backend: Echo) -> None:
    take(station, record(payload("A")))
    work = asyncio.create_task(station.conversations.run())
    for text in ("one", "two", "three"):
        await station.say("A", text)
    await station.note("A", "between people")
    await until(lambda: len(station.conversations.messages("A")) == 8)
    work.cancel()
    answers = [m.text for m in station.conversations.messages("A") if m.author is Author.CHATBOT]
    assert answers == ["echo ␛[31m", "echo one␛[31m", "echo two␛[31m", "echo three␛[31m"]
    assert "between people" not in [turn.text for request in backend.asked for turn in request.history]


async def test_a_failed_question_says_why_and_is_asked_again(station: Station, backend: Echo) -> None:
    take(station, record(payload("A")))
    backend.down = True
    work = asyncio.create_task(station.conversations.run())
    await station.say("A", "hello")
    await until(lambda: station.conversations.messages("A")[0].state is MessageState.FAILED)
    assert station.conversations.messages("A")[0].problem == "away"
    backend.down = False
    await station.ask_again("A")
    await until(lambda: station.conversations.messages("A")[0].state is MessageState.SENT)
    work.cancel()


async def test_a_question_that_a_kill_left_open_is_answered_after_the_restart(
    station: Station, tmp_path: Path, backend: Echo
) -> None:
    take(station, record(payload("A")))
    await station.say("A", "is anybody there")
    restarted = make(tmp_path, backend)
    work = asyncio.create_task(restarted.conversations.run())
    await until(lambda: any("is anybody" in m.text for m in restarted.conversations.messages("A")[1:]))
    work.cancel()
