"""Tokens for OAUTHBEARER: fetched beside the fetching, cached, refreshed before they run out.

aiokafka asks for a token at every login. A provider that raises anything but a ``KafkaError`` ends its fetching for
good (docs/kafka.md, 3), so whatever goes wrong here becomes a ``TokenError``, which is shown and tried again.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from aiokafka.abc import AbstractTokenProvider
from aiokafka.errors import KafkaError
from pydantic import SecretStr

from core.domain.cluster_problems import ClusterError, ClusterProblem, ClusterProblemKind

log = logging.getLogger(__name__)

FETCH_S = 10.0
"""The longest that one token is waited for: less than the broker waits for a login."""
PAUSE_S = 2.0
"""After a failure, before the source is asked again: several clients log in, and each tries again by itself."""
_PATIENCE_S = 1.0
"""How long a login waits for another token while the one that is held is still good."""
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


Fetch = Callable[[], Awaitable[Token]]


class TokenError(KafkaError):  # type: ignore[misc]  # aiokafka has no types
    """There is no token. ``problem`` says why, without any secret."""

    def __init__(self, problem: ClusterProblem) -> None:
        super().__init__(problem.words)
        self.problem = problem


def steady_s() -> float:
    """Seconds of a clock that nobody sets; on Linux it runs on while the machine sleeps, as tokens do."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class Tokens(AbstractTokenProvider):  # type: ignore[misc]
    """The tokens of one source, the same for every client of this process."""

    def __init__(
        self,
        fetch: Fetch,
        *,
        extensions: Mapping[str, str] | None = None,
        now: Callable[[], float] = time.time,
        steady: Callable[[], float] = steady_s,
        fetch_s: float = FETCH_S,
    ) -> None:
        """``fetch`` raises ``ClusterError`` where it knows why there is no token.

        ``now`` (epoch s) only tells how long a fresh token lives; everything after goes by ``steady``, so that a clock
        that is set right neither keeps a token too long nor keeps the source unasked for hours.
        """
        self._fetch = fetch
        self._extensions = dict(extensions or {})
        self._now = now
        self._steady = steady
        self._fetch_s = fetch_s
        self._held: Token | None = None
        self._good_until = 0.0
        """When the token that is held runs out, by the steady clock."""
        self._problem = ClusterProblem(ClusterProblemKind.ISSUER, "?")
        self._ask_at = 0.0
        """When a login asks the source again, by the steady clock."""
        self._renewal: asyncio.Task[None] | None = None

    def extensions(self) -> Mapping[str, str]:
        """What goes to the broker beside the token."""
        return self._extensions

    async def token(self) -> str:
        """A token that is still good. Where another cannot be had, the one that is held serves to its end.

        Raises:
            TokenError: there is none.
        """
        if self._steady() >= self._ask_at:
            await asyncio.wait({self._renewing()}, timeout=_PATIENCE_S if self._is_good() else None)
        if self._held is None or not self._is_good():
            raise TokenError(self._problem)
        return self._held.value.get_secret_value()

    def _is_good(self) -> bool:
        return self._held is not None and self._steady() < self._good_until

    def _renewing(self) -> "asyncio.Task[None]":
        """The fetch that is under way, one for all who wait; it outlives a login that is given up."""
        if self._renewal is None:
            self._renewal = asyncio.create_task(self._renew(), name="token")
            self._renewal.add_done_callback(self._let_go)
        return self._renewal

    def _let_go(self, _renewal: "asyncio.Task[None]") -> None:
        self._renewal = None  # a task knows its event loop: kept, it would keep a loop that has ended

    async def _renew(self) -> None:
        try:
            async with asyncio.timeout(self._fetch_s):
                fresh = await self._fetch()
        except Exception as error:  # noqa: BLE001 - anything else would end the client's fetching for good
            self._problem = _problem_of(error)
            self._ask_at = self._steady() + PAUSE_S
            log.warning("no new token: %s", self._problem.kind)
            return
        life_s = max(0.0, fresh.expires_at - self._now())
        self._held = fresh
        self._good_until = self._steady() + life_s
        self._ask_at = self._steady() + _SHARE * life_s


class OffLoop:
    """Runs a library's blocking ``fetch`` in a thread, one at a time.

    A fetch that hangs is waited for again, not started again: threads would pile up. They are daemons, since nothing
    may keep the program from ending; and not the loop's own threads, which look up host names.
    """

    def __init__(self, fetch: Callable[[], Token]) -> None:
        self._fetch = fetch
        self._running: Future[Token] | None = None

    async def __call__(self) -> Token:
        """The token. Raises what ``fetch`` raises."""
        if self._running is None:
            self._running = _in_thread(self._fetch)
        running = self._running
        waiting = asyncio.wrap_future(running)
        waiting.add_done_callback(_seen)
        try:
            return await asyncio.shield(waiting)
        finally:
            if running.done():
                self._running = None


def _in_thread(work: Callable[[], Token]) -> "Future[Token]":
    future: Future[Token] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it is the future's to raise
            future.set_exception(error)

    threading.Thread(target=run, name="token", daemon=True).start()
    return future


def _seen(future: "asyncio.Future[Token]") -> None:
    """Nobody may be waiting any more; an exception is then no news."""
    if not future.cancelled():
        future.exception()


def _problem_of(error: Exception) -> ClusterProblem:
    if isinstance(error, ClusterError):
        return error.problem
    if isinstance(error, TimeoutError):
        return ClusterProblem(ClusterProblemKind.ISSUER, "time-out")
    return ClusterProblem(ClusterProblemKind.ISSUER, type(error).__name__)
