"""What a test does to a topic from outside: create, widen, delete, configure, cut off its beginning."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    LeaderNotAvailableError,
    NotLeaderForPartitionError,
    OffsetOutOfRangeError,
    PolicyViolationError,
    UnknownTopicOrPartitionError,
    for_code,
)

from tests.kafka.waiting import wait_until

_SECONDS = 30.0


@asynccontextmanager
async def admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """A started admin client, closed on leaving; all of it within 30 s."""
    async with asyncio.timeout(_SECONDS):
        client = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=10_000)
        try:
            await client.start()
            yield client
        finally:
            await client.close()


async def create_topic(bootstrap: str, name: str, partitions: int, config: Mapping[str, object]) -> None:
    """Create a topic and wait until it can be used: KRaft answers before the broker itself knows it."""
    new = NewTopic(name, partitions, 1, topic_configs=_dotted(config))
    async with admin(bootstrap) as client:
        answer = await client.create_topics([new])
        for topic, code, *message in answer.topic_errors:
            if code:
                raise for_code(code)(f"{topic}: {message}")
        await _wait_until_usable(client, name, partitions)


async def add_partitions(bootstrap: str, name: str, total: int) -> None:
    """Widen a topic to ``total`` partitions and wait until each can be used."""
    async with admin(bootstrap) as client:
        await client.create_partitions({name: NewPartitions(total)})
        await _wait_until_usable(client, name, total)


async def delete_topic(bootstrap: str, name: str) -> None:
    """Delete a topic and wait until the metadata no longer has it."""
    async with admin(bootstrap) as client:
        answer = await client.delete_topics([name])
        for _topic, code, *_message in answer.topic_error_codes:
            if code:
                raise for_code(code)(name)
        await wait_until(lambda: _is_gone(client, name))


async def configure_topic(bootstrap: str, name: str, config: Mapping[str, object]) -> None:
    """Replace the topic's own settings by ``config`` (what it does not name goes back to the default)."""
    resource = ConfigResource(ConfigResourceType.TOPIC, name, configs=_dotted(config))
    async with admin(bootstrap) as client:
        for answer in await client.alter_configs([resource]):
            for code, message, *_rest in answer.resources:
                if code:
                    raise for_code(code)(f"{name}: {message}")


async def delete_records_before(bootstrap: str, name: str, offset: int, partition: int) -> None:
    """Move the log's start to ``offset`` at once, as retention does when its time comes. -1: to the end."""
    async with admin(bootstrap) as client:
        await client.delete_records({TopicPartition(name, partition): RecordsToDelete(offset)})


async def partition_numbers(bootstrap: str, name: str) -> list[int]:
    """The partitions of a topic; empty when there is no such topic."""
    async with admin(bootstrap) as client:
        return sorted(partition["partition"] for partition in await _partitions_of(client, name))


async def broker_count(bootstrap: str) -> int:
    """How many brokers the cluster's metadata names: 0 while a starting one is still fenced."""
    async with admin(bootstrap) as client:
        return len((await client.describe_cluster())["brokers"])


async def _wait_until_usable(client: AIOKafkaAdminClient, name: str, partitions: int) -> None:
    """Return when every partition has a leader that knows it is one.

    The metadata names a leader before that broker has made the partition, and a client's first record would be
    refused. Deleting nothing asks the leader without a log line.
    """
    await wait_until(lambda: _has_leaders(client, name, partitions))
    await wait_until(lambda: _leaders_answer(client, name, partitions))


async def _has_leaders(client: AIOKafkaAdminClient, name: str, partitions: int) -> bool:
    found = await _partitions_of(client, name)
    return len(found) == partitions and all(partition["leader"] >= 0 for partition in found)


async def _leaders_answer(client: AIOKafkaAdminClient, name: str, partitions: int) -> bool:
    nothing = {TopicPartition(name, number): RecordsToDelete(0) for number in range(partitions)}
    try:
        await client.delete_records(nothing)
    except (NotLeaderForPartitionError, UnknownTopicOrPartitionError, LeaderNotAvailableError):
        return False
    except (OffsetOutOfRangeError, PolicyViolationError):
        return True  # It begins later, or is compacted: either way the leader answered.
    return True


async def _is_gone(client: AIOKafkaAdminClient, name: str) -> bool:
    return not await _partitions_of(client, name)


async def _partitions_of(client: AIOKafkaAdminClient, name: str) -> list[dict[str, Any]]:
    """The topic's partitions in the metadata. It asks for all topics: naming one could create it."""
    described = await client.describe_topics()
    return [
        partition
        for topic in described
        if topic["topic"] == name and not topic["error_code"]
        for partition in topic["partitions"]
    ]


def _dotted(config: Mapping[str, object]) -> dict[str, str]:
    """Keyword arguments to Kafka's names: ``retention_ms=1000`` to ``retention.ms`` ``1000``."""
    return {name.replace("_", "."): str(value) for name, value in config.items()}
