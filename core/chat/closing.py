"""Closing: tells the chatbot's server how a session ended, at least once, and asks for its report, once.

The summary must arrive before the plant reads ``isSolved``: then the server terminates the session and takes no
more. So a resolve waits a moment for it (``holds``), and never longer: a resolve matters more than its summary.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from core.chat.backend import ChatError, SessionBackend
from core.chat.calls import CallAction, CallState, ChatCall
from core.chat.net import Net
from core.chat.problems import PERMANENT, ChatProblem, ChatProblemKind
from core.chat.report_file import keep_report
from core.store.database import StoreError

log = logging.getLogger(__name__)

HEAD_START_MS = 1_500
"""The longest that a resolve waits for the summary to go first."""
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0


class CallStore(Protocol):
    """Where calls are kept (``core.store``)."""

    def add(self, call: ChatCall) -> None: ...

    def mark(self, session: str, action: CallAction, state: CallState, problem: ChatProblem | None = None) -> None: ...

    def all(self) -> list[ChatCall]: ...


class Closing:
    """The calls of one scope. ``calls`` is only ever replaced, so it may be read from another thread."""

    def __init__(
        self,
        store: CallStore,
        net: Net,
        *,
        now_ms: Callable[[], int],
        changed: Callable[[], None],
        first_wait_s: float = FIRST_WAIT_S,
    ) -> None:
        self._store = store
        self._net = net
        self._now_ms = now_ms
        self._changed = changed
        self._first_wait_s = first_wait_s
        self._woken = asyncio.Event()
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

    def holds(self, issue: str) -> bool:
        """Whether the summary may still arrive before the plant reads the resolve of ``issue``."""
        if self._net.is_open:
            return False
        since = self._now_ms() - HEAD_START_MS
        return any(c.issue == issue and c.is_waiting(CallAction.COMPLETE) and c.created_ms > since for c in self.calls)

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
                self._store.mark(call.session, call.action, CallState.WAITING)
        self.refresh()

    def move(self, store: CallStore) -> None:
        """Go on with another cluster's calls."""
        self._store = store
        self.refresh()

    async def run(self) -> None:
        """Make the calls, oldest first, until cancelled. What fails in passing is tried for ever."""
        wait_s = self._first_wait_s
        while True:
            self._woken.clear()
            if await self._make_all():
                wait_s = self._first_wait_s
                await self._woken.wait()
                continue
            try:
                await asyncio.wait_for(self._woken.wait(), wait_s)
            except TimeoutError:
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    async def _make_all(self) -> bool:
        """False where something must be tried again."""
        backend = self._net.chosen
        if not isinstance(backend, SessionBackend):
            return True
        for call in self.calls:
            if call.state is CallState.WAITING and not await self._make(backend, call):
                return False
        return True

    async def _make(self, backend: SessionBackend, call: ChatCall) -> bool:
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
            return False
        return self._mark(store, call, CallState.DONE)

    def _failed(self, store: CallStore, call: ChatCall, problem: ChatProblem) -> bool:
        log.warning("the chatbot's server was not told (%s): %s", call.action, problem.kind)
        self._net.failed(self._net.chosen, problem)
        if problem.kind in (ChatProblemKind.CLOSED, ChatProblemKind.NOT_FOUND):
            return self._mark(store, call, CallState.CLOSED, problem)
        return problem.kind in PERMANENT and self._mark(store, call, CallState.PARKED, problem)

    def _mark(self, store: CallStore, call: ChatCall, state: CallState, problem: ChatProblem | None = None) -> bool:
        try:
            store.mark(call.session, call.action, state, problem)
            self.calls = tuple(self._store.all())
        except StoreError:
            log.exception("what the chatbot's server was told could not be kept; it is told again")
            return False
        self._changed()
        return True

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
        backend, session = self._net.chosen, self.offered(issue)
        if session is None or not isinstance(backend, SessionBackend):
            raise ChatError(ChatProblem(ChatProblemKind.NO_REPORT))
        await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        saved = ChatCall(issue, session, CallAction.SAVE, "", self._now_ms(), CallState.DONE)
        try:
            report = await backend.report(session, folder)
        except ChatError as error:
            if error.problem.kind is ChatProblemKind.NO_REPORT:
                self._store.add(replace(saved, state=CallState.CLOSED))
                self.refresh()
            raise
        path = keep_report(report, folder, issue)
        self._store.add(replace(saved, summary=path.name))
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
