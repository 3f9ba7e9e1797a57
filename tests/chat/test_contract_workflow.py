"""The contract server against the contract: the workflow API, the consumer behind it, the older API, health."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from tests.chat.contract_plant import Plant
from tests.chat.contract_server import make_server
from tests.chat.contract_words import SUMMARIES
from tests.chat.talking import until

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


async def test_the_fields_of_start_and_continue(guarded: Plant, web: httpx.AsyncClient) -> None:
    guarded.widen()
    answer = (await web.post(f"{API}/start-chat", json=_start())).json()
    assert set(answer) == {"status", "data", "message"}
    data = answer["data"]
    assert set(data) == {
        "redis_session_id", "db_session_id", "issue_id", "conversation_count", "executive_summary", "issue_info",
    }  # fmt: skip
    assert set(data["issue_info"]) == {"process_type", "mode_type", "description"}
    assert data["conversation_count"] == 1
    body = {"session_id": data["redis_session_id"], "user_message": "그리고?"}
    more = (await web.post(f"{API}/continue-chat", json=body)).json()["data"]
    assert set(more) == {"session_id", "conversation_count", "executive_summary", "processing_time"}
    assert more["conversation_count"] == 2


async def test_the_two_ids_differ_and_the_redis_one_is_for_calls(guarded: Plant, web: httpx.AsyncClient) -> None:
    guarded.widen()
    data = await _started(web)
    assert data["redis_session_id"] != data["db_session_id"]
    body = {"session_id": data["db_session_id"], "user_message": "?"}
    assert (await web.post(f"{API}/continue-chat", json=body)).status_code == 404
    [listed] = await _listing(web)
    assert listed["session_id"] == data["db_session_id"]


async def test_the_fields_of_the_listing(guarded: Plant, web: httpx.AsyncClient) -> None:
    guarded.widen()
    await _started(web)
    data = (await web.get(f"{API}/issues/I-1/sessions")).json()["data"]
    assert set(data) == {
        "issue_id", "process_type", "mode_type", "mode_log_id", "description", "created_at", "updated_at",
        "session_count", "total_messages", "sessions",
    }  # fmt: skip
    [session] = data["sessions"]
    assert set(session) == {
        "session_id", "user_id", "started_at", "ended_at", "is_terminated", "is_reported", "message_count", "messages",
    }  # fmt: skip
    assert [one["sender"] for one in session["messages"]] == ["user", "bot"]
    assert all(set(one) == {"message_id", "content", "sender", "sent_at"} for one in session["messages"])
    assert "Z" not in session["started_at"], "naive local ISO"
    assert "+" not in session["started_at"], "naive local ISO"


@pytest.mark.parametrize("issue", ["I-1", "PRESS_001_20250808_001"])
async def test_as_published_start_chat_is_a_500_after_the_experts(
    guarded: Plant, web: httpx.AsyncClient, issue: str
) -> None:
    """ "Each such try costs a full debate and leaves an empty session row"."""
    guarded.store_issue(issue)
    answer = await web.post(f"{API}/start-chat", json=_start(issue))
    assert answer.status_code == 500
    assert "Data too long for column 'chatMessageId'" in answer.json()["detail"]
    assert guarded.debates == 1
    assert [(one["message_count"], one["messages"]) for one in await _listing(web, issue)] == [(0, [])]


async def test_from_30_characters_of_issue_id_the_session_s_id_is_too_long_too(
    guarded: Plant, web: httpx.AsyncClient
) -> None:
    assert len(LONG_ID) == 30
    guarded.message_id_chars = 255
    for issue in (LONG_ID[:-1], LONG_ID):
        guarded.store_issue(issue)
    assert (await web.post(f"{API}/start-chat", json=_start(LONG_ID[:-1]))).status_code == 200
    answer = await web.post(f"{API}/start-chat", json=_start(LONG_ID))
    assert answer.status_code == 500
    assert "chatbotSessionId" in answer.json()["detail"]
    guarded.widen()
    assert (await web.post(f"{API}/start-chat", json=_start(LONG_ID))).status_code == 200


async def test_start_chat_is_404_until_the_consumer_has_stored_the_issue(
    guarded: Plant, web: httpx.AsyncClient
) -> None:
    guarded.widen()
    assert (await web.post(f"{API}/start-chat", json=_start("A"))).status_code == 404
    guarded.consume(json.dumps(GOOD).encode())
    assert (await web.post(f"{API}/start-chat", json=_start("A"))).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"modeLogId": None},
        {"issue": 7},
        {"timestamp": 1_754_640_000_000},
        {"processType": "고장"},
        {"modeType": "PRESS"},
        {"issue": "A" * 101},
        {"modeLogId": "L" * 51},
        {"description": "가" * 21_846},
    ],
)
def test_what_the_consumer_drops(guarded: Plant, wrong: dict[str, Any]) -> None:
    guarded.reset()
    guarded.consume(json.dumps({**GOOD, **wrong}).encode())
    assert guarded.issues == {}
    assert not guarded.deaf
    guarded.consume(json.dumps(GOOD).encode())
    assert list(guarded.issues) == ["A"]


@pytest.mark.parametrize("value", [None, b"{", b"\x00\x00\x00\x00\x01{}"])
async def test_a_record_that_is_no_json_makes_it_deaf_for_good(
    guarded: Plant, web: httpx.AsyncClient, value: bytes | None
) -> None:
    """ "not is_running, which stays true, but task_status ("stopped" ...); also after /api/kafka/restart"."""
    assert (await web.get("/api/kafka/status")).json()["data"] == {"is_running": True, "task_status": "running"}
    guarded.consume(value)
    await web.post("/api/kafka/restart")
    assert (await web.get("/api/kafka/status")).json()["data"] == {"is_running": True, "task_status": "stopped"}
    guarded.consume(json.dumps(GOOD).encode())
    assert "A" not in guarded.issues


@pytest.mark.parametrize("value", [b"[1]", b'"text"', b"null"])
def test_other_json_is_skipped(guarded: Plant, value: bytes) -> None:
    guarded.consume(value)
    assert not guarded.deaf


async def test_each_start_makes_a_new_session(guarded: Plant, web: httpx.AsyncClient) -> None:
    guarded.made_easy()
    first, second = await _started(web), await _started(web)
    assert first["redis_session_id"] != second["redis_session_id"]
    assert len(await _listing(web)) == 2


async def test_a_session_is_listed_without_messages_while_it_is_thought_about(
    guarded: Plant, web: httpx.AsyncClient
) -> None:
    guarded.widen()
    guarded.thinking = True
    asking = asyncio.ensure_future(_started(web))
    await until(lambda: bool(guarded.sessions))
    [listed] = await _listing(web)
    assert (listed["user_id"], listed["message_count"], listed["messages"]) == ("kim", 0, [])
    guarded.thinking = False
    await asking
    [listed] = await _listing(web)
    assert listed["message_count"] == 2


async def test_the_proxy_gives_up_and_the_server_thinks_on(guarded: Plant, web: httpx.AsyncClient) -> None:
    """ "/api/ is cut after 60 s (/chat after 300 s), while the server thinks on"."""
    assert (guarded.api_patience_s, guarded.chat_patience_s) == (60.0, 300.0)
    guarded.widen()
    guarded.behind_proxy, guarded.api_patience_s, guarded.chat_patience_s = True, 0.05, 0.1
    guarded.thinking = True
    cut = await web.post(f"{API}/start-chat", json=_start())
    assert (cut.status_code, cut.headers["content-type"].partition(";")[0]) == (504, "text/html")
    assert (await _chat(web, {"X-API-Key": KEY})).status_code == 504
    guarded.thinking = False
    await until(lambda: guarded.debates == 2)
    assert [one["message_count"] for one in await _listing(web)] == [2]


async def test_one_question_at_a_time_and_ping_stands_still_meanwhile(guarded: Plant, web: httpx.AsyncClient) -> None:
    guarded.made_easy()
    guarded.thinking = guarded.stands_still = True
    first = asyncio.ensure_future(_started(web))
    await until(lambda: guarded.busy)
    second = asyncio.ensure_future(_started(web))
    pinging = asyncio.ensure_future(web.get("/ping"))
    await until(lambda: len(guarded.web.calls("ping")) == 1 and len(guarded.web.calls("start")) == 2)
    assert not pinging.done()
    assert len(guarded.sessions) == 1, "the second question waits"
    guarded.thinking = False
    assert (await pinging).status_code == 200
    assert (await first)["conversation_count"] == (await second)["conversation_count"] == 1


async def test_two_starts_within_a_second_are_one_duplicate_entry(guarded: Plant, web: httpx.AsyncClient) -> None:
    guarded.widen()
    now = 1_764_000_000
    guarded.second = lambda: now
    await _started(web)
    answer = await web.post(f"{API}/start-chat", json=_start())
    assert answer.status_code == 500
    assert "Duplicate entry" in answer.json()["detail"]
    now += 1
    await _started(web)


async def test_complete_chat_does_not_end_the_session(guarded: Plant, web: httpx.AsyncClient) -> None:
    guarded.widen()
    session = (await _started(web))["redis_session_id"]
    body = {"session_id": session, "final_summary": None}
    data = (await web.post(f"{API}/complete-chat", json=body)).json()["data"]
    assert set(data) == {"session_id", "db_session_id", "is_terminated", "completed_at", "message"}
    assert data["is_terminated"] is False
    more = await web.post(f"{API}/continue-chat", json={"session_id": session, "user_message": "?"})
    assert more.status_code == 200


async def test_is_solved_marks_the_listing_and_nothing_else(guarded: Plant, web: httpx.AsyncClient) -> None:
    """ "continue-chat and complete-chat still answer 200 after it, and session-status keeps is_terminated=false"."""
    guarded.consume(json.dumps(GOOD).encode())
    guarded.widen()
    session = (await _started(web, "A"))["redis_session_id"]
    guarded.consume(json.dumps({**GOOD, "isSolved": True}).encode())
    assert [one["is_terminated"] for one in await _listing(web, "A")] == [True]
    more = await web.post(f"{API}/continue-chat", json={"session_id": session, "user_message": "?"})
    body = {"session_id": session, "final_summary": "필터 교체"}
    assert (more.status_code, (await web.post(f"{API}/complete-chat", json=body)).status_code) == (200, 200)
    status = (await web.get(f"{API}/session-status/{session}")).json()["data"]
    assert set(status) == {
        "session_id", "db_session_id", "issue_id", "user_id", "conversation_count", "is_terminated", "is_reported",
        "created_at", "terminated_at", "report_generated_at",
    }  # fmt: skip
    assert status["is_terminated"] is False


@pytest.mark.parametrize("taken", [True, False])
async def test_once_the_report_was_taken_or_skipped_the_session_is_closed(
    guarded: Plant, web: httpx.AsyncClient, taken: bool
) -> None:
    guarded.widen()
    session = (await _started(web))["redis_session_id"]
    assert (await web.get(f"{API}/download-report/{session}")).status_code == 400, "only after complete-chat"
    summary = {"session_id": session, "final_summary": None}
    await web.post(f"{API}/complete-chat", json=summary)
    if taken:
        report = await web.get(f"{API}/download-report/{session}")
        assert report.headers["content-type"] == "application/pdf"
        assert "filename=" in report.headers["content-disposition"]
        assert (await web.get(f"{API}/download-report/{session}")).status_code == 400, "and only once"
    else:
        data = (await web.post(f"{API}/skip-report/{session}")).json()["data"]
        assert (data["is_reported"], data["report_action"]) == (True, "skipped")
        assert set(data) == {"session_id", "db_session_id", "is_reported", "report_action", "report_skipped_at"}
    body = {"session_id": session, "user_message": "?"}
    assert (await web.post(f"{API}/continue-chat", json=body)).status_code == 400
    assert (await web.post(f"{API}/complete-chat", json=summary)).status_code == 400


# --- Older API


async def test_chat_touches_no_database_and_is_richer(guarded: Plant, web: httpx.AsyncClient) -> None:
    answer = (await _chat(web, {"X-API-Key": KEY}, issue_code="I-1", user_id="김" * 60)).json()
    assert set(answer) == {
        "session_id", "conversation_count", "response_type", "executive_summary", "immediate_actions",
        "detailed_solution", "safety_precautions", "cost_estimation", "confidence_level", "participating_agents",
        "debate_rounds", "processing_time", "processing_steps", "timestamp", "failed_agents",
    }  # fmt: skip
    assert answer["response_type"] == "first_question"
    assert await _listing(web) == []
    again = (await _chat(web, {"X-API-Key": KEY}, session_id=answer["session_id"])).json()
    assert again["response_type"] == "follow_up"
    assert set(answer["cost_estimation"]) == {"parts", "labor", "total"}
    assert not answer["cost_estimation"]["total"].isdecimal(), "phrases, not figures"
    assert answer["executive_summary"] not in SUMMARIES


async def test_the_older_complete_demands_a_body_and_once(web: httpx.AsyncClient) -> None:
    """ "(422 without one; 400 when done twice)"; the report "any number of times"."""
    session = (await _chat(web, {"X-API-Key": KEY})).json()["session_id"]
    assert (await web.post(f"/session/{session}/complete")).status_code == 422
    body = {"final_summary": "필터 교체"}
    assert (await web.post(f"/session/{session}/complete", json=body)).status_code == 200
    assert (await web.post(f"/session/{session}/complete", json=body)).status_code == 400
    for _time in range(2):
        assert (await web.get(f"/session/{session}/download-report")).content.startswith(b"%PDF")
    assert (await web.get(f"/session/{session}")).status_code == 200


# --- Health


async def test_ping_health_and_the_stored_issues(web: httpx.AsyncClient) -> None:
    ping = (await web.get("/ping")).json()
    assert (set(ping), ping["status"]) == ({"status", "timestamp"}, "ok")
    assert (await web.get("/health")).status_code == 500
    data = (await web.get("/api/kafka/issues?limit=1&offset=0")).json()["data"]
    assert data["total_count"] == 1
    assert [set(one) for one in data["issues"]] == [{"issue", "processType", "modeType", "modeLogId"}]
    assert (await web.get("/api/kafka/issues?limit=1&offset=1")).json()["data"]["issues"] == []
