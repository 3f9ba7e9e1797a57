"""Outages of a running terminal: said in time, over by themselves, and nothing left behind."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.kafka.broker import RealKafka
from tests.kafka.conftest import StartKafka
from tests.kafka.helpers import Spied, open_sockets, unused_port
from tests.kafka.records import Outgoing, produce_many
from tests.kafka.stations import Watched, issue_value, running, send

pytestmark = pytest.mark.soak  # minutes long: run by hand, see CONTRIBUTING.md

SHOWN_WITHIN_S = 15.0
"""docs/architecture.md, "No false quiet": a frozen broker is on screen within this time."""


def is_live(watched: Watched) -> bool:
    return watched.station.freshness.is_live(time.monotonic())


async def test_a_frozen_broker_is_no_longer_live_within_15_s_and_is_again_after_the_thaw(
    own_kafka: StartKafka, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    broker = await own_kafka()
    await broker.create_topic("t", partitions=3)
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
        broker.freeze()
        frozen = time.monotonic()
        await watched.until(lambda s: not s.freshness.is_live(time.monotonic()), within=SHOWN_WITHIN_S)
        record_property("noticed after s", round(time.monotonic() - frozen, 1))
        await watched.until(lambda s: s.freshness.problem is not None)
        age = watched.station.freshness.age(time.monotonic())
        assert age is not None
        assert age > 5, "how long there was no contact is said"
        broker.thaw()
        thawed = time.monotonic()
        await watched.live()
        record_property("live again after s", round(time.monotonic() - thawed, 1))
        await send(broker.bootstrap, "t", issue_value("AFTER"))
        await watched.until(lambda s: s.issue("AFTER") is not None)


async def test_a_broker_killed_in_the_middle_of_a_replay_costs_nothing(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka()
    await broker.create_topic("t", partitions=3)
    # Several fetches long: what is fetched already would be read without a broker.
    values = (issue_value(f"I{n}", description="x" * 2500) for n in range(12_000))
    await produce_many(broker.bootstrap, "t", [Outgoing(value, partition=n % 3) for n, value in enumerate(values)])
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.until(lambda s: 0 < s.freshness.done < s.freshness.total)
        broker.kill()
        await watched.until(lambda s: s.freshness.problem is not None)
        assert 0 < watched.station.freshness.done < 12_000
        assert not is_live(watched)
        await broker.start()
        await watched.live()
        assert len(watched.station.register.open_issues()) == 12_000
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
        assert len(watched.station.register.open_issues()) == 12_000, "the snapshot is whole too"


async def test_five_outages_leave_nothing_behind_and_replay_nothing(
    own_kafka: StartKafka, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    broker = await own_kafka()
    await broker.create_topic("t")
    await send(broker.bootstrap, "t", *(issue_value(f"I{n}") for n in range(20)))
    outages = (_stopped, _killed, _frozen, _stopped, _frozen)
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        spied = Spied(watched.station)
        await _healthy(watched, broker, 0)
        before, left = (len(asyncio.all_tasks()), open_sockets()), []
        for number, outage in enumerate(outages, start=1):
            record_property(f"{number} {outage.__name__}", await outage(broker, watched))
            await _healthy(watched, broker, number)
            left.append((len(asyncio.all_tasks()), open_sockets()))
    assert max(tasks for tasks, _sockets in left) <= before[0] + 2, (before, left)
    assert max(sockets for _tasks, sockets in left) <= before[1] + 2, (before, left)
    assert len(spied.records) == 20 + 2 * (len(outages) + 1), "an outage made it read again what it had"


async def _healthy(watched: Watched, broker: RealKafka, number: int) -> None:
    """Live, and both roads work."""
    await watched.live()
    await send(broker.bootstrap, "t", issue_value(f"OUTAGE{number}"))
    await watched.until(lambda s: s.issue(f"OUTAGE{number}") is not None)
    await watched.station.commands.resolve(f"OUTAGE{number}", "note")
    await watched.until(lambda s: not s.outbox)


async def _over(watched: Watched, mend: Callable[[], Awaitable[None]]) -> str:
    """Wait for the outage to show, mend it, wait for it to be over; says how long it took."""
    began = time.monotonic()
    await watched.until(lambda s: s.freshness.problem is not None and not s.freshness.is_live(time.monotonic()))
    noticed = time.monotonic()
    await mend()
    mended = time.monotonic()
    await watched.live()
    return f"told after {noticed - began:.1f} s, live {time.monotonic() - mended:.1f} s after it answered"


async def _stopped(broker: RealKafka, watched: Watched) -> str:
    await broker.stop()
    return await _over(watched, broker.start)


async def _killed(broker: RealKafka, watched: Watched) -> str:
    broker.kill()
    return await _over(watched, broker.start)


async def _frozen(broker: RealKafka, watched: Watched) -> str:
    async def thaw() -> None:
        broker.thaw()

    broker.freeze()
    return await _over(watched, thaw)


async def test_a_broker_that_moves_again_and_again_is_found(
    own_kafka: StartKafka, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    broker = await own_kafka()
    await broker.create_topic("t")
    first, second = broker.port, unused_port()
    async with running(f"127.0.0.1:{first},127.0.0.1:{second}", "t", tmp_path) as watched:
        await watched.live()
        for port in (second, first):
            await broker.restart(port=port)
            moved = time.monotonic()
            await send(broker.bootstrap, "t", issue_value(f"AT{port}"))
            await watched.until(lambda s, port=port: s.issue(f"AT{port}") is not None, within=90)  # type: ignore[misc]
            record_property(f"found at {port} after s", round(time.monotonic() - moved, 1))
            await watched.live()


async def test_bad_addresses_beside_a_good_one_do_no_harm(kafka: RealKafka, topic: str, tmp_path: Path) -> None:
    """One refuses, one takes the connection and never says a word."""
    await send(kafka.bootstrap, topic, issue_value("A"))
    async with (
        silent_server() as silent,
        running(f"127.0.0.1:1,{silent},{kafka.bootstrap}", topic, tmp_path) as watched,
    ):
        await watched.live()
        await watched.station.commands.resolve("A", "note")
        await watched.until(lambda s: not s.outbox)


@asynccontextmanager
async def silent_server() -> AsyncIterator[str]:
    async def say_nothing(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        yield f"{host}:{port}"
