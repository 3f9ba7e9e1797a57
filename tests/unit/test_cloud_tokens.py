"""The clouds' tokens, made by the clouds' own libraries with made-up accounts."""

import asyncio
import base64
import gc
import json
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from core.domain.cluster_problems import ClusterError, ClusterProblemKind
from core.kafka.auth.entra import Entra
from core.kafka.auth.google_cloud import GoogleCloud
from core.kafka.auth.logins import shared_tokens
from core.kafka.auth.msk import signed_token
from core.kafka.auth.tokens import OffLoop, Token
from core.settings import Settings, load_settings
from core.settings.logs import LOG_NAME, log_to_file
from tests.kafka import clouds
from tests.kafka.certificates import Authority
from tests.kafka.cloud_accounts import AWS_SECRET, aws_account, entra_account, google_account
from tests.kafka.issuer import SECRET, Signer
from tests.unit.logs import logging_as_it_was


def unpadded(part: str) -> bytes:
    assert "=" not in part
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_aws_signs_a_request_for_the_region(monkeypatch: pytest.MonkeyPatch) -> None:
    aws_account(monkeypatch)
    token = signed_token("ap-northeast-2")
    url = urlsplit(unpadded(token.value.get_secret_value()).decode())
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert url.hostname == "kafka.ap-northeast-2.amazonaws.com"
    assert query["Action"] == "kafka-cluster:Connect"
    assert 800 < token.expires_at - time.time() <= 901
    assert query["X-Amz-Signature"] == signature_of(query)
    assert AWS_SECRET not in str(query)


def signature_of(query: dict[str, str]) -> str:
    """What AWS itself would compute for the same request at the same time."""
    signer = SigV4QueryAuth(Credentials(clouds.AWS_KEY, AWS_SECRET), "kafka-cluster", "ap-northeast-2", expires=900)
    address = "https://kafka.ap-northeast-2.amazonaws.com/?Action=kafka-cluster%3AConnect"
    signed = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders")
    rest = "".join(f"&{name}={query[name].replace('/', '%2F')}" for name in signed)
    request = AWSRequest("GET", address + rest)
    request.context["timestamp"] = query["X-Amz-Date"]
    text = signer.string_to_sign(request, signer.canonical_request(request))
    found: str = signer.signature(text, request)
    return found


def test_aws_without_credentials_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(ClusterError) as caught:
        signed_token("ap-northeast-2")
    assert caught.value.problem.kind is ClusterProblemKind.CREDENTIALS
    assert "AWS_ACCESS_KEY_ID" in caught.value.problem.words
    assert "Unable to locate credentials" in caught.value.problem.words


def test_google_gives_three_parts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with google_account(monkeypatch, tmp_path) as account:
        token = GoogleCloud().token()
    header, claims, access = (unpadded(part) for part in token.value.get_secret_value().split("."))
    assert json.loads(header) == {"typ": "JWT", "alg": "GOOG_OAUTH2_TOKEN"}
    told = json.loads(claims)
    assert told.keys() == {"exp", "iat", "iss", "scope", "sub"}
    assert (told["iss"], told["scope"], told["sub"]) == ("Google", "kafka", clouds.GOOGLE_ACCOUNT)
    assert abs(told["exp"] - time.time() - 3600) < 60, "google-auth's times are UTC"
    assert token.expires_at == told["exp"]
    assert access.decode() == account.given[0]
    assert account.asked[0]["scope"] == "https://www.googleapis.com/auth/cloud-platform"


def test_google_refusing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with google_account(monkeypatch, tmp_path) as account:
        account.refuses = True
        with pytest.raises(ClusterError) as caught:
            GoogleCloud().token()
    assert caught.value.problem.kind is ClusterProblemKind.CREDENTIALS
    assert "GOOGLE_APPLICATION_CREDENTIALS" in caught.value.problem.words
    assert "Invalid JWT Signature" in caught.value.problem.words


def test_entra_gives_a_token_for_the_namespace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with entra_account(monkeypatch, Authority(tmp_path), Signer()) as account:
        token = Entra(clouds.ENTRA).token()
    assert token.value.get_secret_value() == account.given[0]
    assert account.asked[0]["scope"] == f"https://{clouds.ENTRA}/.default"
    assert abs(token.expires_at - time.time() - 3600) < 60


def test_entra_refusing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with entra_account(monkeypatch, Authority(tmp_path), Signer()):
        monkeypatch.setenv("AZURE_CLIENT_SECRET", "another")
        with pytest.raises(ClusterError) as caught:
            Entra(clouds.ENTRA).token()
    assert caught.value.problem.kind is ClusterProblemKind.CREDENTIALS
    assert "Azure" in caught.value.problem.words
    assert "AADSTS7000215: Invalid secret" in caught.value.problem.words, "Entra's reason, not the library's list"
    assert SECRET not in caught.value.problem.words


@pytest.mark.parametrize(
    ("fetch", "module", "extra"),
    [
        (lambda: signed_token("x"), "aws_msk_iam_sasl_signer", "msk"),
        (lambda: Entra("x").token(), "azure.identity", "azure"),
        (lambda: GoogleCloud().token(), "google.auth", "gcp"),
    ],
)
def test_a_missing_library_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, fetch: "type[Token]", module: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ClusterError) as caught:
        fetch()  # type: ignore[call-arg]
    assert caught.value.problem.kind is ClusterProblemKind.EXTRA_MISSING
    assert f'pip install "andon[{extra}]"' in caught.value.problem.words


def test_no_clouds_library_is_loaded_before_it_is_used() -> None:
    clouds_own = ("aws_msk_iam_sasl_signer", "boto3", "botocore", "azure", "google.auth")
    code = f"import sys, tui.cli, core.kafka.auth.logins; print([m for m in {clouds_own} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_no_clouds_secret_is_in_the_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """These secrets are no settings of ours, so that none is masked: the libraries must not be let say them."""
    shown: list[str] = [AWS_SECRET, SECRET, "another"]
    with logging_as_it_was():
        log_to_file(load_settings(bootstrap_servers="kafka:9092", data_dir=tmp_path, log_level="debug"))
        aws_account(monkeypatch)
        signed = signed_token("ap-northeast-2").value.get_secret_value()
        shown += [signed, unpadded(signed).decode().partition("X-Amz-Signature=")[2][:64]]
        with google_account(monkeypatch, tmp_path) as google:
            shown.append(GoogleCloud().token().value.get_secret_value())
            google.refuses = True
            with pytest.raises(ClusterError):
                GoogleCloud().token()
        with entra_account(monkeypatch, Authority(tmp_path), Signer()) as entra:
            shown.append(Entra(clouds.ENTRA).token().value.get_secret_value())
            monkeypatch.setenv("AZURE_CLIENT_SECRET", "another")
            with pytest.raises(ClusterError):
                Entra(clouds.ENTRA).token()
    shown += [*google.given, *entra.given, json.loads((tmp_path / "account.json").read_text())["private_key"][40:80]]
    written = (tmp_path / LOG_NAME).read_text()
    assert "Found credentials in environment variables" in written
    assert "AADSTS7000215" in written
    assert [secret for secret in shown if secret in written] == []


# --- threads and sharing


async def test_a_library_that_hangs_is_not_started_again() -> None:
    started, goes_on = threading.Semaphore(0), threading.Event()

    def hang() -> Token:
        started.release()
        goes_on.wait(30)
        return Token.of("t", time.time() + 60)

    fetch = OffLoop(hang)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await fetch()
    goes_on.set()
    assert (await fetch()).value.get_secret_value() == "t"
    assert started.acquire(blocking=False)
    assert not started.acquire(blocking=False), "one thread for all who asked"


async def test_after_a_failure_it_is_started_again() -> None:
    outcomes: list[object] = [RuntimeError("first"), Token.of("t", 0)]

    def work() -> Token:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Token):
            return outcome
        raise RuntimeError(outcome)

    fetch = OffLoop(work)
    with pytest.raises(RuntimeError):
        await fetch()
    assert (await fetch()).value.get_secret_value() == "t"


def bearer(url: str = "http://127.0.0.1:1/token") -> Settings:
    return load_settings(
        bootstrap_servers="kafka.plant:9093",
        security_protocol="SASL_SSL",
        sasl_mechanism="OAUTHBEARER",
        oauth_token_url=url,
        oauth_client_id="terminal",
        oauth_client_secret=SECRET,
        oauth_extensions="logicalCluster=lkc-1, identityPoolId=pool-1",
    )


async def test_all_clients_of_a_loop_share_one_source_and_another_loop_has_its_own() -> None:
    here = shared_tokens(bearer().kafka)
    assert shared_tokens(bearer().kafka) is here
    assert shared_tokens(bearer("http://127.0.0.1:2/token").kafka) is not here

    async def elsewhere() -> bool:
        return shared_tokens(bearer().kafka) is here

    assert not await asyncio.to_thread(lambda: asyncio.run(elsewhere()))


def test_a_loop_that_has_ended_is_let_go_with_its_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    aws_account(monkeypatch)
    iam = load_settings(
        bootstrap_servers="kafka.plant:9098",
        security_protocol="SASL_SSL",
        sasl_mechanism="AWS_MSK_IAM",
        aws_region="ap-northeast-2",
    )

    async def log_in() -> "weakref.ref[asyncio.AbstractEventLoop]":
        assert await shared_tokens(iam.kafka).token()
        return weakref.ref(asyncio.get_running_loop())

    ended = asyncio.run(log_in())
    gc.collect()
    assert ended() is None


async def test_extensions_go_beside_the_token() -> None:
    assert shared_tokens(bearer().kafka).extensions() == {"logicalCluster": "lkc-1", "identityPoolId": "pool-1"}
