"""Another log under the same name on real brokers: no alarm of it is hidden, and nothing of the old one is a fact."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka.errors import TopicAlreadyExistsError

from core.kafka.cluster import look
from core.settings import load_settings
from core.station.station import Station
from tests.kafka.broker import KAFKA_3, RealKafka
from tests.kafka.conftest import StartKafka
from tests.kafka.helpers import gone_out
from tests.kafka.records import Outgoing, produce_many, read_all
from tests.kafka.stations import Watched, issue_value, running
from tests.kafka.waiting import wait_until

OLD = [f"OLD{number}" for number in range(12)]
NEW = [f"NEW{number}" for number in range(12)]


@pytest.fixture(params=["as it is", "without topic ids"])
async def broker(request: pytest.FixtureRequest, kafka_version: str, tmp_path: Path) -> AsyncIterator[RealKafka]:
    """A broker of the test's own; with ZooKeeper and the protocol of Kafka 2.7 its topics have no ids."""
    old = request.param == "without topic ids"
    if old and kafka_version != KAFKA_3:
        pytest.skip("every topic of this Kafka has an id")
    properties = {"inter.broker.protocol.version": "2.7"} if old else {}
    one = RealKafka(kafka_version, tmp_path / "kafka", properties=properties, with_zookeeper=old)
    try:
        await one.start()
        settings = load_settings(bootstrap_servers=one.bootstrap, topic="t", data_dir=tmp_path)
        await one.create_topic("t")
        assert bool((await look(settings.kafka)).topic_id) is not old
        yield one
    finally:
        one.close()


async def write(broker: RealKafka, issues: Sequence[str], topic: str = "t", **fields: object) -> None:
    await produce_many(broker.bootstrap, topic, [Outgoing(issue_value(issue, **fields)) for issue in issues])


async def made_anew(broker: RealKafka, issues: Sequence[str]) -> None:
    await broker.delete_topic("t")
    await wait_until(lambda: _created(broker))
    await write(broker, issues)


async def _created(broker: RealKafka) -> bool:
    """ZooKeeper's brokers delete at their leisure, and take no new topic of that name until then."""
    try:
        await broker.create_topic("t")
    except TopicAlreadyExistsError:
        return False
    return True


def behind_its_back(work: Coroutine[Any, Any, None]) -> None:
    """Do it in a thread while this event loop stands still: the terminal cannot see the topic gone."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


def facts(station: Station) -> set[str]:
    """The open issues that the log tells of."""
    return {issue.id for issue in station.register.open_issues()} - station.state.unconfirmed.issues.keys()


def doubted(watched: Watched) -> set[str]:
    return set(watched.station.state.unconfirmed.issues)


@pytest.mark.parametrize("more", [0, 5], ids=["as many records", "more records"])
async def test_a_topic_made_anew_while_the_terminal_was_off(broker: RealKafka, tmp_path: Path, more: int) -> None:
    await write(broker, OLD)
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
        assert facts(watched.station) == set(OLD)
        await watched.station.commands.acknowledge("OLD0")
    new = [*OLD[:3], *NEW, *(f"MORE{number}" for number in range(more))][: 12 + more]
    await made_anew(broker, new)
    for _start in range(2):
        async with running(broker.bootstrap, "t", tmp_path) as watched:
            await watched.live()
            assert facts(watched.station) == set(new)
            assert doubted(watched) == set(OLD[3:]), "an open alarm vanished, or is shown as a fact"
            assert watched.station.state.unconfirmed.since_ms is not None
            assert "OLD0" in watched.station.handling, "who acknowledged it is forgotten"


async def test_a_topic_made_anew_under_a_terminal_that_is_connected(broker: RealKafka, tmp_path: Path) -> None:
    await write(broker, OLD)
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
        behind_its_back(made_anew(broker, [*NEW, *(f"MORE{number}" for number in range(9))]))
        await watched.until(lambda s: facts(s) >= {*NEW, "MORE8"}, 30)
        await watched.live()
        assert doubted(watched) == set(OLD)


async def test_a_broker_restored_from_a_backup(broker: RealKafka, tmp_path: Path) -> None:
    """The topic's id and its first records are the same; what came after the backup is not."""
    await write(broker, ["BEFORE"])
    backup, data = tmp_path / "backup", broker._data
    await broker.stop()
    shutil.copytree(data, backup)
    await broker.start()
    await write(broker, OLD)
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
        assert facts(watched.station) == {"BEFORE", *OLD}
    await broker.stop()
    shutil.rmtree(data)
    shutil.copytree(backup, data)
    await broker.start()
    await write(broker, [*NEW, "OLD11"])
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
        assert facts(watched.station) == {"BEFORE", *NEW, "OLD11"}
        assert doubted(watched) == set(OLD[:11])


async def test_a_broker_restored_from_a_backup_under_a_terminal_that_is_connected(
    broker: RealKafka, tmp_path: Path
) -> None:
    await write(broker, ["BEFORE"])
    backup, data = tmp_path / "backup", broker._data
    await broker.stop()
    shutil.copytree(data, backup)
    await broker.start()
    await write(broker, OLD)

    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
        await broker.stop()
        shutil.rmtree(data)
        shutil.copytree(backup, data)
        await broker.start()
        await write(broker, [*NEW, "LAST"])
        await watched.until(lambda s: facts(s) == {"BEFORE", *NEW, "LAST"}, 60)
        await watched.live()
        assert doubted(watched) == set(OLD)


async def test_a_resolve_that_the_new_log_lacks_goes_out_again(broker: RealKafka, tmp_path: Path) -> None:
    """Of a backup the open is in the log, its resolve is not; an older resolve is never sent over a newer alarm."""
    await write(broker, ["MENDED", "AGAIN"])
    backup, data = tmp_path / "backup", broker._data
    await broker.stop()
    shutil.copytree(data, backup)
    await broker.start()
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
        for issue in ("MENDED", "AGAIN"):
            await watched.station.commands.resolve(issue, "")
        await gone_out(watched)
    await broker.stop()
    shutil.rmtree(data)
    shutil.copytree(backup, data)
    await broker.start()
    await write(broker, ["AGAIN", "OTHER1", "OTHER2"])
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
        await watched.until(lambda s: facts(s) == {"AGAIN", "OTHER1", "OTHER2"})
        await gone_out(watched)
    sent = [record.key for record in await read_all(broker.bootstrap, "t") if record.key]
    assert sent == [b"MENDED"]


async def test_a_log_that_is_the_same_is_trusted(own_kafka: StartKafka, tmp_path: Path) -> None:
    """Also after a restart of the broker, and with its oldest records gone."""
    broker = await own_kafka()
    topic = f"t-{uuid4().hex[:6]}"
    await broker.create_topic(topic)
    await write(broker, OLD, topic)
    async with running(broker.bootstrap, topic, tmp_path) as watched:
        await watched.live()
    await broker.restart()
    await write(broker, ["LATER"], topic)
    await broker.delete_records_before(topic, 12)
    async with running(broker.bootstrap, topic, tmp_path) as watched:
        await watched.live()
        assert watched.station.freshness.total == 1, "only what is new was read"
        assert facts(watched.station) == {*OLD, "LATER"}
        assert watched.station.state.unconfirmed.since_ms is None
