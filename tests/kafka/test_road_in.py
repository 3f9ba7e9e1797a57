"""The road in, beyond the usual: odd producers, lost topics, rights taken away, and what is said meanwhile."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from core.domain.cluster_problems import ClusterProblemKind
from core.domain.freshness import FeedState
from core.station.station import Station
from tests.kafka.broker import RealKafka
from tests.kafka.conftest import StartKafka
from tests.kafka.helpers import Spied, in_thread, send_compressed, transaction
from tests.kafka.records import Outgoing, produce, produce_many
from tests.kafka.stations import issue_value, running, send
from tests.kafka.topics import partition_numbers

pytestmark = pytest.mark.soak  # minutes long: run by hand, see CONTRIBUTING.md


def kind_of(station: Station) -> ClusterProblemKind | None:
    problem = station.freshness.problem
    return problem.kind if problem else None


def is_live(station: Station) -> bool:
    return station.freshness.is_live(time.monotonic())


async def test_progress_counts_up_and_live_comes_only_after_the_last_record(
    kafka: RealKafka, topic: str, tmp_path: Path
) -> None:
    values = [Outgoing(issue_value(f"I{n}"), partition=n % 3) for n in range(20_000)]
    await produce_many(kafka.bootstrap, topic, values)
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        spied = Spied(watched.station)
        await watched.live()
    replay = [f for f in spied.seen if f.state is FeedState.CATCHING_UP]
    assert {f.total for f in replay} == {20_000}
    done = [f.done for f in replay]
    assert done == sorted(done)
    assert done[0] == 0
    assert any(0 < count < 20_000 for count in done), "progress is told on the way"
    assert spied.known_when_live == 20_000


async def test_a_restart_is_given_only_new_records(kafka: RealKafka, topic: str, tmp_path: Path) -> None:
    await produce_many(kafka.bootstrap, topic, [Outgoing(issue_value("A"), partition=n % 3) for n in range(300)])
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        first = Spied(watched.station)
        await watched.live()
    assert len(first.records) == 300
    await send(kafka.bootstrap, topic, issue_value("A"), issue_value("B"))
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        second = Spied(watched.station)
        await watched.live()
        assert watched.station.freshness.total == 2
    assert len(second.records) == 2


async def test_transactions_are_read_to_their_end(kafka: RealKafka, topic: str, tmp_path: Path) -> None:
    """A commit's marker takes an offset that no consumer is ever given: the end is beyond the last record."""
    async with transaction(kafka.bootstrap) as producer:
        for partition in range(3):
            await producer.send_and_wait(topic, issue_value(f"T{partition}"), partition=partition)
    for _start in range(2):
        async with running(kafka.bootstrap, topic, tmp_path) as watched:
            await watched.live()
            assert {"T0", "T1", "T2"} == watched.station.register.issues.keys()
            assert watched.station.freshness.done == watched.station.freshness.total


@pytest.mark.parametrize("codec", ["gzip", "lz4", "snappy", "zstd"])
async def test_compressed_batches_are_read(kafka: RealKafka, topic: str, tmp_path: Path, codec: str) -> None:
    values = [issue_value(f"{codec}-{n}") for n in range(200)]
    await asyncio.to_thread(send_compressed, kafka.bootstrap, topic, codec, values)
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.live()
        assert len(watched.station.register.open_issues()) == 200


async def test_the_quarantine_keeps_bytes_key_headers_and_place(kafka: RealKafka, topic: str, tmp_path: Path) -> None:
    headers = [("__TypeId__", b"\xff\xfe"), ("empty", b"")]
    rubbish = [Outgoing(b"\x00\xffrubbish", b"k\xff", headers, partition) for partition in (2, 0, 2)]
    sent = await produce_many(kafka.bootstrap, topic, rubbish)
    await send(kafka.bootstrap, topic, issue_value("GOOD"))
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.until(lambda s: s.issue("GOOD") is not None and is_live(s))
        kept = [item.record for item in watched.station.store.quarantine.newest()]
    assert {(r.topic, r.partition, r.offset) for r in kept} == {(topic, s.partition, s.offset) for s in sent}
    assert {(r.value, r.key, r.headers) for r in kept} == {(b"\x00\xffrubbish", b"k\xff", tuple(headers))}
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.live()
        assert watched.station.state.quarantine_count == 3, "kept over a restart, and once"


async def test_a_cluster_that_is_down_at_the_start_is_found_when_it_comes(
    own_kafka: StartKafka, tmp_path: Path
) -> None:
    broker = await own_kafka()
    await broker.create_topic("t")
    await send(broker.bootstrap, "t", issue_value("A"))
    await broker.stop()
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.until(lambda s: kind_of(s) is ClusterProblemKind.REFUSED)
        assert watched.station.freshness.state is FeedState.CONNECTING
        await broker.start()
        await watched.live()
        assert watched.station.issue("A") is not None


async def test_a_name_that_nobody_knows_is_said(tmp_path: Path) -> None:
    async with running("no-such-broker.invalid:9092", "t", tmp_path) as watched:
        await watched.until(lambda s: kind_of(s) is ClusterProblemKind.NAME)
        assert "no-such-broker.invalid" in watched.station.freshness.problem.words  # type: ignore[union-attr]


async def test_a_topic_deleted_under_a_running_terminal_is_missing_and_stays_away(
    own_kafka: StartKafka, tmp_path: Path
) -> None:
    """Then it is made anew, with more records than were read of the old one: none may be taken for known."""
    broker = await own_kafka(properties={"auto.create.topics.enable": "true"})
    await broker.create_topic("t")
    await send(broker.bootstrap, "t", *(issue_value(f"OLD{n}") for n in range(3)))
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
        await broker.delete_topic("t")
        await watched.until(lambda s: kind_of(s) is ClusterProblemKind.TOPIC_MISSING)
        assert not is_live(watched.station)
        assert await partition_numbers(broker.bootstrap, "t") == [], "the terminal made the topic again"
        await broker.create_topic("t")
        await send(broker.bootstrap, "t", *(issue_value(f"NEW{n}") for n in range(6)))
        await watched.until(lambda s: {f"NEW{n}" for n in range(6)} <= s.register.issues.keys())
        await watched.live()


async def test_what_retention_removed_under_a_running_terminal_is_said(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka()
    await broker.create_topic("t")
    await send(broker.bootstrap, "t", issue_value("FIRST"))

    def behind_its_back() -> None:
        asyncio.run(_send_and_remove(broker))

    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
        in_thread(behind_its_back)
        await watched.until(lambda s: s.issue("LAST") is not None)
        read = {name for name in watched.station.register.issues if name.startswith("GONE")}
        assert len(read) < 9
        assert watched.station.freshness.missed == 9 - len(read)
        await watched.live()


async def _send_and_remove(broker: RealKafka) -> None:
    await send(broker.bootstrap, "t", issue_value("GONE0"))
    await send(broker.bootstrap, "t", *(issue_value(f"GONE{n}") for n in range(1, 9)))
    await broker.delete_records_before("t", 10)
    await send(broker.bootstrap, "t", issue_value("LAST"))


async def test_a_right_to_read_that_is_taken_away_is_said_and_given_back_found(
    own_kafka: StartKafka, tmp_path: Path
) -> None:
    broker = await own_kafka(users={"terminal": "secret"})
    await broker.create_topic("t")
    login: dict[str, Any] = {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_username": "terminal",
    }
    async with running(broker.login_bootstrap, "t", tmp_path, **login, sasl_password="secret") as watched:
        await watched.live()
        await broker.deny("terminal", "READ", "t")
        await watched.until(lambda s: kind_of(s) is ClusterProblemKind.NO_READ)
        await broker.permit("terminal", "READ", "t")
        await produce(broker.bootstrap, "t", issue_value("AFTER"))
        await watched.until(lambda s: s.issue("AFTER") is not None and is_live(s))
