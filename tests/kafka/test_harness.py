"""The harness itself, on each Kafka: what other tests build on does what it says."""

import asyncio
import json
import uuid
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, TopicAuthorizationFailedError

from tests.kafka.broker import KAFKA_4, KafkaNotReadyError, RealKafka
from tests.kafka.conftest import StartKafka
from tests.kafka.records import Outgoing, produce, produce_many, read_all
from tests.kafka.topics import partition_numbers
from tests.kafka.waiting import wait_until
from tests.peers.chatbot_peer import ChatbotPeer
from tests.peers.spring import SpringPeer, SpringPeerError

FIELDS = {"issue", "processType", "modeType", "modeLogId", "description", "isSolved", "timestamp"}
MAP_TYPES = {
    "__TypeId__": "java.util.LinkedHashMap",
    "__ContentTypeId__": "java.lang.Object",
    "__KeyTypeId__": "java.lang.Object",
}
SOLVED = {
    "issue": "PRESS_001",
    "processType": "장애접수",
    "modeType": "프레스",
    "modeLogId": None,
    "description": "유압 이상",
    "isSolved": True,
    "timestamp": "2025-08-08T17:05:37.123Z",
}


async def is_empty(broker: RealKafka, topic: str) -> bool:
    return not await read_all(broker.bootstrap, topic)


def encoded(event: object) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode()


async def test_what_is_produced_is_read_back_whole(kafka: RealKafka, topic: str) -> None:
    await produce(
        kafka.bootstrap, topic, b"one", key=b"k", headers=[("h", b"1")], partition=2, timestamp_ms=1_700_000_000_000
    )

    (record,) = await read_all(kafka.bootstrap, topic)

    assert (record.value, record.key, record.headers) == (b"one", b"k", (("h", b"1"),))
    assert (record.partition, record.timestamp) == (2, 1_700_000_000_000)


async def test_many_records_keep_their_order_in_a_partition(kafka: RealKafka, topic: str) -> None:
    await produce_many(kafka.bootstrap, topic, [Outgoing(b"%d" % n, partition=n % 3) for n in range(300)])

    read = await read_all(kafka.bootstrap, topic)

    assert [int(record.value) for record in read] == sorted(range(300), key=lambda n: (n % 3, n))


async def test_a_topic_is_widened_and_its_beginning_cut_off(kafka: RealKafka, topic: str) -> None:
    await produce_many(kafka.bootstrap, topic, [Outgoing(b"%d" % n, partition=1) for n in range(10)])

    await kafka.add_partitions(topic, 5)
    await kafka.delete_records_before(topic, 7, partition=1)

    assert await partition_numbers(kafka.bootstrap, topic) == [0, 1, 2, 3, 4]
    assert [record.offset for record in await read_all(kafka.bootstrap, topic)] == [7, 8, 9]


async def test_a_deleted_topic_is_gone_and_asking_does_not_make_it(kafka: RealKafka, topic: str) -> None:
    await kafka.delete_topic(topic)

    assert await partition_numbers(kafka.bootstrap, topic) == []


async def test_records_of_past_years_stay_unless_the_topic_has_a_retention(own_kafka: StartKafka) -> None:
    broker = await own_kafka()
    await broker.create_topic("old")
    await broker.create_topic("short", retention_ms=500)
    for topic in ("old", "short"):
        await produce(broker.bootstrap, topic, b"2020", timestamp_ms=1_577_836_800_000)

    if broker.version == KAFKA_4:  # 3.4 looks at retention 30 s after its start at the earliest: no proof there.
        await wait_until(lambda: is_empty(broker, "short"))

    assert len(await read_all(broker.bootstrap, "old")) == 1


async def test_a_broker_on_another_port_has_the_same_data(own_kafka: StartKafka) -> None:
    broker = await own_kafka()
    await broker.create_topic("kept")
    await produce(broker.bootstrap, "kept", b"before")
    left = broker.port

    await broker.restart(port=0)

    assert broker.port != left
    assert [record.value for record in await read_all(broker.bootstrap, "kept")] == [b"before"]
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", left)


async def test_a_killed_broker_comes_back_with_what_it_acknowledged(own_kafka: StartKafka) -> None:
    broker = await own_kafka()
    await broker.create_topic("kept")
    await produce(broker.bootstrap, "kept", b"before")

    broker.kill()
    assert not broker.is_running
    await broker.start()

    assert [record.value for record in await read_all(broker.bootstrap, "kept")] == [b"before"]


async def test_a_frozen_broker_answers_nothing_until_it_is_thawed(own_kafka: StartKafka) -> None:
    broker = await own_kafka()
    await broker.create_topic("frozen")
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap)
    async with producer:
        await producer.send_and_wait("frozen", b"before")

        broker.freeze()
        waiting = asyncio.ensure_future(producer.send_and_wait("frozen", b"during"))
        done, _pending = await asyncio.wait({waiting}, timeout=1)
        assert not done
        broker.thaw()

        await asyncio.wait_for(waiting, 20)
    assert [record.value for record in await read_all(broker.bootstrap, "frozen")] == [b"before", b"during"]


async def test_a_wrong_login_is_refused_and_a_right_can_be_taken_and_given_back(own_kafka: StartKafka) -> None:
    broker = await own_kafka(users={"terminal": "secret"})
    await broker.create_topic("guarded")
    intruder = AIOKafkaProducer(**broker.login("terminal", "guess"))
    with pytest.raises(KafkaConnectionError):
        await intruder.start()
    await intruder.stop()

    await broker.deny("terminal", "WRITE", "guarded")
    async with AIOKafkaProducer(**broker.login("terminal")) as producer:
        with pytest.raises(TopicAuthorizationFailedError):
            await producer.send_and_wait("guarded", b"denied")
        await broker.permit("terminal", "WRITE", "guarded")
        await producer.send_and_wait("guarded", b"allowed")

    assert [record.value for record in await read_all(broker.bootstrap, "guarded")] == [b"allowed"]


def test_a_start_is_found_however_much_was_printed_behind_it(tmp_path: Path) -> None:
    broker = RealKafka(KAFKA_4, tmp_path)
    assert not broker.said_that_it_started()

    broker.log.write_text(
        "[KafkaServer id=1] started (kafka.server.KafkaServer)\n" + "[Controller id=1] election\n" * 500
    )

    assert broker.said_that_it_started()
    broker.close()


async def test_a_broker_that_cannot_start_says_why(own_kafka: StartKafka) -> None:
    with pytest.raises(KafkaNotReadyError, match="num\\.io\\.threads"):
        await own_kafka(properties={"num.io.threads": "none"})


async def test_spring_sends_the_seven_fields_with_type_headers_and_no_key(
    kafka: RealKafka, topic: str, spring: SpringPeer
) -> None:
    issue = f"PRESS_{uuid.uuid4().hex[:6]}"

    await spring.produce(kafka.bootstrap, topic, issue)

    (record,) = await read_all(kafka.bootstrap, topic)
    value = json.loads(record.value)
    assert set(value) == FIELDS
    assert (value["issue"], value["processType"], value["isSolved"]) == (issue, "장애접수", False)
    assert record.key is None
    assert dict(record.headers) == {
        "__TypeId__": b"java.util.ImmutableCollections$MapN",
        "__ContentTypeId__": b"java.lang.Object",
        "__KeyTypeId__": b"java.lang.Object",
    }


async def test_spring_and_the_chatbot_read_what_spring_sent(kafka: RealKafka, topic: str, spring: SpringPeer) -> None:
    sent = await spring.produce(kafka.bootstrap, topic, "WELD_001", mode_type="용접기", description="전극 마모")

    (read,) = await spring.consume(kafka.bootstrap, topic, 1)
    rows = await ChatbotPeer().consume(kafka.bootstrap, topic, until=lambda rows: "WELD_001" in rows)

    assert read["value"] == sent["value"]
    assert read["key"] is None
    assert rows["WELD_001"].modeType == "용접기"
    assert rows["WELD_001"].description == "전극 마모"


async def test_spring_reads_a_map_sent_from_here_by_its_type_headers(
    kafka: RealKafka, topic: str, spring: SpringPeer
) -> None:
    headers = [(name, value.encode()) for name, value in MAP_TYPES.items()]
    await produce(kafka.bootstrap, topic, encoded(SOLVED), key=b"PRESS_001", headers=headers)

    (read,) = await spring.consume(kafka.bootstrap, topic, 1)

    assert read["valueClass"] == "java.util.LinkedHashMap"
    assert (read["value"], read["key"], read["headers"]) == (SOLVED, "PRESS_001", MAP_TYPES)


@pytest.mark.parametrize("kept", [(), ("__TypeId__",)], ids=["no headers", "__TypeId__ alone"])
async def test_spring_without_a_default_type_stops_at_a_record_whose_type_headers_are_missing(
    kafka: RealKafka, topic: str, spring: SpringPeer, kept: tuple[str, ...]
) -> None:
    headers = [(name, MAP_TYPES[name].encode()) for name in kept]
    await produce(kafka.bootstrap, topic, encoded(SOLVED), headers=headers)

    with pytest.raises(SpringPeerError, match="DeserializationException"):
        await spring.consume(kafka.bootstrap, topic, 1)


@pytest.mark.parametrize("rubbish", [b"not json", b"[]", encoded({**SOLVED, "isSolved": "true"})])
async def test_the_chatbot_stops_at_the_first_record_it_cannot_read(
    kafka: RealKafka, topic: str, rubbish: bytes
) -> None:
    await produce(kafka.bootstrap, topic, rubbish)

    with pytest.raises(ValueError):  # noqa: PT011 (JSON's and pydantic's errors are both one)
        await ChatbotPeer().consume(kafka.bootstrap, topic, until=lambda _rows: False)
