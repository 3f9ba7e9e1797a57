"""Transactions on real brokers: what was rolled back never was, and one that hangs hides no alarm."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from core.domain.events import Quarantined, Record
from core.kafka.raw_sink import RawSink
from core.settings import load_settings
from tests.kafka.broker import RealKafka
from tests.kafka.frames import batch, send_frames
from tests.kafka.records import Outgoing, produce_many
from tests.kafka.stations import Watched, issue_value, running
from tests.kafka.waiting import wait_until
from tui.commands.session import running_feed

SEEN_WITHIN_S = 5.0


@asynccontextmanager
async def open_transaction(kafka: RealKafka) -> AsyncIterator[AIOKafkaProducer]:
    """A producer in a transaction that nobody ends before its time-out, ten minutes later; rolled back on leaving."""
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap, transactional_id=f"plant-{uuid4().hex}", transaction_timeout_ms=600_000
    )
    async with producer:
        await producer.begin_transaction()
        try:
            yield producer
        finally:
            if producer._txn_manager.is_in_transaction():
                await producer.abort_transaction()


async def rolled_back(kafka: RealKafka, topic: str, *values: bytes, partition: int = 0) -> None:
    async with open_transaction(kafka) as producer:
        for value in values:
            await producer.send_and_wait(topic, value, partition=partition)


async def committed(kafka: RealKafka, topic: str, *values: bytes, partition: int = 0) -> None:
    async with open_transaction(kafka) as producer:
        for value in values:
            await producer.send_and_wait(topic, value, partition=partition)
        await producer.commit_transaction()


async def plain(kafka: RealKafka, topic: str, *values: bytes, partition: int = 0) -> None:
    await produce_many(kafka.bootstrap, topic, [Outgoing(value, partition=partition) for value in values])


def open_issues(watched: Watched) -> set[str]:
    return {issue.id for issue in watched.station.register.open_issues()}


async def test_what_was_rolled_back_never_was(kafka: RealKafka, topic: str, tmp_path: Path) -> None:
    await plain(kafka, topic, issue_value("ALARM"))
    await rolled_back(kafka, topic, issue_value("ALARM", isSolved=True), issue_value("GHOST"))
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.live()
        assert open_issues(watched) == {"ALARM"}
        await rolled_back(kafka, topic, issue_value("ALARM", isSolved=True), issue_value("GHOST2"))
        await plain(kafka, topic, issue_value("LATER"))
        await watched.until(lambda s: s.issue("LATER") is not None)
        assert open_issues(watched) == {"ALARM", "LATER"}


async def test_what_was_rolled_back_stays_out_beside_an_undecodable_batch(
    kafka: RealKafka, topic: str, tmp_path: Path
) -> None:
    await send_frames(kafka.bootstrap, topic, 0, batch([issue_value("ODD")], bad_headers={0}))
    await plain(kafka, topic, issue_value("ALARM"))
    await rolled_back(kafka, topic, issue_value("ALARM", isSolved=True), issue_value("GHOST"))
    await committed(kafka, topic, issue_value("SURE"))
    await rolled_back(kafka, topic, issue_value("GHOST2"))
    await send_frames(kafka.bootstrap, topic, 0, batch([issue_value("ODD2")], bad_headers={0}))
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.live()
        assert open_issues(watched) == {"ODD", "ALARM", "SURE", "ODD2"}


async def test_raw_records_are_committed_ones(kafka: RealKafka, topic: str, tmp_path: Path) -> None:
    await rolled_back(kafka, topic, issue_value("GHOST"))
    await plain(kafka, topic, issue_value("ALARM"))
    sink, seen = RawSink(), list[Record | Quarantined]()
    sink.listeners.append(seen.append)
    settings = load_settings(bootstrap_servers=kafka.bootstrap, topic=topic, data_dir=tmp_path)
    async with running_feed(settings, sink):
        await sink.live.wait()
    assert values(seen) == [issue_value("ALARM")]


async def test_an_alarm_behind_a_hanging_transaction_is_seen_and_the_transaction_told(
    kafka: RealKafka, topic: str, tmp_path: Path
) -> None:
    async with running(kafka.bootstrap, topic, tmp_path) as watched:
        await watched.live()
        async with open_transaction(kafka) as hanging:
            await hanging.send_and_wait(topic, issue_value("UNDECIDED"), partition=0)
            await plain(kafka, topic, issue_value("ALARM"), issue_value("MENDED"), issue_value("MENDED", isSolved=True))
            await rolled_back(kafka, topic, issue_value("ALARM", isSolved=True))
            await committed(kafka, topic, issue_value("SURE"))
            await watched.until(lambda s: {"ALARM", "MENDED", "SURE"} <= s.register.issues.keys(), SEEN_WITHIN_S)
            assert open_issues(watched) == {"ALARM", "SURE"}
            await watched.until(lambda s: s.freshness.hanging is not None, SEEN_WITHIN_S)
            told = watched.station.freshness.hanging
            assert told is not None
            assert (told.partitions, told.records, told.opens) == ((0,), 1, 1)
            assert told.producer == hanging._txn_manager.producer_id
            assert told.since_ms is not None
            assert watched.station.dispatch.next_offset(0) == 0, "an offset behind the last stable one was saved"
            await hanging.commit_transaction()
            await watched.until(lambda s: s.issue("UNDECIDED") is not None and s.freshness.hanging is None)
            assert open_issues(watched) == {"ALARM", "SURE", "UNDECIDED"}
    async with running(kafka.bootstrap, topic, tmp_path) as again:
        await again.live()
        assert open_issues(again) == {"ALARM", "SURE", "UNDECIDED"}


async def test_live_means_that_what_is_certain_behind_a_hanging_transaction_was_read(
    kafka: RealKafka, topic: str, tmp_path: Path
) -> None:
    async with open_transaction(kafka) as hanging:
        await hanging.send_and_wait(topic, issue_value("UNDECIDED"), partition=1)
        await plain(kafka, topic, *(issue_value(f"I{number}") for number in range(40)), partition=1)
        async with running(kafka.bootstrap, topic, tmp_path) as watched:
            await watched.live()
            assert open_issues(watched) == {f"I{number}" for number in range(40)}


async def test_each_record_ahead_of_a_hanging_transaction_is_delivered_once(
    kafka: RealKafka, topic: str, tmp_path: Path
) -> None:
    sink, seen = RawSink(), list[Record | Quarantined]()
    sink.listeners.append(seen.append)
    settings = load_settings(bootstrap_servers=kafka.bootstrap, topic=topic, data_dir=tmp_path)
    async with open_transaction(kafka) as hanging:
        await hanging.send_and_wait(topic, b"undecided", partition=0)
        await plain(kafka, topic, b"certain")
        async with running_feed(settings, sink) as feed:
            await sink.live.wait()
            assert values(seen) == [b"certain"]
            await hanging.commit_transaction()
            await plain(kafka, topic, b"last")
            await _until_delivered(seen, b"last")
            assert feed.freshness.problem is None
    assert sorted(values(seen)) == [b"certain", b"last", b"undecided"]


def values(seen: Sequence[Record | Quarantined]) -> list[bytes]:
    """What was handed on; all of it can be read."""
    assert all(isinstance(record, Record) for record in seen)
    return [record.value or b"" for record in seen if isinstance(record, Record)]


async def _until_delivered(seen: Sequence[Record | Quarantined], value: bytes) -> None:
    async def is_there() -> bool:
        return value in values(seen)

    await wait_until(is_there)
