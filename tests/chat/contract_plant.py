"""What the plant's chatbot keeps: issues, sessions, messages; and the plant's hand on it."""

import asyncio
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.exceptions import HTTPException

from tests.chat.contract_faults import Faulty
from tests.chat.contract_words import PDF, summary

_TICK_S = 0.005


@dataclass(slots=True)
class StoredSession:
    """A session: ``redis_id`` for calls, ``db_id`` for the listing; Redis may forget, the database does not."""

    issue: str
    user: str
    redis_id: str
    db_id: int
    started_at: str
    count: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)
    completed: bool = False
    terminated: bool = False
    reported: bool = False
    final_summary: str | None = None
    in_redis: bool = True

    @property
    def is_closed(self) -> bool:
        return self.terminated or self.reported


class Plant:
    """The server's state and its levers. Set from the test's thread, read by the server's."""

    web: Faulty
    """The application, with its faults and its record of what was asked."""

    def __init__(self, *, key: str | None = None) -> None:
        self.url = ""
        self.key = key
        self.reset()

    def reset(self) -> None:
        """Without issues and sessions, and everything as it should be."""
        self.any_issue = False
        """Whether every issue is known at once, as if its own consumer were never late."""
        self.thinking = False
        """While set, the experts do not come to an end."""
        self.think_s = 0.0
        self.report_name = 'attachment; filename="report.pdf"'
        self.report_body = PDF
        self.issues: dict[str, dict[str, str]] = {}
        self.sessions: list[StoredSession] = []
        self._ids = 0

    def store_issue(self, issue: str, process_type: str = "장애접수", mode_type: str = "프레스") -> None:
        """What the server's own consumer does some time after the event."""
        self.issues[issue] = {"process_type": process_type, "mode_type": mode_type, "description": "유압 이상"}

    def terminate(self, issue: str) -> None:
        """What ``isSolved=true`` on Kafka does."""
        for session in self.sessions:
            session.terminated = session.terminated or session.issue == issue

    def forget_session(self, redis_id: str) -> None:
        """What time does to Redis."""
        self.of_redis(redis_id).in_redis = False

    def of_redis(self, redis_id: str) -> StoredSession:
        found = next((one for one in self.sessions if one.redis_id == redis_id and one.in_redis), None)
        if found is None:
            raise HTTPException(404, "세션을 찾을 수 없습니다.")
        return found

    def next_id(self) -> int:
        self._ids += 1
        return self._ids

    def begin(self, issue: str, user: str) -> StoredSession:
        session = StoredSession(issue, user, str(uuid.uuid4()), 1000 + self.next_id(), now_iso())
        self.sessions.append(session)
        return session

    def write(self, session: StoredSession, sender: str, content: str) -> None:
        session.messages.append(
            {"message_id": self.next_id(), "content": content, "sender": sender, "sent_at": now_iso()}
        )

    async def exchange(self, session: StoredSession, question: str) -> str:
        """Write the question down, think, and write the answer down."""
        self.write(session, "user", question)
        await asyncio.sleep(self.think_s)
        while self.thinking:
            await asyncio.sleep(_TICK_S)
        session.count += 1
        said = summary(session.count)
        self.write(session, "bot", said)
        return said


def now_iso() -> str:
    """As the server writes times: local, and naming no zone."""
    return datetime.now(UTC).astimezone().replace(tzinfo=None).isoformat()
