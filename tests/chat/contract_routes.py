"""The calls of the plant's chatbot, as its contract has them (docs/contracts/chatbot-http-api.md)."""

import json
import re
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.chat.contract_faults import Fault, FaultKind
from tests.chat.contract_gateway import Gateway
from tests.chat.contract_plant import RATE_LIMIT, Plant, StoredSession, now_iso
from tests.chat.contract_words import structured

_API = "/api/chatbot-workflow"

_ROUTES = (
    ("start", "POST", re.compile(f"{_API}/start-chat")),
    ("continue", "POST", re.compile(f"{_API}/continue-chat")),
    ("complete", "POST", re.compile(f"{_API}/complete-chat")),
    ("report", "GET", re.compile(f"{_API}/download-report/.*")),
    ("skip", "POST", re.compile(f"{_API}/skip-report/.*")),
    ("status", "GET", re.compile(f"{_API}/session-status/.*")),
    ("sessions", "GET", re.compile(f"{_API}/issues/.*/sessions")),
    ("chat", "POST", re.compile("/chat")),
    ("chat-complete", "POST", re.compile("/session/.*/complete")),
    ("chat-report", "GET", re.compile("/session/.*/download-report")),
    ("ping", "GET", re.compile("/ping")),
    ("kafka-status", "GET", re.compile("/api/kafka/status")),
    ("kafka-issues", "GET", re.compile("/api/kafka/issues")),
)


def route_of(method: str, path: str) -> str:
    """The name by which faults and records know a call."""
    return next((name for name, verb, pattern in _ROUTES if verb == method and pattern.fullmatch(path)), "other")


# --- the workflow API


async def start(request: Request) -> Response:
    plant, body = _plant(request), await _fields(request, "issue_id", "user_id", "user_message")
    issue = _known_issue(plant, body["issue_id"])
    session = plant.begin(body["issue_id"], body["user_id"])
    said = await plant.exchange(session, body["user_message"])
    return _success(
        redis_session_id=session.redis_id,
        db_session_id=session.db_id,
        issue_id=session.issue,
        conversation_count=session.count,
        executive_summary=said,
        issue_info={name: issue[name] for name in ("process_type", "mode_type", "description")},
    )


async def go_on(request: Request) -> Response:
    plant, body = _plant(request), await _fields(request, "session_id", "user_message")
    session = _open_session(plant, body["session_id"])
    said = await plant.exchange(session, body["user_message"])
    return _success(
        session_id=session.redis_id,
        conversation_count=session.count,
        executive_summary=said,
        processing_time=12.3,
    )


async def complete(request: Request) -> Response:
    plant, body = _plant(request), await _fields(request, "session_id")
    session = _open_session(plant, body["session_id"])
    session.completed, session.final_summary = True, body.get("final_summary")
    return _success(
        session_id=session.redis_id,
        db_session_id=session.db_id,
        is_terminated=False,
        completed_at=now_iso(),
        message="대화가 완료되었습니다.",
    )


async def report(request: Request) -> Response:
    plant = _plant(request)
    session = _workflow_session(plant, request.path_params["session_id"])
    if not session.completed or session.reported:
        raise HTTPException(400, "보고서를 받을 수 없는 세션입니다.")
    session.reported = True
    headers = {"content-type": "application/pdf", "content-disposition": plant.report_name}
    return Response(plant.report_body, headers=headers)


async def skip(request: Request) -> Response:
    session = _workflow_session(_plant(request), request.path_params["session_id"])
    if session.reported:
        raise HTTPException(400, "이미 처리된 보고서입니다.")
    session.reported = True
    return _success(
        session_id=session.redis_id,
        db_session_id=session.db_id,
        is_reported=True,
        report_action="skipped",
        report_skipped_at=now_iso(),
    )


async def status(request: Request) -> Response:
    session = _plant(request).of_redis(request.path_params["session_id"])
    return _success(
        session_id=session.redis_id,
        db_session_id=session.db_id,
        issue_id=session.issue,
        user_id=_user(session),
        conversation_count=session.count,
        is_terminated=False,
        is_reported=session.reported,
        created_at=session.started_at,
        terminated_at=None,
        report_generated_at=None,
    )


async def sessions(request: Request) -> Response:
    plant, issue_id = _plant(request), request.path_params["issue_id"]
    issue = _known_issue(plant, issue_id)
    listed = [_listed(one) for one in plant.sessions if one.issue == issue_id and one.in_database]
    return _success(
        issue_id=issue_id,
        **issue,
        created_at=now_iso(),
        updated_at=now_iso(),
        session_count=len(listed),
        total_messages=sum(one["message_count"] for one in listed),
        sessions=listed,
    )


def _listed(session: StoredSession) -> dict[str, Any]:
    return {
        "session_id": session.db_id,
        "user_id": _user(session),
        "started_at": session.started_at,
        "ended_at": now_iso() if session.terminated else None,
        "is_terminated": session.terminated,
        "is_reported": session.reported,
        "message_count": len(session.messages),
        "messages": list(session.messages),
    }


# --- the older API


async def chat(request: Request) -> Response:
    """The only call that asks for a key, and that counts. It touches no database."""
    plant = _plant(request)
    _check_key(plant, request)
    body = await _fields(request, "user_message")
    given = body.get("session_id")
    session = (
        plant.of_redis(given)
        if given
        else plant.begin(body.get("issue_code") or "", body.get("user_id") or "", in_database=False)
    )
    await plant.debate()
    session.count += 1
    return JSONResponse(structured(session.redis_id, session.count, now_iso()))


async def chat_complete(request: Request) -> Response:
    body = await _fields(request)
    session = _plant(request).of_redis(request.path_params["session_id"])
    if session.completed:
        raise HTTPException(400, "이미 완료된 세션입니다.")
    session.completed, session.final_summary = True, body.get("final_summary")
    return JSONResponse({"status": "success"})


async def chat_report(request: Request) -> Response:
    plant = _plant(request)
    plant.of_redis(request.path_params["session_id"])
    headers = {"content-type": "application/pdf", "content-disposition": plant.report_name}
    return Response(plant.report_body, headers=headers)


# --- health and Kafka


async def ping(_request: Request) -> Response:
    return JSONResponse({"status": "ok", "timestamp": now_iso()})


async def health(_request: Request) -> Response:
    raise HTTPException(500, "헬스체크 실패")


async def kafka_status(request: Request) -> Response:
    return _success(is_running=True, task_status="stopped" if _plant(request).deaf else "running")


async def kafka_restart(_request: Request) -> Response:
    return _success(is_running=True)


async def kafka_issues(request: Request) -> Response:
    issues = list(_plant(request).issues.items())
    limit, offset = (int(request.query_params.get(*pair)) for pair in (("limit", "100"), ("offset", "0")))
    listed = [
        {
            "issue": name,
            "processType": one["process_type"],
            "modeType": one["mode_type"],
            "modeLogId": one["mode_log_id"],
        }
        for name, one in issues[offset : offset + limit]
    ]
    return _success(issues=listed, total_count=len(issues))


# --- the plant's hand


async def lever(request: Request) -> Response:
    plant, issue = _plant(request), request.path_params["issue"]
    match request.path_params["what"]:
        case "store":
            plant.store_issue(issue)
        case "deaf":
            plant.deaf = True
        case "widen":
            plant.widen()
        case _:
            plant.terminate(issue)
    return _success(issue=issue)


async def fail(request: Request) -> Response:
    kind = FaultKind(request.path_params["fault"])
    code = int(request.query_params.get("status", "500"))
    fault = Fault(kind, status=code, detail="시험", seconds=5.0, location="https://elsewhere.example/")
    _plant(request).web.fail(request.path_params["route"], fault)
    return _success(fault=kind)


# --- what the calls share


def _plant(request: Request) -> Plant:
    plant: Plant = request.app.state.plant
    return plant


def _check_key(plant: Plant, request: Request) -> None:
    """401 without the key, 429 beyond the limit, and no Retry-After."""
    if plant.debug:
        return
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    if plant.key not in (request.headers.get("x-api-key"), bearer):
        raise HTTPException(401, "유효하지 않은 API 키입니다.")
    if plant.questions_by_key >= RATE_LIMIT:
        raise HTTPException(429, "요청 한도를 초과했습니다.")
    plant.questions_by_key += 1


async def _fields(request: Request, *required: str) -> dict[str, Any]:
    """The body; 422 with a list, as FastAPI says it, where it is no JSON object or a text is missing."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise HTTPException(422, [_fault("body", kind="missing")])  # type: ignore[arg-type]
    if faults := [_fault("body", name) for name in required if not isinstance(body.get(name), str)]:
        raise HTTPException(422, faults)  # type: ignore[arg-type]
    return dict(body)


def _fault(*loc: str, kind: str = "missing") -> dict[str, Any]:
    return {"loc": list(loc), "msg": "Field required", "type": kind}


def _known_issue(plant: Plant, issue: str) -> dict[str, Any]:
    if plant.any_issue and issue not in plant.issues:
        plant.store_issue(issue)
    if issue not in plant.issues:
        raise HTTPException(404, "이슈를 찾을 수 없습니다.")
    return plant.issues[issue]


def _workflow_session(plant: Plant, redis_id: str) -> StoredSession:
    session = plant.of_redis(redis_id)
    if not session.db_id:
        raise HTTPException(404, "세션을 찾을 수 없습니다.")
    return session


def _open_session(plant: Plant, redis_id: str) -> StoredSession:
    """Closed by its report alone, taken or skipped: ``isSolved`` does not reach Redis."""
    session = _workflow_session(plant, redis_id)
    if session.reported:
        raise HTTPException(400, "이미 종료된 세션입니다.")
    return session


def _user(session: StoredSession) -> str | int:
    """A numeric one comes back as a number."""
    return int(session.user) if session.user.isdecimal() else session.user


def _success(**data: Any) -> Response:
    return JSONResponse({"status": "success", "data": data, "message": "성공"})


async def _refusal(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"detail": error.detail}, error.status_code)


def application(plant: Plant, hosts: tuple[str, ...]) -> Starlette:
    """The server of ``plant``, which answers only by a name in ``hosts``, behind its proxy."""
    app = Starlette(
        routes=[
            Route(f"{_API}/start-chat", start, methods=["POST"]),
            Route(f"{_API}/continue-chat", go_on, methods=["POST"]),
            Route(f"{_API}/complete-chat", complete, methods=["POST"]),
            Route(f"{_API}/download-report/{{session_id}}", report),
            Route(f"{_API}/skip-report/{{session_id}}", skip, methods=["POST"]),
            Route(f"{_API}/session-status/{{session_id}}", status),
            Route(f"{_API}/issues/{{issue_id}}/sessions", sessions),
            Route("/chat", chat, methods=["POST"]),
            Route("/session/{session_id}/complete", chat_complete, methods=["POST"]),
            Route("/session/{session_id}/download-report", chat_report),
            Route("/session/{session_id}", status),
            Route("/ping", ping),
            Route("/health", health),
            Route("/api/kafka/status", kafka_status),
            Route("/api/kafka/restart", kafka_restart, methods=["POST"]),
            Route("/api/kafka/issues", kafka_issues),
            Route("/_/{what}/{issue}", lever, methods=["POST"]),
            Route("/_/fail/{route}/{fault}", fail, methods=["POST"]),
        ],
        middleware=[
            Middleware(Gateway, plant=plant),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts)),
        ],
        exception_handlers={HTTPException: _refusal},
    )
    app.state.plant = plant
    return app
