"""A login's secret is in no line of the log file, whatever the level and however the login ends."""

from base64 import b64encode
from pathlib import Path

import pytest

from core.domain.cluster_problems import ClusterError, ClusterProblemKind
from core.kafka.inspect.topic_facts import topic_facts
from core.settings import load_settings
from core.settings.logs import LOG_NAME, log_to_file
from tests.kafka.conftest import StartKafka
from tests.unit.logs import logging_as_it_was

SECRET = "s3cr3t-of-kim=;"
WRONG = "wr0ng-of-kim=;"


@pytest.mark.parametrize("form", ["text", "json"])
async def test_no_secret_in_the_log(own_kafka: StartKafka, tmp_path: Path, form: str) -> None:
    broker = await own_kafka(users={"kim": SECRET})
    await broker.create_topic("t")
    with logging_as_it_was():
        for password in (SECRET, WRONG):
            settings = load_settings(
                bootstrap_servers=broker.login_bootstrap,
                topic="t",
                data_dir=tmp_path / "data",
                security_protocol="SASL_PLAINTEXT",
                sasl_mechanism="PLAIN",
                sasl_username="kim",
                sasl_password=password,
                log_level="debug",
                log_format=form,
            )
            log_to_file(settings)
            if password == SECRET:
                assert (await topic_facts(settings.kafka)).topic == "t"
                continue
            with pytest.raises(ClusterError) as refused:
                await topic_facts(settings.kafka)
            assert refused.value.problem.kind is ClusterProblemKind.LOGIN
            assert WRONG not in str(refused.value)
    written = (tmp_path / "data" / LOG_NAME).read_bytes()
    assert b"Authenticated as kim" in written
    for password in (SECRET, WRONG):
        raw = f"\0kim\0{password}".encode()
        for shown in (password, repr(raw)[2:-1], b64encode(raw).decode(), raw.hex()):
            assert shown.encode() not in written
