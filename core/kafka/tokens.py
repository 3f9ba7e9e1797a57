"""Tokens for OAUTHBEARER: fetched off the fetching, cached, refreshed before they run out.

aiokafka asks for a token at every login. A provider that raises anything but a ``KafkaError`` ends its fetching for
good (KAFKA.md), so whatever goes wrong here becomes a ``TokenError``, which is shown and tried again.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiokafka.abc import AbstractTokenProvider
from aiokafka.errors import KafkaError
from pydantic import SecretStr

from core.kafka.problems import ClusterError, Problem, ProblemKind

log = logging.getLogger(__name__)

FETCH_S = 10.0
"""The longest that one token is waited for: less than the broker waits for a login."""
_SHARE = 0.8
"""Of a token's life after which another is fetched."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token and when it runs out (epoch s)."""

    value: SecretStr
    expires_at: float

    @classmethod
    def of(cls, value: str, expires_at: float) -> "Token":
        """A token from its plain text, which is shown nowhere from here on."""
        return cls(SecretStr(value), expires_at)


class TokenError(KafkaError):  # type: ignore[misc]  # aiokafka has no types
    """There is no token. ``problem`` says why, without any secret."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.words)
        self.problem = problem


class Tokens(AbstractTokenProvider):  # type: ignore[misc]
    """The tokens of one source, the same for every client of this process."""

    def __init__(
        self, fetch: Callable[[], Awaitable[Token]], *, now: Callable[[], float] = time.time, fetch_s: float = FETCH_S
    ) -> None:
        """``fetch`` raises ``ClusterError`` where it knows why there is no token."""
        self._fetch = fetch
        self._now = now
        self._fetch_s = fetch_s
        self._lock = asyncio.Lock()
        self._held: Token | None = None
        self._refresh_at = 0.0

    async def token(self) -> str:
        """A token that is still good. Where another cannot be had, the one that is held serves to its end.

        Raises:
            TokenError: there is none.
        """
        async with self._lock:
            if self._held is None or self._now() >= self._refresh_at:
                await self._renew()
            held = self._held
        if held is None:
            raise TokenError(Problem(ProblemKind.ISSUER, "?"))
        return held.value.get_secret_value()

    async def _renew(self) -> None:
        try:
            async with asyncio.timeout(self._fetch_s):
                fresh = await self._fetch()
        except Exception as error:  # noqa: BLE001 - anything else would end the client's fetching for good
            problem = _problem_of(error)
            if self._held is None or self._held.expires_at <= self._now():
                self._held = None
                raise TokenError(problem) from None
            log.warning("no new token yet: %s", problem.kind)
            return
        self._held = fresh
        self._refresh_at = self._now() + _SHARE * max(0.0, fresh.expires_at - self._now())


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, ClusterError):
        return error.problem
    if isinstance(error, TimeoutError):
        return Problem(ProblemKind.ISSUER, "time-out")
    return Problem(ProblemKind.ISSUER, type(error).__name__)
