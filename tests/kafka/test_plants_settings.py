"""The settings that the plant's document writes, pasted as they stand: each works, or the line says what to change.

Only what the document leaves out is added: the authority of the stand-ins' certificates.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from core.settings import load_settings
from tests.kafka import clouds
from tests.kafka.secure import PASSWORD, USER, SecureKafka
from tests.kafka.stations import issue_value, send
from tests.unit.commands import andon
from tui.commands.issues import print_issues

TLS = {"KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}
PLAINTEXT = {"KAFKA_SECURITY_PROTOCOL": "PLAINTEXT"}
IAM = {**TLS, "KAFKA_SASL_MECHANISM": "AWS_MSK_IAM"}
PLAIN = {**TLS, "KAFKA_SASL_MECHANISM": "PLAIN"}
OAUTH = {**TLS, "KAFKA_SASL_MECHANISM": "OAUTHBEARER"}


def at(servers: str, *blocks: Mapping[str, str], **more: str) -> dict[str, str]:
    found = {"KAFKA_BOOTSTRAP_SERVERS": servers}
    for block in (*blocks, more):
        found |= block
    return found


WORKS = {
    "Docker Compose, from the host": at("localhost:9092"),
    "Docker Compose, inside": at("kafka:29092", PLAINTEXT),
    "Kubernetes, the ConfigMap": at("kafka-service:9092"),
    "Kubernetes, with its full name": at("kafka-service.kafka.svc.cluster.local:9092", PLAINTEXT),
    "the chatbot's own variables": at("kafka:29092", KAFKA_CONSUMER_GROUP="chatbot-issue-consumer-group"),
    "Event Hubs, a connection string alone": at(
        f"{clouds.HUBS}:9093", PLAIN, KAFKA_SASL_PASSWORD=clouds.CONNECTION_STRING
    ),
    "Event Hubs, with its user": at(
        f"{clouds.HUBS}:9093",
        PLAIN,
        KAFKA_SASL_USERNAME="$ConnectionString",
        KAFKA_SASL_PASSWORD=clouds.CONNECTION_STRING,
    ),
    "MSK with SCRAM": at(
        f"{clouds.MSK_SCRAM}:9096",
        TLS,
        KAFKA_SASL_MECHANISM="SCRAM-SHA-512",
        KAFKA_SASL_USERNAME=USER,
        KAFKA_SASL_PASSWORD=PASSWORD,
    ),
    "Confluent Cloud": at(
        f"{clouds.CONFLUENT}:9092", PLAIN, KAFKA_SASL_USERNAME=clouds.API_KEY, KAFKA_SASL_PASSWORD=clouds.API_SECRET
    ),
}
TOLD = {
    "MSK with IAM on the plain port": (at(f"{clouds.MSK}:9092", IAM), "9092 → 9098"),
    "MSK with IAM, not encrypted": (
        at(f"{clouds.MSK}:9098", PLAINTEXT, KAFKA_SASL_MECHANISM="AWS_MSK_IAM"),
        "KAFKA_SECURITY_PROTOCOL=SASL_SSL",
    ),
    "Google's general address": (at("kafka.googleapis.com:443", OAUTH), "bootstrap.<cluster>.<region>.managedkafka"),
    "Event Hubs, no password": (at(f"{clouds.HUBS}:9093", PLAIN), "KAFKA_SASL_USERNAME=$ConnectionString"),
    "Event Hubs, Kafka's usual port": (
        at(f"{clouds.HUBS}:9092", PLAIN, KAFKA_SASL_PASSWORD=clouds.CONNECTION_STRING),
        "9092 → 9093",
    ),
    "no mechanism": (at("kafka.plant:9093", TLS), "KAFKA_SASL_MECHANISM"),
    "PLAIN without a secret": (at("kafka.plant:9093", PLAIN), "KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD"),
    "SCRAM without a secret": (
        at("kafka.plant:9093", TLS, KAFKA_SASL_MECHANISM="SCRAM-SHA-256", KAFKA_SASL_USERNAME="kim"),
        "KAFKA_SASL_PASSWORD",
    ),
    "OAUTHBEARER without a token server": (
        at("kafka.plant:9093", OAUTH),
        "KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL",
    ),
    "a mechanism without a SASL protocol": (
        at("kafka.plant:9093", KAFKA_SECURITY_PROTOCOL="SSL", KAFKA_SASL_MECHANISM="PLAIN"),
        "KAFKA_SECURITY_PROTOCOL=SASL_SSL",
    ),
    "a protocol that there is not": (at("kafka:29092", KAFKA_SECURITY_PROTOCOL="TLS"), "KAFKA_SECURITY_PROTOCOL"),
    "nothing": ({}, "KAFKA_BOOTSTRAP_SERVERS"),
}


@pytest.mark.parametrize("given", WORKS.values(), ids=WORKS)
async def test_works(
    secure: SecureKafka,
    closed_topic: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    given: dict[str, str],
) -> None:
    plain = [WORKS[name]["KAFKA_BOOTSTRAP_SERVERS"] for name in list(WORKS)[:5]]
    clouds.answer_for(monkeypatch, secure.broker, plain)
    for name, value in {**given, "KAFKA_TOPIC": closed_topic, "ANDON_DATA_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("KAFKA_SSL_CA_FILE", str(secure.authority.file))
    await send(secure.broker.bootstrap, closed_topic, issue_value("PRESS_001"))
    await print_issues(load_settings(), everything=False, as_json=False)
    assert capsys.readouterr().out.startswith("PRESS_001 ")


def test_who_watches_is_told_too_and_does_not_wait_for_ever(tmp_path: Path) -> None:
    given, says = TOLD["MSK with IAM on the plain port"]
    for arguments in (("watch",), ("watch", "--raw")):
        ran = andon({**given, "ANDON_DATA_DIR": str(tmp_path)}, *arguments, within=30.0)
        assert ran.code == 2
        assert says in ran.complaint


@pytest.mark.parametrize(("given", "says"), TOLD.values(), ids=TOLD)
def test_is_told_what_to_write(tmp_path: Path, given: dict[str, str], says: str) -> None:
    ran = andon({**given, "ANDON_DATA_DIR": str(tmp_path)}, "issues")
    assert ran.code == 2, "a wrong configuration"
    assert len(ran.complaint.splitlines()) == 1
    assert says in ran.complaint
    assert "SharedAccessKey=" not in ran.complaint
