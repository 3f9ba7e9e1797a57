"""How a feed begins: what is asked, what is waited for, and from when on all counts as read."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.consumer.fetcher import Fetcher

from core.demo.embedded_broker import EmbeddedBroker
from core.domain.freshness import FeedState
from core.kafka import feed_session
from core.kafka.feed import Feed
from core.kafka.reader import Reader
from core.settings import load_settings
from tests.unit.test_feed import PARTITIONS, TOPIC, Kept, live, reading, send, until

pytest.importorskip("confluent_kafka", reason='needs confluent-kafka: pip install "andon[demo]"')


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker({TOPIC: PARTITIONS}) as running:
        yield running


@pytest.fixture
def kept() -> Kept:
    return Kept()


async def test_an_empty_topic_is_read_before_the_first_poll(
    broker: EmbeddedBroker, kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states: list[FeedState] = []

    async def step(_reader: Reader) -> None:
        states.append(feeds[0].freshness.state)
        await asyncio.Event().wait()

    monkeypatch.setattr(Reader, "step", step)
    feeds: list[Feed] = []
    async with reading(broker, kept, tmp_path) as feed:
        feeds.append(feed)
        await until(lambda: bool(states))
    assert states == [FeedState.LIVE]


async def test_a_topic_with_records_is_not_read_before_they_are(
    broker: EmbeddedBroker, kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(broker, 1, b"{}")
    at_first: list[FeedState] = []
    plain = Reader.step

    async def step(reader: Reader) -> None:
        at_first.append(feeds[0].freshness.state)
        await plain(reader)

    monkeypatch.setattr(Reader, "step", step)
    feeds: list[Feed] = []
    async with reading(broker, kept, tmp_path) as feed:
        feeds.append(feed)
        await live(feed)
        assert [record.value for record in kept.records] == [b"{}"]
    assert at_first[0] is FeedState.CATCHING_UP


async def test_what_was_read_before_is_read_before_the_first_poll(
    broker: EmbeddedBroker, kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(broker, 1, b"{}")
    async with reading(broker, kept, tmp_path) as feed:
        await live(feed)
    stopped = asyncio.Event()

    async def step(_reader: Reader) -> None:
        stopped.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Reader, "step", step)
    async with reading(broker, kept, tmp_path) as feed:
        await asyncio.wait_for(stopped.wait(), 10)
        assert feed.freshness.state is FeedState.LIVE


async def test_offsets_are_asked_of_a_client_that_knows_the_leaders(
    broker: EmbeddedBroker, kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each question once: a client without leaders would wait its whole back-off and ask again (docs/kafka.md, 21)."""
    asked: list[dict[Any, int]] = []
    plain = Fetcher._proc_offset_requests

    async def counted(fetcher: Fetcher, timestamps: dict[Any, int]) -> Any:
        asked.append(timestamps)
        return await plain(fetcher, timestamps)

    monkeypatch.setattr(Fetcher, "_proc_offset_requests", counted)
    async with reading(broker, kept, tmp_path) as feed:
        await live(feed)
    assert len(asked) == 2  # where the log begins, and up to where it is decided


async def test_the_ends_are_one_question_a_leader(
    broker: EmbeddedBroker, kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    plain = AIOKafkaClient.send

    async def counted(client: AIOKafkaClient, node: Any, request: Any, **more: Any) -> Any:
        sent.append(type(request).__name__)
        return await plain(client, node, request, **more)

    monkeypatch.setattr(AIOKafkaClient, "send", counted)
    async with reading(broker, kept, tmp_path) as feed:
        await live(feed)
    assert sent.count("OffsetRequest") == 3  # first, stable and last offsets, of all partitions at once


async def test_the_feed_is_not_live_before_what_runs_beside_has_ended(broker: EmbeddedBroker, tmp_path: Path) -> None:
    """The broker's clock: it is known before anything is stamped or sent. Reading does not wait for it."""
    await send(broker, 1, b"{}")
    begun, may_end, kept = asyncio.Event(), asyncio.Event(), Kept()

    async def beside() -> None:
        begun.set()
        await may_end.wait()

    settings = load_settings(bootstrap_servers=broker.bootstrap, topic=TOPIC, data_dir=tmp_path)
    feed = Feed(settings.kafka, kept, connecting=beside)
    task = asyncio.create_task(feed.run())
    try:
        await asyncio.wait_for(begun.wait(), 10)
        await until(lambda: kept.has(b"{}"))
        assert feed.freshness.state is FeedState.CATCHING_UP
        may_end.set()
        await live(feed)
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_what_runs_beside_ends_with_its_session(
    broker: EmbeddedBroker, kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = asyncio.Event()

    async def beside() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def run(_session: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(feed_session.FeedSession, "run", run)
    settings = load_settings(bootstrap_servers=broker.bootstrap, topic=TOPIC, data_dir=tmp_path)
    task = asyncio.create_task(Feed(settings.kafka, kept, connecting=beside).run())
    try:
        await asyncio.wait_for(ended.wait(), 10)
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_where_a_leader_does_not_tell_its_end_a_poll_must(
    broker: EmbeddedBroker, kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states: list[FeedState] = []
    plain = Reader.step

    async def step(reader: Reader) -> None:
        states.append(feeds[0].freshness.state)
        await plain(reader)

    async def untold(*_args: Any) -> dict[int, int]:
        return {0: 0}

    monkeypatch.setattr(Reader, "step", step)
    monkeypatch.setattr(feed_session, "ends", untold)
    feeds: list[Feed] = []
    async with reading(broker, kept, tmp_path) as feed:
        feeds.append(feed)
        await live(feed)
    assert states[0] is FeedState.CATCHING_UP
