"""What went wrong on the way to a chatbot's server, told apart: errors of the connection and answers that refuse."""

import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx

from core.chat.backend import ChatError
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.support.text import inert_line

DETAIL_LIMIT = 200
"""Characters of a detail that are shown at most."""

_FROM_THE_GATEWAY = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
_BROKEN_OFF = ("peer closed", "Server disconnected")
"""How httpcore begins to tell of a connection that ended too early, rather than of one that speaks no HTTP."""
_UNLISTED_HOST = b"invalid host header"
_WANTS_TLS = (b"plain http request was sent to https", b"http request to an https server", b"plain http to an ssl")
"""How nginx, Go and Apache answer where https was meant."""
WORDS_LIMIT = 2_000
"""Characters of a refusal that are looked into."""
_OF_STATUS = {
    HTTPStatus.UNAUTHORIZED: ChatProblemKind.LOGIN,
    HTTPStatus.FORBIDDEN: ChatProblemKind.FORBIDDEN,
    HTTPStatus.NOT_FOUND: ChatProblemKind.NOT_FOUND,
    HTTPStatus.TOO_MANY_REQUESTS: ChatProblemKind.TOO_MANY,
}


class StatusError(ChatError):
    """The server answered with something else than 2xx."""

    def __init__(self, problem: ChatProblem, status: int, said: str | None, words: str = "") -> None:
        super().__init__(problem)
        self.status = status
        self.said = said
        """The ``detail`` of the server's JSON, inert; None where the answer is none of the chatbot's (a proxy's)."""
        self.words = words
        """As ``said`` or, without it, the body, but longer: for the log and for finding out what it means."""


def garbage(detail: str) -> ChatError:
    """An answer that cannot be read; ``detail`` names what of it."""
    return ChatError(ChatProblem(ChatProblemKind.GARBAGE, detail_of(detail)))


def detail_of(text: str) -> str:
    """``text`` as a problem's detail: one line, inert, bounded."""
    line = inert_line(text, DETAIL_LIMIT)
    return line if len(line) <= DETAIL_LIMIT else line[: DETAIL_LIMIT - 1] + "…"


@contextmanager
def connection_problems(where: str) -> Iterator[None]:
    """Turn what httpx and time limits raise in the block into ``ChatError``; ``where`` is ``host:port``."""
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, TimeoutError, UnicodeError) as error:
        raise ChatError(problem_of(error, where)) from error


def problem_of(error: Exception, where: str) -> ChatProblem:
    """Why no answer came from ``where`` (``host:port``)."""
    reason = _reason(error)
    match error:
        case TimeoutError() | httpx.TimeoutException():
            return ChatProblem(ChatProblemKind.SILENT)
        case httpx.NetworkError() if isinstance(reason, ssl.SSLError):
            return ChatProblem(ChatProblemKind.TLS, detail_of(_tls_words(reason)))
        case httpx.ConnectError() if isinstance(reason, socket.gaierror):
            return ChatProblem(ChatProblemKind.NAME, detail_of(where))
        case httpx.ConnectError():
            return ChatProblem(ChatProblemKind.REFUSED, detail_of(where))
        case httpx.NetworkError():
            return ChatProblem(ChatProblemKind.DROPPED)
        case httpx.RemoteProtocolError() if str(error).startswith(_BROKEN_OFF):
            return ChatProblem(ChatProblemKind.DROPPED)
        case httpx.UnsupportedProtocol() | httpx.InvalidURL() | UnicodeError():
            # A host name that the resolver cannot even write, such as one with a part of 64 letters.
            return ChatProblem(ChatProblemKind.NAME, detail_of(where))
        case _:
            return ChatProblem(ChatProblemKind.GARBAGE, "HTTP")


def status_error(response: httpx.Response, body: bytes, where: str) -> StatusError:
    """What an answer other than 2xx means; ``body`` is as much of it as was read."""
    status, said = response.status_code, _said(body)
    words = inert_line(told_words(_object(body) or {}) or body.decode("utf-8", "replace"), WORDS_LIMIT)
    return StatusError(_status_problem(response, said, body, where), status, said, words)


def _status_problem(response: httpx.Response, said: str | None, body: bytes, where: str) -> ChatProblem:
    status = response.status_code
    detail = detail_of(f"{status} {said or ''}")
    if response.is_redirect or 300 <= status < 400:
        return ChatProblem(ChatProblemKind.REDIRECT, _target_host(response.headers.get("location", ""), where))
    if status == HTTPStatus.BAD_REQUEST and _UNLISTED_HOST in body[:1000].lower():
        return ChatProblem(ChatProblemKind.HOST, detail_of(_host_sent(response) or where))
    if status == HTTPStatus.BAD_REQUEST and any(sign in body[:1000].lower() for sign in _WANTS_TLS):
        return ChatProblem(ChatProblemKind.HTTPS, detail_of(where))
    if status in _FROM_THE_GATEWAY and said is None:
        return ChatProblem(ChatProblemKind.PROXY, detail)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ChatProblem(ChatProblemKind.SERVER, detail)
    if status in _OF_STATUS:
        kind = _OF_STATUS[HTTPStatus(status)]
        return ChatProblem(kind, detail if kind is ChatProblemKind.NOT_FOUND else "")
    return ChatProblem(ChatProblemKind.REJECTED, said or detail)


def _host_sent(response: httpx.Response) -> str:
    """The host name by which the server was called."""
    return str(response.request.headers.get("host", ""))


def _said(body: bytes) -> str | None:
    """The server's own words: ``detail`` as a text, or as the list of what FastAPI finds wrong (422).

    OpenAI-compatible servers write ``{"error": {"message": ...}}`` instead, or ``message`` alone.
    """
    answer = _object(body)
    if answer is None:
        return None
    return detail_of(told_words(answer))


def told_words(answer: Mapping[str, Any]) -> str:
    """What a JSON object says went wrong; empty where it says nothing. Not inert yet."""
    match answer.get("detail"):
        case str() as words:
            return words
        case list() as faults:
            return "; ".join(_fault(fault) for fault in faults[:5] if isinstance(fault, Mapping))
        case _:
            return _error_words(answer)


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _error_words(answer: Mapping[str, Any]) -> str:
    error = answer.get("error")
    words = (error.get("message") if isinstance(error, Mapping) else error) or answer.get("message")
    return words if isinstance(words, str) else ""


def _fault(fault: Mapping[str, Any]) -> str:
    loc = fault.get("loc")
    where = ".".join(str(part) for part in loc[:8]) if isinstance(loc, list) else ""
    return f"{where}: {str(fault.get('msg') or '')[:DETAIL_LIMIT]}".removeprefix(": ")


def _target_host(location: str, where: str) -> str:
    """Where a redirect wants to go: the host alone, for an address may hold a password or a token."""
    try:
        host = urlsplit(location).hostname
    except ValueError:
        host = None
    return detail_of(host or where)


def _reason(error: BaseException) -> BaseException:
    """The operating system's or OpenSSL's error below those of httpx, httpcore and anyio."""
    seen: set[int] = set()
    while id(error) not in seen and not isinstance(error, socket.gaierror | ssl.SSLError):
        seen.add(id(error))
        error = error.__cause__ or error.__context__ or error
    return error


def _tls_words(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message.rstrip(".")
    return str(getattr(error, "reason", None) or "TLS").replace("_", " ").lower()
