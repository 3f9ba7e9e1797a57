"""Every way to log in, on real brokers: what works does so on both roads, what does not says why and what to do.

Told alike in the three places where somebody looks: the app's status, ``andon doctor``, and a headless command.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from core.doctor import Verdict, examine
from core.domain.cluster_problems import ClusterProblem, ClusterProblemKind
from core.settings import load_settings, variable_of
from core.station.station import Station
from tests.kafka.certificates import PASSPHRASE
from tests.kafka.issuer import SECRET, Signer, TokenServer
from tests.kafka.secure import PASSWORD, SecureKafka
from tests.kafka.stations import issue_value, running, send
from tests.unit.commands import andon

Given = dict[str, Any]
WRONG = "what somebody mistyped for a secret"


@dataclass(frozen=True)
class Case:
    """A terminal's settings, and what goes wrong with them (None: nothing)."""

    name: str
    given: Callable[[SecureKafka, TokenServer], Given]
    kind: ClusterProblemKind | None = None
    remedy: str = ""


def certificate(identity: Any, **more: Any) -> Given:
    return {"ssl_cert_file": str(identity.certificate), "ssl_key_file": str(identity.key), **more}


def at(listener: str, given: Given, secure: SecureKafka) -> Given:
    """The same settings at another listener's port."""
    return given | {"bootstrap_servers": secure.broker.address(listener)}


SCRAM = ("SCRAM-SHA-256", "SCRAM-SHA-512")
WORKS = [
    Case("TLS", lambda s, t: s.settings("TLS")),
    Case("TLS, own certificate", lambda s, t: s.settings("MTLS", **certificate(s.me))),
    Case(
        "TLS, own certificate under a passphrase",
        lambda s, t: s.settings("MTLS", **certificate(s.me_sealed, ssl_key_password=PASSPHRASE)),
    ),
    Case("PLAIN", lambda s, t: s.login("PLAIN")),
    *(Case(name, lambda s, t, name=name: s.login(name)) for name in SCRAM),  # type: ignore[misc]
    *(
        Case(
            f"{name}, not encrypted",
            lambda s, t, name=name: at("BARE", s.login(name, security_protocol="SASL_PLAINTEXT"), s),  # type: ignore[misc]
        )
        for name in SCRAM
    ),
    Case("OAUTHBEARER", lambda s, t: s.bearer(t.url)),
    Case("OAUTHBEARER with extensions", lambda s, t: s.bearer(t.url, oauth_extensions="logicalCluster=lkc-1,pool=p")),
]
FAILS = [
    Case("expired", lambda s, t: s.settings("EXPIRED"), ClusterProblemKind.CERT_EXPIRED, "clock"),
    Case("other name", lambda s, t: s.settings("OTHERNAME"), ClusterProblemKind.CERT_NAME, "KAFKA_BOOTSTRAP_SERVERS"),
    Case("vouches for itself", lambda s, t: s.settings("ITSELF"), ClusterProblemKind.CERT_UNKNOWN, "KAFKA_SSL_CA_FILE"),
    Case(
        "unknown authority", lambda s, t: s.settings("STRANGER"), ClusterProblemKind.CERT_UNKNOWN, "KAFKA_SSL_CA_FILE"
    ),
    Case("no own certificate", lambda s, t: s.settings("MTLS"), ClusterProblemKind.CERT_ASKED, "KAFKA_SSL_CERT_FILE"),
    Case(
        "own certificate of another authority",
        lambda s, t: s.settings("MTLS", **certificate(s.nobody)),
        ClusterProblemKind.CERT_ASKED,
        "KAFKA_SSL_CERT_FILE",
    ),
    Case(
        "wrong passphrase",
        lambda s, t: s.settings("MTLS", **certificate(s.me_sealed, ssl_key_password=WRONG)),
        ClusterProblemKind.FILE,
        "KAFKA_SSL_KEY_PASSWORD",
    ),
    *(
        Case(
            f"{name}, wrong password",
            lambda s, t, name=name: s.login(name, sasl_password=WRONG),  # type: ignore[misc]
            ClusterProblemKind.LOGIN,
        )
        for name in ("PLAIN", *SCRAM)
    ),
    *(
        Case(
            f"{name}, unknown user",
            lambda s, t, name=name: s.login(name, sasl_username="nobody"),  # type: ignore[misc]
            ClusterProblemKind.LOGIN,
        )
        for name in ("PLAIN", *SCRAM)
    ),
    Case(
        "a mechanism that the broker does not have",
        lambda s, t: at("SCRAM", s.login("PLAIN"), s),
        ClusterProblemKind.MECHANISM,
        "KAFKA_SASL_MECHANISM",
    ),
    Case(
        "not encrypted",
        lambda s, t: {"bootstrap_servers": s.broker.address("TLS")},
        ClusterProblemKind.TLS_WANTED,
        "KAFKA_SECURITY_PROTOCOL",
    ),
    Case(
        "encrypted where the broker is not",
        lambda s, t: s.settings("TLS") | {"bootstrap_servers": s.broker.bootstrap},
        ClusterProblemKind.HANGS_UP,
        "KAFKA_SECURITY_PROTOCOL",
    ),
    Case(
        "no login where the broker wants one",
        lambda s, t: {"bootstrap_servers": s.broker.address("BARE")},
        ClusterProblemKind.HANGS_UP,
        "KAFKA_SECURITY_PROTOCOL",
    ),
    Case("another network's listener", lambda s, t: s.away(), ClusterProblemKind.ADVERTISED, "advertised.listeners"),
    Case(
        "OAUTHBEARER, wrong secret",
        lambda s, t: s.bearer(t.url, oauth_client_secret=WRONG),
        ClusterProblemKind.ISSUER_REFUSES,
        "KAFKA_SASL_OAUTHBEARER_CLIENT_ID",
    ),
    Case(
        "OAUTHBEARER, unknown client",
        lambda s, t: s.bearer(t.url, oauth_client_id="nobody"),
        ClusterProblemKind.ISSUER_REFUSES,
        "KAFKA_SASL_OAUTHBEARER_CLIENT_ID",
    ),
    Case(
        "the token server is down",
        lambda s, t: s.bearer("http://127.0.0.1:1/token"),
        ClusterProblemKind.ISSUER,
        "127.0.0.1",
    ),
    Case("a token that has run out", lambda s, t: brief(s, t, -60.0), ClusterProblemKind.TOKEN_REFUSED, "clock"),
    Case("a token of another signer", lambda s, t: forged(s, t), ClusterProblemKind.TOKEN_REFUSED, "audience"),
    Case("rubbish for a token", lambda s, t: rubbish(s, t), ClusterProblemKind.ISSUER),
]


def brief(secure: SecureKafka, tokens: TokenServer, life_s: float) -> Given:
    tokens.life_s = life_s
    return secure.bearer(tokens.url)


def forged(secure: SecureKafka, tokens: TokenServer) -> Given:
    tokens.signer = Signer()
    return secure.bearer(tokens.url)


def rubbish(secure: SecureKafka, tokens: TokenServer) -> Given:
    tokens.rubbish = b"<html>\x1b[2J</html>"
    return secure.bearer(tokens.url)


def environment_of(given: Mapping[str, Any], topic: str, folder: Path) -> dict[str, str]:
    """The settings as a plant gives them to a command."""
    named = {variable_of(name): str(value) for name, value in given.items()}
    return {"ANDON_LANG": "en", "KAFKA_TOPIC": topic, "ANDON_DATA_DIR": str(folder), **named}


async def status_of(given: Given, topic: str, folder: Path) -> ClusterProblem:
    """What the app's status says, once it says something."""
    async with running(topic=topic, folder=folder, bootstrap=given["bootstrap_servers"], **without_servers(given)) as w:
        await w.until(lambda s: s.freshness.problem is not None)
        assert w.station.freshness.problem is not None
        return w.station.freshness.problem


def without_servers(given: Given) -> Given:
    return {name: value for name, value in given.items() if name != "bootstrap_servers"}


def _knows(issue: str, station: Station) -> bool:
    return station.issue(issue) is not None


async def first_failed(given: Given, topic: str, folder: Path) -> str:
    """Doctor's first failed line; empty when nothing failed."""
    settings = load_settings(topic=topic, data_dir=folder, lang="en", **given)
    async for check in examine(settings, {"TERM": "xterm"}):
        if check.verdict is Verdict.FAILED:
            return f"{check.found} {check.remedy}"
    return ""


@pytest.mark.parametrize("case", WORKS, ids=lambda case: case.name)
async def test_works_on_both_roads(
    secure: SecureKafka, tokens: TokenServer, closed_topic: str, tmp_path: Path, case: Case
) -> None:
    given = case.given(secure, tokens)
    await send(secure.broker.bootstrap, closed_topic, issue_value("A"))
    async with running(given["bootstrap_servers"], closed_topic, tmp_path / "1", **without_servers(given)) as watched:
        await watched.until(lambda s: s.issue("A") is not None)
        await watched.station.commands.resolve("A", "필터 교체")
        await watched.until(lambda s: not s.outbox)
    assert await first_failed(given, closed_topic, tmp_path / "2") == ""


@pytest.mark.parametrize("case", FAILS, ids=lambda case: case.name)
async def test_fails_with_its_own_words_everywhere(
    secure: SecureKafka, tokens: TokenServer, closed_topic: str, tmp_path: Path, case: Case
) -> None:
    given = case.given(secure, tokens)
    environment = environment_of(given, closed_topic, tmp_path / "3")
    problem, doctor, ran = await asyncio.gather(
        status_of(given, closed_topic, tmp_path / "1"),
        first_failed(given, closed_topic, tmp_path / "2"),
        asyncio.to_thread(andon, environment, "issues"),
    )
    assert problem.kind is case.kind
    assert case.remedy in problem.words
    assert case.remedy in doctor
    assert ran.code == (2 if problem.is_ours else 1)
    assert ran.complaint == f"andon: {problem.words}\n"
    for secret in (WRONG, PASSWORD, SECRET, PASSPHRASE):
        assert secret not in f"{problem.words}{doctor}{ran.complaint}{ran.text}"


async def test_a_slow_token_server_is_named(
    secure: SecureKafka, tokens: TokenServer, closed_topic: str, tmp_path: Path
) -> None:
    tokens.delay_s = 60.0
    problem = await status_of(secure.bearer(tokens.url), closed_topic, tmp_path)
    assert problem.kind is ClusterProblemKind.ISSUER
    assert "time-out" in problem.words


async def test_a_token_server_that_refuses_is_named_and_comes_back(
    secure: SecureKafka, tokens: TokenServer, closed_topic: str, tmp_path: Path
) -> None:
    tokens.refuses = True
    given = secure.bearer(tokens.url)
    async with running(given["bootstrap_servers"], closed_topic, tmp_path, **without_servers(given)) as watched:
        await watched.until(lambda s: s.freshness.problem is not None)
        assert watched.station.freshness.problem is not None
        assert watched.station.freshness.problem.kind is ClusterProblemKind.ISSUER_REFUSES
        tokens.refuses = False
        await watched.live()


async def test_logins_that_run_out_lose_no_event(
    secure: SecureKafka, tokens: TokenServer, closed_topic: str, tmp_path: Path
) -> None:
    tokens.life_s = 4.0
    given = secure.bearer(tokens.url, "BRIEF")
    async with running(given["bootstrap_servers"], closed_topic, tmp_path, **without_servers(given)) as watched:
        await watched.live()
        began, number = len(tokens.given), 0
        while number < 10 or len(tokens.given) < began + 2:
            number += 1
            await send(secure.broker.bootstrap, closed_topic, issue_value(f"I{number}"))
            await watched.until(partial(_knows, f"I{number}"))
            await asyncio.sleep(0.3)  # the plant goes on


@pytest.mark.parametrize("operation", ["READ", "DESCRIBE"])
async def test_no_right_to_read_is_named(
    secure: SecureKafka, closed_topic: str, tmp_path: Path, operation: str
) -> None:
    await secure.broker.deny("reader", operation, closed_topic)
    given = secure.login("PLAIN", sasl_username="reader")
    problem = await status_of(given, closed_topic, tmp_path / "1")
    assert problem.kind is ClusterProblemKind.NO_READ
    assert closed_topic in problem.words


@pytest.mark.parametrize("name", ["PLAIN, wrong password", "OAUTHBEARER, wrong secret", "unknown authority"])
async def test_who_only_writes_is_told_as_well(
    secure: SecureKafka, tokens: TokenServer, closed_topic: str, tmp_path: Path, name: str
) -> None:
    case = next(case for case in FAILS if case.name == name)
    environment = environment_of(case.given(secure, tokens), closed_topic, tmp_path)
    fields = ("--issue", "A", "--process-type", "장애접수", "--mode-type", "프레스")
    ran = await asyncio.to_thread(andon, environment, "raise", *fields)
    assert ran.code == 1
    assert case.kind is not None
    assert ran.complaint.startswith(f"andon: {ClusterProblem(case.kind, '').words.partition('.')[0]}")
