"""The doctor on real brokers: content with what is well, and its first failed line is the cause of what is not."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.doctor import Check, Verdict, examine
from core.settings import load_settings
from tests.chat.contract_server import make_server
from tests.kafka.broker import KAFKA_3, RealKafka
from tests.kafka.issuer import TokenServer
from tests.kafka.records import read_all
from tests.kafka.secure import SecureKafka
from tests.kafka.stations import issue_value, send
from tests.kafka.waiting import wait_until

Given = dict[str, Any]


@dataclass(frozen=True)
class Broken:
    """A set-up with one thing wrong: the check that must name it, and a word of the cause."""

    name: str
    given: Callable[[SecureKafka, TokenServer], Given]
    check: str
    says: str


def without(given: Given, name: str) -> Given:
    return {key: value for key, value in given.items() if key != name}


BROKEN = [
    Broken("no password", lambda s, t: without(s.login("PLAIN"), "sasl_password"), "configuration", "KAFKA_SASL_PASSW"),
    Broken("unknown name", lambda s, t: s.settings("TLS", bootstrap_servers="no.invalid:9093"), "name", "no.invalid"),
    Broken("nobody listens", lambda s, t: s.settings("TLS", bootstrap_servers="127.0.0.1:1"), "tcp", "127.0.0.1:1"),
    Broken("expired", lambda s, t: s.settings("EXPIRED"), "tls", "clock"),
    Broken("other name", lambda s, t: s.settings("OTHERNAME"), "tls", "other.plant"),
    Broken("unknown authority", lambda s, t: s.settings("STRANGER"), "tls", "KAFKA_SSL_CA_FILE"),
    Broken("no certificate of ours", lambda s, t: s.settings("MTLS"), "tls", "KAFKA_SSL_CERT_FILE"),
    Broken("no CA file", lambda s, t: s.settings("TLS", ssl_ca_file="/nowhere/ca.pem"), "tls", "/nowhere/ca.pem"),
    Broken("wrong password", lambda s, t: s.login("SCRAM-SHA-512", sasl_password="x"), "login", "password"),
    Broken("token server down", lambda s, t: s.bearer("http://127.0.0.1:1/token"), "login", "token server"),
    Broken("another network's listener", lambda s, t: s.away(), "brokers", "kafka.invalid:29092"),
    Broken("no such topic", lambda s, t: s.settings("TLS", topic="typo"), "topic", "typo"),
]


async def checks_of(given: Given, topic: str, folder: Path) -> dict[str, Check]:
    settings = load_settings(**{"topic": topic, "data_dir": folder, "lang": "en", **given})
    return {check.name: check async for check in examine(settings, {"TERM": "xterm"})}


def first_failed(checks: dict[str, Check]) -> Check:
    return next(check for check in checks.values() if check.verdict is Verdict.FAILED)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
async def test_the_first_failed_line_is_the_cause(
    secure: SecureKafka, tokens: TokenServer, closed_topic: str, tmp_path: Path, broken: Broken
) -> None:
    cause = first_failed(await checks_of(broken.given(secure, tokens), closed_topic, tmp_path))
    assert cause.name == broken.check
    assert broken.says in f"{cause.found} {cause.remedy}"


@pytest.mark.parametrize(("operation", "check"), [("READ", "read"), ("WRITE", "write")])
async def test_a_missing_right_is_the_cause_and_nothing_is_written_to_find_out(
    secure: SecureKafka, closed_topic: str, tmp_path: Path, operation: str, check: str
) -> None:
    await send(secure.broker.bootstrap, closed_topic, issue_value("A"))
    await secure.broker.deny("reader", operation, closed_topic)
    given = secure.login("PLAIN", sasl_username="reader")
    checks: dict[str, Check] = {}

    async def is_told() -> bool:
        """The broker takes a moment to know of the right."""
        nonlocal checks
        checks = await checks_of(given, closed_topic, tmp_path)
        return any(one.verdict is Verdict.FAILED for one in checks.values())

    await wait_until(is_told, 30)
    assert first_failed(checks).name == check
    assert closed_topic in first_failed(checks).found
    assert len(await read_all(secure.broker.bootstrap, closed_topic)) == 1


async def test_a_healthy_set_up_has_no_failed_line_and_no_record_is_left(
    secure: SecureKafka, kafka_version: str, closed_topic: str, tmp_path: Path
) -> None:
    await send(secure.broker.bootstrap, closed_topic, issue_value("A"))
    with make_server(key="the right key") as plant:
        given = secure.login("SCRAM-SHA-512", chat_url=plant.url, chat_api_key="the right key")
        checks = await checks_of(given, closed_topic, tmp_path)
    assert [check for check in checks.values() if check.verdict is not Verdict.OK] == []
    assert "kept forever" in checks["topic"].found
    assert "a mistyped topic is not created" in checks["topic"].found
    assert "1 record" in checks["read"].found
    assert "TLSv1" in checks["tls"].found
    told = "ahead" if kafka_version == KAFKA_3 else "broker's clock"
    assert told in checks["clock"].found, "with ZooKeeper nobody tells the broker's time"
    assert len(await read_all(secure.broker.bootstrap, closed_topic)) == 1


async def test_a_wrong_key_of_the_chatbot_is_named(kafka: RealKafka, topic: str, tmp_path: Path) -> None:
    with make_server(key="the right key") as plant:
        given = {"bootstrap_servers": kafka.bootstrap, "chat_url": plant.url, "chat_api_key": "another key"}
        cause = first_failed(await checks_of(given, topic, tmp_path))
    assert cause.name == "chatbot"
    assert "ANDON_CHAT_API_KEY" in cause.found
    assert "another key" not in cause.found
