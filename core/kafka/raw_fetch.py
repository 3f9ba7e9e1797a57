"""Questions to a partition's leader that the client does not ask: a fetch as bytes, and ends of either kind."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import TopicPartition
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.offset import OffsetRequest

READ_UNCOMMITTED: Final = 0
READ_COMMITTED: Final = 1
_LATEST: Final = -1


@dataclass(frozen=True, slots=True)
class Fetched:
    """A partition's part of the answer. ``stable`` is the last stable offset: up to it all is decided."""

    error: int
    """Kafka's error code; 0 is none."""
    high_watermark: int
    stable: int
    aborted: tuple[tuple[int, int], ...]
    """Of each aborted transaction the producer's id and its first offset; only where committed records were asked."""
    data: bytes


async def fetch(client: Any, partition: TopicPartition, offset: int, size: int, isolation: int) -> Fetched | None:
    """Fetch once, without waiting, about ``size`` bytes from ``offset`` on; a larger batch still comes whole.

    None where no leader is known, or nothing of this partition is answered.

    Raises:
        KafkaError: the broker does not answer.
    """
    leader = client.cluster.leader_for_partition(partition)
    if leader is None or leader == -1:
        return None
    wanted = [(partition.topic, [(partition.partition, offset, size)])]
    answer = await client.send(leader, FetchRequest(0, 1, size, isolation, wanted))
    for _topic, partitions in answer.topics:
        for row in partitions:
            return _fetched(row, answer.API_VERSION)
    return None


def _fetched(row: tuple[Any, ...], version: int) -> Fetched:
    _number, error, high_watermark, *rest = row
    if version < 4:
        return Fetched(error, high_watermark, high_watermark, (), rest[-1] or b"")
    stable = rest[0] if rest[0] >= 0 else high_watermark
    aborted = (rest[2] if version >= 11 else rest[-2]) or ()
    return Fetched(error, high_watermark, stable, tuple((pair[0], pair[1]) for pair in aborted), rest[-1] or b"")


async def ends(client: Any, partitions: Sequence[TopicPartition], isolation: int) -> dict[int, int]:
    """Partition -> offset behind its last record; read committed: its last stable offset. One question a leader.

    Nothing of a partition that has no leader, or whose leader does not tell.

    Raises:
        KafkaError: a broker does not answer.
    """
    wanted: dict[int, list[TopicPartition]] = {}
    for partition in partitions:
        leader = client.cluster.leader_for_partition(partition)
        if leader is not None and leader != -1:
            wanted.setdefault(leader, []).append(partition)
    asked = [client.send(leader, _ends_request(isolation, theirs)) for leader, theirs in wanted.items()]
    answers = await asyncio.gather(*asked)
    rows = (row for answer in answers for _topic, told in answer.topics for row in told)
    return {number: place[1] for number, code, *place in rows if code == 0}


def _ends_request(isolation: int, partitions: Sequence[TopicPartition]) -> OffsetRequest:
    """All of one topic."""
    return OffsetRequest(-1, isolation, [(partitions[0].topic, [(one.partition, _LATEST) for one in partitions])])
