"""What the plant's chatbot keeps: issues, sessions, messages, columns too short; and the plant's hand on it.

Each number here is a line of docs/contracts/chatbot-http-api.md or issue-events.md; ``test_contract`` holds it to them.
"""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.exceptions import HTTPException

from tests.chat.contract_faults import Faulty
from tests.chat.contract_words import PDF, summary

HOSTS = (
    "localhost",
    "smartfactory.company.com",
    "app.smartfactory.company.com",
    "dashboard.smartfactory.company.com",
)
"""Host names that the server takes with DEBUG off."""
DEBUG_HOSTS = ("localhost", "127.0.0.1", "testserver")

AS_PUBLISHED, WIDENED = 50, 255
"""Characters of ``ChatMessage.chatMessageId`` and of ``ChatbotSession.chatbotSessionId``."""
USER_ID = 50
RATE_LIMIT = 100
"""Questions of a key in an hour by ``/chat``."""
API_PATIENCE_S, CHAT_PATIENCE_S = 60.0, 300.0
"""How long the plant's nginx and Ingress wait for an answer."""

PROCESS_TYPES = ("장애접수", "정기점검")
MODE_TYPES = ("프레스", "용접기", "도장설비", "차량조립설비")
ISSUE_CHARS, LOG_ID_CHARS, DESCRIPTION_BYTES = 100, 50, 65_535

_TICK_S = 0.005


@dataclass(slots=True)
class StoredSession:
    """A session: ``redis_id`` for calls, ``db_id`` for the listing; Redis may forget, the database does not."""

    issue: str
    user: str
    redis_id: str
    db_id: str
    started_at: str
    count: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)
    completed: bool = False
    terminated: bool = False
    """In the database alone: Redis does not hear of it."""
    reported: bool = False
    final_summary: str | None = None
    in_redis: bool = True
    in_database: bool = True


class Plant:
    """The server's state and its levers. Set from the test's thread, read by the server's."""

    web: Faulty
    """The application, with its faults and its record of what was asked."""

    def __init__(self, *, key: str | None = None) -> None:
        self.url = ""
        self.key = key
        self.reset()

    def reset(self) -> None:
        """As published, without issues and sessions, in front of no proxy."""
        self.any_issue = False
        """Whether every issue is known at once, as if its own consumer were never late."""
        self.message_id_chars = self.session_id_chars = AS_PUBLISHED
        self.thinking = False
        """While set, the experts do not come to an end."""
        self.think_s = 0.0
        self.stands_still = False
        """Whether nothing else is answered while the experts think, as during each of their synchronous calls."""
        self.busy = False
        """The experts are thinking."""
        self.behind_proxy = False
        self.api_patience_s, self.chat_patience_s = API_PATIENCE_S, CHAT_PATIENCE_S
        self.second: Callable[[], int] = lambda: int(time.time())
        """The stamp in a session's id."""
        self.deaf = False
        """Its consumer was broken by a record."""
        self.questions_by_key = 0
        self.debates = 0
        """How often the experts have run."""
        self.report_name = 'attachment; filename="report.pdf"'
        self.report_body = PDF
        self.issues: dict[str, dict[str, Any]] = {}
        self.sessions: list[StoredSession] = []
        self._experts: asyncio.Lock | None = None

    def widen(self) -> None:
        """What a plant must do to its database before start-chat works."""
        self.message_id_chars = self.session_id_chars = WIDENED

    def made_easy(self) -> None:
        """Widened, and no two starts within one second."""
        self.widen()
        seconds = iter(range(1_764_000_000, 2_000_000_000))
        self.second = lambda: next(seconds)

    @property
    def debug(self) -> bool:
        """DEBUG on: no key is needed."""
        return self.key is None

    # --- its consumer

    def consume(self, value: bytes | None) -> None:
        """What its Kafka consumer does with a record (issue-events.md, "What a publisher must honour")."""
        if self.deaf:
            return
        try:
            event = json.loads(value or b"")
        except ValueError:
            self.deaf = True
            return
        if isinstance(event, dict) and _is_kept(event):
            self.issues[event["issue"]] = {
                "process_type": event["processType"],
                "mode_type": event["modeType"],
                "mode_log_id": event["modeLogId"],
                "description": event.get("description"),
            }
            if event.get("isSolved") is True:
                self.terminate(event["issue"])

    def store_issue(self, issue: str, process_type: str = "장애접수", mode_type: str = "프레스") -> None:
        """What the server's own consumer does some time after the event."""
        self.issues[issue] = {
            "process_type": process_type,
            "mode_type": mode_type,
            "mode_log_id": "1",
            "description": "유압 이상",
        }

    def terminate(self, issue: str) -> None:
        """What ``isSolved=true`` on Kafka does: a mark in the database, and nothing in Redis."""
        for session in self.sessions:
            session.terminated = session.terminated or session.issue == issue

    # --- its sessions

    def forget_session(self, redis_id: str) -> None:
        """What time does to Redis."""
        self.of_redis(redis_id).in_redis = False

    def of_redis(self, redis_id: str) -> StoredSession:
        found = next((one for one in self.sessions if one.redis_id == redis_id and one.in_redis), None)
        if found is None:
            raise HTTPException(404, "세션을 찾을 수 없습니다.")
        return found

    def begin(self, issue: str, user: str, *, in_database: bool = True) -> StoredSession:
        """A session in Redis and, from the workflow API, a row that is listed at once, still without messages."""
        if not in_database:
            return self._add(StoredSession(issue, user, str(uuid.uuid4()), "", now_iso(), in_database=False))
        stamp = datetime.fromtimestamp(self.second(), UTC).strftime("%Y%m%d%H%M%S")
        db_id = f"chats_{stamp}_{issue}"
        if len(user) > USER_ID:
            raise _data_too_long("userId")
        if any(one.db_id == db_id and one.in_database for one in self.sessions):
            words = (
                f"(pymysql.err.IntegrityError) (1062, \"Duplicate entry '{db_id}' for key 'ChatbotSession.PRIMARY'\")"
            )
            raise HTTPException(500, f"챗봇 대화 시작 실패: {words}")
        fits = len(db_id) <= self.session_id_chars
        return self._add(StoredSession(issue, user, str(uuid.uuid4()), db_id, now_iso(), in_database=fits))

    def _add(self, session: StoredSession) -> StoredSession:
        self.sessions.append(session)
        return session

    def write(self, session: StoredSession, sender: str, content: str) -> None:
        """Write a message into the database. 500 where its id, or its session's, is too long for the column."""
        message_id = f"msg_{uuid.uuid4()}_{len(session.messages):07d}{session.issue}"
        if len(message_id) > self.message_id_chars:
            raise _data_too_long("chatMessageId")
        if len(session.db_id) > self.session_id_chars:
            raise _data_too_long("chatbotSessionId")
        session.messages.append({"message_id": message_id, "content": content, "sender": sender, "sent_at": now_iso()})

    async def exchange(self, session: StoredSession, question: str) -> str:
        """Think, and only then write question and answer down."""
        await self.debate()
        said = summary(session.count + 1)
        self.write(session, "user", question)
        self.write(session, "bot", said)
        session.count += 1
        return said

    async def debate(self) -> None:
        """The experts answer one question at a time."""
        self._experts = self._experts or asyncio.Lock()
        async with self._experts:
            self.busy = True
            try:
                await asyncio.sleep(self.think_s)
                while self.thinking:
                    await asyncio.sleep(_TICK_S)
                self.debates += 1
            finally:
                self.busy = False


def _is_kept(event: dict[str, Any]) -> bool:
    """Whether the consumer stores an event; else it drops it as a whole."""
    issue, log_id, description = event.get("issue"), event.get("modeLogId"), event.get("description") or ""
    return (
        isinstance(issue, str)
        and len(issue) <= ISSUE_CHARS
        and not isinstance(event.get("timestamp"), int | float)
        and event.get("processType") in PROCESS_TYPES
        and event.get("modeType") in MODE_TYPES
        and log_id is not None
        and len(str(log_id)) <= LOG_ID_CHARS
        and len(str(description).encode()) <= DESCRIPTION_BYTES
    )


def _data_too_long(column: str) -> HTTPException:
    words = f"(pymysql.err.DataError) (1406, \"Data too long for column '{column}' at row 1\")"
    return HTTPException(500, f"챗봇 대화 시작 실패: {words}\n[SQL: INSERT INTO ...]\n[parameters: {{'...': '...'}}]")


def now_iso() -> str:
    """As the server writes times: local, and naming no zone."""
    return datetime.now(UTC).astimezone().replace(tzinfo=None).isoformat()
