"""A writer and a follower without a login: for the demo's own broker, and nothing else."""

from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from core.kafka.teardown import abandon_producer, close_consumer

_READ_WAIT_MS = 100


class PlainError(Exception):
    """The broker is not there, or did not take what was sent."""


class PlainWriter:
    """Sends one record at a time."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer

    async def partitions(self, topic: str) -> frozenset[int]:
        """The topic's partitions. Raises PlainError."""
        try:
            return frozenset(await self._producer.partitions_for(topic))
        except KafkaError as error:
            raise PlainError(repr(error)) from error

    async def send(self, topic: str, value: bytes, headers: Sequence[tuple[str, bytes]], timestamp_ms: int) -> None:
        """Send a record without a key, and wait until the broker has it. Raises PlainError."""
        try:
            await self._producer.send_and_wait(topic, value, headers=list(headers), timestamp_ms=timestamp_ms)
        except KafkaError as error:
            raise PlainError(repr(error)) from error


@asynccontextmanager
async def plain_writer(bootstrap: str) -> AsyncIterator[PlainWriter]:
    """A writer that is connected. What it could not send is abandoned on leaving.

    Raises:
        PlainError: the broker is not there.
    """
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    try:
        try:
            await producer.start()
        except KafkaError as error:
            raise PlainError(repr(error)) from error
        yield PlainWriter(producer)
    finally:
        await abandon_producer(producer)


async def values_from_now_on(bootstrap: str, topic: str, partitions: Collection[int]) -> AsyncGenerator[bytes, None]:
    """The values of the records that come to the topic from now on, without a group. Raises PlainError."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="latest",
        fetch_max_wait_ms=_READ_WAIT_MS,
    )
    try:
        await consumer.start()
        consumer.assign([TopicPartition(topic, partition) for partition in partitions])
        while True:
            batches = await consumer.getmany(timeout_ms=1000, max_records=500)
            for record in (record for records in batches.values() for record in records):
                yield record.value or b""
    except KafkaError as error:
        raise PlainError(repr(error)) from error
    finally:
        await close_consumer(consumer)
