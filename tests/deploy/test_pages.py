"""The pages: what an installer pastes from them is understood, and is what that cloud takes."""

import json
import shlex
from pathlib import Path

import pytest

from core.kafka.auth.clouds import Cloud, cloud_of, settings_problem
from core.settings import Settings, load_settings, variable_of
from tests.deploy.files import DEPLOY, fenced, pages, variables

CLOUDS = {
    "msk.md": Cloud.MSK,
    "event-hubs.md": Cloud.EVENT_HUBS,
    "google.md": Cloud.GOOGLE,
    "confluent.md": Cloud.CONFLUENT,
}
BLOCKS = [(name, block) for name in CLOUDS for block in fenced(DEPLOY / name, "sh") if "KAFKA_BOOTSTRAP" in block]
MADE_UP = "Endpoint=sb://plant.servicebus.windows.net/;SharedAccessKeyName=andon;SharedAccessKey=bWFkZS11cA=="
"""A secret that every cloud's rules accept: Event Hubs wants a connection string, the others anything."""


def test_every_cloud_has_its_block() -> None:
    assert {name for name, _block in BLOCKS} == CLOUDS.keys()


@pytest.mark.parametrize(("name", "block"), BLOCKS, ids=[f"{name}-{i}" for i, (name, _b) in enumerate(BLOCKS)])
def test_a_block_that_is_pasted_fits_its_cloud(
    name: str, block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = variables(block)
    known = {alias for field in Settings.model_fields for alias in _names(field)}
    assert given.keys() - known <= {"GOOGLE_APPLICATION_CREDENTIALS", "AWS_PROFILE"}, "a name that nobody reads"
    for variable, value in given.items():
        if variable.endswith("_FILE") and "_SSL_" not in variable:
            secret = tmp_path / variable
            secret.write_text(MADE_UP)
            value = str(secret)
        monkeypatch.setenv(variable, value)
    settings = load_settings()
    assert cloud_of(settings.kafka) is CLOUDS[name]
    problem = settings_problem(settings.kafka)
    assert problem is None, problem.words


def _names(field: str) -> list[str]:
    alias = Settings.model_fields[field].validation_alias
    return [str(choice) for choice in getattr(alias, "choices", [variable_of(field)])]


MSK = "b-1.plant.abc123.c2.kafka.ap-northeast-2.amazonaws.com"
HUBS = "plant.servicebus.windows.net"
GOOGLE = "bootstrap.plant.asia-northeast3.managedkafka.project.cloud.goog:9092"
CONFLUENT = "pkc-abc12.ap-northeast-2.aws.confluent.cloud:9092"


@pytest.mark.parametrize(
    ("name", "servers", "protocol", "mechanism", "user"),
    [
        ("msk.md", f"{MSK}:9092", "SASL_SSL", "AWS_MSK_IAM", None),
        ("msk.md", f"{MSK}:9098", "SASL_SSL", "SCRAM-SHA-512", "andon"),
        ("msk.md", f"{MSK}:9098", "SASL_PLAINTEXT", "AWS_MSK_IAM", None),
        ("msk.md", f"{MSK}:9098", "SASL_SSL", None, None),
        ("msk.md", f"{MSK}:9096", "SASL_SSL", "SCRAM-SHA-512", "andon"),
        ("event-hubs.md", f"{HUBS}:9093", "SASL_SSL", "PLAIN", None),
        ("event-hubs.md", f"{HUBS}:9092", "SASL_SSL", "PLAIN", None),
        ("event-hubs.md", f"{HUBS}:9093", "PLAINTEXT", None, None),
        ("event-hubs.md", f"{HUBS}:9093", "SASL_SSL", None, None),
        ("google.md", "kafka.googleapis.com:443", "SASL_SSL", "OAUTHBEARER", None),
        ("google.md", GOOGLE, "PLAINTEXT", None, None),
        ("google.md", GOOGLE, "SASL_SSL", None, None),
        ("google.md", GOOGLE, "SASL_SSL", "PLAIN", None),
        ("confluent.md", CONFLUENT, "PLAINTEXT", None, None),
        ("confluent.md", CONFLUENT, "SASL_SSL", None, None),
        ("confluent.md", CONFLUENT, "SASL_SSL", "PLAIN", "key"),
        ("confluent.md", CONFLUENT, "PLAINTEXT", "PLAIN", "key"),
    ],
)
def test_what_a_page_says_of_a_wrong_setting_is_what_is_said(
    name: str, servers: str, protocol: str, mechanism: str | None, user: str | None
) -> None:
    settings = load_settings(
        bootstrap_servers=servers, security_protocol=protocol, sasl_mechanism=mechanism, sasl_username=user
    )
    problem = settings_problem(settings.kafka)
    assert problem is not None
    assert problem.words in (DEPLOY / name).read_text()


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_json_is_json_and_shell_can_be_read(page: Path) -> None:
    for block in fenced(page, "json"):
        json.loads(block)
    for block in fenced(page, "sh"):
        assert shlex.split(block, comments=True)


@pytest.mark.parametrize("name", CLOUDS)
def test_a_page_says_what_was_run_and_how_to_check(name: str) -> None:
    text = (DEPLOY / name).read_text()
    assert "\n## What was run\n" in text
    assert "andon doctor" in text


def test_the_index_names_everything() -> None:
    index = (DEPLOY / "README.md").read_text()
    for path in DEPLOY.iterdir():
        assert path.name == "README.md" or f"]({path.name})" in index, path.name


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_no_secret_is_asked_for_in_the_environment(page: Path) -> None:
    for block in fenced(page, "sh"):
        assert not {"KAFKA_SASL_PASSWORD", "KAFKA_SSL_KEY_PASSWORD", "ANDON_CHAT_API_KEY"} & variables(block).keys()
