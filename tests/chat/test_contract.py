"""The contract server against the contract: what stands in chatbot-http-api.md, line by line, is what it does.

A line is quoted where it is checked, so that what passes against this server passes in the plant.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.chat.contract_plant import DEBUG_HOSTS, HOSTS, RATE_LIMIT, Plant
from tests.chat.contract_server import make_server

API = "/api/chatbot-workflow"
KEY = "K-1"
LONG_ID = "PRESS-VIB1-ANOMALY-20250827101"
"""Of 30 characters."""
GOOD = {
    "issue": "A",
    "processType": "장애접수",
    "modeType": "프레스",
    "modeLogId": "PRESS_LOG_001",
    "description": "유압 이상",
    "isSolved": False,
    "timestamp": "2025-08-08T17:05:37.123Z",
}


@pytest.fixture(scope="module")
def guarded_server() -> Iterator[Plant]:
    with make_server(key=KEY) as plant:
        yield plant


@pytest.fixture
def guarded(guarded_server: Plant) -> Plant:
    """With DEBUG off, as published; it knows issue ``I-1``."""
    guarded_server.web.forget()
    guarded_server.reset()
    guarded_server.store_issue("I-1")
    return guarded_server


@pytest.fixture
async def web(guarded: Plant) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=guarded.url, timeout=10) as client:
        yield client


def _start(issue: str = "I-1", user: str = "kim") -> dict[str, Any]:
    return {"issue_id": issue, "user_id": user, "user_message": "왜?"}


async def _started(web: httpx.AsyncClient, issue: str = "I-1", user: str = "kim") -> dict[str, Any]:
    answer = await web.post(f"{API}/start-chat", json=_start(issue, user))
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def _listing(web: httpx.AsyncClient, issue: str = "I-1") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await web.get(f"{API}/issues/{issue}/sessions")).json()["data"]["sessions"]
    return found


def _chat(web: httpx.AsyncClient, key: dict[str, str], **body: str) -> Any:
    return web.post("/chat", json={"user_message": "왜?", **body}, headers=key)


# --- Who may call


@pytest.mark.parametrize("header", [{"X-API-Key": KEY}, {"Authorization": f"Bearer {KEY}"}])
async def test_the_key_goes_in_either_header(web: httpx.AsyncClient, header: dict[str, str]) -> None:
    assert (await _chat(web, header)).status_code == 200


@pytest.mark.parametrize("header", [{}, {"X-API-Key": "K-2"}, {"Authorization": "Bearer K-2"}])
async def test_only_chat_asks_for_a_key(guarded: Plant, web: httpx.AsyncClient, header: dict[str, str]) -> None:
    """ "all of /api/chatbot-workflow, /api/kafka and /session/* are open, so a wrong key is not noticed there"."""
    guarded.widen()
    session = (await web.post(f"{API}/start-chat", json=_start(), headers=header)).json()["data"]["redis_session_id"]
    calls = [
        web.post(f"{API}/continue-chat", json={"session_id": session, "user_message": "?"}, headers=header),
        web.get(f"{API}/issues/I-1/sessions", headers=header),
        web.get(f"{API}/session-status/{session}", headers=header),
        web.get("/api/kafka/status", headers=header),
        web.get("/api/kafka/issues", headers=header),
        web.get(f"/session/{session}", headers=header),
        web.post(f"/session/{session}/complete", json={"final_summary": None}, headers=header),
        web.get(f"/session/{session}/download-report", headers=header),
        web.post(f"{API}/complete-chat", json={"session_id": session, "final_summary": None}, headers=header),
        web.get(f"{API}/download-report/{session}", headers=header),
        web.get("/ping", headers=header),
    ]
    assert [(await call).status_code for call in calls] == [200] * len(calls)
    assert (await _chat(web, header)).status_code == 401


async def test_a_probe_that_costs_no_expert(guarded: Plant, web: httpx.AsyncClient) -> None:
    """ "POST /chat with an unknown session_id (401 or 404)"."""
    probe = str(uuid4())
    assert (await _chat(web, {}, session_id=probe)).status_code == 401
    assert (await _chat(web, {"X-API-Key": KEY}, session_id=probe)).status_code == 404
    assert guarded.debates == 0


async def test_with_debug_on_no_key_is_needed(plant: Plant) -> None:
    async with httpx.AsyncClient(base_url=plant.url) as web:
        assert (await _chat(web, {})).status_code == 200


async def test_the_host_names_with_debug_off(web: httpx.AsyncClient) -> None:
    """ "even 127.0.0.1, a service name or an IP is refused"."""
    assert HOSTS == (
        "localhost",
        "smartfactory.company.com",
        "app.smartfactory.company.com",
        "dashboard.smartfactory.company.com",
    )
    for host in HOSTS:
        assert (await web.get("/ping", headers={"Host": f"{host}:8000"})).status_code == 200
    for host in ("127.0.0.1", "chatbot", "10.0.0.7", "testserver", "api.smartfactory.company.com"):
        refused = await web.get("/ping", headers={"Host": host})
        assert (refused.status_code, refused.text) == (400, "Invalid host header")


async def test_the_host_names_with_debug_on(plant: Plant) -> None:
    assert DEBUG_HOSTS == ("localhost", "127.0.0.1", "testserver")
    async with httpx.AsyncClient(base_url=plant.url) as web:
        codes = [(await web.get("/ping", headers={"Host": host})).status_code for host in DEBUG_HOSTS]
        refused = await web.get("/ping", headers={"Host": "smartfactory.company.com"})
    assert codes == [200, 200, 200]
    assert refused.status_code == 400


async def test_the_rate_limit_is_on_chat_alone(guarded: Plant, web: httpx.AsyncClient) -> None:
    """ "100 requests an hour for a user key, /chat alone ... no Retry-After header"."""
    assert RATE_LIMIT == 100
    guarded.questions_by_key = RATE_LIMIT - 1
    key = {"X-API-Key": KEY}
    assert (await _chat(web, key)).status_code == 200
    refused = await _chat(web, key)
    assert refused.status_code == 429
    assert isinstance(refused.json()["detail"], str)
    assert "retry-after" not in refused.headers
    guarded.widen()
    assert (await web.post(f"{API}/start-chat", json=_start(), headers=key)).status_code == 200


async def test_a_user_id_over_50_characters_makes_start_chat_a_500(guarded: Plant, web: httpx.AsyncClient) -> None:
    guarded.made_easy()
    assert (await web.post(f"{API}/start-chat", json=_start(user="김" * 50))).status_code == 200
    assert (await web.post(f"{API}/start-chat", json=_start(user="김" * 51))).status_code == 500


async def test_a_numeric_user_id_comes_back_as_a_number(guarded: Plant, web: httpx.AsyncClient) -> None:
    guarded.widen()
    data = await _started(web, user="007")
    assert [one["user_id"] for one in await _listing(web)] == [7]
    assert (await web.get(f"{API}/session-status/{data['redis_session_id']}")).json()["data"]["user_id"] == 7


# --- Errors


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", f"{API}/start-chat", _start("I-404"), 404),
        ("POST", f"{API}/continue-chat", {"session_id": "R-404", "user_message": "?"}, 404),
        ("GET", f"{API}/issues/I-404/sessions", None, 404),
        ("GET", "/session/R-404", None, 404),
        ("POST", f"{API}/start-chat", _start(), 500),
        ("GET", "/health", None, 500),
    ],
)
async def test_an_error_has_a_detail(web: httpx.AsyncClient, method: str, path: str, body: Any, status: int) -> None:
    answer = await web.request(method, path, json=body)
    assert answer.status_code == status
    assert list(answer.json()) == ["detail"]
    assert isinstance(answer.json()["detail"], str)


async def test_a_422_has_a_list_in_its_detail(web: httpx.AsyncClient) -> None:
    answer = await web.post(f"{API}/start-chat", json={"issue_id": "I-1", "user_id": "kim"})
    assert answer.status_code == 422
    assert answer.json() == {"detail": [{"loc": ["body", "user_message"], "msg": "Field required", "type": "missing"}]}
