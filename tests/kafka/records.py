"""Records in and out of a topic for tests, by a plain client that shares nothing with ``core``."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.structs import RecordMetadata

from tests.kafka.topics import partition_numbers

Headers: TypeAlias = Sequence[tuple[str, bytes]]

_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to produce. ``timestamp_ms`` None: now. ``partition`` None: the client chooses."""

    value: bytes | None
    key: bytes | None = None
    headers: Headers = ()
    partition: int | None = None
    timestamp_ms: int | None = None


async def produce(
    bootstrap: str,
    topic: str,
    value: bytes | None,
    *,
    key: bytes | None = None,
    headers: Headers = (),
    partition: int | None = None,
    timestamp_ms: int | None = None,
) -> RecordMetadata:
    """Produce one record (key null unless given, as the plant does) and wait for its acknowledgement."""
    record = Outgoing(value, key, headers, partition, timestamp_ms)
    return (await produce_many(bootstrap, topic, [record]))[0]


async def produce_many(bootstrap: str, topic: str, records: Iterable[Outgoing]) -> list[RecordMetadata]:
    """Produce ``records`` in their order with one producer; answers in the same order."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", max_request_size=16 * 1024 * 1024)
    async with asyncio.timeout(_SECONDS), producer:
        sent = [await _send(producer, topic, record) for record in records]
        return list(await asyncio.gather(*sent))


async def _send(producer: AIOKafkaProducer, topic: str, record: Outgoing) -> "asyncio.Future[RecordMetadata]":
    sent: asyncio.Future[RecordMetadata] = await producer.send(
        topic,
        value=record.value,
        key=record.key,
        partition=record.partition,
        timestamp_ms=record.timestamp_ms,
        headers=list(record.headers),
    )
    return sent


async def read_all(bootstrap: str, topic: str) -> list[ConsumerRecord]:
    """Every record that is on ``topic`` now, by partition and offset; no group is joined."""
    async with asyncio.timeout(_SECONDS), _reader(bootstrap, topic) as consumer:
        partitions = consumer.assignment()
        ends = await consumer.end_offsets(partitions)
        await consumer.seek_to_beginning(*partitions)
        records: list[ConsumerRecord] = []
        while not await _at_end(consumer, ends):
            batches = await consumer.getmany(timeout_ms=500)
            records += [record for batch in batches.values() for record in batch]
    return sorted(records, key=lambda record: (record.partition, record.offset))


@asynccontextmanager
async def _reader(bootstrap: str, topic: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer with every partition of ``topic`` assigned."""
    partitions = [TopicPartition(topic, number) for number in await partition_numbers(bootstrap, topic)]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    consumer.assign(partitions)
    async with consumer:
        yield consumer


async def _at_end(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    for partition, end in ends.items():
        if await consumer.position(partition) < end:
            return False
    return True
