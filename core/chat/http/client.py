"""The way to a chatbot's server: one host, verified certificates, bounded time and size, and the key for it alone.

Redirects are never followed and proxies and ``.netrc`` of the environment never used, so the key reaches the
configured host and no other. Every failure is a ``ChatError``.
"""

import asyncio
import json
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from core.chat.backend import ChatError
from core.chat.http.problems import connection_problems, garbage, status_error
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.settings import SettingsError
from core.support.i18n import _

BODY_LIMIT = 4 * 1024 * 1024
"""Bytes of one answer that are read at most."""
CONNECT_S = 3.0
WRITE_S = 15.0
IDLE_S = 2.0
"""Seconds that an idle connection is kept: less than servers do, so that nothing is sent into a closing one."""

_REFUSAL_LIMIT = 64 * 1024
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}))(?::\d{1,5})?")
_IDENTITY = frozenset({"", "identity"})


class ChatServer:
    """A chatbot's server. ``where`` is its ``host:port``, for showing."""

    def __init__(
        self,
        url: str,
        *,
        key: SecretStr | None = None,
        key_header: str = "X-API-Key",
        key_prefix: str = "",
        timeout_s: float = 180.0,
        connect_s: float = CONNECT_S,
        ca_file: Path | None = None,
        host: str = "",
    ) -> None:
        """``timeout_s`` limits one whole answer, however slowly it drips. ``key_prefix`` is ``"Bearer "`` or nothing.

        ``host`` is the name by which the server is called in its ``Host`` header, and for which its certificate must
        be, where ``url`` leads through a tunnel; empty for the one in ``url``.

        Raises:
            SettingsError: the address, the host, the key's characters or the CA file are wrong; the words hold no
                secret.
        """
        base = _address(url)
        self.timeout_s = timeout_s
        self.where = f"{base.host}:{base.port or _PORTS[base.scheme]}"
        self._extensions = {"sni_hostname": _host_name(host)} if host else {}
        self._key_header = {key_header: key_prefix + _sendable(key)} if key and key.get_secret_value() else {}
        self._client = httpx.AsyncClient(
            # What stands before the @ would be written into httpx's log with each request.
            base_url=base.copy_with(userinfo=b""),
            auth=(base.username, base.password) if base.userinfo else None,
            headers={"Accept": "application/json", "Accept-Encoding": "identity", **({"Host": host} if host else {})},
            timeout=httpx.Timeout(timeout_s, connect=connect_s, write=min(WRITE_S, timeout_s)),
            limits=httpx.Limits(keepalive_expiry=IDLE_S),
            verify=_trust(base.scheme, ca_file),
            follow_redirects=False,
            trust_env=False,
        )

    async def json(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        timeout_s: float | None = None,
        limit: int = BODY_LIMIT,
        with_key: bool = True,
    ) -> dict[str, Any]:
        """Call ``path``, which follows the base address, and return the JSON object of a 2xx answer.

        Raises:
            StatusError: any other status.
            ChatError: no answer, or one that is no JSON object of at most ``limit`` bytes.
        """
        with connection_problems(self.where):
            async with (
                asyncio.timeout(timeout_s or self.timeout_s),
                self.stream(method, path, body, with_key=with_key) as response,
            ):
                return json_object(await read_body(response, limit))

    async def tell(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, timeout_s: float | None = None
    ) -> None:
        """Call ``path``, whose answer matters only as far as it is one: a 2xx with JSON or with nothing.

        Raises:
            ChatError: as ``json``.
        """
        with connection_problems(self.where):
            async with asyncio.timeout(timeout_s or self.timeout_s), self.stream(method, path, body) as response:
                answer = await read_body(response)
                if answer.strip():
                    json_object(answer)

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        accept: str = "application/json",
        with_key: bool = True,
    ) -> AsyncIterator[httpx.Response]:
        """A 2xx answer whose body is still to be read, with ``aiter_raw`` or an event reader.

        The first byte is waited for as long as ``timeout_s``. The body has no limit in all here: the reader sets it
        with ``asyncio.timeout`` and may leave the ``TimeoutError`` to this block.

        Raises:
            StatusError: any other status.
            ChatError: no answer; also for whatever breaks while the block reads.
        """
        with connection_problems(self.where):
            async with asyncio.timeout(self.timeout_s):
                response = await self._client.send(self._request(method, path, body, accept, with_key), stream=True)
            try:
                await self._check(response)
                yield response
            finally:
                await response.aclose()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _request(
        self, method: str, path: str, body: Mapping[str, Any] | None, accept: str, with_key: bool
    ) -> httpx.Request:
        headers = {"Accept": accept, **(self._key_header if with_key else {})}
        if body is None:
            return self._client.build_request(method, path, headers=headers, extensions=self._extensions)
        # As ASCII: a lone surrogate, as JSON may hold one, cannot be written in UTF-8.
        content = json.dumps(body, ensure_ascii=True).encode()
        headers["Content-Type"] = "application/json"
        return self._client.build_request(method, path, headers=headers, content=content, extensions=self._extensions)

    async def _check(self, response: httpx.Response) -> None:
        if not response.is_success:
            async with asyncio.timeout(self.timeout_s):
                body = await _read_up_to(response, _REFUSAL_LIMIT)
            raise status_error(response, body, self.where)
        coding = response.headers.get("content-encoding", "").strip().lower()
        if coding not in _IDENTITY:
            # None was asked for, and a few bytes of it could unpack into any size.
            raise garbage(coding)


def path_part(text: str) -> str:
    """``text`` as one part of a path, whatever it holds: ``/``, ``?``, ``..``, Hangul."""
    quoted = quote(text, safe="", errors="replace")
    return quoted if quoted.strip(".") else quoted.replace(".", "%2E")


async def read_body(response: httpx.Response, limit: int = BODY_LIMIT) -> bytes:
    """The whole body.

    Raises:
        ChatError: it is larger than ``limit`` bytes.
    """
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > limit:
            raise ChatError(ChatProblem(ChatProblemKind.TOO_LARGE, f"> {limit:,} bytes"))
    return bytes(body)


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object that ``body`` is.

    Raises:
        ChatError: it is something else.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise garbage("HTML" if body.lstrip()[:1] == b"<" else "JSON") from None
    if not isinstance(answer, dict):
        raise garbage("JSON")
    return answer


async def _read_up_to(response: httpx.Response, limit: int) -> bytes:
    """The beginning of a body; one that breaks off says as much as came."""
    body = bytearray()
    try:
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) >= limit:
                break
    except httpx.TransportError:
        pass
    return bytes(body[:limit])


def _address(url: str) -> httpx.URL:
    try:
        base = httpx.URL(url)
    except httpx.InvalidURL:
        base = httpx.URL("")
    if base.scheme not in _PORTS or not base.host:
        raise SettingsError(_("ANDON_CHAT_URL must be an address like http://smartfactory.company.com:8000"))
    return base


def _host_name(host: str) -> str:
    """The name in ``host``, without the port that a ``Host`` header may have.

    Raises:
        SettingsError: it is no host name.
    """
    found = _HOST.fullmatch(host)
    if found is None:
        raise SettingsError(_("ANDON_CHAT_HOST must be a host name like smartfactory.company.com"))
    return found["name"]


def _sendable(key: SecretStr) -> str:
    secret = key.get_secret_value()
    if not (secret.isascii() and secret.isprintable()):
        raise SettingsError(_("ANDON_CHAT_API_KEY holds characters that no key has; copy it again"))
    return secret


def _trust(scheme: str, ca_file: Path | None) -> ssl.SSLContext:
    """Whose certificates count: the plant's authority, or the system's. Verification is never off."""
    if scheme == "http":
        # Never used; one that trusts nobody is made in no time.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        words = _("ANDON_CHAT_CA_FILE {path} cannot be read: {why}")
        raise SettingsError(words.format(path=ca_file, why=error.strerror or error)) from None
