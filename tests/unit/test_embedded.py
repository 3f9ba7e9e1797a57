"""The embedded broker, met as the app meets it: aiokafka over TCP."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaConnectionError, OffsetOutOfRangeError, TopicAuthorizationFailedError

from core.demo import embedded_broker as embedded
from core.demo.embedded_broker import (
    DISCONNECT,
    EmbeddedBroker,
    EmbeddedBrokerMissing,
    EmbeddedBrokerUnsupported,
)
from core.kafka.teardown import abandon_producer, close_consumer

pytest.importorskip("confluent_kafka", reason='needs confluent-kafka: pip install "andon[demo]"')

TOPIC = "chatbot-issue-events"
PARTITIONS = 3
ENOUGH_S = 10.0
PRODUCE, FETCH = 0, 1
TOPIC_AUTHORIZATION_FAILED = 29


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker({TOPIC: PARTITIONS}) as running:
        yield running


@contextmanager
def skipped_when_too_old() -> Iterator[None]:
    """Deleting topics and records is not in every librdkafka that the extra ``demo`` allows (2.12 has neither)."""
    try:
        yield
    except EmbeddedBrokerUnsupported as error:
        if "a newer confluent-kafka has it" not in str(error):
            raise
        pytest.skip(str(error))


@asynccontextmanager
async def producing(broker: EmbeddedBroker) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, acks="all", enable_idempotence=True)
    try:
        await producer.start()
        yield producer
    finally:
        await abandon_producer(producer)


@asynccontextmanager
async def reading(broker: EmbeddedBroker, topic: str = TOPIC) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer without a group, at the beginning of every partition."""
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
        partitions = (await consumer._client.fetch_all_metadata()).partitions_for_topic(topic) or ()
        assigned = [TopicPartition(topic, partition) for partition in partitions]
        consumer.assign(assigned)
        for partition in assigned:
            consumer.seek(partition, 0)
        yield consumer
    finally:
        await close_consumer(consumer)


async def records(consumer: AIOKafkaConsumer, count: int) -> list[ConsumerRecord]:
    """Wait for this many records."""
    found: list[ConsumerRecord] = []
    async with asyncio.timeout(ENOUGH_S):
        while len(found) < count:
            for batch in (await consumer.getmany(timeout_ms=100)).values():
                found += batch
    return found


async def test_idempotent_round_trip_keeps_key_headers_and_timestamp(broker: EmbeddedBroker) -> None:
    sent_headers = [("__TypeId__", b"java.util.LinkedHashMap"), ("ce_note", "유압 호스 교체".encode())]
    async with producing(broker) as producer, reading(broker) as consumer:
        await producer.send_and_wait(
            TOPIC,
            b'{"issue":"A"}',
            key=b"A",
            headers=sent_headers,
            timestamp_ms=1_754_640_337_123,
        )
        (record,) = await records(consumer, 1)
    assert (record.key, record.value) == (b"A", b'{"issue":"A"}')
    assert list(record.headers) == sent_headers
    assert record.timestamp == 1_754_640_337_123


async def test_topics_have_the_partitions_asked_for() -> None:
    with EmbeddedBroker({"one": 1, "six": 6}) as broker, EmbeddedBroker({}) as empty:
        async with reading(broker, "one") as consumer:
            known = await consumer._client.fetch_all_metadata()
            assert {topic: len(known.partitions_for_topic(topic)) for topic in known.topics()} == {"one": 1, "six": 6}
        async with reading(empty) as consumer:
            assert await consumer.topics() == set()


async def test_offsets_tell_where_the_log_begins_and_ends(broker: EmbeddedBroker) -> None:
    partition = TopicPartition(TOPIC, 1)
    async with producing(broker) as producer, reading(broker) as consumer:
        for _ in range(3):
            await producer.send_and_wait(TOPIC, b"{}", partition=1)
        with skipped_when_too_old():
            broker.delete_records_before(TOPIC, 1, 2)
        assert await consumer.beginning_offsets([partition]) == {partition: 2}
        assert await consumer.end_offsets([partition]) == {partition: 3}


async def test_retention_that_overran_the_position_is_out_of_range(broker: EmbeddedBroker) -> None:
    async with producing(broker) as producer, reading(broker) as consumer:
        for _ in range(3):
            await producer.send_and_wait(TOPIC, b"{}", partition=0)
        await records(consumer, 3)
        with skipped_when_too_old():
            broker.delete_records_before(TOPIC, 0, 2)
        consumer.seek(TopicPartition(TOPIC, 0), 0)
        with pytest.raises(OffsetOutOfRangeError):
            await records(consumer, 1)


async def test_two_brokers_in_one_process_share_nothing(broker: EmbeddedBroker) -> None:
    with EmbeddedBroker({TOPIC: 1}) as other:
        assert broker.bootstrap != other.bootstrap
        async with producing(broker) as producer, producing(other) as other_producer:
            await producer.send_and_wait(TOPIC, b"here")
            await other_producer.send_and_wait(TOPIC, b"there")
        async with reading(broker) as consumer, reading(other) as other_consumer:
            assert [record.value for record in await records(consumer, 1)] == [b"here"]
            assert [record.value for record in await records(other_consumer, 1)] == [b"there"]


async def test_a_broker_that_is_down_refuses_and_comes_back_with_its_records(broker: EmbeddedBroker) -> None:
    async with producing(broker) as producer, reading(broker) as consumer:
        await producer.send_and_wait(TOPIC, b"before")
        await records(consumer, 1)
        address = broker.bootstrap
        broker.take_down()
        with pytest.raises(KafkaConnectionError):
            async with reading(broker):
                pass
        broker.bring_up()
        assert broker.bootstrap == address
        await producer.send_and_wait(TOPIC, b"after")
        assert [record.value for record in await records(consumer, 1)] == [b"after"]
        async with reading(broker) as newcomer:
            assert {record.value for record in await records(newcomer, 2)} == {b"before", b"after"}


async def test_a_slow_broker_answers_after_the_round_trip_time(broker: EmbeddedBroker) -> None:
    async with producing(broker) as producer:
        await producer.send_and_wait(TOPIC, b"quick")
        broker.set_rtt(200)
        began = time.monotonic()
        await producer.send_and_wait(TOPIC, b"slow")
        assert time.monotonic() - began >= 0.2


async def test_injected_errors_reach_the_producer(broker: EmbeddedBroker) -> None:
    async with producing(broker) as producer:
        broker.fail_next(PRODUCE, [TOPIC_AUTHORIZATION_FAILED])
        with pytest.raises(TopicAuthorizationFailedError):
            await producer.send_and_wait(TOPIC, b"{}")


async def test_injected_errors_reach_the_consumer_once_each() -> None:
    with EmbeddedBroker({TOPIC: 1}) as broker:
        async with producing(broker) as producer, reading(broker) as consumer:
            broker.fail_next(FETCH, [TOPIC_AUTHORIZATION_FAILED, DISCONNECT])
            with pytest.raises(TopicAuthorizationFailedError):
                await records(consumer, 1)
            await producer.send_and_wait(TOPIC, b"read all the same")
            assert [record.value for record in await records(consumer, 1)] == [b"read all the same"]


async def test_failures_that_are_cleared_do_not_happen(broker: EmbeddedBroker) -> None:
    async with producing(broker) as producer:
        broker.fail_next(PRODUCE, [TOPIC_AUTHORIZATION_FAILED] * 3)
        broker.clear_failures(PRODUCE)
        await producer.send_and_wait(TOPIC, b"{}")


async def test_topics_come_and_go_while_it_runs(broker: EmbeddedBroker) -> None:
    async with reading(broker, "other") as consumer:
        broker.create_topic("other", 2)
        with skipped_when_too_old():
            broker.delete_topic(TOPIC)
        assert await consumer.topics() == {"other"}


def test_start_and_close_can_be_repeated() -> None:
    broker = EmbeddedBroker({TOPIC: 1})
    broker.close()
    broker.start()
    broker.start()
    broker.close()
    broker.close()
    with pytest.raises(EmbeddedBrokerUnsupported, match="not running"):
        _ = broker.bootstrap


def test_without_the_wheel_the_message_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "confluent_kafka", None)
    with pytest.raises(EmbeddedBrokerMissing, match=r'pip install "andon\[demo\]"'):
        EmbeddedBroker({TOPIC: 1}).start()


async def test_without_the_c_calls_topics_are_still_there_but_no_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_candidates", lambda _extension: iter(()))
    with EmbeddedBroker({TOPIC: PARTITIONS}) as broker:
        async with producing(broker) as producer, reading(broker) as consumer:
            await producer.send_and_wait(TOPIC, b"{}")
            await records(consumer, 1)
        with pytest.raises(EmbeddedBrokerUnsupported):
            broker.take_down()


def test_it_writes_nothing_to_the_terminal() -> None:
    """Its C threads write to the descriptor itself, which only a process of its own shows."""
    play = (
        "from core.demo.embedded_broker import EmbeddedBroker\n"
        "import contextlib, socket\n"
        "with EmbeddedBroker({'t': 2}) as broker:\n"
        "    host, port = broker.bootstrap.split(':')\n"
        "    with contextlib.suppress(OSError), socket.create_connection((host, int(port))) as client:\n"
        "        client.sendall(b'no Kafka at all' * 10)\n"
        "        client.shutdown(socket.SHUT_WR)\n"
        "        client.recv(1)\n"
        "    broker.take_down()\n"
        "    broker.bring_up()\n"
    )
    result = subprocess.run([sys.executable, "-c", play], capture_output=True, check=True, timeout=30)
    assert (result.stdout, result.stderr) == (b"", b"")


def test_importing_it_does_not_import_the_wheel() -> None:
    check = "import core.demo.embedded_broker, sys; sys.exit('confluent_kafka' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False, timeout=30).returncode == 0
