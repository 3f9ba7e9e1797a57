"""A consumer as the plant's chatbot has it: strict, and stopped for good by the first record it cannot read."""

import asyncio
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Annotated, Literal, TypeAlias

from aiokafka import AIOKafkaConsumer
from pydantic import BaseModel, ConfigDict, Field


class ChatbotIssue(BaseModel):
    """A row of the chatbot's database, with its enums and column widths (docs/contracts/issue-events.md)."""

    model_config = ConfigDict(strict=True)

    issue: Annotated[str, Field(min_length=1, max_length=100)]
    processType: Literal["장애접수", "정기점검"]  # noqa: N815 (the wire's names)
    modeType: Literal["프레스", "용접기", "도장설비", "차량조립설비"]  # noqa: N815
    modeLogId: Annotated[str, Field(max_length=50)] | None = None  # noqa: N815
    description: str | None = None
    isSolved: bool  # noqa: N815
    timestamp: str | None = None


Rows: TypeAlias = dict[str, ChatbotIssue]


class ChatbotPeer:
    """The chatbot's consumer: every event overwrites its issue's row, whatever it carries.

    ``group_id`` is a fresh one unless given; a test may take the plant's, to prove that a terminal leaves it alone.
    """

    def __init__(self, group_id: str | None = None) -> None:
        self.group_id = group_id or f"chatbot-{uuid.uuid4().hex[:8]}"
        self.rows: Rows = {}

    async def consume(
        self,
        bootstrap: str,
        topic: str,
        until: Callable[[Mapping[str, ChatbotIssue]], bool],
        timeout: float = 20.0,  # noqa: ASYNC109 (what a test asks for)
    ) -> Rows:
        """Read from where the group is (at first the beginning) until ``until(rows)``; returns the rows.

        Raises TimeoutError after ``timeout`` seconds, and whatever the first unreadable record raises.
        """
        consumer = AIOKafkaConsumer(
            topic, bootstrap_servers=bootstrap, group_id=self.group_id, auto_offset_reset="earliest"
        )
        async with asyncio.timeout(timeout), consumer:
            while not until(self.rows):
                for batch in (await consumer.getmany(timeout_ms=200)).values():
                    for record in batch:
                        self._store(record.value)
        return self.rows

    def _store(self, value: bytes) -> None:
        """No error handling, as in the chatbot: a bad record must stop it, so that a test sees it."""
        row = ChatbotIssue.model_validate(json.loads(value.decode("utf-8")))
        self.rows[row.issue] = row
