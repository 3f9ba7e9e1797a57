"""The road out, where it is hard: lost answers, frozen and killed brokers, killed terminals, order, echoed headers."""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.chat.playbook.assistant import PlaybookAssistant
from core.domain.cluster_problems import ClusterProblemKind
from core.domain.events import REOPENED
from core.domain.journal import first_break
from core.domain.outbox import OutboxEntry, OutboxState
from core.settings import load_settings
from core.station.data_dir import opened_store
from core.station.station import Station
from core.store.store import Store
from core.support.version import version
from tests.kafka.broker import RealKafka
from tests.kafka.conftest import StartKafka
from tests.kafka.helpers import Proxy, event_ids, gone_out, headers_of, published, unused_port, value_of
from tests.kafka.records import produce
from tests.kafka.stations import issue_value, running, send

pytestmark = pytest.mark.soak  # minutes long: run by hand, see CONTRIBUTING.md

MAP_N = "java.util.ImmutableCollections$MapN"
SPRING = [
    ("__TypeId__", MAP_N.encode()),
    ("__ContentTypeId__", b"java.lang.Object"),
    ("__KeyTypeId__", b"java.lang.Object"),
    ("b3", b"trace"),
]


async def test_a_reopening_carries_the_issues_own_fields_and_the_opening_events_type_headers(
    kafka: RealKafka, topic: str, tmp_path: Path
) -> None:
    ahead = time.time_ns() // 1_000_000 + 30 * 60_000
    original = issue_value("R", description=None, extra="그대로")
    await produce(kafka.bootstrap, topic, original, headers=SPRING, timestamp_ms=ahead)
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.until(lambda s: s.issue("R") is not None)
        await watched.station.commands.resolve("R", "처음")
        await gone_out(watched)
        assert not watched.station.issue("R").is_open  # type: ignore[union-attr]
        entry = await watched.station.commands.reopen("R", "다시 샘")
        await gone_out(watched)
        reopened = watched.station.issue("R")
        assert reopened is not None
        assert (reopened.is_open, reopened.episode, reopened.occurrences) == (True, 2, 1)
        assert watched.station.store.outbox.get(entry.record.event_id).state is OutboxState.CONFIRMED  # type: ignore[union-attr]
    resolve, reopen = await published(kafka.bootstrap, topic, "R")
    assert (resolve.timestamp, reopen.timestamp) == (ahead + 1, ahead + 2), "a clock that is behind loses nothing"
    value = value_of(reopen)
    assert value == {**json.loads(original), "isSolved": False, "timestamp": value["timestamp"]}
    assert headers_of(reopen) == {
        "__TypeId__": MAP_N,
        "__ContentTypeId__": "java.lang.Object",
        "__KeyTypeId__": "java.lang.Object",
        "ce_specversion": "1.0",
        "ce_id": entry.record.event_id,
        "ce_type": REOPENED,
        "ce_source": "/terminals/P1-03",
        "ce_time": value["timestamp"],
        "ce_subject": "R",
        "ce_operator": "김민수",
        "ce_note": "다시 샘",
        "ce_andon": version(),
    }


async def test_many_resolves_at_once_go_out_once_each(kafka: RealKafka, topic: str, tmp_path: Path) -> None:
    issues = [f"M{n}" for n in range(40)]
    await send(kafka.bootstrap, topic, *map(issue_value, issues))
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.until(lambda s: len(s.register.issues) == 40)
        for issue in issues:
            await watched.station.commands.resolve(issue, f"note of {issue}")
        await gone_out(watched)
        assert not watched.station.register.open_issues()
    for issue in ("M0", "M39"):
        assert len(await published(kafka.bootstrap, topic, issue)) == 1


async def test_ten_turns_of_one_issue_are_on_the_topic_in_the_order_in_which_they_were_typed(
    kafka: RealKafka, topic: str, tmp_path: Path
) -> None:
    await send(kafka.bootstrap, topic, issue_value("T"))
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.until(lambda s: s.issue("T") is not None)
        for turn in range(5):
            await watched.station.commands.resolve("T", f"resolve {turn}")
            await watched.until(lambda s: not s.issue("T").is_open)  # type: ignore[union-attr]
            await watched.station.commands.reopen("T", f"reopen {turn}")
            await watched.until(lambda s: s.issue("T").is_open)  # type: ignore[union-attr]
        await gone_out(watched)
        assert watched.station.issue("T").episode == 6  # type: ignore[union-attr]
    records = await published(kafka.bootstrap, topic, "T")
    assert len({record.partition for record in records}) == 1
    notes = [headers_of(record)["ce_note"] for record in records]
    assert notes == [f"{what} {turn}" for turn in range(5) for what in ("resolve", "reopen")]


async def test_what_was_typed_before_an_end_goes_out_at_the_next_start(
    kafka: RealKafka, topic: str, tmp_path: Path
) -> None:
    await send(kafka.bootstrap, topic, issue_value("E"))
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.until(lambda s: s.issue("E") is not None)
    async with unconnected(kafka.bootstrap, topic, tmp_path) as station:
        entry = await station.commands.resolve("E", "typed before the end")
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await gone_out(watched)
        assert watched.station.issue("E").resolution.note == "typed before the end"  # type: ignore[union-attr]
    assert event_ids(await published(kafka.bootstrap, topic, "E")) == [entry.record.event_id]


async def test_a_sent_record_that_went_with_its_topic_goes_out_again(own_kafka: StartKafka, tmp_path: Path) -> None:
    """The broker had acknowledged it, the terminal ended before it was read back, the topic was made anew."""
    broker = await own_kafka()
    await broker.create_topic("t")
    await send(broker.bootstrap, "t", *(issue_value(f"A{n}") for n in range(5)))
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.until(lambda s: len(s.register.issues) == 5)
    async with unconnected(broker.bootstrap, "t", tmp_path) as station:
        entry = await station.commands.resolve("A1", "note")
        station.store.outbox.mark_sent(entry.record.event_id, 0, 5)
    await broker.delete_topic("t")
    await broker.create_topic("t")
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await gone_out(watched)
    assert event_ids(await published(broker.bootstrap, "t", "A1")) == [entry.record.event_id]


@pytest.mark.parametrize("given_up", [False, True], ids=["thawed-soon", "thawed-after-the-send-was-given-up"])
async def test_a_send_into_a_frozen_broker_arrives_after_the_thaw_and_folds_once(
    own_kafka: StartKafka, tmp_path: Path, given_up: bool
) -> None:
    broker = await own_kafka()
    await broker.create_topic("t")
    await send(broker.bootstrap, "t", issue_value("WARM"), issue_value("ICE"))
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
        await watched.station.commands.resolve("WARM", "so that a producer stands")
        await gone_out(watched)
        broker.freeze()
        await watched.station.commands.resolve("ICE", "얼음 속으로")
        if given_up:
            await watched.until(lambda s: bool(s.outbox[0].problem))
        else:
            await watched.until(lambda s: not s.freshness.is_live(time.monotonic()))
        assert watched.station.issue("ICE").is_open, "not resolved before it is read back"  # type: ignore[union-attr]
        broker.thaw()
        await gone_out(watched)
        assert_resolved_once(watched.station, "ICE", "얼음 속으로")
    assert len(set(event_ids(await published(broker.bootstrap, "t", "ICE")))) == 1


async def test_a_broker_killed_in_a_send_and_back_on_another_port_gets_it(
    own_kafka: StartKafka, tmp_path: Path
) -> None:
    broker = await own_kafka()
    await broker.create_topic("t")
    await send(broker.bootstrap, "t", issue_value("WARM"), issue_value("KILLED"))
    other = unused_port()
    async with running(f"{broker.bootstrap},127.0.0.1:{other}", "t", tmp_path) as watched:
        await watched.live()
        await watched.station.commands.resolve("WARM", "so that a producer stands")
        await gone_out(watched)
        broker.freeze()
        await watched.station.commands.resolve("KILLED", "하던 중에")
        await watched.until(lambda s: not s.freshness.is_live(time.monotonic()))
        broker.kill()
        await broker.restart(port=other)
        await gone_out(watched, within=90)
        await watched.live()
        assert_resolved_once(watched.station, "KILLED", "하던 중에")
    assert len(set(event_ids(await published(broker.bootstrap, "t", "KILLED")))) == 1


async def test_a_lost_acknowledgement_is_one_resolve(kafka_version: str, tmp_path: Path) -> None:
    """The broker wrote the record and its answers got lost until the send was given up: reading it back tells."""
    port = unused_port()
    async with Proxy(port) as proxy:
        advertised = {"advertised.listeners": f"CLIENT://127.0.0.1:{proxy.port}"}
        broker = RealKafka(kafka_version, tmp_path / "kafka", port=port, properties=advertised)
        try:
            await broker.start()
            await _lose_the_acknowledgement(broker, proxy, tmp_path)
        finally:
            broker.close()


async def _lose_the_acknowledgement(broker: RealKafka, proxy: Proxy, tmp_path: Path) -> None:
    await broker.create_topic("t")
    await send(broker.bootstrap, "t", issue_value("WARM"), issue_value("TWICE"))
    async with running(f"127.0.0.1:{proxy.port}", "t", tmp_path) as watched:
        await watched.live()
        await watched.station.commands.resolve("WARM", "so that a producer stands")
        await gone_out(watched)
        proxy.lose_answers()
        await watched.station.commands.resolve("TWICE", "두 번")
        await watched.until(lambda s: bool(s.outbox[0].problem))
        assert watched.station.outbox[0].state is OutboxState.WAITING
        proxy.heal()
        await gone_out(watched)
        await watched.live()
        assert_resolved_once(watched.station, "TWICE", "두 번")
    assert len(set(event_ids(await published(broker.bootstrap, "t", "TWICE")))) == 1


async def test_a_terminal_killed_between_resolve_and_confirmation_loses_nothing(
    kafka: RealKafka, topic: str, tmp_path: Path
) -> None:
    rng = random.Random(11)
    found_unconfirmed = 0
    for number, delay in enumerate([0.0, *(rng.uniform(0.0, 0.5) for _ in range(5))]):
        issue, note = f"K{number}", f"{number}번째 메모 \\ ' \" 🔧"
        await send(kafka.bootstrap, topic, issue_value(issue))
        await asyncio.to_thread(_typed_then_killed, kafka.bootstrap, topic, tmp_path, issue, note, delay)
        found_unconfirmed += bool(_left_behind(tmp_path, issue, note))
        async with running(kafka.bootstrap, topic, tmp_path) as watched:
            await watched.live()
            await gone_out(watched)
            assert_resolved_once(watched.station, issue, note)
        records = await published(kafka.bootstrap, topic, issue)
        assert len(set(event_ids(records))) == 1
        assert {value_of(record)["isSolved"] for record in records} == {True}
    assert found_unconfirmed, "no kill came before the confirmation"


def _typed_then_killed(bootstrap: str, topic: str, folder: Path, issue: str, note: str, delay: float) -> None:
    command = [sys.executable, "-m", "tests.kafka.helpers", bootstrap, topic, str(folder), issue, note]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as terminal:
        assert terminal.stdout is not None
        try:
            assert terminal.stdout.readline() == b"typed\n"
            time.sleep(delay)  # where it strikes is the point of the test
        finally:
            terminal.kill()


def _left_behind(folder: Path, issue: str, note: str) -> list[OutboxEntry]:
    """What a killed terminal's store holds, before anything mends it; the promise must be in it."""
    store = Store(folder, read_only=True)
    try:
        assert first_break(store.journal.entries()) is None
        resolved, *later = store.journal.entries(issue)
        assert (resolved.action, resolved.detail["note"]) == ("resolved", note)
        assert [entry.action for entry in later] in ([], ["confirmed"])
        return store.outbox.unconfirmed()
    finally:
        store.close()


async def test_a_refused_record_says_why_and_stays_refused_until_somebody_acts(
    own_kafka: StartKafka, tmp_path: Path
) -> None:
    """It holds nobody else up, and a second resolve of it is a retry, not a second record."""
    broker = await own_kafka()
    await broker.create_topic("t")
    await send(broker.bootstrap, "t", issue_value("BIG", description="x" * 6000), issue_value("SMALL"))
    await broker.configure_topic("t", max_message_bytes=2000)
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.until(lambda s: len(s.register.issues) == 2)
        entry = await watched.station.commands.resolve("BIG", "note")
        await watched.until(lambda s: s.outbox[0].state is OutboxState.PARKED)
        problem = watched.station.outbox[0].problem
        assert problem is not None
        assert "max.message.bytes" in problem.words
        await watched.station.commands.resolve("SMALL", "note")
        await watched.until(lambda s: not s.issue("SMALL").is_open)  # type: ignore[union-attr]
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.live()
        assert watched.station.outbox[0].state is OutboxState.PARKED, "a restart retries nothing by itself"
        await broker.configure_topic("t", max_message_bytes=100_000)
        again = await watched.station.commands.resolve("BIG", "another note")
        assert again.record.event_id == entry.record.event_id
        await gone_out(watched)
        actions = [e.action for e in watched.station.store.journal.entries("BIG")]
        assert actions == ["resolved", "parked", "retried", "confirmed"]
    assert event_ids(await published(broker.bootstrap, "t", "BIG")) == [entry.record.event_id]


async def test_a_topic_that_went_away_makes_a_resolve_wait_not_fail(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka()
    await broker.create_topic("t")
    await send(broker.bootstrap, "t", issue_value("W"))
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.until(lambda s: s.issue("W") is not None)
        await broker.delete_topic("t")
        await watched.station.commands.resolve("W", "note")
        await watched.until(
            lambda s: s.freshness.problem is not None and s.freshness.problem.kind is ClusterProblemKind.TOPIC_MISSING
        )
        assert watched.station.outbox[0].state is OutboxState.WAITING
        await broker.create_topic("t")
        await gone_out(watched)
    # At least once: the send that was under way may reach the new topic, and what it held is then sent again.
    assert len(set(event_ids(await published(broker.bootstrap, "t", "W")))) == 1


async def test_what_waits_for_another_topic_does_not_stand_in_the_way_and_never_goes_here(
    kafka: RealKafka, topic: str, tmp_path: Path
) -> None:
    elsewhere = f"{topic}-elsewhere"
    await kafka.create_topic(elsewhere)
    for name in (topic, elsewhere):
        await send(kafka.bootstrap, name, issue_value("SAME"))
    async with running(kafka.bootstrap, elsewhere, tmp_path) as watched:
        await watched.until(lambda s: s.issue("SAME") is not None)
    async with unconnected(kafka.bootstrap, elsewhere, tmp_path) as station:
        await station.commands.resolve("SAME", "there")
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.live()
        await watched.station.commands.resolve("SAME", "here")
        await watched.until(lambda s: not s.issue("SAME").is_open)  # type: ignore[union-attr]
    [record] = await published(kafka.bootstrap, topic, "SAME")
    assert headers_of(record)["ce_note"] == "here"
    async with running(kafka.bootstrap, elsewhere, tmp_path) as watched:
        await gone_out(watched)
    [record] = await published(kafka.bootstrap, elsewhere, "SAME")
    assert headers_of(record)["ce_note"] == "there"


def assert_resolved_once(station: Station, issue: str, note: str) -> None:
    known = station.issue(issue)
    assert known is not None
    assert (known.is_open, known.episode) == (False, 1)
    assert known.resolution is not None
    assert (known.resolution.note, known.resolution.operator) == (note, "김민수")
    assert len([mark for mark in known.marks if mark.event_id]) == 1
    assert first_break(station.store.journal.entries()) is None
    assert [e.action for e in station.store.journal.entries(issue)] == ["resolved", "confirmed"]


@asynccontextmanager
async def unconnected(bootstrap: str, topic: str, folder: Path) -> AsyncIterator[Station]:
    """A Station that neither reads nor sends: what it is told stays in its store."""
    settings = load_settings(
        bootstrap_servers=bootstrap, topic=topic, data_dir=folder, operator="김민수", terminal_id="P1-03", lang="en"
    )
    with opened_store(settings) as store:
        yield Station(settings, store, PlaybookAssistant())
