"""SessionCloser: tells the chatbot's server how a session ended, at least once, and asks for its report, once.

The summary goes beside the resolve and never in its way: the server takes it before ``isSolved`` and after.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from core.chat.backend import ChatError, SessionBackend
from core.chat.conversation.fallback import Fallback
from core.chat.report_file import keep_report
from core.domain.chat_problems import NO_CONNECTION, ChatProblem, ChatProblemKind
from core.domain.errors import StoreError
from core.domain.pending_calls import CallAction, CallState, ChatCall

log = logging.getLogger(__name__)

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0


class CallStore(Protocol):
    """Where calls are kept (``core.store``)."""

    def add(self, call: ChatCall) -> None: ...

    def mark(self, call: ChatCall, state: CallState, problem: ChatProblem | None = None) -> None: ...

    def all(self) -> list[ChatCall]: ...


class SessionCloser:
    """The calls of one scope. ``calls`` is only ever replaced, so it may be read from another thread."""

    def __init__(
        self,
        store: CallStore,
        fallback: Fallback,
        *,
        now_ms: Callable[[], int],
        changed: Callable[[], None],
        first_wait_s: float = FIRST_WAIT_S,
    ) -> None:
        self._store = store
        self._fallback = fallback
        self._now_ms = now_ms
        self._changed = changed
        self._first_wait_s = first_wait_s
        self._woken = asyncio.Event()
        self._waits: dict[tuple[str, CallAction], tuple[float, float]] = {}
        """By session and action, how long the next try is waited for, and when it is due (the loop's time)."""
        self.calls: tuple[ChatCall, ...] = tuple(store.all())

    def complete(self, issue: str, sessions: Iterable[str], summary: str) -> None:
        """Have the server told how these sessions ended. To be called in the transaction of the resolve.

        Raises:
            StoreError: it could not be kept.
        """
        for session in sessions:
            self._store.add(ChatCall(issue, session, CallAction.COMPLETE, summary, self._now_ms()))

    def refresh(self) -> None:
        """Read what was added, and go on."""
        self.calls = tuple(self._store.all())
        self._woken.set()
        self._changed()

    def problem(self, issue: str) -> ChatProblem | None:
        """Why the server could not be told, until somebody acts."""
        return next((c.problem for c in self.calls if c.issue == issue and c.state is CallState.PARKED), None)

    def retry(self, issue: str) -> None:
        """Try again what is parked.

        Raises:
            StoreError: it could not be kept.
        """
        for call in self.calls:
            if call.issue == issue and call.state is CallState.PARKED:
                self._store.mark(call, CallState.WAITING)
        self.refresh()

    def move(self, store: CallStore) -> None:
        """Go on with another cluster's calls."""
        self._store = store
        self.refresh()

    async def run(self) -> None:
        """Make the calls, oldest first, until cancelled. What fails in passing is tried for ever."""
        while True:
            self._woken.clear()
            rest_s = await self._make_all()
            try:
                await asyncio.wait_for(self._woken.wait(), rest_s)
            except TimeoutError:
                continue

    async def _make_all(self) -> float | None:
        """Make every call that is due; seconds to the next, None where none is left.

        What one session's call comes to keeps no other waiting, but for a server that cannot be reached at all.
        """
        backend = self._fallback.chosen
        if not isinstance(backend, SessionBackend):
            return None
        left = [call for call in self.calls if call.state is CallState.WAITING]
        self._waits = {self._key(call): self._waits[self._key(call)] for call in left if self._key(call) in self._waits}
        for call in left:
            if self._due(call) <= 0 and await self._make(backend, call) is ChatProblemKind.REFUSED:
                break
        return min((max(0.0, self._due(call)) for call in self.calls if call.state is CallState.WAITING), default=None)

    @staticmethod
    def _key(call: ChatCall) -> tuple[str, CallAction]:
        return call.session, call.action

    def _due(self, call: ChatCall) -> float:
        """Seconds until ``call`` is to be tried."""
        _wait_s, at = self._waits.get(self._key(call), (0.0, 0.0))
        return at - asyncio.get_running_loop().time()

    def _later(self, call: ChatCall) -> None:
        wait_s, _at = self._waits.get(self._key(call), (0.0, 0.0))
        wait_s = min(wait_s * 2, LONGEST_WAIT_S) or self._first_wait_s
        self._waits[self._key(call)] = wait_s, asyncio.get_running_loop().time() + wait_s

    async def _make(self, backend: SessionBackend, call: ChatCall) -> ChatProblemKind | None:
        """``REFUSED`` where the server cannot be reached."""
        store = self._store
        try:
            if call.action is CallAction.COMPLETE:
                await backend.complete(call.session, call.summary)
            elif call.action is CallAction.SKIP:
                await backend.skip_report(call.session)
        except ChatError as error:
            return self._failed(store, call, error.problem)
        except Exception:
            log.exception("the chatbot's server could not be told")
            self._later(call)
        else:
            self._mark(store, call, CallState.DONE)
        return None

    def _failed(self, store: CallStore, call: ChatCall, problem: ChatProblem) -> ChatProblemKind | None:
        log.warning("the chatbot's server was not told (%s): %s", call.action, problem.kind)
        if problem.kind is ChatProblemKind.CLOSED:
            self._mark(store, call, CallState.CLOSED, problem)
        elif problem.kind.is_permanent and problem.kind is not ChatProblemKind.NOT_FOUND:
            self._mark(store, call, CallState.PARKED, problem)
        else:
            self._later(call)
        if problem.kind not in NO_CONNECTION:
            return None
        self._fallback.failed(self._fallback.chosen, problem)
        return ChatProblemKind.REFUSED

    def _mark(self, store: CallStore, call: ChatCall, state: CallState, problem: ChatProblem | None = None) -> None:
        try:
            store.mark(call, state, problem)
            self.calls = tuple(self._store.all())
        except StoreError:
            log.exception("what the chatbot's server was told could not be kept; it is told again")
            self._later(call)
            return
        self._changed()

    # --- the report

    def offered(self, issue: str) -> str | None:
        """The session whose report can be had; None where there is none, or it was saved or declined."""
        settled = {c.session for c in self.calls if c.action in (CallAction.SAVE, CallAction.SKIP)}
        mine = (c for c in reversed(self.calls) if c.issue == issue and c.action is CallAction.COMPLETE)
        return next((c.session for c in mine if c.state is CallState.DONE and c.session not in settled), None)

    async def save_report(self, issue: str, folder: Path) -> Path:
        """Download the report of ``issue`` into ``folder``. The server gives it once.

        Raises:
            ChatError: it cannot be had.
            OSError: the folder cannot be written.
            StoreError: the report is saved, and that could not be kept.
        """
        backend, session, store = self._fallback.chosen, self.offered(issue), self._store
        if session is None or not isinstance(backend, SessionBackend):
            raise ChatError(ChatProblem(ChatProblemKind.NO_REPORT))
        await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        saved = ChatCall(issue, session, CallAction.SAVE, "", self._now_ms(), CallState.DONE)
        try:
            report = await backend.report(session, folder)
        except ChatError as error:
            if error.problem.kind is ChatProblemKind.NO_REPORT:
                store.add(replace(saved, state=CallState.CLOSED))
                self.refresh()
            raise
        path = keep_report(report, folder, issue)
        store.add(replace(saved, summary=path.name))
        self.refresh()
        return path

    def skip_report(self, issue: str) -> None:
        """No report is wanted; the server is told.

        Raises:
            ChatError: none is offered.
            StoreError: it could not be kept.
        """
        session = self.offered(issue)
        if session is None:
            raise ChatError(ChatProblem(ChatProblemKind.NO_REPORT))
        self._store.add(ChatCall(issue, session, CallAction.SKIP, "", self._now_ms()))
        self.refresh()
