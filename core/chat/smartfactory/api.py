"""The workflow API of the plant's chatbot: its calls, and what is done with sessions besides asking."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from core.chat.backend import ChatError, Earlier, IssueBrief, Report
from core.chat.http.client import ChatServer, path_part
from core.chat.http.problems import StatusError
from core.chat.smartfactory.database_errors import database_refusal
from core.chat.smartfactory.report import download_report
from core.chat.smartfactory.state import DB_SESSION, SESSION
from core.chat.smartfactory.wire import Reply, Session, data_of, moment_ms, reply_of, sessions_of
from core.domain.chat_problems import ChatProblem, ChatProblemKind
from core.domain.messages import Author

EARLIER_LIMIT = 500
"""Messages of earlier sessions that are shown, the newest."""
CALL_S = 30.0
"""Seconds for a call that no expert thinks about."""

GLANCE_S = 2.0
"""Seconds for a call whose answer is only confirmed by it."""

_CUT_OFF = frozenset({HTTPStatus.GATEWAY_TIMEOUT, 524})
"""How gateways say that they lost their patience; 524 is Cloudflare's."""
_API = "/api/chatbot-workflow"


class WorkflowApi:
    """The calls. Each raises ``ChatError``, with ``StatusError`` for what the server says no to."""

    def __init__(self, server: ChatServer) -> None:
        self.timeout_s = server.timeout_s
        self._server = server
        self._call_s = min(CALL_S, server.timeout_s)

    async def start(self, issue: str, user: str, text: str) -> Reply:
        """Start a session with its first question. 404 while the server has not stored the issue."""
        body = {"issue_id": issue, "user_id": user, "user_message": text}
        with _database_told():
            return reply_of(await self._server.json("POST", f"{_API}/start-chat", body))

    async def go_on(self, session: str, text: str) -> Reply:
        """Ask another question. 400 once the session's report was taken or skipped, 404 once it is forgotten."""
        body = {"session_id": session, "user_message": text}
        with _database_told():
            return reply_of(await self._server.json("POST", f"{_API}/continue-chat", body))

    async def sessions(self, issue: str) -> tuple[Session, ...]:
        """The issue's sessions; none where the server has not stored it."""
        path = f"{_API}/issues/{path_part(issue)}/sessions"
        try:
            with _database_told():
                return sessions_of(await self._server.json("GET", path, timeout_s=self._call_s))
        except StatusError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return ()
            raise

    async def knows(self, issue: str) -> bool:
        """Whether the server has stored the issue, as it says at once; no where it does not."""
        path = f"{_API}/issues/{path_part(issue)}/sessions"
        try:
            await self._server.json("GET", path, timeout_s=min(GLANCE_S, self._call_s))
        except ChatError:
            return False
        return True

    async def is_deaf(self) -> bool:
        """Whether a record broke the server's own consumer: it hears of no issue any more, whatever is restarted.

        No where it does not tell: ``is_running`` stays true, ``task_status`` alone says it.
        """
        try:
            answer = await self._server.json("GET", "/api/kafka/status", timeout_s=self._call_s)
        except ChatError:
            return False
        found = answer.get("data") if isinstance(answer.get("data"), Mapping) else answer
        status = found.get("task_status") if isinstance(found, Mapping) else None
        return isinstance(status, str) and status.strip().lower() == "stopped"

    async def server_now_ms(self) -> int | None:
        """The server's time, read as its other times are; None where it does not tell."""
        answer = await self._server.json("GET", "/ping", timeout_s=self._call_s, with_key=False)
        return moment_ms(answer.get("timestamp"))

    async def stored_issues(self, limit: int) -> tuple[str, ...]:
        """The ids of issues that the server has stored, ``limit`` of them at most."""
        answer = data_of(await self._server.json("GET", f"/api/kafka/issues?limit={limit}", timeout_s=self._call_s))
        found = answer.get("issues")
        ids = [one.get("issue") for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
        return tuple(one for one in ids if isinstance(one, str) and one)[:limit]

    def session_in(self, memo: Mapping[str, str]) -> str | None:
        """As ``SessionBackend.session_in``."""
        return memo.get(SESSION) or None

    async def earlier(self, issue: IssueBrief, own_memos: Sequence[Mapping[str, str]]) -> list[Earlier]:
        """As ``SessionBackend.earlier``: the newest ``EARLIER_LIMIT`` messages.

        BUSY where the server stands still: it thinks about somebody's question, and is not away.
        """
        try:
            sessions = await self.sessions(issue.issue)
        except ChatError as error:
            if stands_still(error):
                raise ChatError(ChatProblem(ChatProblemKind.BUSY)) from error
            raise
        own = {memo.get(DB_SESSION) for memo in own_memos}
        said = [
            Earlier(
                id=f"smartfactory:{issue.issue}:{session.id}:{message.id}",
                author=Author.CHATBOT if message.is_bot else Author.PERSON,
                name="" if message.is_bot else session.user,
                text=message.text,
                at_ms=message.at_ms,
                session=session.id,
            )
            for session in sessions
            if session.id not in own
            for message in session.messages
        ]
        return sorted(said, key=lambda one: one.at_ms)[-EARLIER_LIMIT:]

    async def complete(self, session: str, summary: str) -> None:
        """As ``SessionBackend.complete``."""
        body = {"session_id": session, "final_summary": summary or None}
        try:
            with _database_told():
                await self._server.tell("POST", f"{_API}/complete-chat", body, timeout_s=self._call_s)
        except StatusError as error:
            if is_closed(error) or is_unknown(error):
                raise ChatError(ChatProblem(ChatProblemKind.CLOSED)) from error
            raise

    async def report(self, session: str, folder: Path) -> Report:
        """As ``SessionBackend.report``."""
        return await download_report(self._server, f"{_API}/download-report/{path_part(session)}", folder)

    async def skip_report(self, session: str) -> None:
        """As ``SessionBackend.skip_report``."""
        try:
            await self._server.tell("POST", f"{_API}/skip-report/{path_part(session)}", timeout_s=self._call_s)
        except StatusError as error:
            if not is_closed(error) and not is_unknown(error):
                raise


@contextmanager
def _database_told() -> Iterator[None]:
    """A database that refuses is told from a server that fails in passing."""
    try:
        yield
    except StatusError as error:
        refusal = database_refusal(error.words) if error.status == HTTPStatus.INTERNAL_SERVER_ERROR else None
        if refusal is None:
            raise
        problem = ChatProblem(ChatProblemKind.DATABASE, refusal.words)
        raise StatusError(problem, error.status, error.said, error.words) from error


def is_closed(error: StatusError) -> bool:
    """400 in the chatbot's own words: the session's report was taken or skipped."""
    own = error.said is not None and error.problem.kind is ChatProblemKind.REJECTED
    return error.status == HTTPStatus.BAD_REQUEST and own


def stands_still(error: ChatError) -> bool:
    """No answer in time, to us or to a gateway: while the server thinks, it answers nothing else."""
    if not isinstance(error, StatusError):
        return error.problem.kind is ChatProblemKind.SILENT
    return error.status in _CUT_OFF


def is_unknown(error: StatusError) -> bool:
    """404 in the chatbot's own words, not a gateway's."""
    return error.status == HTTPStatus.NOT_FOUND and error.said is not None
