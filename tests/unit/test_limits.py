"""What a client may do: the cloud's figures by its host name, a setting before them."""

from typing import Any

import pytest
from aiokafka.errors import PolicyViolationError

from core.domain.cluster_problems import ClusterProblemKind
from core.kafka.auth.clouds import Cloud
from core.kafka.limits import ClientLimits, limit_rows, limits_of
from core.kafka.publisher import _patience, _problem_of
from core.settings import Settings, SettingsError, load_settings

HUBS = "plant.servicebus.windows.net:9093"


def given(servers: str = "kafka.plant:9092", **more: Any) -> Settings:
    return load_settings(bootstrap_servers=servers, lang="en", **more)


def test_an_ordinary_cluster_has_the_defaults() -> None:
    assert limits_of(given().kafka) == ClientLimits()
    assert not any(row.is_set or row.cloud is not Cloud.NONE for row in limit_rows(given().kafka))


def test_event_hubs_has_its_own() -> None:
    limits = limits_of(given(HUBS).kafka)
    assert limits.metadata_max_age_ms == limits.connections_max_idle_ms == 180_000
    assert limits.request_timeout_ms == 60_000
    assert limits.max_request_size == 1_000_000
    assert limits.compression == "none"
    assert limits.idempotence
    rows = {row.variable: row for row in limit_rows(given(HUBS).kafka)}
    assert rows["KAFKA_REQUEST_TIMEOUT_MS"].cloud is Cloud.EVENT_HUBS
    assert rows["KAFKA_ENABLE_IDEMPOTENCE"].cloud is Cloud.NONE


@pytest.mark.parametrize("servers", [HUBS, "kafka.plant:9092"])
def test_a_setting_comes_first(servers: str) -> None:
    settings = given(servers, max_request_size=20_000, compression="gzip", idempotence=False, request_timeout_ms=30_000)
    limits = limits_of(settings.kafka)
    assert (limits.max_request_size, limits.compression, limits.idempotence) == (20_000, "gzip", False)
    assert limits.request_timeout_ms == 30_000
    rows = {row.variable: row for row in limit_rows(settings.kafka)}
    assert rows["KAFKA_ENABLE_IDEMPOTENCE"].value == "false"
    assert rows["KAFKA_ENABLE_IDEMPOTENCE"].is_set
    assert rows["KAFKA_MAX_REQUEST_SIZE"].cloud is Cloud.NONE


@pytest.mark.parametrize("name", ["request_timeout_ms", "max_request_size", "metadata_max_age_ms"])
def test_a_limit_that_cannot_be_is_refused(name: str) -> None:
    wrong: dict[str, Any] = {name: 0}
    with pytest.raises(SettingsError):
        given(**wrong)


def test_a_cloud_that_slows_us_down_is_waited_for_and_parks_nothing() -> None:
    throttled = _problem_of(PolicyViolationError(), given(HUBS).kafka)
    assert throttled.kind is ClusterProblemKind.THROTTLED
    assert not throttled.kind.is_permanent
    assert _problem_of(PolicyViolationError(), given().kafka).kind.is_permanent
    assert _patience(given(HUBS).kafka) == 60.0
    assert _patience(given().kafka) == 15.0
