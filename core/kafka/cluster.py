"""Settings to client options, and one honest look at the cluster before anything is trusted to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from aiokafka import errors

from core.domain.cluster_problems import ClusterError, ClusterProblem, ClusterProblemKind
from core.domain.log_scope import is_same_name, scope_of
from core.kafka.aiokafka_internals import AIOKafkaConnection, connection_to, metadata_request
from core.kafka.auth.clouds import settings_problem
from core.kafka.auth.logins import login_options
from core.kafka.auth.tls import tls_context
from core.kafka.auth.tokens import TokenError
from core.kafka.limits import limits_of
from core.kafka.problems import problem_of
from core.kafka.topic_id import UNKNOWN, topic_id
from core.settings import KafkaSettings

LOOK_S = 12.0
"""The longest that one address is listened to."""

CLIENT_ID = "andon"


@dataclass(frozen=True, slots=True)
class TopicInfo:
    """What the cluster says of itself and of the topic."""

    cluster_id: str
    topic: str
    partitions: tuple[int, ...]
    topic_id: str = UNKNOWN
    """KIP-516, 32 hexadecimal digits; empty where the cluster tells none."""

    @property
    def scope(self) -> str:
        """Names the log: a snapshot, an offset or an outbox row belongs to one scope alone.

        A topic's name is not enough, since it can be made anew under the same one.
        """
        return scope_of(self.cluster_id, self.topic, self.topic_id)

    def continues(self, scope: str) -> bool:
        """Whether what is kept under ``scope`` may be of this log: it is, or this cluster just tells no id now."""
        return scope == self.scope or (not self.topic_id and is_same_name(scope, self.scope))


def client_options(settings: KafkaSettings) -> dict[str, Any]:
    """The options that every aiokafka client takes.

    Raises:
        ClusterError: the settings contradict each other or what is known of the cluster's cloud, or a
            certificate's file cannot be used.
    """
    problem = settings_problem(settings)
    if problem is not None:
        raise ClusterError(problem)
    limits = limits_of(settings)
    options: dict[str, Any] = {
        "bootstrap_servers": settings.servers,
        "client_id": f"{CLIENT_ID}-{settings.terminal_id}",
        "request_timeout_ms": limits.request_timeout_ms,
        "connections_max_idle_ms": limits.connections_max_idle_ms,
        "retry_backoff_ms": 500,
        "security_protocol": settings.security_protocol,
    }
    if settings.security_protocol.endswith("SSL"):
        options["ssl_context"] = tls_context(settings)
    if settings.security_protocol.startswith("SASL"):
        options |= login_options(settings)
    return options


async def look(settings: KafkaSettings) -> TopicInfo:
    """Ask the first bootstrap server that answers for the topic, without creating it.

    aiokafka's own metadata requests ask for auto-creation, so that a typo would make a topic; this one does
    not. It also gets the real cause of a failure, which ``start()`` hides (docs/kafka.md, 8).

    Raises:
        ClusterError: no server answers, the login is refused, the topic is not there.
    """
    problem = ClusterProblem(ClusterProblemKind.SETTINGS, "KAFKA_BOOTSTRAP_SERVERS")
    for address in settings.servers:
        try:
            async with connected(settings, address) as connection:
                return await _describe(connection, settings.topic)
        except ClusterError as error:
            problem = error.problem
        if problem.is_ours or problem.kind in _THE_SAME_ELSEWHERE:
            break
    raise ClusterError(problem)


@asynccontextmanager
async def connected(settings: KafkaSettings, address: str) -> AsyncIterator[AIOKafkaConnection]:
    """A connection to the broker at ``address``, logged in, for a few questions within ``LOOK_S``.

    Raises:
        ClusterError: the real cause of what failed, which aiokafka's clients hide (docs/kafka.md, 8).
    """
    options = client_options(settings)
    host, port = split_address(address)
    chosen = {name: value for name, value in options.items() if name in _CONNECTION_OPTIONS}
    try:
        async with asyncio.timeout(LOOK_S):
            connection = await connection_to(host, port, chosen)
            try:
                yield connection
            finally:
                connection.close()
    except TokenError as error:
        raise ClusterError(error.problem) from error
    except (TimeoutError, errors.KafkaError, OSError, ValueError, EOFError) as error:
        raise ClusterError(problem_of(_cause(error), topic=settings.topic, address=address)) from error


async def _describe(connection: AIOKafkaConnection, topic: str) -> TopicInfo:
    """The topic as the cluster tells it, with its id."""
    info = await _described(connection, topic)
    return replace(info, topic_id=await topic_id(connection.send, topic))


async def _described(connection: AIOKafkaConnection, topic: str) -> TopicInfo:
    answer = await connection.send(metadata_request(topic))
    cluster_id = getattr(answer, "cluster_id", None) or "unknown"
    for code, name, _internal, partitions in answer.topics:
        if name == topic:
            error = errors.for_code(code)
            if error is errors.NoError:
                return TopicInfo(cluster_id, topic, tuple(sorted(row[1] for row in partitions)))
            if error is errors.TopicAuthorizationFailedError:
                raise ClusterError(ClusterProblem(ClusterProblemKind.NO_READ, topic))
            if error is not errors.UnknownTopicOrPartitionError:
                raise error(topic)
    raise ClusterError(ClusterProblem(ClusterProblemKind.TOPIC_MISSING, topic))


def split_address(address: str) -> tuple[str, int]:
    """``host:port``, ``[v6]:port`` or a host alone (9092).

    Raises:
        ClusterError: the port is no number.
    """
    host, colon, port = address.rpartition(":")
    if not colon or address.endswith("]"):
        return address.strip("[]"), 9092
    if not port.isdigit():
        raise ClusterError(ClusterProblem(ClusterProblemKind.SETTINGS, f"KAFKA_BOOTSTRAP_SERVERS: {address}"))
    return host.strip("[]"), int(port)


_CONNECTION_OPTIONS = frozenset(
    {
        "client_id", "request_timeout_ms", "ssl_context", "security_protocol",
        "sasl_mechanism", "sasl_plain_username", "sasl_plain_password", "sasl_oauth_token_provider",
    }
)  # fmt: skip


_THE_SAME_ELSEWHERE = frozenset(
    {
        ClusterProblemKind.TOPIC_MISSING,
        ClusterProblemKind.NO_READ,
        ClusterProblemKind.ISSUER,
        ClusterProblemKind.ISSUER_REFUSES,
        ClusterProblemKind.CREDENTIALS,
    }
)
"""What the next address would say as well."""


def _cause(error: BaseException) -> BaseException:
    """The socket's or the TLS layer's own error, where the client wrapped it."""
    while error.__cause__ is not None and not isinstance(error.__cause__, asyncio.CancelledError):
        error = error.__cause__
    return error
