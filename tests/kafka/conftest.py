"""Fixtures: real Kafka brokers of both supported ends, 3.4 (the plant's) and the newest 4.x."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import NoReturn, Protocol

import pytest

from tests.kafka.broker import KAFKA_3, KAFKA_4, RealKafka, kafka_class_path
from tests.kafka.issuer import TokenServer, token_server
from tests.kafka.jars import MissingToolError, java
from tests.kafka.secure import SecureKafka, secure_kafka
from tests.peers.spring import SpringPeer


class StartKafka(Protocol):
    """What the ``own_kafka`` fixture is: a factory of started brokers that end with the test."""

    async def __call__(
        self, *, properties: Mapping[str, str] | None = None, users: Mapping[str, str] | None = None
    ) -> RealKafka:
        """Start one more broker, with these server properties and, where given, these users' logins."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark by what a test uses; under xdist's ``--dist loadgroup`` a Kafka version's tests share one broker."""
    for item in items:
        used: list[str] = getattr(item, "fixturenames", [])
        if "spring" in used:
            item.add_marker(pytest.mark.spring)
        if "kafka_version" in used:
            item.add_marker(pytest.mark.broker)
            if config.pluginmanager.hasplugin("xdist"):
                item.add_marker(pytest.mark.xdist_group(_version_of(item)))


def _version_of(item: pytest.Item) -> str:
    callspec = getattr(item, "callspec", None)
    return f"kafka-{callspec.params.get('kafka_version', '')}" if callspec else "kafka"


def _skip_or_fail(missing: MissingToolError) -> NoReturn:
    """Without Java or Maven a developer's tests still run; CI sets ANDON_REQUIRE_BROKER=1 and must not skip."""
    reason = f"needs a real Kafka: {missing}"
    if os.environ.get("ANDON_REQUIRE_BROKER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session", params=[KAFKA_3, KAFKA_4], ids=["kafka-3.4", "kafka-4.4"])
def kafka_version(request: pytest.FixtureRequest) -> str:
    """The broker's version, its jars downloaded.

    A test that is about one version looks at this value. Parametrizing it indirectly would make pytest, which orders
    session parameters by their index, end and restart the shared broker around that test.
    """
    version: str = request.param
    try:
        java()
        kafka_class_path(version)
    except MissingToolError as missing:
        _skip_or_fail(missing)
    return version


@pytest.fixture(scope="session")
def kafka(kafka_version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealKafka]:
    """A running broker shared by the session's tests: use fresh topics, never stop it."""
    broker = RealKafka(kafka_version, tmp_path_factory.mktemp(f"kafka-{kafka_version}"))
    try:
        asyncio.run(broker.start())
        yield broker
    finally:
        broker.close()


@pytest.fixture
async def topic(kafka: RealKafka) -> str:
    """A fresh topic with 3 partitions on the shared broker."""
    name = f"issues-{uuid.uuid4().hex[:12]}"
    await kafka.create_topic(name, partitions=3)
    return name


@pytest.fixture
async def own_kafka(kafka_version: str, tmp_path: Path) -> AsyncIterator[StartKafka]:
    """Brokers of the test's own, to stop, kill, freeze and move."""
    brokers: list[RealKafka] = []

    async def start(
        *, properties: Mapping[str, str] | None = None, users: Mapping[str, str] | None = None
    ) -> RealKafka:
        directory = tmp_path / f"kafka-{len(brokers) + 1}"
        broker = RealKafka(kafka_version, directory, properties=properties, users=users)
        brokers.append(broker)
        await broker.start()
        return broker

    yield start
    for broker in brokers:
        broker.close()


@pytest.fixture(scope="session")
def secure(kafka_version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureKafka]:
    """A running broker with TLS and logins, shared by the session's tests: use fresh topics, never stop it."""
    with secure_kafka(kafka_version, tmp_path_factory.mktemp(f"secure-{kafka_version}")) as one:
        asyncio.run(one.start())
        yield one


@pytest.fixture
def tokens(secure: SecureKafka) -> Iterator[TokenServer]:
    """A token server whose tokens the ``secure`` broker takes."""
    with token_server(secure.signer) as server:
        yield server


@pytest.fixture
async def closed_topic(secure: SecureKafka) -> str:
    """A fresh topic with 3 partitions on the ``secure`` broker."""
    name = f"issues-{uuid.uuid4().hex[:12]}"
    await secure.broker.create_topic(name, partitions=3)
    return name


@pytest.fixture(scope="session")
def spring() -> SpringPeer:
    """The Spring peer, built."""
    peer = SpringPeer()
    try:
        peer.build()
    except MissingToolError as missing:
        _skip_or_fail(missing)
    return peer
