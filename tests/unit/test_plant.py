"""The simulated plant: what it does, how it looks on the wire, and that it leaves the operator's issues alone."""

import asyncio
import itertools
import json
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from core.demo.embedded_broker import EmbeddedBroker
from core.demo.plant import SimulatedPlant, encode
from core.demo.scenario import MOST_OPEN, ActionKind, PlantAction, ProducerStyle, scenario
from core.domain.events import FAULT, INSPECTION, IssueEvent, Kind, Record, read_event
from core.kafka.teardown import abandon_producer, close_consumer

DAY = date(2025, 8, 8)
TOPIC = "chatbot-issue-events"
PARTITIONS = 3
ENOUGH_S = 20.0
EQUIPMENT = {"프레스", "용접기", "도장설비", "차량조립설비"}
SEEDS = range(20)
A_WHILE = 120
"""So many actions are more than half an hour of the plant's time."""


def play(seed: int, actions: int = A_WHILE) -> list[PlantAction]:
    return list(itertools.islice(scenario(random.Random(seed), day=DAY), actions))


def raises(actions: list[PlantAction]) -> list[PlantAction]:
    return [action for action in actions if action.kind is ActionKind.RAISE]


def times(actions: list[PlantAction]) -> Iterator[tuple[float, PlantAction]]:
    """Each action with the second it happens in."""
    return zip(itertools.accumulate(action.delay_s for action in actions), actions, strict=True)


def test_the_same_seed_plays_the_same_scenario() -> None:
    assert play(7) == play(7)
    assert play(7) != play(8)


@pytest.mark.parametrize("seed", SEEDS)
def test_four_issues_of_all_equipment_and_both_process_types_open_the_play(seed: int) -> None:
    opening = [action for at_s, action in times(play(seed)) if at_s <= 3 and action.kind is ActionKind.RAISE]
    assert {action.fields["modeType"] for action in opening} == EQUIPMENT
    assert {action.fields["processType"] for action in opening} == {FAULT, INSPECTION}
    assert len(opening) == 4


@pytest.mark.parametrize("seed", SEEDS)
def test_issues_then_come_at_a_human_pace(seed: int) -> None:
    at_s = [at_s for at_s, action in times(play(seed)) if action.kind in (ActionKind.RAISE, ActionKind.PAUSE)]
    gaps = [later - earlier for earlier, later in itertools.pairwise(at_s[3:])]
    assert all(20 <= gap <= 60.001 for gap in gaps)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_field_honours_the_contract(seed: int) -> None:
    for action in raises(play(seed)):
        fields = action.fields
        assert set(fields) == {"issue", "processType", "modeType", "modeLogId", "description", "isSolved"}
        assert re.fullmatch(r"(PRESS|WELD|PAINT|ASSEMBLY)_\d{3}_20250808_\d{3}", action.issue)
        assert fields["modeType"] in EQUIPMENT
        assert fields["processType"] in {FAULT, INSPECTION}
        assert fields["isSolved"] is False
        assert fields["modeLogId"] is None or re.fullmatch(r"[A-Z]+_LOG_\d{3}", str(fields["modeLogId"]))
        assert not set("{}") & set(str(fields["description"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_issue_ids_are_never_used_twice(seed: int) -> None:
    ids = [action.issue for action in raises(play(seed))]
    assert len(ids) == len(set(ids))


def test_descriptions_vary() -> None:
    descriptions = {action.fields["description"] for seed in SEEDS for action in raises(play(seed))}
    assert len(descriptions) > 100


@pytest.mark.parametrize("seed", SEEDS)
def test_it_repeats_what_it_raised_and_is_late_at_times(seed: int) -> None:
    actions = play(seed)
    repeated = [action for action in actions if action.kind is ActionKind.REPEAT]
    raised = {action.issue: action for action in raises(actions)}
    assert repeated
    assert all(action.fields == raised[action.issue].fields for action in repeated)
    assert any(action.late_s >= 15 for action in raised.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_it_resolves_some_a_minute_or_two_after_raising_them_and_says_so_once(seed: int) -> None:
    raised_at: dict[str, float] = {}
    resolved: list[str] = []
    for at_s, action in times(play(seed)):
        if action.kind is ActionKind.RAISE:
            raised_at[action.issue] = at_s
        if action.kind is ActionKind.RESOLVE:
            resolved.append(action.issue)
            assert 60 <= at_s - raised_at[action.issue] <= 120.001
            assert action.fields["isSolved"] is True
    assert resolved
    assert len(resolved) == len(set(resolved))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_straggler_of_the_raise_comes_after_the_resolve(seed: int) -> None:
    kinds: dict[str, list[ActionKind]] = {}
    for action in play(seed):
        kinds.setdefault(action.issue, []).append(action.kind)
    assert any(what[-2:] == [ActionKind.RESOLVE, ActionKind.REPEAT] for what in kinds.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_never_too_many_are_open_and_it_never_falls_silent(seed: int) -> None:
    open_issues: set[str] = set()
    actions = play(seed, 600)
    for action in actions:
        if action.kind is ActionKind.RAISE:
            open_issues.add(action.issue)
        if action.kind is ActionKind.RESOLVE:
            open_issues.discard(action.issue)
        assert len(open_issues) <= MOST_OPEN
    assert raises(actions[-30:])


def test_it_leaves_alone_what_the_operator_resolved() -> None:
    """The operator is quicker than the plant with everything: nothing is resolved twice, nothing is in the way."""
    solved: set[str] = set()
    later: list[PlantAction] = []
    for action in itertools.islice(scenario(random.Random(3), day=DAY, solved=solved), 200):
        later.append(action)
        if action.kind is ActionKind.RAISE:
            solved.add(action.issue)
    assert not [action for action in later if action.kind in (ActionKind.RESOLVE, ActionKind.PAUSE)]


def test_spring_style_is_an_instant_and_the_type_headers_of_a_map() -> None:
    message = encode(ProducerStyle.SPRING, {"issue": "A"}, 1_754_672_737_123)
    assert json.loads(message.value)["timestamp"] == "2025-08-08T17:05:37.123Z"
    assert dict(message.headers) == {
        "__TypeId__": b"java.util.ImmutableCollections$MapN",
        "__ContentTypeId__": b"java.lang.Object",
        "__KeyTypeId__": b"java.lang.Object",
    }
    whole_second = encode(ProducerStyle.SPRING, {"issue": "A"}, 1_754_672_737_000)
    assert json.loads(whole_second.value)["timestamp"] == "2025-08-08T17:05:37Z"


def test_script_style_is_naive_local_time_without_headers_and_readable_hangul() -> None:
    message = encode(ProducerStyle.SCRIPT, {"description": "유압 이상"}, 1_754_672_737_123)
    assert message.headers == ()
    assert "유압 이상".encode() in message.value
    timestamp = json.loads(message.value)["timestamp"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.123000", timestamp)
    assert datetime.fromisoformat(timestamp).astimezone(UTC) == datetime(2025, 8, 8, 17, 5, 37, 123000, UTC)


# On the wire


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    pytest.importorskip("confluent_kafka", reason='needs confluent-kafka: pip install "andon[demo]"')
    with EmbeddedBroker({TOPIC: PARTITIONS}) as running:
        yield running


@asynccontextmanager
async def running_plant(broker: EmbeddedBroker, *, seed: int, speed: float, follow: bool = True) -> AsyncIterator[None]:
    plant = SimulatedPlant(rng=random.Random(seed), speed=speed, follow=follow)
    task = asyncio.create_task(plant.run(broker.bootstrap, TOPIC))
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class Reader:
    """Everything on the topic, read as it comes."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self.records: list[ConsumerRecord] = []

    @property
    def events(self) -> list[IssueEvent]:
        return [event for record in self.records if isinstance(event := _event(record), IssueEvent)]

    def raised(self) -> set[str]:
        return {event.issue for event in self.events if event.kind is Kind.OPEN}

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(ENOUGH_S):
            while not condition():
                await self.poll()

    async def poll(self) -> None:
        for batch in (await self._consumer.getmany(timeout_ms=20)).values():
            self.records += batch


@asynccontextmanager
async def reader(broker: EmbeddedBroker) -> AsyncIterator[Reader]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=broker.bootstrap,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        fetch_max_wait_ms=10,
        retry_backoff_ms=20,
    )
    try:
        await consumer.start()
        assigned = [TopicPartition(TOPIC, partition) for partition in range(PARTITIONS)]
        consumer.assign(assigned)
        for partition in assigned:
            consumer.seek(partition, 0)
        yield Reader(consumer)
    finally:
        await close_consumer(consumer)


def _event(record: ConsumerRecord) -> object:
    return read_event(
        Record(
            record.topic,
            record.partition,
            record.offset,
            record.timestamp,
            record.key,
            record.value,
            tuple(record.headers),
        )
    )


async def test_what_it_sends_is_what_the_terminal_reads(broker: EmbeddedBroker) -> None:
    async with reader(broker) as topic, running_plant(broker, seed=1, speed=400):
        await topic.until(lambda: len(topic.raised()) >= 12)
    assert len(topic.events) == len(topic.records)
    assert all(record.key is None for record in topic.records)
    assert {bool(record.headers) for record in topic.records} == {True, False}
    assert {event.mode_type for event in topic.events} == EQUIPMENT
    assert {event.process_type for event in topic.events} == {FAULT, INSPECTION}


async def test_a_repeat_is_the_same_record_byte_by_byte(broker: EmbeddedBroker) -> None:
    def twice() -> bool:
        opens = [(event.issue, event.value, event.time_ms) for event in topic.events if event.kind is Kind.OPEN]
        return len(opens) > len(set(opens))

    async with reader(broker) as topic, running_plant(broker, seed=1, speed=400):
        await topic.until(twice)
    opens = [event for event in topic.events if event.kind is Kind.OPEN]
    assert len({(event.issue, event.value, event.time_ms) for event in opens}) == len(topic.raised())


async def test_a_resolved_issue_stays_resolved_when_its_straggler_comes(broker: EmbeddedBroker) -> None:
    def straggled() -> bool:
        solved = {event.issue for event in topic.events if event.is_solved}
        opens = Counter(event.issue for event in topic.events if event.kind is Kind.OPEN)
        return any(opens[issue] > 1 for issue in solved)

    async with reader(broker) as topic, running_plant(broker, seed=1, speed=400):
        await topic.until(straggled)
    solved_ms = {event.issue: event.time_ms for event in topic.events if event.is_solved}
    opened = [event for event in topic.events if event.issue in solved_ms and event.kind is Kind.OPEN]
    assert opened
    assert all(event.time_ms < solved_ms[event.issue] for event in opened)


async def test_what_the_operator_resolves_makes_room_for_more(broker: EmbeddedBroker) -> None:
    """Inspections never pass by themselves: more than may be open prove that it read the resolves back."""
    operator = AIOKafkaProducer(bootstrap_servers=broker.bootstrap)
    await operator.start()
    done: set[str] = set()

    def inspections() -> set[str]:
        return {event.issue for event in topic.events if event.process_type == INSPECTION}

    try:
        async with reader(broker) as topic, running_plant(broker, seed=5, speed=600), asyncio.timeout(ENOUGH_S):
            while len(inspections()) <= MOST_OPEN:
                await topic.poll()
                for issue in topic.raised() - done:
                    await operator.send_and_wait(TOPIC, json.dumps({"issue": issue, "isSolved": True}).encode())
                    done.add(issue)
    finally:
        await abandon_producer(operator)


async def test_rubbish_on_the_topic_does_not_stop_it(broker: EmbeddedBroker) -> None:
    stranger = AIOKafkaProducer(bootstrap_servers=broker.bootstrap)
    await stranger.start()
    try:
        async with reader(broker) as topic, running_plant(broker, seed=2, speed=400):
            await topic.until(lambda: len(topic.raised()) >= 2)
            for value in (b"\xff", b"[]", b"7", b"", b'{"isSolved": true, "issue": []}'):
                await stranger.send_and_wait(TOPIC, value)
            await topic.until(lambda: len(topic.raised()) >= 8)
    finally:
        await abandon_producer(stranger)


async def test_an_outage_makes_it_late_and_no_more(broker: EmbeddedBroker) -> None:
    async with reader(broker) as topic, running_plant(broker, seed=4, speed=400):
        await topic.until(lambda: len(topic.raised()) >= 4)
        broker.take_down()
        broker.bring_up()
        await topic.until(lambda: len(topic.raised()) >= 8)


@pytest.mark.parametrize("down", [False, True])
async def test_cancelling_it_leaves_no_task_behind(broker: EmbeddedBroker, down: bool) -> None:
    unhandled: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: unhandled.append(context))
    async with reader(broker) as topic, running_plant(broker, seed=6, speed=400):
        await topic.until(lambda: len(topic.raised()) >= 4)
        if down:
            broker.take_down()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert unhandled == []
