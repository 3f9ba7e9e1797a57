"""The broker's clock, as its controller tells it (DescribeQuorum, KIP-836): its leader was last up to date just now.

Only clusters in KRaft mode tell it, to those who may describe the cluster.
"""

import asyncio
import logging
import time
from typing import Any

from aiokafka.errors import KafkaError

from core.domain.cluster_problems import ClusterError
from core.kafka.aiokafka_internals import (
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Int64,
    Request,
    RequestStruct,
    Response,
    Schema,
    TaggedFields,
)
from core.kafka.cluster import connected
from core.settings import KafkaSettings

log = logging.getLogger(__name__)

ASK_S = 3.0
"""The longest that a connection waits to know the broker's clock."""

_METADATA_TOPIC = "__cluster_metadata"

_REPLICAS = CompactArray(
    ("replica_id", Int32),
    ("log_end_offset", Int64),
    ("last_fetch_timestamp", Int64),
    ("last_caught_up_timestamp", Int64),
    ("tags", TaggedFields),
)


class _QuorumResponse(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 55
    API_VERSION = 1
    SCHEMA = Schema(
        ("error_code", Int16),
        (
            "topics",
            CompactArray(
                ("topic", CompactString("utf-8")),
                (
                    "partitions",
                    CompactArray(
                        ("partition", Int32),
                        ("error_code", Int16),
                        ("leader_id", Int32),
                        ("leader_epoch", Int32),
                        ("high_watermark", Int64),
                        ("voters", _REPLICAS),
                        ("observers", _REPLICAS),
                        ("tags", TaggedFields),
                    ),
                ),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _QuorumRequest1(RequestStruct):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 55
    API_VERSION = 1
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = _QuorumResponse
    SCHEMA = Schema(
        (
            "topics",
            CompactArray(
                ("topic", CompactString("utf-8")),
                ("partitions", CompactArray(("partition", Int32), ("tags", TaggedFields))),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _QuorumRequest(Request[_QuorumRequest1]):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 55

    def build(self, request_struct_class: type[_QuorumRequest1]) -> _QuorumRequest1:
        return request_struct_class([(_METADATA_TOPIC, [(0, {})], {})], {})


async def broker_now(settings: KafkaSettings) -> tuple[int, float] | None:
    """The cluster's time in epoch ms, and when its answer was here (monotonic s); None where it does not tell.

    The time is never later than the broker's at that moment, and earlier by no more than the answer's way. Every
    bootstrap server is asked until one tells, all within ``ASK_S``. Never raises: whatever fails, nothing is known.
    """
    try:
        async with asyncio.timeout(ASK_S):
            for address in settings.servers:
                if (told := await _told_by(settings, address)) is not None:
                    return told
    except TimeoutError:
        log.info("the broker's clock was not told in time")
    except Exception:
        log.exception("the broker's clock could not be asked")  # no reason to read no alarms
    return None


async def _told_by(settings: KafkaSettings, address: str) -> tuple[int, float] | None:
    try:
        async with connected(settings, address) as connection:
            told_ms = _leaders_time(await connection.send(_QuorumRequest()))
            answered = time.monotonic()
    except (ClusterError, KafkaError, NotImplementedError):
        return None
    return None if told_ms is None else (told_ms, answered)


async def broker_ahead_s(settings: KafkaSettings, address: str) -> float | None:
    """Seconds that the cluster's clock is ahead of this terminal's; None where it does not tell.

    Exact to the time that the question takes, and what the controller waits: well below a second.
    """
    try:
        async with connected(settings, address) as connection:
            asked = time.time()
            answer = await connection.send(_QuorumRequest())
            answered = time.time()
    except (ClusterError, KafkaError, NotImplementedError):
        return None
    told_ms = _leaders_time(answer)
    return None if told_ms is None else told_ms / 1000 - (asked + answered) / 2


def _leaders_time(answer: Any) -> int | None:
    """Epoch ms at which the leader says that it is up to date: when it answered."""
    for _topic, partitions, _tags in answer.topics:
        for _number, _error, leader, _epoch, _mark, voters, _observers, _more in partitions:
            for replica, _end, _fetched, caught_up, _rest in voters:
                if replica == leader and caught_up > 0:
                    return int(caught_up)
    return None
