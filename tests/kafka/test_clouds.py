"""The clouds' clusters as far as a loopback can stand in for them: names, ports, certificates, logins, tokens' form."""

from pathlib import Path
from typing import Any

import pytest

from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from tests.kafka import clouds
from tests.kafka.cloud_accounts import aws_account, entra_account, google_account
from tests.kafka.secure import PASSWORD, USER, SecureKafka
from tests.kafka.stations import issue_value, running, send

Given = dict[str, Any]


@pytest.fixture(autouse=True)
def names(secure: SecureKafka, monkeypatch: pytest.MonkeyPatch) -> None:
    clouds.answer_for(monkeypatch, secure.broker)


def at(secure: SecureKafka, listener: str, **more: Any) -> Given:
    return {**secure.settings(listener), **more}


async def assert_both_roads(secure: SecureKafka, topic: str, folder: Path, given: Given) -> None:
    """An issue comes in, and its resolve goes out and is read back."""
    await send(secure.broker.bootstrap, topic, issue_value("A"))
    servers = given.pop("bootstrap_servers")
    async with running(servers, topic, folder, **given) as watched:
        await watched.until(lambda s: s.issue("A") is not None)
        await watched.station.commands.resolve("A", "필터 교체")
        await watched.until(lambda s: not s.outbox)


async def test_event_hubs_with_its_connection_string_and_nothing_else(
    secure: SecureKafka, closed_topic: str, tmp_path: Path
) -> None:
    given = at(secure, "HUBS", sasl_mechanism="PLAIN", sasl_password=clouds.CONNECTION_STRING)
    await assert_both_roads(secure, closed_topic, tmp_path, given)


async def trouble(given: Given, topic: str, folder: Path) -> ClusterProblem:
    """What the app's status says, once it says something."""
    servers = given.pop("bootstrap_servers")
    async with running(servers, topic, folder, **given) as watched:
        await watched.until(lambda s: s.freshness.problem is not None)
        assert watched.station.freshness.problem is not None
        return watched.station.freshness.problem


async def test_event_hubs_refuses_another_key(secure: SecureKafka, closed_topic: str, tmp_path: Path) -> None:
    wrong = clouds.CONNECTION_STRING.replace("bm90", "b290")
    problem = await trouble(at(secure, "HUBS", sasl_mechanism="PLAIN", sasl_password=wrong), closed_topic, tmp_path)
    assert problem.kind is ClusterProblemKind.LOGIN
    assert "b290" not in problem.words


async def test_confluent_with_key_and_secret(secure: SecureKafka, closed_topic: str, tmp_path: Path) -> None:
    login = {"sasl_username": clouds.API_KEY, "sasl_password": clouds.API_SECRET}
    await assert_both_roads(secure, closed_topic, tmp_path, at(secure, "CONFLUENT", sasl_mechanism="PLAIN", **login))


async def test_msk_with_scram(secure: SecureKafka, closed_topic: str, tmp_path: Path) -> None:
    login = {"sasl_username": USER, "sasl_password": PASSWORD, "sasl_mechanism": "SCRAM-SHA-512"}
    await assert_both_roads(secure, closed_topic, tmp_path, at(secure, "MSKSCRAM", **login))


@pytest.mark.parametrize("mechanism", ["AWS_MSK_IAM", "OAUTHBEARER"])
async def test_msk_with_iam(
    secure: SecureKafka, closed_topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mechanism: str
) -> None:
    aws_account(monkeypatch)
    await assert_both_roads(secure, closed_topic, tmp_path, at(secure, "MSK", sasl_mechanism=mechanism))


async def test_msk_in_another_region_is_refused(
    secure: SecureKafka, closed_topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws_account(monkeypatch)
    given = at(secure, "MSK", sasl_mechanism="AWS_MSK_IAM", aws_region="eu-west-1")
    problem = await trouble(given, closed_topic, tmp_path)
    assert problem.kind is ClusterProblemKind.TOKEN_REFUSED


async def test_google_with_a_service_account(
    secure: SecureKafka, closed_topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with google_account(monkeypatch, tmp_path):
        given = at(secure, "GOOGLE", sasl_mechanism="OAUTHBEARER")
        await assert_both_roads(secure, closed_topic, tmp_path / "data", given)


async def test_google_that_gives_no_token_is_told_and_comes_back(
    secure: SecureKafka, closed_topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with google_account(monkeypatch, tmp_path) as account:
        account.refuses = True
        given = at(secure, "GOOGLE", sasl_mechanism="OAUTHBEARER")
        servers = given.pop("bootstrap_servers")
        async with running(servers, closed_topic, tmp_path / "data", **given) as watched:
            await watched.until(lambda s: s.freshness.problem is not None)
            assert watched.station.freshness.problem is not None
            assert watched.station.freshness.problem.kind is ClusterProblemKind.CREDENTIALS
            account.refuses = False
            await watched.live()


async def test_event_hubs_with_an_entra_token(
    secure: SecureKafka, closed_topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with entra_account(monkeypatch, secure.authority, secure.signer):
        given = at(secure, "ENTRA", sasl_mechanism="OAUTHBEARER")
        await assert_both_roads(secure, closed_topic, tmp_path, given)
