"""What a server does wrong, by switch: each fault for one call of a route, or until it is taken back."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.chat.serving import TRANSPORT

HUGE = 5 * 1024 * 1024
_TICK_S = 0.005


class FaultKind(StrEnum):
    DELAY = "delay"
    """Does the work, and answers late."""
    CUT = "cut"
    """Does the work, and breaks off in the middle of the answer."""
    DROP = "drop"
    """Does the work, and drops the connection before any answer."""
    VANISH = "vanish"
    """Does nothing, and drops the connection."""
    HANG = "hang"
    """Does nothing for ever."""
    DRIP = "drip"
    """Does the work, and sends its answer byte by byte, never to the end."""
    STATUS = "status"
    """Does nothing, and refuses with ``{"detail": ...}``."""
    HTML = "html"
    """Does the work behind a gateway that answers in its place."""
    GARBAGE = "garbage"
    HUGE = "huge"
    WRONG_TYPES = "wrong-types"
    ANSWER = "answer"
    """Does the work, and answers with the given body."""
    INSTEAD = "instead"
    """Does nothing, and answers with the given body."""
    REDIRECT = "redirect"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; which fields count depends on ``kind``."""

    kind: FaultKind
    status: int = 200
    detail: Any = ""
    seconds: float = 0.0
    location: str = ""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it came."""

    route: str
    method: str
    path: str
    """As on the wire, still encoded."""
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Faulty:
    """An application that records what it is asked, and errs where it is told to."""

    def __init__(self, app: ASGIApp, route_of: Callable[[str, str], str]) -> None:
        """``route_of`` names the route of a method and a path."""
        self._app = app
        self._route_of = route_of
        self._faults: dict[str, tuple[Fault, bool]] = {}
        self._era = 0
        self.seen: list[Seen] = []

    def fail(self, route: str, fault: Fault, *, once: bool = True) -> None:
        """Err at the next call of ``route``, or at each."""
        self._faults[route] = (fault, once)

    def heal(self, route: str) -> None:
        self._faults.pop(route, None)

    def forget(self) -> None:
        """No faults and nothing seen; what hangs is let go."""
        self._faults.clear()
        self.seen.clear()
        self._era += 1

    def calls(self, route: str) -> list[Seen]:
        """What was asked of ``route``."""
        return [seen for seen in self.seen if seen.route == route]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = await _body(receive)
        route = self._route_of(scope["method"], scope["path"])
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        self.seen.append(Seen(route, scope["method"], scope["raw_path"].decode("latin-1"), headers, body))
        fault = self._take(route)

        async def replay() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        if fault is None:
            await self._app(scope, replay, send)
            return
        await self._err(fault, scope, replay, send)

    def _take(self, route: str) -> Fault | None:
        fault, once = self._faults.get(route, (None, False))
        if once:
            self.heal(route)
        return fault

    async def _err(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        match fault.kind:
            case FaultKind.STATUS:
                answer: Response = JSONResponse({"detail": fault.detail}, fault.status)
                await answer(scope, receive, send)
            case FaultKind.REDIRECT:
                await RedirectResponse(fault.location)(scope, receive, send)
            case FaultKind.INSTEAD:
                await _instead(fault, Response())(scope, receive, send)
            case FaultKind.VANISH:
                scope["state"][TRANSPORT].abort()
            case FaultKind.HANG:
                await self._hang()
            case _:
                done = await _run(self._app, scope, receive)
                await self._spoil(fault, done, scope, receive, send)

    async def _spoil(self, fault: Fault, done: Response, scope: Scope, receive: Receive, send: Send) -> None:
        match fault.kind:
            case FaultKind.DROP:
                scope["state"][TRANSPORT].abort()
            case FaultKind.CUT:
                await _send_half(done, send)
                scope["state"][TRANSPORT].close()
            case FaultKind.DRIP:
                await self._drip(scope, send)
            case FaultKind.DELAY:
                await asyncio.sleep(fault.seconds)
                await done(scope, receive, send)
            case _:
                await _instead(fault, done)(scope, receive, send)

    async def _hang(self) -> None:
        era = self._era
        while era == self._era:
            await asyncio.sleep(_TICK_S)

    async def _drip(self, scope: Scope, send: Send) -> None:
        era = self._era
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        while era == self._era and not scope["state"][TRANSPORT].is_closing():
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await asyncio.sleep(_TICK_S)


def _instead(fault: Fault, done: Response) -> Response:
    """What is answered in place of what was ``done``."""
    match fault.kind:
        case FaultKind.HTML:
            return HTMLResponse(f"<html><h1>{fault.status}</h1><hr>nginx</html>", fault.status)
        case FaultKind.GARBAGE:
            return PlainTextResponse('{"status": "success", "data": {"exec', media_type="application/json")
        case FaultKind.HUGE:
            return PlainTextResponse(
                json.dumps({"data": {"executive_summary": "가" * (HUGE // 3)}}, ensure_ascii=False)
            )
        case FaultKind.WRONG_TYPES:
            return JSONResponse(_mistyped(json.loads(bytes(done.body))))
        case _:
            return Response(fault.body, fault.status, fault.headers or {"content-type": "application/json"})


def _mistyped(value: Any) -> Any:
    """Every text a list, every number a text; objects stay, so that nothing is found wrong too early."""
    match value:
        case dict():
            return {key: _mistyped(one) for key, one in value.items()}
        case str():
            return [value]
        case list():
            return {"0": value}
        case _:
            return str(value)


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _run(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """Do the work, and hold its answer."""
    sent: list[Message] = []

    async def keep(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, keep)
    answer = Response(b"".join(message.get("body", b"") for message in sent[1:]), sent[0]["status"])
    answer.raw_headers = list(sent[0]["headers"])
    return answer


async def _send_half(done: Response, send: Send) -> None:
    body = bytes(done.body)
    await send({"type": "http.response.start", "status": done.status_code, "headers": done.raw_headers})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
