"""The plant's chatbot (docs/contracts/chatbot-http-api.md), in one of its two dialects."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Literal, Protocol

from core.chat.backend import Answer, ChatRequest, Earlier, Fragment, IssueBrief, Noted, Report
from core.chat.http.client import ChatServer
from core.chat.smartfactory.api import WorkflowApi
from core.chat.smartfactory.checkup import CheckUp, check_up
from core.chat.smartfactory.legacy_chat import LegacyChat
from core.chat.smartfactory.workflow import Workflow
from core.domain.messages import Author
from core.settings import Settings, SettingsError
from core.support.i18n import _

NAME = "smartfactory"
PING_S = 60.0
"""Seconds that a sign of life is waited for: while it thinks about one question, the server answers nothing else."""
WAIT_FOR_ISSUE_S = 60.0
FIRST_PAUSE_S = 1.0
_OLDER = "older:"
"""Begins the id of a session of the older API, where the workflow API is spoken."""


class _Asking(Protocol):
    def answer(self, request: ChatRequest) -> AsyncGenerator[Noted | Answer, None]: ...


class _Sessions(Protocol):
    def session_in(self, memo: Mapping[str, str]) -> str | None: ...

    async def earlier(self, issue: IssueBrief, own_memos: Sequence[Mapping[str, str]]) -> list[Earlier]: ...

    async def complete(self, session: str, summary: str) -> None: ...

    async def report(self, session: str, folder: Path) -> Report: ...

    async def skip_report(self, session: str) -> None: ...


class SmartFactory:
    """A ``SessionBackend``. What it remembers travels in memos; only that start-chat is refused it keeps for itself."""

    name = NAME
    author = Author.CHATBOT

    def __init__(
        self,
        server: ChatServer,
        *,
        dialect: Literal["workflow", "chat"] = "workflow",
        wait_for_issue_s: float = WAIT_FOR_ISSUE_S,
        first_pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        """``wait_for_issue_s``: how long the server may take to store an issue that it does not know yet."""
        self._server = server
        self._older = LegacyChat(server)
        self._asking: _Asking = self._older
        self._sessions: _Sessions = self._older
        if dialect == "workflow":
            self._sessions = api = WorkflowApi(server)
            self._asking = Workflow(api, self._older, wait_for_issue_s=wait_for_issue_s, first_pause_s=first_pause_s)

    async def answer(self, request: ChatRequest) -> AsyncGenerator[Fragment | Noted | Answer, None]:
        """As ``ChatBackend.answer``; never a fragment, for the server answers only when its experts are done."""
        async with aclosing(self._asking.answer(request)) as parts:
            async for part in parts:
                yield part

    async def ping(self) -> None:
        """As ``ChatBackend.ping``. Needs no key, and sends none."""
        await self._server.json("GET", "/ping", timeout_s=min(PING_S, self._server.timeout_s), with_key=False)

    async def close(self) -> None:
        """As ``ChatBackend.close``."""
        await self._server.close()

    def session_in(self, memo: Mapping[str, str]) -> str | None:
        """As ``SessionBackend.session_in``."""
        found, older = self._sessions.session_in(memo), self._older.session_in(memo)
        return found or (f"{_OLDER}{older}" if older else None)

    async def earlier(self, issue: IssueBrief, own_memos: Sequence[Mapping[str, str]]) -> list[Earlier]:
        """As ``SessionBackend.earlier``; nothing in the older dialect, which lists no sessions."""
        return await self._sessions.earlier(issue, own_memos)

    async def complete(self, session: str, summary: str) -> None:
        """As ``SessionBackend.complete``; CLOSED once the session's report was taken or skipped."""
        sessions, session = self._of(session)
        await sessions.complete(session, summary)

    async def report(self, session: str, folder: Path) -> Report:
        """As ``SessionBackend.report``. Raises OSError where ``folder`` cannot be written."""
        sessions, session = self._of(session)
        return await sessions.report(session, folder)

    async def skip_report(self, session: str) -> None:
        """As ``SessionBackend.skip_report``."""
        sessions, session = self._of(session)
        await sessions.skip_report(session)

    def _of(self, session: str) -> tuple[_Sessions, str]:
        """The API by which ``session`` was begun, and its id there."""
        if session.startswith(_OLDER):
            return self._older, session.removeprefix(_OLDER)
        return self._sessions, session

    async def check_up(self) -> CheckUp:
        """What is to be known of the server without a question that costs its experts anything.

        Raises:
            ChatError: it does not answer, or not to this terminal: its key, its host name.
        """
        await self._older.check_key()
        return await check_up(self._sessions) if isinstance(self._sessions, WorkflowApi) else CheckUp()


def smart_factory(settings: Settings) -> SmartFactory:
    """The plant's chatbot as the settings have it.

    Raises:
        SettingsError: its address, key or CA file are missing or wrong.
    """
    if not settings.chat_url:
        raise SettingsError(_("ANDON_CHAT={kind} needs ANDON_CHAT_URL").format(kind=NAME))
    server = ChatServer(
        settings.chat_url,
        key=settings.chat_api_key,
        timeout_s=settings.chat_timeout,
        ca_file=settings.chat_ca_file,
        host=settings.chat_host,
    )
    return SmartFactory(server, dialect=settings.chat_dialect)
