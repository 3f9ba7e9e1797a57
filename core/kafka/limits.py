"""What a client may do on a cluster: times and sizes, by the cloud where its host name tells, by settings where set.

Pure. The clouds' figures are their own documentation's (docs/kafka.md, "Clusters").
"""

from dataclasses import dataclass, fields, replace

from core.kafka.auth.clouds import Cloud, cloud_of
from core.settings import KafkaSettings, variable_of


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """Field names are the settings' names."""

    metadata_max_age_ms: int = 300_000
    """How old what a client knows of the cluster may become."""
    connections_max_idle_ms: int = 540_000
    """After which an unused connection is closed by us, before the other side drops it unsaid."""
    request_timeout_ms: int = 10_000
    """There is no TCP keepalive: a silent drop shows only after this long (docs/kafka.md, 10)."""
    max_request_size: int = 16 * 1024 * 1024
    """Bytes. By default the broker decides what is too large, not the client."""
    compression: str = "gzip"
    """For large records; ``none`` where the cluster takes none."""
    idempotence: bool = True
    """Whether the producer numbers its records, so that the broker takes each once."""


_BY_CLOUD = {
    Cloud.EVENT_HUBS: ClientLimits(
        metadata_max_age_ms=180_000,
        connections_max_idle_ms=180_000,
        request_timeout_ms=60_000,
        max_request_size=1_000_000,
        compression="none",
    ),
}


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit as it is in force; ``variable`` sets it."""

    variable: str
    value: str
    cloud: Cloud
    """Whose limit it is; ``Cloud.NONE`` for the default or a setting."""
    is_set: bool


def limits_of(settings: KafkaSettings) -> ClientLimits:
    """The limits in force."""
    chosen = {name: getattr(settings, name) for name in _NAMES if getattr(settings, name) is not None}
    return replace(_BY_CLOUD.get(cloud_of(settings), ClientLimits()), **chosen)


def limit_rows(settings: KafkaSettings) -> list[LimitRow]:
    """Each limit and where it comes from, for people."""
    limits, cloud = limits_of(settings), cloud_of(settings)
    rows = []
    for name in _NAMES:
        is_set = getattr(settings, name) is not None
        is_the_clouds = not is_set and getattr(limits, name) != getattr(ClientLimits(), name)
        value = str(getattr(limits, name)).lower()
        rows.append(LimitRow(variable_of(name), value, cloud if is_the_clouds else Cloud.NONE, is_set))
    return rows


_NAMES = tuple(field.name for field in fields(ClientLimits))
