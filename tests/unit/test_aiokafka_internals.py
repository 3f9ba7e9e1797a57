"""What aiokafka does not promise, pinned: each of these fails where a new version changes what the house relies on."""

import ast
import asyncio
import inspect
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.conn import create_conn
from aiokafka.errors import KafkaConnectionError, NodeNotReadyError, ProducerClosed
from aiokafka.protocol import fetch as fetch_protocol
from aiokafka.protocol import metadata as metadata_protocol
from aiokafka.protocol import offset as offset_protocol
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from aiokafka.record.legacy_records import _LegacyRecordBatchBuilderPy

from core.demo.embedded_broker import EmbeddedBroker
from core.kafka import aiokafka_internals as internals
from core.kafka.inspect import acls, broker_clock
from core.kafka.raw_fetch import READ_COMMITTED, READ_UNCOMMITTED
from core.kafka.teardown import abandon_producer, close_consumer
from core.kafka.topic_id import TopicIdRequest
from tests.house import sources, tree
from tests.kafka.frames import batch

TOPIC = "t"
PARTITION = TopicPartition(TOPIC, 0)
ENOUGH_S = 10.0
_INTERNALS = "core.kafka.aiokafka_internals"
_PROMISED = {"aiokafka", "aiokafka.abc", "aiokafka.errors"}
"""What aiokafka documents."""


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    pytest.importorskip("confluent_kafka", reason='needs confluent-kafka: pip install "andon[demo]"')
    with EmbeddedBroker({TOPIC: 1}) as running:
        yield running


@asynccontextmanager
async def consuming(broker: EmbeddedBroker) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=broker.bootstrap, group_id=None, enable_auto_commit=False, fetch_max_wait_ms=10
    )
    try:
        await consumer.start()
        yield consumer
    finally:
        await close_consumer(consumer)


# --- a consumer's client


async def test_all_topics_are_asked_for_by_naming_none(broker: EmbeddedBroker) -> None:
    async with consuming(broker) as consumer:
        assert internals.leader_of(consumer, PARTITION) is None
        await internals.learn_all_topics(consumer)
        assert consumer.partitions_for_topic(TOPIC) == {0}
        consumer.assign([PARTITION])
        assert consumer._client._topics == {TOPIC}
        internals.keep_to_all_topics(consumer)
        assert consumer._client._topics == set()


async def test_a_node_is_asked_by_hand(broker: EmbeddedBroker) -> None:
    async with consuming(broker) as consumer:
        await internals.learn_all_topics(consumer)
        leader = internals.leader_of(consumer, PARTITION)
        assert leader is not None
        assert leader >= 0
        assert internals.some_node(consumer) is not None
        assert internals.leader_of(consumer, TopicPartition(TOPIC, 7)) is None
        answer = await internals.ask(consumer, leader, internals.ends_request(READ_UNCOMMITTED, [PARTITION]))
        [(topic, [(number, code, *_place, offset)])] = answer.topics
        assert (topic, number, code, offset) == (TOPIC, 0, 0, 0)
        with pytest.raises((NodeNotReadyError, KafkaConnectionError)):
            await internals.ask(consumer, 4711, internals.metadata_request())


async def test_a_client_that_never_started_knows_no_node_and_can_be_closed() -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers="127.0.0.1:1", group_id=None)
    assert internals.some_node(consumer) is None
    await internals.close_client(consumer)
    await internals.close_client(consumer)
    await close_consumer(consumer)


# --- what a consumer does beside its polls


async def test_a_client_whose_fetching_ended_is_told_apart(broker: EmbeddedBroker) -> None:
    async with consuming(broker) as consumer:
        assert not internals.has_ceased_to_fetch(consumer)
        consumer._fetcher._fetch_task.cancel()
        with suppress(asyncio.CancelledError):
            await consumer._fetcher._fetch_task
        assert internals.has_ceased_to_fetch(consumer)


async def test_records_that_wait_for_a_poll_are_seen(broker: EmbeddedBroker) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap) as producer, consuming(broker) as consumer:
        await asyncio.gather(*[await producer.send(TOPIC, value, partition=0) for value in (b"1", b"2")])
        consumer.assign([PARTITION])
        consumer.seek(PARTITION, 0)
        assert PARTITION not in internals.buffered(consumer)
        async with asyncio.timeout(ENOUGH_S):
            while not await consumer.getmany(timeout_ms=50, max_records=1):
                pass
            while PARTITION not in internals.buffered(consumer):
                await asyncio.sleep(0)
            while not (rest := await consumer.getmany(timeout_ms=50)):
                pass
        assert [record.value for record in rest[PARTITION]] == [b"2"]


# --- a producer that is left


async def test_a_producer_that_is_left_takes_nothing_and_does_not_wait(broker: EmbeddedBroker) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap)
    assert internals.sender_task(producer) is None
    await producer.start()
    sender = internals.sender_task(producer)
    assert isinstance(sender, asyncio.Task)
    assert not sender.done()
    internals.refuse_sends(producer)
    with pytest.raises(ProducerClosed):
        await producer.send(TOPIC, b"late")
    async with asyncio.timeout(ENOUGH_S):
        await producer.stop()  # returns, and stops nothing: it was ended already
    assert not sender.done()
    await abandon_producer(producer)
    assert sender.done()


# --- a connection by itself


async def test_a_connection_takes_the_clients_options_and_tells_the_real_error(broker: EmbeddedBroker) -> None:
    host, port = broker.bootstrap.split(":")
    connection = await internals.connection_to(host, int(port), {"client_id": "andon", "request_timeout_ms": 5000})
    try:
        answer = await connection.send(internals.metadata_request(TOPIC))
    finally:
        connection.close()
    assert [(row[0], row[1]) for row in answer.topics] == [(0, TOPIC)]
    with pytest.raises((KafkaConnectionError, OSError)) as told:
        await internals.connection_to("127.0.0.1", 1, {})
    assert isinstance(told.value, ConnectionRefusedError) or isinstance(told.value.__cause__, OSError)


def test_a_connection_knows_every_option_that_it_is_given() -> None:
    from core.kafka.cluster import _CONNECTION_OPTIONS

    assert set(inspect.signature(create_conn).parameters) >= _CONNECTION_OPTIONS


# --- requests that the client has, sent by hand


def _built(request: Any, struct_class: Any) -> dict[str, Any]:
    """The request in one version, by the names of its fields."""
    return dict(request.build(struct_class).to_object())


@pytest.mark.parametrize("topics", [(), (TOPIC,)])
def test_metadata_creates_no_topic(topics: tuple[str, ...]) -> None:
    built = _built(internals.metadata_request(*topics), metadata_protocol.MetadataRequest_v5)
    assert built == {"topics": list(topics), "allow_auto_topic_creation": False}


@pytest.mark.parametrize("version", [4, 11])
def test_a_fetch_waits_for_nothing_and_says_what_may_be_read(version: int) -> None:
    struct_class = getattr(fetch_protocol, f"FetchRequest_v{version}")
    built = _built(internals.fetch_request(PARTITION, 42, 4096, READ_COMMITTED), struct_class)
    assert (built["max_wait_time"], built["max_bytes"], built["isolation_level"]) == (0, 4096, READ_COMMITTED)
    [topic] = built["topics"]
    [partition] = topic["partitions"]
    numbers = {value for name, value in partition.items() if name in ("partition", "offset", "fetch_offset")}
    assert (topic["topic"], numbers) == (TOPIC, {0, 42})
    assert 4096 in partition.values()


def test_ends_are_asked_with_the_isolation_of_who_asks() -> None:
    request = internals.ends_request(READ_COMMITTED, [PARTITION, TopicPartition(TOPIC, 5)])
    built = _built(request, offset_protocol.OffsetRequest_v2)
    assert (built["replica_id"], built["isolation_level"]) == (-1, READ_COMMITTED)
    [topic] = built["topics"]
    assert [(row["partition"], row["timestamp"]) for row in topic["partitions"]] == [(0, -1), (5, -1)]


@pytest.mark.parametrize(
    ("kind", "code"), [(internals.ConfigResourceType.TOPIC, 2), (internals.ConfigResourceType.BROKER, 4)]
)
def test_settings_are_asked_by_kind_and_name(kind: internals.ConfigResourceType, code: int) -> None:
    request = internals.configuration_request(kind, "name", ["a", "b"])
    built = _built(request, request._CLASSES[0])
    [row] = built["resources"]
    assert list(row.values()) == [code, "name", ["a", "b"]]


@pytest.mark.parametrize(
    ("request_", "key", "version", "flexible", "body"),
    [
        (TopicIdRequest("topic"), 3, 10, True, b"\x02" + bytes(16) + b"\x06topic\x00" + b"\x00\x00\x00" + b"\x00"),
        (acls._RightsRequest("topic"), 3, 8, False, b"\x00\x00\x00\x01\x00\x05topic" + b"\x00\x00\x01"),
        (
            broker_clock._QuorumRequest(),
            55,
            1,
            True,
            b"\x02\x13__cluster_metadata\x02\x00\x00\x00\x00\x00\x00\x00",
        ),
    ],
    ids=["topic id", "rights", "quorum"],
)
def test_requests_of_ours_are_written_as_kafka_says(
    request_: Any, key: int, version: int, flexible: bool, body: bytes
) -> None:
    """The bytes by hand, from Kafka's protocol guide; the client's own headers go before them."""
    (struct_class,) = request_._CLASSES
    built = request_.prepare({key: (0, version)})
    assert isinstance(built, struct_class)
    assert built.encode() == body
    header = built.build_request_header(correlation_id=7, client_id="andon").encode()
    plain = struct.pack(">hhih", key, version, 7, 5) + b"andon"
    assert header == (plain + b"\x00" if flexible else plain)
    with pytest.raises(NotImplementedError):
        request_.prepare({key: (0, version - 1)})


def test_an_answer_of_ours_is_read_as_kafka_writes_it() -> None:
    """DescribeQuorum, version 1: a leader that was caught up at 1700000000000."""
    caught_up = 1_700_000_000_000
    voter = struct.pack(">iqqq", 1, 5, caught_up - 1, caught_up) + b"\x00"
    partition = struct.pack(">ihiiq", 0, 0, 1, 3, 5) + b"\x02" + voter + b"\x01" + b"\x00"
    data = b"\x00\x00" + b"\x02" + b"\x13__cluster_metadata" + b"\x02" + partition + b"\x00" + b"\x00"
    answer = broker_clock._QuorumResponse.decode(BytesIO(data))
    assert broker_clock._leaders_time(answer) == caught_up


# --- message formats


def test_a_batch_tells_its_bytes_and_how_many_records_it_has() -> None:
    frame = batch([b"one", b"two"], now_ms=1)
    known = internals.DefaultBatch(frame)
    assert internals.record_count(known) == 2
    assert internals.body_of(known) == (frame, 61)
    internals.unpack_body(known)
    assert internals.body_of(known) == (frame, 61)


def test_a_compressed_batch_is_replaced_by_what_it_holds() -> None:
    builder = _DefaultRecordBatchBuilderPy(2, 1, 0, -1, -1, 0, 1 << 20)
    assert builder.append(0, 1, None, b"x" * 1000, []) is not None
    known = internals.DefaultBatch(bytes(builder.build()))
    assert b"x" * 1000 not in internals.body_of(known)[0]
    internals.unpack_body(known)
    body, at = internals.body_of(known)
    assert at == 0
    assert b"x" * 1000 in body


def test_a_batch_tells_whose_it_is() -> None:
    known = internals.DefaultBatch(batch([b"one", b"two"], now_ms=1))
    assert (known.base_offset, known.next_offset, known.first_timestamp, known.max_timestamp) == (0, 2, 1, 1)
    assert (known.is_transactional, known.is_control_batch, known.producer_id) == (False, False, -1)
    assert (known.timestamp_type, known.LOG_APPEND_TIME) == (0, 1)
    assert known.validate_crc()


def test_a_batch_of_the_old_formats_is_read() -> None:
    builder = _LegacyRecordBatchBuilderPy(1, 0, 1 << 20)
    builder.append(0, timestamp=7, key=b"k", value=b"v")
    frame = bytes(builder.build())
    known = internals.LegacyBatch(frame, 1)
    assert known.validate_crc()
    assert [(one.offset, one.timestamp, one.key, one.value) for one in known] == [(0, 7, b"k", b"v")]


def test_the_c_extension_is_told_by_its_module(monkeypatch: pytest.MonkeyPatch) -> None:
    from aiokafka.record import memory_records
    from aiokafka.util import NO_EXTENSIONS

    assert internals.fast_client() is (not NO_EXTENSIONS)
    monkeypatch.setattr(internals, "MemoryRecords", memory_records._MemoryRecordsPy)
    assert not internals.fast_client()


# --- nobody else


def _imports(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _beyond_the_promise(name: str) -> bool:
    """Whether it is a part of aiokafka that is not documented."""
    package = name.rpartition(".")[0]
    return name.startswith("aiokafka.") and not {name, package} & _PROMISED


def _private_of_others(module: ast.Module) -> Iterator[str]:
    """Private attributes of anything but ``self`` and ``cls``, by a name or by a string."""
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and _is_private(node.attr):
            if not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
                yield f"{ast.unparse(node)} (line {node.lineno})"
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("getattr", "setattr", "attrgetter")):
            names = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            yield from (f"{name} (line {node.lineno})" for name in names if _is_private(name))


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


_OWN = {
    "core.chat.playbook.past_fixes": "_replace",  # a named tuple's, documented
    "core.domain.problems": "._value_",  # an enum member's, documented
    "core.settings.loading": "._flags",
}
"""Private attributes of values that are no client's."""


def test_no_other_file_touches_a_private_part() -> None:
    found = {
        name: [one for one in _private_of_others(tree(path)) if _OWN.get(name, "\n") not in one]
        for name, path in sources().items()
        if name.startswith("core") and name != _INTERNALS
    }
    assert not {name: parts for name, parts in found.items() if parts}


def test_no_other_file_imports_what_is_not_promised() -> None:
    found = {
        (name, one)
        for name, path in sources().items()
        for node in ast.walk(tree(path))
        for one in _imports(node)
        if name != _INTERNALS and _beyond_the_promise(one)
    }
    assert not found


@pytest.mark.parametrize(
    "code",
    [
        "consumer._client.close()",
        "self._consumer._fetcher",
        "getattr(consumer, '_client')",
        "setattr(producer, '_closed', True)",
        "def later():\n    make()._sender",
    ],
)
def test_a_private_part_is_found_however_it_is_reached(code: str) -> None:
    assert [*_private_of_others(ast.parse(code))]


def test_every_function_says_what_it_relies_on_and_is_pinned_here() -> None:
    own = sources()[_INTERNALS]
    defined = [node for node in tree(own).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    here = Path(__file__).read_text(encoding="utf-8")
    for node in defined:
        assert f"internals.{node.name}(" in here, node.name
        assert "Relied on:" in (ast.get_docstring(node) or "") or node.name == "keep_to_all_topics", node.name
