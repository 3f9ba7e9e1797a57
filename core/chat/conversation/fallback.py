"""The fallback of the chosen chatbot: a circuit breaker, and the built-in assistant while the circuit is open."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from core.chat.backend import ChatBackend, ChatError, SessionBackend
from core.domain.chat_problems import UNREACHABLE, ChatProblem

log = logging.getLogger(__name__)

FIRST_REST_S = 5.0
LONGEST_REST_S = 60.0


@dataclass(frozen=True, slots=True)
class ChatHealth:
    """Whether the chosen chatbot answers, as far as this terminal knows."""

    name: str
    """``smartfactory``, ``openai`` or ``builtin``."""
    problem: ChatProblem | None = None
    """Why it is given a rest; None while questions go to it."""
    since_ms: int = 0


class Fallback:
    """Chooses who answers. ``health`` is only ever replaced, so it may be read from another thread."""

    def __init__(
        self,
        chosen: ChatBackend,
        builtin: ChatBackend,
        *,
        now_ms: Callable[[], int],
        changed: Callable[[], None],
        first_rest_s: float = FIRST_REST_S,
    ) -> None:
        self.chosen = chosen
        self.builtin = builtin
        self.health = ChatHealth(chosen.name)
        self._now_ms = now_ms
        self._changed = changed
        self._first_rest_s = first_rest_s
        self._rest_s = first_rest_s
        self._opened = asyncio.Event()

    @property
    def has_server(self) -> bool:
        """Whether another chatbot than the built-in one is chosen."""
        return self.chosen is not self.builtin

    @property
    def has_sessions(self) -> bool:
        """Whether the chosen chatbot's server keeps sessions that can be read back."""
        return isinstance(self.chosen, SessionBackend)

    @property
    def is_open(self) -> bool:
        """The circuit is open: the chosen chatbot is not asked but by its name."""
        return self.health.problem is not None

    def answered(self, backend: ChatBackend) -> None:
        """``backend`` gave an answer."""
        if backend is self.chosen:
            self._rest_s = self._first_rest_s
            self._close()

    def failed(self, backend: ChatBackend, problem: ChatProblem) -> None:
        """``backend`` gave none. Only what concerns the chatbot as a whole opens the circuit."""
        if backend is not self.chosen or not self.has_server or problem.kind not in UNREACHABLE:
            return
        if not self.is_open:
            log.warning("the chatbot is given a rest: %s", problem.kind)
        self._set(ChatHealth(self.chosen.name, problem, self.health.since_ms or self._now_ms()))
        self._opened.set()

    async def run(self) -> None:
        """Look after the chosen chatbot until cancelled: once at the start, then whenever the circuit is open."""
        if self.has_server:
            await self._probe()
        while True:
            await self._opened.wait()
            await asyncio.sleep(self._rest_s)
            # A server that answers its ping but no question is tried ever less often.
            self._rest_s = min(self._rest_s * 2, LONGEST_REST_S)
            await self._probe()

    async def _probe(self) -> None:
        try:
            await self.chosen.ping()
        except ChatError as error:
            self.failed(self.chosen, error.problem)
        except Exception:
            log.exception("the chatbot could not be looked after")
        else:
            self._close()

    def _close(self) -> None:
        self._opened.clear()
        if self.is_open:
            log.info("the chatbot is back")
            self._set(ChatHealth(self.chosen.name))

    def _set(self, health: ChatHealth) -> None:
        self.health = health
        self._changed()
