"""The simulated plant of the demo: plays a scenario into a topic as the plant's two kinds of producers do.

What it does and when is told by ``core.demo.scenario``; how it looks on the wire by
docs/contracts/issue-events.md.
"""

import asyncio
import json
import logging
import random
import time
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from core.demo.scenario import ActionKind, JsonFields, PlantAction, ProducerStyle, scenario
from core.kafka.plain import PlainError, PlainWriter, plain_writer, values_from_now_on

log = logging.getLogger(__name__)

_RETRY_S: Final = 1.0
_REMEMBERED_SENDS: Final = 64
"""More than the issues raised between a raise and its last straggler."""


@dataclass(frozen=True, slots=True)
class _Message:
    """A record ready to be sent; ``timestamp_ms`` in epoch milliseconds. The plant's keys are null."""

    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    timestamp_ms: int


_SPRING_HEADERS: Final = (
    ("__TypeId__", b"java.util.ImmutableCollections$MapN"),
    ("__ContentTypeId__", b"java.lang.Object"),
    ("__KeyTypeId__", b"java.lang.Object"),
)


def encode(style: ProducerStyle, fields: JsonFields, time_ms: int) -> _Message:
    """The record that a producer of this style sends at ``time_ms`` (epoch milliseconds)."""
    match style:
        case ProducerStyle.SPRING:
            payload = {**fields, "timestamp": _instant(time_ms)}
            text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
            return _Message(text.encode(), _SPRING_HEADERS, time_ms)
        case ProducerStyle.SCRIPT:
            payload = {**fields, "timestamp": _naive_local(time_ms)}
            return _Message(json.dumps(payload, ensure_ascii=False).encode(), (), time_ms)


def _instant(time_ms: int) -> str:
    """As Java's ``Instant.toString()``: no fraction at all on a whole second."""
    at = datetime.fromtimestamp(time_ms / 1000, UTC).replace(tzinfo=None)
    return at.isoformat(timespec="milliseconds" if time_ms % 1000 else "seconds") + "Z"


def _naive_local(time_ms: int) -> str:
    """As Python's ``datetime.now().isoformat()``: the plant's clock on the wall, no zone."""
    at = datetime.fromtimestamp(time_ms / 1000, UTC).astimezone().replace(tzinfo=None)
    return at.isoformat(timespec="microseconds")


class SimulatedPlant:
    """Plays a scenario into a topic until it is cancelled.

    ``speed`` 2.0 halves every wait of the scenario. With ``follow`` it reads the topic back, without a group,
    so that it knows what the operator resolved: it then raises something new instead, and leaves that issue alone.
    """

    def __init__(self, *, rng: random.Random | None = None, speed: float = 1.0, follow: bool = True) -> None:
        self._rng = rng if rng is not None else random.Random()  # noqa: S311 - a play, no secret
        self._speed = speed
        self._follow = follow
        self._solved: set[str] = set()
        self._sent: dict[str, _Message] = {}

    async def run(self, bootstrap: str, topic: str) -> None:
        """Play until cancelled; the caller owns the task. Both clients are closed when this ends.

        An outage only makes the plant late: it tries each event until the broker takes it.

        Raises:
            PlainError: the broker was not there at the start, or the topic is not.
        """
        async with plain_writer(bootstrap) as writer:
            partitions = await writer.partitions(topic)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._play(writer, topic), name="plant plays")
                if self._follow:
                    tasks.create_task(self._read_back(bootstrap, topic, partitions), name="plant reads back")

    async def _play(self, writer: PlainWriter, topic: str) -> None:
        today = datetime.now(UTC).astimezone().date()
        for action in scenario(self._rng, day=today, solved=self._solved):
            await asyncio.sleep(action.delay_s / self._speed)
            message = self._message(action)
            if message is not None:
                await self._send(writer, topic, message)

    def _message(self, action: PlantAction) -> _Message | None:
        """What this action sends now; None for nothing."""
        match action.kind:
            case ActionKind.PAUSE:
                return None
            case ActionKind.REPEAT:
                return self._sent.get(action.issue)
            case ActionKind.RESOLVE:
                return None if action.issue in self._solved else self._encoded(action)
            case ActionKind.RAISE:
                message = self._sent[action.issue] = self._encoded(action)
                if len(self._sent) > _REMEMBERED_SENDS:
                    del self._sent[next(iter(self._sent))]
                return message

    def _encoded(self, action: PlantAction) -> _Message:
        return encode(action.style, action.fields, int((time.time() - action.late_s) * 1000))

    async def _send(self, writer: PlainWriter, topic: str, message: _Message) -> None:
        while True:
            try:
                await writer.send(topic, message.value, message.headers, message.timestamp_ms)
            except PlainError as error:
                log.info("the simulated plant could not send: %s", error)
                await asyncio.sleep(_RETRY_S)
            else:
                return

    async def _read_back(self, bootstrap: str, topic: str, partitions: frozenset[int]) -> None:
        """Keep ``_solved`` up to date, from the topic's end on."""
        while True:
            try:
                async with aclosing(values_from_now_on(bootstrap, topic, partitions)) as values:
                    async for value in values:
                        if (issue := _solved_issue(value)) is not None:
                            self._solved.add(issue)
            except PlainError as error:
                log.info("the simulated plant could not read back: %s", error)
                await asyncio.sleep(_RETRY_S)


def _solved_issue(value: bytes) -> str | None:
    """The issue that a record solves, if it does. Anyone may have written it: nothing is taken for granted."""
    try:
        payload = json.loads(value)
    except ValueError:
        return None
    if not isinstance(payload, dict) or payload.get("isSolved") is not True:
        return None
    issue = payload.get("issue")
    return issue if isinstance(issue, str) else None
