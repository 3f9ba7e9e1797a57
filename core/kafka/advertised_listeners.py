"""Where a cluster sends its clients: a broker that answers may name others, or itself, by addresses that lead nowhere.

The listener that was asked decides it (``advertised.listeners``): the most usual trouble with Kafka in containers.
"""

import asyncio
from collections.abc import Collection

from core.domain.cluster_problems import ClusterError, ClusterProblem, ClusterProblemKind
from core.kafka.aiokafka_internals import metadata_request
from core.kafka.cluster import connected, split_address
from core.settings import KafkaSettings
from core.support.text import inert_line

_CONNECT_S = 4.0
_NAMES = 5
"""Addresses that are told at most."""


async def advertised_brokers(settings: KafkaSettings, address: str) -> tuple[str, ...]:
    """``host:port`` of every broker, as the one at ``address`` tells its clients.

    Raises:
        ClusterError: it does not answer, or refuses the login.
    """
    async with connected(settings, address) as connection:
        answer = await connection.send(metadata_request())
    return tuple(inert_line(f"{host}:{port}", 200) for _node, host, port, *_rest in answer.brokers)


async def unreachable(addresses: Collection[str]) -> tuple[str, ...]:
    """Those at which nobody listens, as seen from here."""
    found = await asyncio.gather(*(_listens(address) for address in addresses))
    return tuple(address for address, listens in zip(addresses, found, strict=True) if not listens)


async def _listens(address: str) -> bool:
    try:
        async with asyncio.timeout(_CONNECT_S):
            _reader, writer = await asyncio.open_connection(*split_address(address))
    except (OSError, TimeoutError, UnicodeError, ClusterError):
        return False
    writer.close()
    return True


def sent_astray(addresses: Collection[str]) -> ClusterProblem:
    """The cluster names these, and they lead nowhere."""
    return ClusterProblem(ClusterProblemKind.ADVERTISED, ", ".join(list(addresses)[:_NAMES]))


async def astray(settings: KafkaSettings) -> ClusterProblem | None:
    """Whether a cluster that answers sends its clients nowhere; None where that is not the trouble."""
    for address in settings.servers:
        try:
            lost = await unreachable(await advertised_brokers(settings, address))
        except ClusterError:
            continue
        return sent_astray(lost) if lost else None
    return None
