"""The road in and the road out, on real brokers of both versions."""

import asyncio
import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from core.domain.cluster_problems import ClusterProblemKind
from core.domain.events import RESOLVED
from core.domain.outbox import OutboxState
from tests.kafka.broker import RealKafka
from tests.kafka.conftest import StartKafka
from tests.kafka.records import Outgoing, produce, produce_many, read_all
from tests.kafka.stations import issue_value, running, send
from tests.kafka.waiting import wait_until

RUBBISH = (
    b"",
    b"not json",
    b"\xff\xfe\x00",
    b"[]",
    b"null",
    b"42",
    b'"issue"',
    b"{}",
    b'{"issue": ""}',
    b'{"issue": 7}',
    b'{"issue": null}',
    b'{"issue": "\\ud800"}',
    b"[" * 50_000,
    None,
)


async def test_replay_then_live_then_only_what_is_new(kafka: RealKafka, topic: str, tmp_path: Path) -> None:
    await send(kafka.bootstrap, topic, *(issue_value(f"A{n}") for n in range(50)))
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.live()
        assert len(watched.station.register.open_issues()) == 50
        await send(kafka.bootstrap, topic, issue_value("B"))
        await watched.until(lambda s: s.issue("B") is not None)
    await send(kafka.bootstrap, topic, issue_value("C"))
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.live()
        assert len(watched.station.register.open_issues()) == 52
        assert watched.opened() == ["C"], "the snapshot's offsets were not used"


async def test_no_group_is_joined(
    kafka: RealKafka, topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_CONSUMER_GROUP", "chatbot-issue-consumer-group")
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.live()
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
        await admin.start()
        try:
            groups = [name for name, *_rest in await admin.list_consumer_groups()]
        finally:
            await admin.close()
        assert "chatbot-issue-consumer-group" not in groups
        assert not [name for name in groups if "andon" in name]


async def test_rubbish_goes_to_the_quarantine_and_the_feed_goes_on(
    kafka: RealKafka, topic: str, tmp_path: Path
) -> None:
    await produce_many(kafka.bootstrap, topic, [Outgoing(value, key=b"k") for value in RUBBISH])
    await send(kafka.bootstrap, topic, issue_value("GOOD"))
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.live()
        assert [issue.id for issue in watched.station.register.open_issues()] == ["GOOD"]
        assert watched.station.state.quarantine_count == len(RUBBISH)
        kept = {item.record.value for item in watched.station.store.quarantine.newest()}
        assert kept == set(RUBBISH)


async def test_2000_issues_in_any_order_fold_to_the_same_list(kafka: RealKafka, tmp_path: Path) -> None:
    """Opens, solves and reopenings over 6 partitions, shuffled, repeated and late, twice in different orders."""
    rng = random.Random(7)
    events: list[Outgoing] = []
    for number in range(2000):
        at = 1_760_000_000_000 + rng.randrange(10**8)
        issue = f"I{number:04}"
        events.append(Outgoing(issue_value(issue), timestamp_ms=at))
        if number % 2:
            events.append(Outgoing(issue_value(issue, isSolved=True), timestamp_ms=at + 60_000))
        if number % 6 == 1:
            events.append(Outgoing(issue_value(issue), timestamp_ms=at + 120_000))
        if number % 6 == 3:
            events.append(Outgoing(issue_value(issue), timestamp_ms=at + 70_000))  # late, within the window
    expected = {f"I{n:04}" for n in range(2000) if n % 2 == 0 or n % 6 == 1}
    found = []
    for order in range(2):
        topic = f"fold-{order}-{rng.randrange(10**9)}"
        await kafka.create_topic(topic, partitions=6, retention_ms=-1)
        shuffled = events + rng.sample(events, 500)
        rng.shuffle(shuffled)
        await produce_many(kafka.bootstrap, topic, shuffled)
        async with running(kafka.bootstrap, topic, tmp_path / str(order)) as watched:
            await watched.live()
            found.append({i.id: (i.occurrences, i.episode) for i in watched.station.register.open_issues()})
    assert found[0].keys() == expected
    assert found[0] == found[1]


async def test_added_partitions_are_read(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka()
    await broker.create_topic("t", partitions=1)
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
        await broker.add_partitions("t", 3)
        for partition in (1, 2):
            await produce(broker.bootstrap, "t", issue_value(f"P{partition}"), partition=partition)
        await watched.until(lambda s: {"P1", "P2"} <= s.register.issues.keys())


async def test_what_retention_removed_unread_is_said(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka()
    await broker.create_topic("t", partitions=1)
    await send(broker.bootstrap, "t", issue_value("OLD"))
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
    await send(broker.bootstrap, "t", *(issue_value(f"GONE{n}") for n in range(5)))
    await broker.delete_records_before("t", 6)
    await send(broker.bootstrap, "t", issue_value("NEW"))
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
        assert watched.station.freshness.missed == 5
        assert {"OLD", "NEW"} == {issue.id for issue in watched.station.register.open_issues()}


async def test_a_missing_topic_is_named_and_not_created(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka(properties={"auto.create.topics.enable": "true"})
    async with running(broker.bootstrap, "typo", tmp_path) as watched:
        await watched.until(lambda s: s.freshness.problem is not None)
        assert watched.station.freshness.problem.kind is ClusterProblemKind.TOPIC_MISSING  # type: ignore[union-attr]
        await broker.create_topic("typo")  # fails if it were there
        await watched.live()


async def test_a_topic_made_anew_is_replayed_in_full(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka()
    await broker.create_topic("t", partitions=3)
    await send(broker.bootstrap, "t", *(issue_value(f"A{n}") for n in range(30)))
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
    await broker.delete_topic("t")
    await broker.create_topic("t", partitions=1)
    await send(broker.bootstrap, "t", issue_value("FRESH"))
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.until(lambda s: s.issue("FRESH") is not None)


async def test_a_wrong_login_is_named(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka(users={"terminal": "right"})
    await broker.create_topic("t")
    login: dict[str, Any] = {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_username": "terminal",
    }
    async with running(broker.login_bootstrap, "t", tmp_path / "1", **login, sasl_password="wrong") as watched:
        await watched.until(lambda s: s.freshness.problem is not None)
        assert watched.station.freshness.problem.kind is ClusterProblemKind.LOGIN  # type: ignore[union-attr]
        assert "wrong" not in watched.station.freshness.problem.words.replace("wrong or", "")  # type: ignore[union-attr]
    async with running(broker.login_bootstrap, "t", tmp_path / "2", **login, sasl_password="right") as watched:
        await watched.live()


async def test_a_resolve_is_the_issues_own_record_and_is_confirmed_by_reading_it_back(
    kafka: RealKafka, topic: str, tmp_path: Path
) -> None:
    original = issue_value("R1", modeLogId=None, extra={"keep": [1, None]})
    await produce(kafka.bootstrap, topic, original)
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.until(lambda s: s.issue("R1") is not None)
        opened = watched.station.issue("R1")
        assert opened is not None
        entry = await watched.station.commands.resolve("R1", "흡입 필터 교체")
        assert entry.state is OutboxState.WAITING
        await watched.until(lambda s: not s.outbox)
        solved = watched.station.issue("R1")
        assert solved is not None
        assert not solved.is_open
        assert solved.resolution is not None
        assert (solved.resolution.operator, solved.resolution.note) == ("김민수", "흡입 필터 교체")
    [record] = [r for r in await read_all(kafka.bootstrap, topic) if r.key]
    value, before = json.loads(record.value), json.loads(original)
    assert record.key == b"R1"
    assert value == {**before, "isSolved": True, "timestamp": value["timestamp"]}
    assert value["timestamp"] != before["timestamp"]
    assert record.timestamp >= opened.newest_ms + 1
    headers = {name: content.decode() for name, content in record.headers}
    assert headers["__TypeId__"] == "java.util.LinkedHashMap"
    assert headers["ce_specversion"] == "1.0"
    assert headers["ce_id"] == entry.record.event_id
    assert headers["ce_type"] == RESOLVED
    assert headers["ce_source"] == "/terminals/P1-03"
    assert headers["ce_subject"] == "R1"
    assert headers["ce_operator"] == "김민수"
    assert headers["ce_note"] == "흡입 필터 교체"
    assert headers["ce_time"] == value["timestamp"]


async def test_resolve_and_reopen_of_one_issue_stay_in_order(kafka: RealKafka, topic: str, tmp_path: Path) -> None:
    await send(kafka.bootstrap, topic, issue_value("R2"))
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.until(lambda s: s.issue("R2") is not None)
        await watched.station.commands.resolve("R2", "one")
        await watched.until(lambda s: not s.outbox)
        await watched.station.commands.reopen("R2", "no, still there")
        await watched.until(lambda s: not s.outbox)
        reopened = watched.station.issue("R2")
        assert reopened is not None
        assert (reopened.is_open, reopened.episode) == (True, 2)
        await watched.station.commands.resolve("R2", "two")
        await watched.until(lambda s: not s.outbox)
        solved = watched.station.issue("R2")
        assert solved is not None
        assert solved.resolution is not None
        assert solved.resolution.note == "two"


async def test_a_record_too_large_is_parked_and_goes_out_by_retry(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka()
    await broker.create_topic("t")
    await send(broker.bootstrap, "t", issue_value("BIG", description="x" * 6000))
    await broker.configure_topic("t", max_message_bytes=2000)
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.until(lambda s: s.issue("BIG") is not None)
        entry = await watched.station.commands.resolve("BIG", "note")
        await watched.until(lambda s: bool(s.outbox) and s.outbox[0].state is OutboxState.PARKED)
        await broker.configure_topic("t", max_message_bytes=100_000)
        await watched.station.commands.retry(entry.record.issue)
        await watched.until(lambda s: not s.outbox)


async def test_no_right_to_write_is_parked_until_it_is_given(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka(users={"terminal": "secret"})
    await broker.create_topic("t")
    await send(broker.bootstrap, "t", issue_value("R3"))
    await broker.deny("terminal", "WRITE", "t")
    login: dict[str, Any] = {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_username": "terminal",
    }
    async with running(broker.login_bootstrap, "t", tmp_path, **login, sasl_password="secret") as watched:
        await watched.until(lambda s: s.issue("R3") is not None)
        entry = await watched.station.commands.resolve("R3", "note")
        await watched.until(lambda s: bool(s.outbox) and s.outbox[0].state is OutboxState.PARKED)
        await broker.permit("terminal", "WRITE", "t")

        async def retried() -> bool:
            """The broker takes a moment to know of the right."""
            if watched.station.outbox and watched.station.outbox[0].state is OutboxState.PARKED:
                await watched.station.commands.retry(entry.record.issue)
            return not watched.station.outbox

        await wait_until(retried, 30)


async def test_an_issue_of_900_kb_can_be_resolved(kafka: RealKafka, topic: str, tmp_path: Path) -> None:
    await send(kafka.bootstrap, topic, issue_value("HUGE", description="가" * 340_000))
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.until(lambda s: s.issue("HUGE") is not None)
        await watched.station.commands.resolve("HUGE", "n" * 2000)
        await watched.until(lambda s: not s.outbox)


async def test_broker_down_before_the_resolve_and_up_after(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka()
    await broker.create_topic("t")
    await send(broker.bootstrap, "t", issue_value("R4"))
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.until(lambda s: s.issue("R4") is not None)
        await broker.stop()
        await watched.station.commands.resolve("R4", "while it was away")
        await watched.until(lambda s: not s.freshness.is_live(time.monotonic()))
        assert watched.station.outbox[0].state is OutboxState.WAITING
        await broker.start()
        await watched.until(lambda s: not s.outbox)
        assert not watched.station.issue("R4").is_open  # type: ignore[union-attr]


async def test_a_frozen_broker_shows_within_15_s_and_heals(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka()
    await broker.create_topic("t")
    await send(broker.bootstrap, "t", issue_value("R5"))
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
        broker.freeze()
        await watched.until(lambda s: not s.freshness.is_live(time.monotonic()), within=15)
        await watched.station.commands.resolve("R5", "into the ice")
        broker.thaw()
        await watched.live()
        await watched.until(lambda s: not s.outbox)
    sent = [r for r in await read_all(broker.bootstrap, "t") if r.key]
    assert sent
    assert len({dict(r.headers)["ce_id"] for r in sent}) == 1


async def test_a_broker_killed_and_back_on_another_port_is_found(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka()
    await broker.create_topic("t")
    spare = await own_kafka()
    other = spare.port
    spare.close()
    await send(broker.bootstrap, "t", issue_value("R6"))
    async with running(f"{broker.bootstrap},127.0.0.1:{other}", "t", tmp_path) as watched:
        await watched.live()
        broker.kill()
        await watched.station.commands.resolve("R6", "moved")
        await broker.restart(port=other)
        await watched.until(lambda s: not s.outbox, within=90)
        await watched.live()


async def test_outages_leave_no_tasks_behind(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka()
    await broker.create_topic("t")
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
        counts = []
        for _outage in range(3):
            await broker.stop()
            await watched.until(lambda s: s.freshness.problem is not None)
            await broker.start()
            await watched.live()
            counts.append(len(asyncio.all_tasks()))
        assert counts[-1] <= counts[0] + 1, counts
