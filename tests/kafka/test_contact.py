"""Contact lost and found on real brokers: no resolve behind a newer alarm, no stamp from a clock that is ahead."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.domain.outbox import OutboxState
from core.settings import Settings
from tests.kafka.broker import RealKafka
from tests.kafka.conftest import StartKafka
from tests.kafka.helpers import Proxy, gone_out, headers_of, published, value_of
from tests.kafka.listeners import Listener
from tests.kafka.stations import Watched, issue_value, running, send
from tests.unit.commands import andon

AHEAD_MS = 50 * 60_000


async def lose_contact(watched: Watched) -> None:
    await watched.until(lambda s: not s.freshness.is_live(time.monotonic()))


async def held(watched: Watched) -> None:
    await watched.live()
    await watched.until(lambda s: "A" in s.state.held)


@asynccontextmanager
async def own_road(version: str, folder: Path) -> AsyncIterator[tuple[RealKafka, Proxy]]:
    """A broker with the topic ``t``, and a road to it that the terminal alone takes."""
    async with Proxy(0) as road:
        listener = Listener("TERMINAL", "PLAINTEXT", advertised=f"127.0.0.1:{road.port}")
        broker = RealKafka(version, folder, more=[listener])
        road.target = broker.bound("TERMINAL")[1]
        try:
            await broker.start()
            await broker.create_topic("t")
            yield broker, road
        finally:
            broker.close()


async def test_a_resolve_that_waited_is_not_written_behind_a_newer_alarm(kafka_version: str, tmp_path: Path) -> None:
    """The terminal alone is cut off: it resolves, the plant raises the issue again, and contact comes back."""
    async with (
        own_road(kafka_version, tmp_path / "kafka") as (broker, road),
        running(f"127.0.0.1:{road.port}", "t", tmp_path / "data") as watched,
    ):
        await send(broker.bootstrap, "t", issue_value("A"), issue_value("B"), issue_value("W"))
        await watched.until(lambda s: len(s.register.issues) == 3)
        await watched.live()
        road.cut()
        await lose_contact(watched)
        entry = await watched.station.commands.resolve("A", "필터 교체")
        withdrawn = await watched.station.commands.resolve("W", "곧")
        await watched.station.commands.resolve("B", "다른 이슈")
        await send(broker.bootstrap, "t", issue_value("A", description="또 샘"), issue_value("W", description="또"))
        road.heal()
        await held(watched)
        await watched.until(lambda s: [e.record.issue for e in s.outbox] == ["A", "W"])
        assert not await published(broker.bootstrap, "t", "A"), "what was decided before is not behind the new alarm"
        assert len(await published(broker.bootstrap, "t", "B")) == 1, "the others go out"
        assert watched.station.issue("A").is_open  # type: ignore[union-attr]

        new = await watched.station.commands.resolve("A", "")
        await watched.station.commands.give_up(withdrawn.record.event_id)
        await gone_out(watched)
        [solve] = await published(broker.bootstrap, "t", "A")
        assert headers_of(solve)["ce_id"] == new.record.event_id != entry.record.event_id
        assert headers_of(solve)["ce_note"] == "필터 교체"
        assert not watched.station.issue("A").is_open  # type: ignore[union-attr]
        assert not await published(broker.bootstrap, "t", "W")
        assert watched.station.issue("W").is_open  # type: ignore[union-attr]


async def test_one_that_waited_over_a_restart_and_a_stopped_broker_is_held_too(
    own_kafka: StartKafka, tmp_path: Path
) -> None:
    broker = await own_kafka()
    await broker.create_topic("t")
    await send(broker.bootstrap, "t", issue_value("A"))
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.until(lambda s: s.issue("A") is not None)
        await broker.stop()
        await lose_contact(watched)
        await watched.station.commands.resolve("A", "note")
    await broker.start()
    await send(broker.bootstrap, "t", issue_value("A", description="again"))
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await held(watched)
        assert [e.state for e in watched.station.outbox] == [OutboxState.HELD]
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await held(watched)
    assert not await published(broker.bootstrap, "t", "A")


async def test_the_command_says_so_and_the_choices_work(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka()
    await broker.create_topic("t")
    await send(broker.bootstrap, "t", issue_value("A"))
    given = {
        "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap,
        "KAFKA_TOPIC": "t",
        "ANDON_DATA_DIR": str(tmp_path / "data"),
    }
    async with running(broker.bootstrap, "t", tmp_path / "data") as watched:
        await watched.until(lambda s: s.issue("A") is not None)
        await broker.stop()
        await lose_contact(watched)
        await watched.station.commands.resolve("A", "old")
    await broker.start()
    await send(broker.bootstrap, "t", issue_value("A", description="again"))

    async def command(*words: str) -> tuple[int, str]:
        done = await asyncio.to_thread(andon, given, *words)
        return done.code, done.text + done.complaint

    code, said = await command("resolve", "A")
    assert (code, "raised again" in said) == (1, True), said
    code, said = await command("issues")
    assert code == 0
    assert "A: resolve held back: raised again" in said
    code, said = await command("withdraw", "A")
    assert (code, said) == (0, "withdrawn A\n")
    assert not await published(broker.bootstrap, "t", "A")
    assert (await command("withdraw", "A"))[0] == 1
    code, said = await command("resolve", "A", "--note", "new")
    assert code == 0, said
    [solve] = await published(broker.bootstrap, "t", "A")
    assert headers_of(solve)["ce_note"] == "new"


async def test_a_terminal_50_minutes_ahead_hides_no_alarm_and_knows_it(
    kafka: RealKafka, topic: str, tmp_path: Path
) -> None:
    """The topic has CreateTime, as the plant's: the controller alone tells the time."""
    await send(kafka.bootstrap, topic, issue_value("A"))
    async with running(kafka.bootstrap, topic, tmp_path, now_ms=ahead_of(time.time)) as watched:
        await watched.until(lambda s: s.issue("A") is not None)
        await watched.live()
        wrong_ms = watched.station.clock.wrong_ms()
        assert abs(wrong_ms - AHEAD_MS) < 5_000
        await watched.station.commands.resolve("A", "note")
        await gone_out(watched)
        [solve] = await published(kafka.bootstrap, topic, "A")
        assert solve.timestamp <= time.time() * 1000, "never later than the broker's now"
        assert value_of(solve)["timestamp"] == headers_of(solve)["ce_time"]
        solved_ms = watched.station.issue("A").solved_ms  # type: ignore[union-attr]
        assert solved_ms == solve.timestamp


async def test_what_it_typed_without_contact_is_stamped_anew(own_kafka: StartKafka, tmp_path: Path) -> None:
    broker = await own_kafka()
    await broker.create_topic("t")
    await send(broker.bootstrap, "t", issue_value("A"))
    async with running(broker.bootstrap, "t", tmp_path) as watched:
        await watched.until(lambda s: s.issue("A") is not None)
    await broker.stop()
    async with running(broker.bootstrap, "t", tmp_path, now_ms=ahead_of(time.time)) as watched:
        entry = await watched.station.commands.resolve("A", "note")
        assert entry.record.timestamp_ms > time.time() * 1000 + AHEAD_MS - 60_000, "nobody could know better"
        await broker.start()
        await gone_out(watched)
    [solve] = await published(broker.bootstrap, "t", "A")
    assert solve.timestamp <= time.time() * 1000
    assert headers_of(solve)["ce_id"] == entry.record.event_id


async def test_where_the_controller_tells_nothing_the_brokers_own_stamps_do(
    kafka: RealKafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As under ZooKeeper, or without the right to ask; the topic has LogAppendTime."""

    async def not_told(_settings: Settings) -> None:
        return None

    monkeypatch.setattr("core.kafka.inspect.broker_clock.broker_now", not_told)
    topic = f"stamped-{tmp_path.name[-8:]}".lower()
    await kafka.create_topic(topic, message_timestamp_type="LogAppendTime")
    await send(kafka.bootstrap, topic, issue_value("OLD"))
    async with running(kafka.bootstrap, topic, tmp_path, now_ms=ahead_of(time.time)) as watched:
        await watched.live()
        assert watched.station.clock.ahead_ms() is None, "nobody knows how old a replayed record is"
        await send(kafka.bootstrap, topic, issue_value("A"))
        await watched.until(lambda s: s.issue("A") is not None)
        assert abs(watched.station.clock.wrong_ms() - AHEAD_MS) < 10_000
        entry = await watched.station.commands.resolve("A", "note")
        assert entry.record.timestamp_ms <= time.time() * 1000
        await gone_out(watched)


def ahead_of(clock: Callable[[], float]) -> Callable[[], int]:
    return lambda: round(clock() * 1000) + AHEAD_MS
