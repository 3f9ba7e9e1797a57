"""``settings.kafka``: one value that holds all that a client needs, and tells two logins apart."""

import ast
import asyncio
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from core.kafka.auth.logins import shared_tokens
from core.settings import KafkaSettings, Settings, load_settings, variable_of
from tests.house import sources, tree

FIELDS = tuple(KafkaSettings.model_fields)
OTHERS: dict[str, Any] = {
    "bootstrap_servers": "other:9092",
    "topic": "other",
    "security_protocol": "SASL_SSL",
    "sasl_mechanism": "SCRAM-SHA-512",
    "metadata_max_age_ms": 1234,
    "connections_max_idle_ms": 12_345,
    "request_timeout_ms": 1234,
    "max_request_size": 12_345,
    "oauth_token_url": "http://127.0.0.1:2/token",
    "compression": "none",
    "idempotence": False,
}
"""Another value for a field; any text, path or secret for the rest."""


def other(name: str) -> Any:
    if name in OTHERS:
        return OTHERS[name]
    kind = str(KafkaSettings.model_fields[name].annotation)
    return SecretStr("other") if "SecretStr" in kind else Path("other") if "Path" in kind else "other"


def given(**changed: Any) -> Settings:
    """Settings with a token server, and some fields as they are put, whether they fit each other or not."""
    known = load_settings(
        bootstrap_servers="kafka:9092", sasl_mechanism="OAUTHBEARER", oauth_token_url="http://127.0.0.1:1/token"
    )
    return known.model_copy(update=changed)


def test_every_setting_of_kafka_is_in_it_and_nothing_of_the_terminal() -> None:
    of_kafka = [name for name in Settings.model_fields if variable_of(name).startswith("KAFKA_")]
    assert [name for name in FIELDS if name != "terminal_id"] == of_kafka


def test_it_says_what_the_settings_say() -> None:
    settings = given(**{name: other(name) for name in FIELDS})
    assert {name: getattr(settings.kafka, name) for name in FIELDS} == {name: other(name) for name in FIELDS}
    assert settings.kafka.servers == ["other:9092"]


@pytest.mark.parametrize("name", FIELDS)
def test_any_field_makes_another_value(name: str) -> None:
    assert given(**{name: other(name)}).kafka != given().kafka
    assert given().kafka == given().kafka
    assert hash(given().kafka) == hash(given().kafka)


@pytest.mark.parametrize("name", [name for name in FIELDS if name.startswith(("oauth_", "ssl_", "aws_"))])
def test_any_field_of_a_login_makes_another_source_of_tokens(name: str) -> None:
    async def are_shared() -> bool:
        return shared_tokens(given(**{name: other(name)}).kafka) is shared_tokens(given().kafka)

    assert not asyncio.run(are_shared())


def test_what_is_not_kafkas_makes_no_other_value() -> None:
    assert given(theme="mono", lang="en", chat_url="http://127.0.0.1:1").kafka == given().kafka


def test_a_copy_of_the_settings_has_a_value_of_its_own() -> None:
    settings = given()
    assert settings.kafka.topic != "other"
    assert settings.model_copy(update={"topic": "other"}).kafka.topic == "other"


def test_it_is_frozen_and_shows_no_secret() -> None:
    kafka = given(sasl_password=SecretStr("geheim")).kafka
    with pytest.raises(ValidationError):
        kafka.topic = "other"
    assert "geheim" not in repr(kafka) + str(kafka)


def test_the_house_takes_kafkas_settings_from_there() -> None:
    """A flat field is the file's and the environment's; the code says ``settings.kafka.topic``."""
    names = {*FIELDS, "servers", "sasl_extensions"} - {"terminal_id"}
    found = [
        f"{module}: {ast.unparse(node)}"
        for module, path in sources().items()
        if not module.startswith(("core.settings", "core.kafka", "core.doctor.connectivity"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in names and ast.unparse(node.value).endswith("settings")
    ]
    assert not found
