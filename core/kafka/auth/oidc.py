"""OAUTHBEARER tokens from an OpenID Connect token endpoint, by client credentials (RFC 6749, section 4.4)."""

import json
import ssl
import time
from collections.abc import Mapping
from typing import Any

import httpx

from core.domain.cluster_problems import ClusterError, ClusterProblem, ClusterProblemKind
from core.kafka.auth.tls import tls_context
from core.kafka.auth.tokens import FETCH_S, Token
from core.settings import KafkaSettings
from core.support.text import inert_line

ANSWER_LIMIT = 64 * 1024
"""Bytes of a token server's answer that are read."""
_DEFAULT_LIFE_S = 300.0
"""Where the server does not say how long a token lives."""
_DETAIL_LIMIT = 160


class ClientCredentials:
    """Fetches tokens. The secret goes to the configured address and to no other: redirects are not followed."""

    def __init__(self, settings: KafkaSettings) -> None:
        """
        Raises:
            ClusterError: the address is no http or https one.
        """
        self._url = _address(settings.oauth_token_url or "")
        self._where = inert_line(self._url.host, _DETAIL_LIMIT)
        secret = settings.oauth_client_secret
        self._auth = httpx.BasicAuth(settings.oauth_client_id or "", secret.get_secret_value() if secret else "")
        self._form = {"grant_type": "client_credentials"}
        if settings.oauth_scope:
            self._form["scope"] = settings.oauth_scope
        self._settings = settings

    async def fetch(self) -> Token:
        """A new token.

        Raises:
            ClusterError: the server refuses the client, gives no token, or a certificate's file cannot be used.
        """
        timeout = httpx.Timeout(FETCH_S)
        # Of a plain address no certificate is asked for: a context that trusts nobody is made in no time. The others'
        # files are read each time: certificates are renewed while a terminal runs for weeks.
        plain = self._url.scheme == "http"
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else tls_context(self._settings)
        try:
            async with (
                httpx.AsyncClient(verify=trust, timeout=timeout, trust_env=False) as client,
                client.stream("POST", self._url, data=self._form, auth=self._auth) as response,
            ):
                body = await _read(response)
        except httpx.TimeoutException as error:
            raise self._failed("time-out") from error
        except httpx.HTTPError as error:
            raise self._failed(type(error).__name__) from error
        return self._token(response.status_code, _object(body))

    def _token(self, status: int, answer: Mapping[str, Any]) -> Token:
        if status in (400, 401, 403):
            said = " ".join(str(answer.get(name, "")) for name in ("error", "error_description")).strip()
            detail = inert_line(f"{status} {said}", _DETAIL_LIMIT)
            raise ClusterError(ClusterProblem(ClusterProblemKind.ISSUER_REFUSES, f"{self._where}: {detail}"))
        value = answer.get("access_token")
        if status != 200 or not isinstance(value, str) or not value or not (value.isascii() and value.isprintable()):
            raise self._failed(str(status))
        life_s = answer.get("expires_in")
        known = isinstance(life_s, int | float) and not isinstance(life_s, bool) and life_s > 0
        return Token.of(value, time.time() + (float(life_s) if known else _DEFAULT_LIFE_S))  # type: ignore[arg-type]

    def _failed(self, why: str) -> ClusterError:
        return ClusterError(ClusterProblem(ClusterProblemKind.ISSUER, f"{self._where}: {why}"))


async def _read(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > ANSWER_LIMIT:
            break
    return bytes(body)


def _object(body: bytes) -> Mapping[str, Any]:
    """The JSON object that ``body`` is; an empty one for anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _address(url: str) -> httpx.URL:
    try:
        found = httpx.URL(url)
    except httpx.InvalidURL:
        found = httpx.URL("")
    if found.scheme not in ("http", "https") or not found.host:
        raise ClusterError(ClusterProblem(ClusterProblemKind.ISSUER_UNKNOWN, ""))
    return found
