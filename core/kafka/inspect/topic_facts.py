"""What the cluster says of the issue topic: partitions, offsets, retention, and the first and last record's time.

Looked up once, with a client of its own that changes nothing: no group is joined and no topic created.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError

from core.domain.cluster_problems import ClusterError, ClusterProblem, ClusterProblemKind
from core.kafka.aiokafka_internals import (
    ConfigResourceType,
    ask,
    configuration_request,
    keep_to_all_topics,
    metadata_request,
    some_node,
)
from core.kafka.cluster import TopicInfo, client_options, look
from core.kafka.problems import problem_of
from core.kafka.raw_fetch import READ_COMMITTED, ends
from core.kafka.reader import Undecodable
from core.kafka.teardown import close_consumer
from core.settings import KafkaSettings

log = logging.getLogger(__name__)

UNKNOWN_OFFSET = -1
"""Of a partition without a leader: nobody can be asked."""

_ALL_S = 30.0
"""The longest that the cluster is heard: offsets are asked for without an end in an outage (docs/kafka.md, 16)."""
_TIMES_S = 10.0
"""The longest that the first and last records are read; what is not there by then is left unknown."""
_POLL_MS = 250
_STEPS_BACK = (1, 20, 400)
"""How far before a log's end its last record is looked for: markers of transactions and compaction leave gaps."""
_FETCH_BYTES = 64 * 1024
_FETCH_WAIT_MS = 20
"""How long a broker holds an empty answer back: behind a marker there is nothing to wait for."""
_TOPIC_KEYS = ("retention.ms", "retention.bytes", "cleanup.policy", "max.message.bytes")
_AUTO_CREATE = "auto.create.topics.enable"


@dataclass(frozen=True, slots=True)
class PartitionFacts:
    """One partition. Offsets are ``UNKNOWN_OFFSET`` without a leader; times are the records' own, epoch ms."""

    number: int
    leader: int
    """The leading broker's id; -1 when there is none."""
    replicas: tuple[int, ...]
    in_sync: tuple[int, ...]
    first_offset: int
    next_offset: int
    first_ms: int | None
    """None: no record, or it could not be read."""
    last_ms: int | None
    stable_offset: int | None = None
    """The last stable offset: from here on a transaction was not decided. None: it is not told."""

    @property
    def is_undecided(self) -> bool:
        """Whether a transaction is under way, or hangs."""
        return self.stable_offset is not None and self.first_offset <= self.stable_offset < self.next_offset

    @property
    def count(self) -> int:
        """Offsets between the log's start and its end: at most so many records."""
        return max(0, self.next_offset - self.first_offset)


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """The topic. None is what the cluster does not tell, for want of a right or of the call."""

    topic: str
    cluster_id: str
    partitions: tuple[PartitionFacts, ...]
    retention_ms: int | None
    """Milliseconds; -1 keeps records for ever."""
    retention_bytes: int | None
    """Bytes of a partition; -1 sets no limit."""
    cleanup_policy: str | None
    max_message_bytes: int | None
    auto_create: bool | None
    """Whether the brokers create a topic that somebody merely asks for, as a typo does."""
    topic_id: str = ""
    """KIP-516, 32 hexadecimal digits; empty where the cluster tells none."""

    @property
    def is_compacted(self) -> bool:
        """Whether older records of a key give way to newer ones."""
        return "compact" in (self.cleanup_policy or "")


async def topic_facts(settings: KafkaSettings) -> TopicFacts:
    """Ask the cluster for everything that it tells of the issue topic.

    Raises:
        ClusterError: no server answers, the login is refused, the topic is not there or may not be seen.
    """
    info = await look(settings)
    try:
        async with asyncio.timeout(_ALL_S), _client(settings) as consumer:
            return await _facts(consumer, info)
    except TopicAuthorizationFailedError:
        raise ClusterError(ClusterProblem(ClusterProblemKind.NO_READ, info.topic)) from None
    except (KafkaError, OSError, TimeoutError) as error:
        raise ClusterError(problem_of(error, topic=info.topic, address=", ".join(settings.servers))) from error


@asynccontextmanager
async def _client(settings: KafkaSettings) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        **client_options(settings),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        max_partition_fetch_bytes=_FETCH_BYTES,
        fetch_max_wait_ms=_FETCH_WAIT_MS,
    )
    try:
        await consumer.start()
        yield consumer
    finally:
        await close_consumer(consumer)


async def _facts(consumer: AIOKafkaConsumer, info: TopicInfo) -> TopicFacts:
    topic = info.topic
    answer = await ask(consumer, some_node(consumer), metadata_request(topic))
    described = answer.to_object()
    rows = _partition_rows(described, topic)
    led = [TopicPartition(topic, row["partition"]) for row in rows if row["leader"] >= 0]
    spans = await _spans(consumer, led)
    stable = await ends(consumer, led, READ_COMMITTED)
    times = await _times(consumer, spans)
    of_topic = await _configuration(consumer, ConfigResourceType.TOPIC, topic, _TOPIC_KEYS)
    return TopicFacts(
        topic=topic,
        cluster_id=described.get("cluster_id") or "unknown",
        partitions=tuple(_partition(row, topic, spans, times, stable) for row in rows),
        retention_ms=_number(of_topic.get("retention.ms")),
        retention_bytes=_number(of_topic.get("retention.bytes")),
        cleanup_policy=of_topic.get("cleanup.policy"),
        max_message_bytes=_number(of_topic.get("max.message.bytes")),
        auto_create=await _auto_create(consumer, described["brokers"]),
        topic_id=info.topic_id,
    )


def _partition_rows(described: Mapping[str, Any], topic: str) -> list[dict[str, Any]]:
    """The partitions in the metadata, by number.

    Raises:
        ClusterError: the topic went away since it was looked at.
    """
    rows = [row for found in described["topics"] if found["topic"] == topic for row in found["partitions"]]
    if not rows:
        raise ClusterError(ClusterProblem(ClusterProblemKind.TOPIC_MISSING, topic))
    return sorted(rows, key=lambda row: int(row["partition"]))


# --- offsets and times

_Spans = Mapping[TopicPartition, tuple[int, int]]
"""Partition -> first offset and the one after the last."""
_Times = Mapping[TopicPartition, int]


async def _spans(consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition]) -> _Spans:
    if not partitions:
        return {}
    first = await consumer.beginning_offsets(partitions)
    after = await consumer.end_offsets(partitions)
    return {partition: (first[partition], after[partition]) for partition in partitions}


async def _times(consumer: AIOKafkaConsumer, spans: _Spans) -> tuple[_Times, _Times]:
    """The time of each partition's first and last record. Read, not asked for: a search by time finds the newest
    time and not the last record, and the embedded broker does not answer it.
    """
    first: dict[TopicPartition, int] = {}
    last: dict[TopicPartition, int] = {}
    filled = {partition: span for partition, span in spans.items() if span[0] < span[1]}
    try:
        async with asyncio.timeout(_TIMES_S):
            await _read_first(consumer, filled, first)
            await _read_last(consumer, filled, last)
    except (TimeoutError, KafkaError) as error:
        log.info("the first and last records' times are not complete: %r", error)
    return first, last


async def _read_first(consumer: AIOKafkaConsumer, spans: _Spans, times: dict[TopicPartition, int]) -> None:
    _place(consumer, {partition: start for partition, (start, _end) in spans.items()})
    for partition, (_start, end) in spans.items():
        async for stamp in _stamps(consumer, partition, end):
            times[partition] = stamp
            break


async def _read_last(consumer: AIOKafkaConsumer, spans: _Spans, times: dict[TopicPartition, int]) -> None:
    for step in _STEPS_BACK:
        wanted = {partition: span for partition, span in spans.items() if partition not in times}
        if not wanted:
            return
        _place(consumer, {partition: max(start, end - step) for partition, (start, end) in wanted.items()})
        for partition, (_start, end) in wanted.items():
            async for stamp in _stamps(consumer, partition, end):
                times[partition] = stamp


def _place(consumer: AIOKafkaConsumer, positions: Mapping[TopicPartition, int]) -> None:
    """Read from here on, in all of them: while one is waited for, the client fetches the others."""
    consumer.assign(list(positions))
    for partition, offset in positions.items():
        consumer.seek(partition, offset)
    keep_to_all_topics(consumer)  # asking for this topic by name could create it anew, were it deleted now


async def _stamps(consumer: AIOKafkaConsumer, partition: TopicPartition, end: int) -> AsyncIterator[int]:
    """The records' times from where the client stands to ``end``; nothing of what cannot be decoded."""
    while await consumer.position(partition) < end:
        try:
            batches = await consumer.getmany(partition, timeout_ms=_POLL_MS)
        except Undecodable as error:
            log.info("a record of %s cannot be decoded: %r", partition, error)
            return
        for record in batches.get(partition, ()):
            if record.offset < end and record.timestamp is not None and record.timestamp >= 0:
                yield record.timestamp


def _partition(
    row: Mapping[str, Any], topic: str, spans: _Spans, times: tuple[_Times, _Times], stable: Mapping[int, int]
) -> PartitionFacts:
    partition = TopicPartition(topic, row["partition"])
    first, after = spans.get(partition, (UNKNOWN_OFFSET, UNKNOWN_OFFSET))
    return PartitionFacts(
        number=partition.partition,
        leader=row["leader"],
        replicas=tuple(row["replicas"]),
        in_sync=tuple(row["isr"]),
        first_offset=first,
        next_offset=after,
        first_ms=times[0].get(partition),
        last_ms=times[1].get(partition),
        stable_offset=stable.get(partition.partition),
    )


# --- configuration


async def _auto_create(consumer: AIOKafkaConsumer, brokers: Sequence[Mapping[str, Any]]) -> bool | None:
    """What the first broker that tells it says; a broker is asked for its own settings alone."""
    for broker in brokers:
        node = broker["node_id"]
        said = await _configuration(consumer, ConfigResourceType.BROKER, str(node), (_AUTO_CREATE,), node=node)
        if _AUTO_CREATE in said:
            return said[_AUTO_CREATE] == "true"
    return None


async def _configuration(
    consumer: AIOKafkaConsumer, kind: ConfigResourceType, name: str, keys: Sequence[str], *, node: int | None = None
) -> dict[str, str]:
    """The settings that are told; without the right, or on a broker without the call, none."""
    request = configuration_request(kind, name, keys)
    try:
        answer = await ask(consumer, some_node(consumer) if node is None else node, request)
    except (KafkaError, NotImplementedError, OSError) as error:
        log.info("the settings of %s are not told: %r", name, error)
        return {}
    [resource] = answer.to_object()["resources"]
    if resource["error_code"]:
        log.info("the settings of %s are not told: %s", name, resource["error_code"])
    return {entry["config_names"]: entry["config_value"] for entry in resource["config_entries"] or () if _told(entry)}


def _told(entry: Mapping[str, Any]) -> bool:
    return entry["config_value"] is not None


def _number(text: str | None) -> int | None:
    try:
        return None if text is None else int(text)
    except ValueError:
        return None
