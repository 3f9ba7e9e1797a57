"""The older API of the plant's chatbot: one call a question, with a structured answer shown as a card.

It touches no database, so it answers where the workflow API's is refused. Its server lists no sessions by issue, so
nothing can be looked up before a question is repeated, and nothing is read back.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from core.chat.backend import Answer, ChatError, ChatRequest, Earlier, IssueBrief, Noted, Report
from core.chat.http.client import ChatServer, path_part
from core.chat.http.problems import StatusError
from core.chat.smartfactory.api import CALL_S, is_closed, is_unknown
from core.chat.smartfactory.report import download_report
from core.chat.smartfactory.state import CHAT_SESSION, ENDED, chat_session_of
from core.chat.smartfactory.user import user_id_of
from core.chat.smartfactory.wire import id_of, summary_of
from core.domain.card import card_of, lines_of, number_of
from core.domain.chat_problems import ChatProblem, ChatProblemKind


class LegacyChat:
    """The dialect of ``/chat``. It keeps nothing between calls."""

    def __init__(self, server: ChatServer) -> None:
        self._server = server

    async def answer(self, request: ChatRequest) -> AsyncGenerator[Noted | Answer, None]:
        """As ``ChatBackend.answer``. A session that takes no more questions is followed by another."""
        session = chat_session_of(request)
        try:
            answer = await self._ask(request, session)
        except StatusError as error:
            if not session or not (is_closed(error) or is_unknown(error)):
                raise
            yield Noted({ENDED: session})
            answer, session = await self._ask(request, ""), ""
        yield answer_of(answer, session)

    async def _ask(self, request: ChatRequest, session: str) -> dict[str, Any]:
        given = {
            "user_message": request.text,
            "issue_code": request.issue.issue,
            "session_id": session,
            "user_id": user_id_of(request.operator) if request.operator else "",
        }
        return await self._server.json("POST", "/chat", {key: value for key, value in given.items() if value})

    async def check_key(self) -> None:
        """Find out whether the key is taken, by a question in a session that is not there: no expert thinks about it.

        Raises:
            ChatError: it is not (LOGIN), or no answer came.
        """
        body = {"user_message": "?", "session_id": f"andon-doctor-{uuid4()}"}
        try:
            await self._server.json("POST", "/chat", body, timeout_s=min(CALL_S, self._server.timeout_s))
        except StatusError as error:
            # The rate limit is looked at after the key.
            if not is_unknown(error) and error.problem.kind is not ChatProblemKind.TOO_MANY:
                raise

    # --- sessions

    def session_in(self, memo: Mapping[str, str]) -> str | None:
        """As ``SessionBackend.session_in``."""
        return memo.get(CHAT_SESSION) or None

    async def earlier(self, issue: IssueBrief, own_memos: Sequence[Mapping[str, str]]) -> list[Earlier]:
        """Nothing: this API lists no sessions."""
        return []

    async def complete(self, session: str, summary: str) -> None:
        """As ``SessionBackend.complete``. 400 says that it was told before."""
        body = {"final_summary": summary or None}
        path = f"/session/{path_part(session)}/complete"
        try:
            await self._server.tell("POST", path, body, timeout_s=min(CALL_S, self._server.timeout_s))
        except StatusError as error:
            if is_closed(error):
                return
            if is_unknown(error):
                raise ChatError(ChatProblem(ChatProblemKind.CLOSED)) from error
            raise

    async def report(self, session: str, folder: Path) -> Report:
        """As ``SessionBackend.report``."""
        return await download_report(self._server, f"/session/{path_part(session)}/download-report", folder)

    async def skip_report(self, session: str) -> None:
        """Nothing is to be told: this API knows no skipping."""


def answer_of(answer: Mapping[str, Any], session: str = "") -> Answer:
    """The structured answer of ``/chat``; ``session`` is the one that was asked, for a server that does not repeat it.

    Raises:
        ChatError: it says nothing at all.
    """
    summary, problem = summary_of(answer)
    card, precautions = card_of(answer), lines_of(answer.get("safety_precautions"))
    says_something = precautions or (card is not None and (card.actions or card.phases))
    if problem is not None and not says_something:
        raise ChatError(problem)
    confidence = number_of(answer.get("confidence_level"))
    held = id_of(answer.get("session_id")) or session
    return Answer(
        summary,
        precautions=precautions,
        confidence=None if confidence is None else min(max(confidence, 0.0), 1.0),
        memo={CHAT_SESSION: held} if held else {},
        card=card,
    )
