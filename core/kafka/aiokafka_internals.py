"""What is used of aiokafka and not promised by it: private attributes, protocol classes, message formats.

Nothing else in the house touches such a part. Each is pinned by a test (tests/unit/test_aiokafka_internals.py),
which fails where a new version changes it; until then the minor version in pyproject.toml keeps them what they are.
"""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin.config_resource import ConfigResourceType
from aiokafka.conn import AIOKafkaConnection, create_conn
from aiokafka.protocol.abstract import AbstractType
from aiokafka.protocol.admin import DescribeConfigsRequest
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.metadata import MetadataRequest
from aiokafka.protocol.offset import OffsetRequest
from aiokafka.protocol.types import (
    Array,
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Int64,
    Schema,
    String,
    TaggedFields,
)
from aiokafka.record.default_records import _DefaultRecordBatchPy as DefaultBatch
from aiokafka.record.legacy_records import _LegacyRecordBatchPy as LegacyBatch
from aiokafka.record.memory_records import MemoryRecords

_LATEST = -1
_NO_REPLICA = -1
"""An offset is asked by a client, and not by a broker that follows."""


# --- a consumer's client


async def learn_all_topics(consumer: AIOKafkaConsumer) -> None:
    """Ask for the metadata of all topics, and wait for it.

    Relied on: ``_client.set_topics([])`` returns a future that ends with the metadata. No list asks for all topics, by
    which a broker creates none; by a name it would.
    """
    await consumer._client.set_topics([])


def keep_to_all_topics(consumer: AIOKafkaConsumer) -> None:
    """After ``assign``, which has the client ask for its topics by name: ask for all again, and do not wait."""
    consumer._client.set_topics([])


def leader_of(consumer: AIOKafkaConsumer, partition: TopicPartition) -> int | None:
    """The node that leads the partition; None where none is known.

    Relied on: ``_client.cluster.leader_for_partition``, which says None or -1 for none.
    """
    leader = consumer._client.cluster.leader_for_partition(partition)
    return None if leader is None or leader < 0 else int(leader)


def some_node(consumer: AIOKafkaConsumer) -> int | None:
    """Any broker that is known; None before the first metadata. Relied on: ``_client.get_random_node``."""
    node = consumer._client.get_random_node()
    return None if node is None else int(node)


async def ask(consumer: AIOKafkaConsumer, node: int | None, request: Request[Any]) -> Any:
    """Send a request to a node over the consumer's connections; the answer.

    Relied on: ``_client.send(node, request)`` takes any request that knows its versions.

    Raises:
        KafkaError: the node does not answer, or is not known.
        NotImplementedError: it knows no version of the request.
    """
    return await consumer._client.send(node, request)


async def close_client(consumer: AIOKafkaConsumer) -> None:
    """Close the connections, also where ``stop()`` did not come so far.

    Relied on: ``_client.close`` may be called twice.
    """
    await consumer._client.close()


# --- what a consumer does beside its polls


def has_ceased_to_fetch(consumer: AIOKafkaConsumer) -> bool:
    """Whether the task that fetches has ended, after which polls are empty for ever.

    Relied on: ``_fetcher.error_future`` is that task, from ``start()`` on.
    """
    return bool(consumer._fetcher.error_future.done())


def buffered(consumer: AIOKafkaConsumer) -> Collection[TopicPartition]:
    """Partitions of which fetched records wait for a poll. Relied on: ``_fetcher._records``, a mapping by partition."""
    waiting: Collection[TopicPartition] = consumer._fetcher._records
    return waiting


# --- a producer that is left


def refuse_sends(producer: AIOKafkaProducer) -> None:
    """Let a producer take nothing any more, without waiting for what it holds.

    Relied on: ``_closed`` ends ``stop()`` at once and silences ``__del__``; the accumulator's lets a send raise.
    """
    producer._closed = True
    producer._message_accumulator._closed = True


def sender_task(producer: AIOKafkaProducer) -> "asyncio.Task[None] | None":
    """The task that sends; None before ``start()``. Relied on: ``_sender.sender_task``."""
    if producer._sender is None:
        return None
    task: asyncio.Task[None] | None = producer._sender.sender_task
    return task


# --- a connection by itself


async def connection_to(host: str, port: int, options: dict[str, Any]) -> AIOKafkaConnection:
    """A connection, logged in. Relied on: ``aiokafka.conn.create_conn``, whose errors are the real ones.

    Raises:
        KafkaError, OSError: no contact, or no login.
    """
    return await create_conn(host, port, **options)


# --- requests that the client has, sent by hand


def metadata_request(*topics: str) -> MetadataRequest:
    """Metadata that creates no topic; without a topic the brokers alone. Relied on: the flag goes out as false."""
    return MetadataRequest(list(topics), allow_auto_topic_creation=False)


def fetch_request(partition: TopicPartition, offset: int, size: int, isolation: int) -> FetchRequest:
    """About ``size`` bytes from ``offset`` on, at once. Relied on: the order of ``FetchRequest``'s arguments."""
    return FetchRequest(0, 1, size, isolation, [(partition.topic, [(partition.partition, offset, size)])])


def ends_request(isolation: int, partitions: Sequence[TopicPartition]) -> OffsetRequest:
    """The ends of partitions of one topic. Relied on: the order of ``OffsetRequest``'s arguments."""
    wanted = [(partition.partition, _LATEST) for partition in partitions]
    return OffsetRequest(_NO_REPLICA, isolation, [(partitions[0].topic, wanted)])


def configuration_request(kind: ConfigResourceType, name: str, keys: Sequence[str]) -> DescribeConfigsRequest:
    """Settings of a topic or a broker. Relied on: rows of kind, name and keys."""
    return DescribeConfigsRequest([(int(kind), name, list(keys))])


# --- message formats


def body_of(batch: DefaultBatch) -> tuple[bytes, int]:
    """A batch's bytes, and where its next record begins in them.

    Relied on: ``_buffer`` and ``_pos``; both change with ``unpack_body``.
    """
    return bytes(batch._buffer), batch._pos


def unpack_body(batch: DefaultBatch) -> None:
    """Decompress a batch where it is compressed.

    Relied on: ``_maybe_uncompress`` replaces what ``body_of`` gives.

    Raises:
        Exception: whatever the decompressor raises.
    """
    batch._maybe_uncompress()


def record_count(batch: DefaultBatch) -> int:
    """How many records the batch's header tells. Relied on: ``_num_records``."""
    return int(batch._num_records)


def fast_client() -> bool:
    """Whether aiokafka found its C extension; it falls back in silence, and is then ten times slower.

    Relied on: the extension's classes stand in for those of ``aiokafka.record``.
    """
    return "_crecords" in MemoryRecords.__module__


__all__ = [
    "AIOKafkaConnection",
    "AbstractType",
    "Array",
    "Boolean",
    "CompactArray",
    "CompactString",
    "ConfigResourceType",
    "DefaultBatch",
    "Int16",
    "Int32",
    "Int64",
    "LegacyBatch",
    "Request",
    "RequestStruct",
    "Response",
    "Schema",
    "String",
    "TaggedFields",
    "ask",
    "body_of",
    "buffered",
    "close_client",
    "configuration_request",
    "connection_to",
    "ends_request",
    "fast_client",
    "fetch_request",
    "has_ceased_to_fetch",
    "keep_to_all_topics",
    "leader_of",
    "learn_all_topics",
    "metadata_request",
    "record_count",
    "refuse_sends",
    "sender_task",
    "some_node",
    "unpack_body",
]
