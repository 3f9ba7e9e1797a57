"""Doctor and the plant's chatbot: what is wrong is found without a question that costs its experts anything."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.doctor.chatbot import chatbot
from core.doctor.check import Finding, Verdict
from core.settings import load_settings
from core.support import i18n
from tests.chat.contract_faults import Fault, FaultKind
from tests.chat.contract_plant import RATE_LIMIT, Plant
from tests.chat.contract_server import make_server
from tests.chat.serving import Certificate, self_signed

KEY = "the right key"
COLUMNS = ("ChatMessage.chatMessageId", "ChatbotSession.chatbotSessionId", "VARCHAR(255)")


@pytest.fixture(autouse=True)
def _english() -> None:
    i18n.use("en")


@pytest.fixture(scope="module")
def server() -> Iterator[Plant]:
    with make_server(key=KEY) as plant:
        yield plant


@pytest.fixture
def plant(server: Plant) -> Iterator[Plant]:
    server.web.forget()
    server.reset()
    server.store_issue("I-1")
    yield server
    assert server.debates == 0, "looking costs no expert anything"


async def _found(url: str, key: str | None = KEY, **given: object) -> Finding:
    return await chatbot(load_settings(chat_url=url, chat_api_key=key, **given))


def _hour_ago() -> str:
    return (datetime.now().astimezone().replace(tzinfo=None) - timedelta(hours=1)).isoformat()


def _session(plant: Plant, *, hour_ago: bool = True, messages: int = 0) -> None:
    session = plant.begin("I-1", "kim")
    session.started_at = _hour_ago() if hour_ago else session.started_at
    session.messages = [{"content": "왜", "sender": "user", "message_id": 1, "sent_at": _hour_ago()}] * messages


@pytest.mark.parametrize("dialect", ["workflow", "chat"])
@pytest.mark.parametrize("key", [None, "another key"])
async def test_a_wrong_key_is_found_where_alone_it_is_asked_for(plant: Plant, key: str | None, dialect: str) -> None:
    found = await _found(plant.url, key, chat_dialect=dialect)
    assert found.verdict is Verdict.FAILED
    assert "ANDON_CHAT_API_KEY" in found.found
    assert "another key" not in found.found + found.remedy


async def test_the_key_is_taken_although_no_more_questions_are(plant: Plant) -> None:
    plant.questions_by_key = RATE_LIMIT
    assert (await _found(plant.url)).verdict is Verdict.OK


async def test_where_nobody_asked_yet_the_two_columns_are_named_all_the_same(plant: Plant) -> None:
    found = await _found(plant.url)
    assert found.verdict is Verdict.OK
    assert all(column in found.remedy for column in COLUMNS)


async def test_sessions_that_were_never_answered_tell_of_a_database_as_published(plant: Plant) -> None:
    _session(plant)
    found = await _found(plant.url)
    assert found.verdict is Verdict.WARNING
    assert all(column in found.remedy for column in COLUMNS)


async def test_a_session_that_may_be_thought_about_proves_nothing(plant: Plant) -> None:
    _session(plant, hour_ago=False)
    assert (await _found(plant.url)).verdict is Verdict.OK


async def test_a_start_that_was_answered_is_all_well(plant: Plant) -> None:
    plant.made_easy()
    _session(plant)
    _session(plant, messages=2)
    found = await _found(plant.url)
    assert (found.verdict, found.remedy) == (Verdict.OK, "")


async def test_the_older_api_needs_no_columns(plant: Plant) -> None:
    _session(plant)
    found = await _found(plant.url, chat_dialect="chat")
    assert (found.verdict, found.remedy) == (Verdict.OK, "")


async def test_a_deaf_consumer_is_named(plant: Plant) -> None:
    plant.deaf = True
    found = await _found(plant.url)
    assert found.verdict is Verdict.WARNING
    assert "task_status" in found.found
    assert "consumer" in found.remedy


async def test_a_host_name_that_the_server_refuses_is_named_with_those_that_it_takes(plant: Plant) -> None:
    url = plant.url.replace("localhost", "127.0.0.1")
    found = await _found(url)
    assert found.verdict is Verdict.FAILED
    assert "127.0.0.1" in found.found
    assert "ANDON_CHAT_HOST" in found.found
    assert "smartfactory.company.com" in found.remedy
    assert (await _found(url, chat_host="smartfactory.company.com")).verdict is Verdict.OK


async def test_a_login_in_the_address_is_not_shown(plant: Plant) -> None:
    found = await _found(plant.url.replace("http://", "http://kim:pw-secret@"))
    assert "secret" not in found.found


@pytest.mark.parametrize("kind", [FaultKind.HTML, FaultKind.STATUS])
async def test_what_may_pass_is_a_warning(plant: Plant, kind: FaultKind) -> None:
    plant.web.fail("ping", Fault(kind, status=503))
    found = await _found(plant.url)
    assert found.verdict is Verdict.WARNING
    assert "built-in" in found.remedy


async def test_a_server_that_stands_still_is_told(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.doctor.plant_chatbot.PING_S", 0.05)
    plant.web.fail("ping", Fault(FaultKind.HANG))
    found = await _found(plant.url)
    assert found.verdict is Verdict.WARNING
    assert "one question at a time" in found.remedy


# --- TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("tls"))


async def test_each_trouble_with_tls_names_its_remedy(certificate: Certificate, plant: Plant) -> None:
    with make_server(certificate=certificate) as secure:
        untrusted = await _found(secure.url)
        trusted = await _found(secure.url, chat_ca_file=certificate.certificate)
        other_name = await _found(secure.url, chat_ca_file=certificate.certificate, chat_host="elsewhere.example")
        plain = await _found(secure.url.replace("https://", "http://"))
    to_plain = await _found(plant.url.replace("http://", "https://"))
    assert trusted.verdict is Verdict.OK
    for found, remedy in (
        (untrusted, "ANDON_CHAT_CA_FILE"),
        (other_name, "another name's"),
        (plain, "speaks https"),
        (to_plain, "speaks http:"),
    ):
        assert found.verdict is Verdict.FAILED
        assert remedy in found.found


@pytest.mark.parametrize(
    ("why", "remedy"),
    [
        ("self-signed certificate in certificate chain", "ANDON_CHAT_CA_FILE"),
        ("unable to get local issuer certificate", "ANDON_CHAT_CA_FILE"),
        ("certificate has expired", "clock"),
        ("certificate is not yet valid", "clock"),
        ("IP address mismatch, certificate is not valid for '10.0.0.7'", "another name's"),
        ("wrong version number", "http://"),
        ("record layer failure", "http://"),
        ("sslv3 alert handshake failure", "certificates"),
    ],
)
def test_openssl_s_words_have_a_remedy(why: str, remedy: str) -> None:
    from core.domain.chat_problems import ChatProblem, ChatProblemKind

    assert remedy in ChatProblem(ChatProblemKind.TLS, why).words


@pytest.mark.parametrize(
    "page",
    [
        b"<html>400 The plain HTTP request was sent to HTTPS port</html>",
        b"Client sent an HTTP request to an HTTPS server.",
        b"You're speaking plain HTTP to an SSL-enabled server port.",
    ],
)
async def test_a_server_that_says_that_it_wants_https_is_understood(plant: Plant, page: bytes, tmp_path: Path) -> None:
    plant.web.fail("ping", Fault(FaultKind.INSTEAD, status=400, body=page))
    found = await _found(plant.url)
    assert found.verdict is Verdict.FAILED
    assert "https" in found.found
