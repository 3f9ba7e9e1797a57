"""Talking with a backend as a conversation does, and waiting for conditions."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from core.chat.backend import Answer, ChatBackend, ChatError, ChatRequest, IssueBrief, Noted, Turn
from core.chat.http.client import ChatServer
from core.chat.smartfactory.backend import SmartFactory
from core.domain.chat_problems import ChatProblem
from core.domain.messages import Author
from tests.chat.contract_plant import Plant

SHORT_S = 0.5
"""A time-out that is waited for in a test."""
LONG_S = 5.0
"""A time-out that is not."""


def brief(issue: str = "I-1") -> IssueBrief:
    return IssueBrief(issue, issue, "장애접수", "프레스", "7", "유압 이상", is_fault=True)


class Talk:
    """A conversation on one issue. What is noted outlives a failure, as it does in the store."""

    def __init__(
        self,
        backend: ChatBackend,
        *,
        issue: str = "I-1",
        operator: str = "김민수",
        about: IssueBrief | None = None,
    ) -> None:
        self.backend = backend
        self.history: list[Turn] = []
        self.noted: dict[str, str] = {}
        self._about = about or brief(issue)
        self._operator = operator
        self._failed = ""

    async def ask(self, text: str) -> Answer:
        if self._failed:
            self._turn(Author.OPERATOR, self._failed, self.noted)
        self.noted = {}
        return await self._put(text)

    async def again(self) -> Answer:
        """Put the question that failed once more."""
        return await self._put(self._failed)

    def back_to(self, text: str, noted: dict[str, str]) -> None:
        """``text`` is the question that failed, and ``noted`` what was noted of it."""
        self._failed, self.noted = text, noted

    async def fails(self, text: str = "") -> ChatProblem:
        """Why ``text``, or the question that failed, gets no answer."""
        with pytest.raises(ChatError) as caught:
            await (self.ask(text) if text else self.again())
        return caught.value.problem

    async def _put(self, text: str) -> Answer:
        self._failed = text
        request = ChatRequest(self._about, tuple(self.history), text, "ko", self._operator, dict(self.noted))
        async with aclosing(self.backend.answer(request)) as parts:
            async for part in parts:
                match part:
                    case Noted(memo):
                        self.noted.update(memo)
                    case Answer():
                        self._turn(Author.OPERATOR, text, self.noted)
                        self._turn(Author.CHATBOT, part.text, part.memo)
                        self._failed = ""
                        return part
                    case _:
                        pass
        raise AssertionError("no answer and no error")

    def _turn(self, author: Author, text: str, memo: Any) -> None:
        self.history.append(Turn(author, text, 0, memo=dict(memo)))


@asynccontextmanager
async def smartfactory(
    plant: Plant,
    *,
    key: str | None = None,
    timeout_s: float = LONG_S,
    wait_for_issue_s: float = LONG_S,
    url: str = "",
    dialect: Any = "workflow",
) -> AsyncIterator[SmartFactory]:
    server = ChatServer(url or plant.url, key=SecretStr(key) if key else None, timeout_s=timeout_s)
    backend = SmartFactory(server, dialect=dialect, wait_for_issue_s=wait_for_issue_s, first_pause_s=0.01)
    try:
        yield backend
    finally:
        await backend.close()


async def until(condition: Callable[[], bool], patience_s: float = 5.0) -> None:
    """Wait until ``condition`` holds."""
    limit = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < limit, "it did not come about"
        await asyncio.sleep(0.005)
