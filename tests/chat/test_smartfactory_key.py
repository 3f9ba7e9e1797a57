"""The key goes to the configured host and nowhere else; nothing that is said of a failure holds it."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.chat.backend import ChatError
from core.chat.http.client import ChatServer
from core.chat.smartfactory.backend import smart_factory
from core.domain.chat_problems import ChatProblemKind
from core.settings import SettingsError, load_settings
from tests.chat.contract_faults import Fault, FaultKind
from tests.chat.contract_plant import Plant
from tests.chat.contract_server import make_server
from tests.chat.serving import Certificate, self_signed
from tests.chat.talking import Talk, smartfactory

KEY = "K-7f3a-secret"


@pytest.fixture
def guarded() -> Iterator[Plant]:
    with make_server(key=KEY) as plant:
        plant.made_easy()
        plant.store_issue("I-1")
        yield plant


async def test_the_key_opens_the_door(guarded: Plant) -> None:
    async with smartfactory(guarded, key=KEY) as backend:
        await Talk(backend).ask("왜 이래요")
    assert all(seen.headers["x-api-key"] == KEY for seen in guarded.web.seen)


@pytest.mark.parametrize("key", [None, "K-wrong"])
async def test_no_key_and_a_wrong_one_are_refused(guarded: Plant, key: str | None) -> None:
    """By the older API alone: the workflow's calls are open."""
    async with smartfactory(guarded, key=key, dialect="chat") as backend:
        problem = await Talk(backend).fails("왜 이래요")
    assert problem.kind is ChatProblemKind.LOGIN
    assert "K-" not in problem.words


async def test_the_key_may_go_out_as_a_bearer_s(guarded: Plant) -> None:
    server = ChatServer(guarded.url, key=SecretStr(KEY), key_header="Authorization", key_prefix="Bearer ")
    await server.json("GET", "/api/kafka/status")
    await server.close()
    assert guarded.web.seen[0].headers["authorization"] == f"Bearer {KEY}"


async def test_a_ping_needs_no_key_and_sends_none(guarded: Plant) -> None:
    async with smartfactory(guarded, key=KEY) as backend:
        await backend.ping()
    assert not {"x-api-key", "authorization"} & set(guarded.web.seen[0].headers)


async def test_the_gateway_s_headers_are_never_sent(guarded: Plant) -> None:
    async with smartfactory(guarded, key=KEY) as backend:
        await Talk(backend).ask("왜 이래요")
        await backend.ping()
    assert not any({"x-authenticated-user", "x-user-role"} & set(seen.headers) for seen in guarded.web.seen)


async def test_proxies_and_netrc_of_the_environment_are_not_used(
    guarded: Plant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    with make_server() as elsewhere:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, elsewhere.url)
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        async with smartfactory(guarded, key=KEY) as backend:
            await Talk(backend).ask("왜 이래요")
        assert elsewhere.web.seen == []
    assert not any("authorization" in seen.headers for seen in guarded.web.seen)


async def test_the_log_holds_no_secret(guarded: Plant, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    url = guarded.url.replace("http://", "http://somebody:pw-secret@")
    async with smartfactory(guarded, key=KEY, url=url) as backend:
        await Talk(backend).ask("왜 이래요")
        guarded.web.fail("start", Fault(FaultKind.STATUS, status=401, detail=KEY))
        await Talk(backend).fails("왜 이래요")
    assert guarded.web.seen[0].headers["authorization"].startswith("Basic ")
    assert "POST" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    "url", ["", "chatbot.plant:8000", "ftp://x", "http://", "http://[::1", "http://pw-secret@:1\x00"]
)
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(SettingsError, match="ANDON_CHAT_URL") as caught:
        ChatServer(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("key", ["K-secret\r\nX-User-Role: admin", "K-secret-열쇠"])
def test_a_key_that_cannot_be_sent_is_refused_at_once(key: str) -> None:
    with pytest.raises(SettingsError, match="ANDON_CHAT_API_KEY") as caught:
        ChatServer("http://127.0.0.1:1", key=SecretStr(key))
    assert "secret" not in str(caught.value)


async def test_the_settings_make_the_backend(guarded: Plant, tmp_path: Path) -> None:
    backend = smart_factory(load_settings(chat_url=guarded.url, chat_api_key=KEY, data_dir=tmp_path))
    assert (await Talk(backend).ask("왜 이래요")).text
    await backend.close()


def test_without_an_address_there_is_no_backend(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ANDON_CHAT_URL"):
        smart_factory(load_settings(data_dir=tmp_path))


# --- TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("tls"))


async def test_the_plant_s_own_authority_is_trusted_where_it_is_named(certificate: Certificate) -> None:
    with make_server(certificate=certificate) as plant:
        server = ChatServer(plant.url, ca_file=certificate.certificate)
        assert (await server.json("GET", "/ping"))["status"] == "ok"
        await server.close()


async def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Certificate) -> None:
    with make_server(certificate=certificate, key=KEY) as plant:
        server = ChatServer(plant.url, key=SecretStr(KEY))
        with pytest.raises(ChatError) as caught:
            await server.json("GET", "/api/kafka/status")
        await server.close()
        assert plant.web.seen == []
    assert caught.value.problem.kind is ChatProblemKind.TLS
    assert "self" in caught.value.problem.detail


async def test_a_server_without_tls_is_told_apart(plant: Plant) -> None:
    server = ChatServer(plant.url.replace("http://", "https://"))
    with pytest.raises(ChatError) as caught:
        await server.json("GET", "/ping")
    await server.close()
    assert caught.value.problem.kind is ChatProblemKind.TLS


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_an_authority_s_file_that_cannot_be_read_is_refused_at_once(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SettingsError, match="ANDON_CHAT_CA_FILE"):
        ChatServer("https://127.0.0.1:1", ca_file=path)
