"""What this terminal may do with the topic, as the broker tells it (KIP-430): nothing is written to find out."""

from typing import Any

from core.domain.cluster_problems import ClusterError, ClusterProblem, ClusterProblemKind
from core.kafka.aiokafka_internals import Array, Boolean, Int16, Int32, Request, RequestStruct, Response, Schema, String
from core.kafka.cluster import connected
from core.settings import KafkaSettings

_READ, _WRITE, _DESCRIBE = 3, 4, 8
"""Bits of Kafka's AclOperation codes."""
_NOT_TOLD = -(2**31)


class _MetadataResponse(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 3
    API_VERSION = 8
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("brokers", Array(("node_id", Int32), ("host", String()), ("port", Int32), ("rack", String()))),
        ("cluster_id", String()),
        ("controller_id", Int32),
        (
            "topics",
            Array(
                ("error_code", Int16),
                ("topic", String()),
                ("is_internal", Boolean),
                (
                    "partitions",
                    Array(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", Array(Int32)),
                        ("isr", Array(Int32)),
                        ("offline_replicas", Array(Int32)),
                    ),
                ),
                ("authorized_operations", Int32),
            ),
        ),
        ("cluster_authorized_operations", Int32),
    )


class _MetadataRequest8(RequestStruct):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 3
    API_VERSION = 8
    RESPONSE_TYPE = _MetadataResponse
    SCHEMA = Schema(
        ("topics", Array(String())),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
    )


class _RightsRequest(Request[_MetadataRequest8]):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 3

    def __init__(self, topic: str) -> None:
        self._topic = topic

    def build(self, request_struct_class: type[_MetadataRequest8]) -> _MetadataRequest8:
        return request_struct_class([self._topic], False, False, True)


class Rights:
    """The topic's authorized operations; None where the broker does not tell."""

    def __init__(self, bits: int | None) -> None:
        self._bits = bits

    @property
    def may_read(self) -> bool | None:
        return self._may(_READ)

    @property
    def may_write(self) -> bool | None:
        return self._may(_WRITE)

    def _may(self, operation: int) -> bool | None:
        return None if self._bits is None else bool(self._bits & 1 << operation)


async def rights_on_topic(settings: KafkaSettings, address: str) -> Rights:
    """Ask the broker at ``address``.

    Raises:
        ClusterError: it does not answer, refuses the login, or has no such topic.
    """
    async with connected(settings, address) as connection:
        try:
            answer: Any = await connection.send(_RightsRequest(settings.topic))
        except NotImplementedError:
            return Rights(None)  # a broker older than 2.3, or none of Apache's
    row = next((row for row in answer.topics if row[1] == settings.topic), None)
    if row is None:
        raise ClusterError(ClusterProblem(ClusterProblemKind.TOPIC_MISSING, settings.topic))
    return Rights(None if row[4] == _NOT_TOLD else row[4])
