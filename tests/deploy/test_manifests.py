"""compose.yaml and kubernetes.yaml: the published schemas, and what an operator's terminal needs of them."""

import itertools
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from core.kafka.cluster import client_options
from core.settings import load_settings
from core.station.heartbeat import STALE_S
from core.support.version import version
from tests.deploy.files import (
    DEPLOY,
    PROJECT,
    brought_here,
    compose,
    compose_environment,
    container,
    dockerfile,
    image_environment,
    kubernetes,
    kubernetes_environment,
    pod,
    told,
)

KUBERNETES = ("1.30", kubernetes_validate.latest_version())
"""A release that plants still run, and the newest."""


def test_compose_fits_the_published_schema() -> None:
    schema = json.loads(files("check_jsonschema.builtin_schemas.vendor").joinpath("compose-spec.json").read_text())
    jsonschema.validate(yaml.safe_load((DEPLOY / "compose.yaml").read_text()), schema)


@pytest.mark.parametrize("release", KUBERNETES)
@pytest.mark.parametrize("kind", ["ServiceAccount", "Service", "StatefulSet"])
def test_kubernetes_fits_the_published_schema(kind: str, release: str) -> None:
    kubernetes_validate.validate(kubernetes()[kind], release, strict=True)


def test_what_the_schemas_are_for() -> None:
    """They are no rubber stamp: a word that nobody knows is refused."""
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**kubernetes()["Service"], "spce": {}}, KUBERNETES[0], strict=True)


# --- Compose


def test_kafka_has_its_two_listeners_and_is_not_on_the_network() -> None:
    kafka = compose()["services"]["kafka"]
    assert kafka["image"] == "confluentinc/cp-kafka:7.4.0"
    assert _listeners(kafka, "KAFKA_ADVERTISED_LISTENERS") == {
        "PLAINTEXT": "kafka:29092",
        "PLAINTEXT_HOST": "localhost:9092",
    }
    assert kafka["ports"] == ["127.0.0.1:9092:9092"]
    assert _listeners(kafka, "KAFKA_LISTENERS").keys() == {"PLAINTEXT", "PLAINTEXT_HOST", "CONTROLLER"}


def _listeners(service: Any, name: str) -> dict[str, str]:
    return dict(part.split("://") for part in service["environment"][name].split(","))


def test_the_topic_that_is_made_is_the_one_that_is_read() -> None:
    command = compose()["services"]["topic"]["command"]
    given = dict(itertools.pairwise(command))
    environment = compose_environment()
    assert given["--topic"] == environment["KAFKA_TOPIC"]
    assert given["--bootstrap-server"] == environment["KAFKA_BOOTSTRAP_SERVERS"]
    assert given["--partitions"] == "3"
    assert "--if-not-exists" in command


def test_the_terminal_waits_for_both_and_needs_a_window() -> None:
    service = compose()["services"]["andon"]
    assert {name: wait["condition"] for name, wait in service["depends_on"].items()} == {
        "kafka": "service_healthy",
        "topic": "service_completed_successfully",
    }
    assert service["stdin_open"] is service["tty"] is True
    assert service["profiles"], "up would start it without a window"
    assert service["logging"]["driver"] == "none"
    assert service["volumes"] == [f"andon-data:{compose_environment()['ANDON_DATA_DIR']}"]
    assert (DEPLOY / service["build"]["context"]).resolve() == PROJECT
    assert (PROJECT / service["build"]["dockerfile"]).is_file()


# --- Kubernetes


def test_the_pod_may_nothing_that_it_need_not() -> None:
    _build, image = dockerfile()
    whole, own = pod()["securityContext"], container()["securityContext"]
    assert whole["runAsNonRoot"] is True
    assert f"{whole['runAsUser']}:{whole['runAsGroup']}" == told(image, "USER")[0]
    assert whole["seccompProfile"]["type"] == "RuntimeDefault"
    assert own["readOnlyRootFilesystem"] is True
    assert own["allowPrivilegeEscalation"] is False
    assert own["capabilities"]["drop"] == ["ALL"]
    assert pod()["automountServiceAccountToken"] is False


def test_the_plants_config_map_is_taken_and_its_names_are_not_written_over() -> None:
    assert container()["envFrom"] == [{"configMapRef": {"name": "kafka-config"}}]
    own = {variable["name"] for variable in container()["env"]}
    assert not own & {"KAFKA_BOOTSTRAP_SERVERS", "KAFKA_TOPIC"}


def test_secrets_are_files_that_are_mounted() -> None:
    mounts = {mount["name"]: mount for mount in container()["volumeMounts"]}
    assert mounts["secrets"]["readOnly"] is True
    for variable in container()["env"]:
        assert not variable["name"].endswith(("PASSWORD", "SECRET", "KEY")), "a secret's value in the environment"
        assert "secretKeyRef" not in variable.get("valueFrom", {})
        if variable["name"].endswith("_FILE"):
            assert Path(variable["value"]).parent == Path(mounts["secrets"]["mountPath"])
    [secret] = [volume["secret"] for volume in pod()["volumes"] if volume["name"] == "secrets"]
    assert secret["defaultMode"] == 0o440


def test_the_data_directory_is_the_claimed_volume() -> None:
    claims = [claim["metadata"]["name"] for claim in kubernetes()["StatefulSet"]["spec"]["volumeClaimTemplates"]]
    [place] = [mount["mountPath"] for mount in container()["volumeMounts"] if mount["name"] in claims]
    assert place == kubernetes_environment()["ANDON_DATA_DIR"]


def test_each_pod_is_a_terminal_of_its_own_with_a_lasting_name() -> None:
    assert [kubernetes_environment(number)["ANDON_TERMINAL_ID"] for number in (0, 1)] == ["andon-0", "andon-1"]
    assert container()["stdin"] is container()["tty"] is True


def test_the_probes_ask_the_terminal_and_are_slower_than_its_heartbeat() -> None:
    for name in ("startupProbe", "livenessProbe"):
        assert container()[name]["exec"]["command"] == ["andon", "health"]
    probe = container()["livenessProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] >= STALE_S, "one late beat must not end a terminal"


@pytest.mark.parametrize("given", [compose_environment, kubernetes_environment])
def test_the_environment_is_understood(given: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in brought_here(given(), tmp_path).items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.terminal_id == given()["ANDON_TERMINAL_ID"]
    assert client_options(settings.kafka)["security_protocol"] == "PLAINTEXT"


# --- both, and the image


def test_every_file_names_the_same_image() -> None:
    assert compose()["services"]["andon"]["image"] == container()["image"]
    named = container()["image"].partition(":")[2]
    assert named == version()


def test_hangul_is_shown() -> None:
    assert image_environment()["LANG"] == "C.UTF-8"
