"""The topic's id (KIP-516): a topic that is made anew under an old name has another one.

aiokafka asks for metadata in version 5, which knows no ids; brokers tell them from Kafka 2.8 (version 10) on, clouds
and older message formats not always.
"""

import asyncio
import logging
import uuid
from io import BytesIO
from typing import Any, Protocol

from aiokafka.errors import KafkaError

from core.kafka.aiokafka_internals import (
    AbstractType,
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Request,
    RequestStruct,
    Response,
    Schema,
    TaggedFields,
)

log = logging.getLogger(__name__)

PATIENCE_S = 3.0
"""The longest that this answer is waited for."""
UNKNOWN = ""
"""The id of a topic whose cluster tells none."""

_NONE = uuid.UUID(int=0)


class _Uuid(AbstractType[uuid.UUID]):  # type: ignore[misc]  # aiokafka has no types
    @classmethod
    def encode(cls, value: uuid.UUID) -> bytes:
        return value.bytes

    @classmethod
    def decode(cls, data: BytesIO) -> uuid.UUID:
        return uuid.UUID(bytes=data.read(16))


class _MetadataResponse(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 3
    API_VERSION = 10
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(
                ("node_id", Int32),
                ("host", CompactString()),
                ("port", Int32),
                ("rack", CompactString()),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_id", CompactString()),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("topic", CompactString()),
                ("topic_id", _Uuid),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("isr", CompactArray(Int32)),
                        ("offline_replicas", CompactArray(Int32)),
                        ("tags", TaggedFields),
                    ),
                ),
                ("authorized_operations", Int32),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_authorized_operations", Int32),
        ("tags", TaggedFields),
    )


class _MetadataRequest10(RequestStruct):  # type: ignore[misc]  # aiokafka has no types
    FLEXIBLE_VERSION = True
    API_KEY = 3
    API_VERSION = 10
    RESPONSE_TYPE = _MetadataResponse
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", _Uuid), ("topic", CompactString()), ("tags", TaggedFields))),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
        ("tags", TaggedFields),
    )


class TopicIdRequest(Request[_MetadataRequest10]):  # type: ignore[misc]  # aiokafka has no types
    """Metadata of one topic, which it never creates."""

    API_KEY = 3

    def __init__(self, topic: str) -> None:
        self._topic = topic

    def build(self, request_struct_class: type[_MetadataRequest10]) -> _MetadataRequest10:
        return request_struct_class([(_NONE, self._topic, {})], False, False, False, {})


class Asks(Protocol):
    """Sends one request and waits for the answer: a connection's ``send``, or a client's to some node."""

    async def __call__(self, request: TopicIdRequest, /) -> Any: ...


async def topic_id(ask: Asks, topic: str) -> str:
    """The id of ``topic`` as 32 hexadecimal digits; ``UNKNOWN`` where it is not told, for whatever reason.

    What cannot be asked is left to the comparison of records: a broker that stumbles over this question costs nothing.
    """
    try:
        async with asyncio.timeout(PATIENCE_S):
            answer = await ask(TopicIdRequest(topic))
    except (NotImplementedError, KafkaError, ValueError, OSError, TimeoutError) as error:
        log.info("the cluster tells no topic ids: %r", error)
        return UNKNOWN
    found = (row[2] for row in answer.topics if row[1] == topic and row[0] == 0)
    told: uuid.UUID = next(found, _NONE)
    return UNKNOWN if told == _NONE else told.hex
