"""The publisher's order of work, with the sending itself given by hand. On real brokers: tests/kafka."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiokafka.errors import KafkaConnectionError, KafkaError, PolicyViolationError

from core.domain.cluster_problems import ClusterError, ClusterProblem, ClusterProblemKind
from core.domain.issues import issue_of
from core.domain.outbox import OutboxEntry, OutboxState, Outgoing, resolve_or_reopen
from core.kafka import publisher
from core.kafka.publisher import Publisher
from core.settings import load_settings
from tests.unit.making import NOW, event


class Outbox:
    """Rows in memory, as the Station keeps them."""

    def __init__(self, *issues: str, scope: str = "c/t") -> None:
        self.rows = [
            OutboxEntry(number, resolve(issue), OutboxState.WAITING, scope, NOW) for number, issue in enumerate(issues)
        ]

    def sendable(self) -> list[OutboxEntry]:
        return list(self.rows)

    def next_offset(self, partition: int) -> int:
        return 0

    def sent(self, entry: OutboxEntry, partition: int, offset: int) -> None:
        self._change(entry, state=OutboxState.SENT, partition=partition, offset=offset)

    def parked(self, entry: OutboxEntry, problem: ClusterProblem) -> None:
        self._change(entry, state=OutboxState.PARKED, problem=problem)

    def waiting(self, entry: OutboxEntry, problem: ClusterProblem | None) -> None:
        self._change(entry, state=OutboxState.WAITING, problem=problem)

    def _change(self, entry: OutboxEntry, **changes: object) -> None:
        self.rows = [replace(r, **changes) if r.seq == entry.seq else r for r in self.rows]  # type: ignore[arg-type]

    def states(self) -> list[OutboxState]:
        return [row.state for row in self.rows]


class Wire:
    """What the broker does with each issue's record, and which producers were made and let go."""

    def __init__(self) -> None:
        self.errors: dict[str, Exception] = {}
        self.attempts: list[str] = []
        self.made: list[object] = []
        self.abandoned: list[object] = []

    async def publish(self, _producer: object, _topic: str, record: Outgoing, *, within: float) -> tuple[int, int]:
        self.attempts.append(record.issue)
        if record.issue in self.errors:
            raise self.errors[record.issue]
        return 0, len(self.attempts)

    async def started_producer(self, *_: object) -> object:
        self.made.append(object())
        return self.made[-1]

    async def abandon(self, producer: object) -> None:
        self.abandoned.append(producer)


def resolve(issue: str) -> Outgoing:
    known = issue_of(event(issue=issue))
    return resolve_or_reopen(known, solved=True, now_ms=NOW, operator="kim", note="", terminal="T")


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    wire = Wire()
    monkeypatch.setattr(publisher, "publish", wire.publish)
    monkeypatch.setattr(publisher, "started_producer", wire.started_producer)
    monkeypatch.setattr(publisher, "abandon_producer", wire.abandon)
    return wire


@asynccontextmanager
async def working(outbox: Outbox) -> AsyncIterator[Publisher]:
    one = Publisher(load_settings(bootstrap_servers="127.0.0.1:1").kafka, outbox)
    task = asyncio.create_task(one.run())
    try:
        yield one
    finally:
        task.cancel()
        await asyncio.wait({task})


async def until(condition: object) -> None:
    async with asyncio.timeout(10):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.01)


async def test_an_odd_error_of_one_record_holds_no_other_issue_back(wire: Wire) -> None:
    outbox = Outbox("A", "B", "C")
    wire.errors["A"] = KafkaError("something that nobody has seen before")
    async with working(outbox):
        await until(lambda: outbox.states()[1:] == [OutboxState.SENT] * 2 and wire.attempts.count("A") > 1)
        assert outbox.rows[0].state is OutboxState.WAITING, "it is never given up by itself"
        del wire.errors["A"]
        await until(lambda: outbox.states() == [OutboxState.SENT] * 3)


async def test_without_contact_the_round_ends_at_the_first(wire: Wire) -> None:
    outbox = Outbox("A", "B")
    wire.errors["A"] = KafkaConnectionError("away")
    async with working(outbox):
        await until(lambda: wire.attempts.count("A") > 1)
        assert "B" not in wire.attempts


async def test_a_cloud_that_slows_us_down_is_named_to_who_raises_one_issue(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "close_producer", wire.abandon)
    wire.errors["A"] = PolicyViolationError()
    for servers, kind in (
        ("plant.servicebus.windows.net:9093", ClusterProblemKind.THROTTLED),
        ("kafka.plant:9092", ClusterProblemKind.REJECTED),
    ):
        with pytest.raises(ClusterError) as caught:
            await publisher.publish_once(load_settings(bootstrap_servers=servers).kafka, resolve("A"))
        assert caught.value.problem.kind is kind
    assert wire.abandoned == wire.made


async def test_producers_of_one_cluster_never_serve_another(wire: Wire) -> None:
    outbox = Outbox("A")
    async with working(outbox) as one:
        await until(lambda: outbox.states() == [OutboxState.SENT])
        outbox.rows = Outbox("B", scope="other/t").rows
        one.wake()
        await until(lambda: outbox.states() == [OutboxState.SENT])
        assert wire.abandoned == wire.made[:1]


async def test_an_idle_producer_is_let_go(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher, "IDLE_S", 0.0)
    outbox = Outbox("A")
    async with working(outbox) as one:
        await until(lambda: outbox.states() == [OutboxState.SENT])
        outbox.rows = []
        one.wake()
        await until(lambda: wire.abandoned == wire.made)
