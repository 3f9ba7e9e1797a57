"""What real brokers say of the topic: offsets beside the records, times, settings with and without the right to see."""

from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from core.domain.cluster_problems import ClusterError, ClusterProblemKind
from core.kafka.inspect.topic_facts import TopicFacts, topic_facts
from core.settings import Settings, load_settings
from tests.kafka.broker import RealKafka
from tests.kafka.conftest import StartKafka
from tests.kafka.frames import batch, send_frames
from tests.kafka.records import Outgoing, produce_many
from tests.kafka.stations import issue_value
from tests.kafka.topics import partition_numbers

AT = 1_754_672_737_123
DAY_MS = 86_400_000


async def facts_of(kafka: RealKafka, topic: str) -> TopicFacts:
    return await topic_facts(load_settings(bootstrap_servers=kafka.bootstrap, topic=topic).kafka)


async def test_partitions_offsets_and_times(kafka: RealKafka, topic: str) -> None:
    times = (AT + 5_000, AT, AT + 1_000, AT + 3_000)  # a producer's clock may go back
    records = [Outgoing(issue_value(str(n)), partition=0, timestamp_ms=at) for n, at in enumerate(times)]
    await produce_many(kafka.bootstrap, topic, records)
    await kafka.delete_records_before(topic, 1, partition=0)
    facts = await facts_of(kafka, topic)
    assert (facts.topic, len(facts.cluster_id)) == (topic, 22)
    filled, *empty = facts.partitions
    assert (filled.first_offset, filled.next_offset, filled.count) == (1, 4, 3)
    assert (filled.first_ms, filled.last_ms) == (AT, AT + 3_000)
    assert (filled.leader, filled.replicas, filled.in_sync) == (1, (1,), (1,))
    assert [(p.number, p.count, p.first_ms, p.last_ms) for p in empty] == [(1, 0, None, None), (2, 0, None, None)]
    assert (facts.retention_ms, facts.retention_bytes) == (-1, -1)
    assert (facts.cleanup_policy, facts.max_message_bytes, facts.auto_create) == ("delete", 1_048_588, False)


async def test_a_transactions_marker_at_the_end_hides_no_time(kafka: RealKafka, topic: str) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=f"of-{topic}")
    async with producer, producer.transaction():
        for at in (AT, AT + 1_000):
            await producer.send_and_wait(topic, issue_value("A"), partition=0, timestamp_ms=at)
    found = (await facts_of(kafka, topic)).partitions[0]
    assert (found.next_offset, found.first_ms, found.last_ms) == (3, AT, AT + 1_000)


async def test_what_cannot_be_decoded_costs_no_other_partition_its_times(kafka: RealKafka, topic: str) -> None:
    await send_frames(kafka.bootstrap, topic, 0, batch([b"a"], bad_headers=[0]))
    await produce_many(kafka.bootstrap, topic, [Outgoing(issue_value("B"), partition=1, timestamp_ms=AT)])
    lost, sound, _empty = (await facts_of(kafka, topic)).partitions
    assert (lost.count, lost.first_ms, lost.last_ms) == (1, None, None)
    assert (sound.first_ms, sound.last_ms) == (AT, AT)


async def test_the_topics_own_settings(kafka: RealKafka, topic: str) -> None:
    await kafka.configure_topic(
        topic, retention_ms=DAY_MS, retention_bytes=10_000_000, cleanup_policy="compact", max_message_bytes=2_000_000
    )
    facts = await facts_of(kafka, topic)
    assert (facts.retention_ms, facts.retention_bytes) == (DAY_MS, 10_000_000)
    assert (facts.cleanup_policy, facts.is_compacted, facts.max_message_bytes) == ("compact", True, 2_000_000)


async def test_a_topic_that_is_not_there_is_told_and_not_made(own_kafka: StartKafka) -> None:
    broker = await own_kafka(properties={"auto.create.topics.enable": "true"})
    await broker.create_topic("t")
    assert (await facts_of(broker, "t")).auto_create is True
    with pytest.raises(ClusterError) as missing:
        await facts_of(broker, "typo")
    assert missing.value.problem.kind is ClusterProblemKind.TOPIC_MISSING
    assert await partition_numbers(broker.bootstrap, "typo") == []


async def test_without_the_right_to_see_the_settings_the_rest_is_told(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka(users={"kim": "secret-of-kim"})
    await broker.create_topic("t")
    await produce_many(broker.bootstrap, "t", [Outgoing(issue_value("A"), timestamp_ms=AT)])
    await broker.deny("kim", "DESCRIBE_CONFIGS", "t")
    as_kim = settings_of(broker, "t", tmp_path)
    facts = await topic_facts(as_kim.kafka)
    assert (facts.retention_ms, facts.cleanup_policy, facts.max_message_bytes) == (None, None, None)
    assert (facts.partitions[0].count, facts.partitions[0].last_ms) == (1, AT)
    await broker.deny("kim", "READ", "t")
    unread = await topic_facts(as_kim.kafka)
    assert (unread.partitions[0].count, unread.partitions[0].last_ms) == (1, None)


def settings_of(broker: RealKafka, topic: str, folder: Path) -> Settings:
    login = broker.login("kim")
    return load_settings(
        bootstrap_servers=login["bootstrap_servers"],
        topic=topic,
        data_dir=folder / "data",
        security_protocol=login["security_protocol"],
        sasl_mechanism=login["sasl_mechanism"],
        sasl_username="kim",
        sasl_password=login["sasl_plain_password"],
    )
