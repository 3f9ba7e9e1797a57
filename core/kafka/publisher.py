"""Outbox to topic: at least once, in order per issue. Only reading a record back confirms it.

The outbox is the truth and every attempt sends the same bytes, so a producer that is in doubt is thrown
away and the row is sent again: folding makes the second copy harmless (docs/kafka.md, 6 and 7).
"""

import asyncio
import logging
import time
from typing import Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError, PolicyViolationError

from core.domain.cluster_problems import ClusterError, ClusterProblem, ClusterProblemKind
from core.domain.errors import StoreError
from core.domain.outbox import OutboxEntry, OutboxState, Outgoing
from core.kafka.auth.clouds import Cloud, cloud_of
from core.kafka.backoff import Backoff
from core.kafka.cluster import client_options, look
from core.kafka.limits import limits_of
from core.kafka.problems import problem_of
from core.kafka.teardown import abandon_producer, close_producer
from core.settings import KafkaSettings

log = logging.getLogger(__name__)

SEND_TIMEOUT_S = 15.0
"""An idempotent producer never gives up a record by itself."""
COMPRESS_FROM_BYTES = 512 * 1024
"""An issue that just fitted the broker's limit must fit again with our headers: large records go compressed."""

IDLE_S = 60.0
"""An idle producer is let go: its metadata requests would create a topic again that somebody deleted."""


class OutboxPort(Protocol):
    """What the publisher needs of the station. Called in the publisher's own task."""

    def sendable(self) -> list[OutboxEntry]:
        """Unconfirmed rows that may go out now, oldest first; empty while the topic is not read to its end."""
        ...

    def next_offset(self, partition: int) -> int:
        """How far the feed has read."""
        ...

    def sent(self, entry: OutboxEntry, partition: int, offset: int) -> None: ...

    def parked(self, entry: OutboxEntry, problem: ClusterProblem) -> None: ...

    def waiting(self, entry: OutboxEntry, problem: ClusterProblem | None) -> None: ...


class Publisher:
    """Works the outbox off; ``run`` only ends by cancellation."""

    def __init__(self, settings: KafkaSettings, outbox: OutboxPort) -> None:
        self._settings = settings
        self._outbox = outbox
        self._producers: dict[str | None, AIOKafkaProducer] = {}
        self._scope = ""
        self._used_at = 0.0
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """There may be something to send: a new row, or contact again."""
        self._wake.set()

    async def run(self) -> None:
        backoff = Backoff()
        try:
            while True:
                if await self._work_off_safely():
                    backoff.reset()
                    await self._rest()
                    await self._wait(1.0)
                else:
                    await self._wait(backoff.next())
        finally:
            await self._discard()

    async def _rest(self) -> None:
        if self._producers and time.monotonic() - self._used_at > IDLE_S:
            await self._discard()

    async def _wait(self, seconds: float) -> None:
        """Sleep, but not through a wake-up."""
        self._wake.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _work_off_safely(self) -> bool:
        """A full disk ends no publisher: a row that could not be marked is sent again, and folds away."""
        try:
            return await self._work_off()
        except StoreError:
            log.exception("the outbox could not be written")
            return False

    async def _work_off(self) -> bool:
        """Send what can be sent. False when something is to be tried again soon."""
        seen: set[str] = set()
        done = True
        for entry in self._outbox.sendable():
            if entry.record.issue in seen:
                continue  # it must not overtake an earlier one that is parked or not read back yet
            seen.add(entry.record.issue)
            if entry.state is OutboxState.SENT and self._was_lost(entry):
                self._outbox.waiting(entry, None)
            if entry.state is not OutboxState.WAITING:
                continue
            problem = await self._send(entry)
            if problem is not None and problem.kind is not ClusterProblemKind.OTHER:
                return False  # no contact: the others would fare the same
            # Of no known kind: it is shown, and tried again for ever, but holds no other issue back.
            done = done and problem is None
        return done

    def _was_lost(self, entry: OutboxEntry) -> bool:
        """The feed has read past the place where the broker said the record is, and did not see it."""
        if entry.partition is None or entry.offset is None:
            return True
        return self._outbox.next_offset(entry.partition) > entry.offset

    async def _send(self, entry: OutboxEntry) -> ClusterProblem | None:
        """One attempt. None when the row got somewhere, sent, parked or held back; else why it waits on."""
        try:
            place = await self._publish(entry)
        except Exception as error:
            # Whatever it was, the row is in the outbox and is tried again: nothing may end the publisher.
            if not isinstance(error, KafkaError | OSError | ClusterError | TimeoutError):
                log.exception("sending failed unexpectedly")
            problem = _problem_of(error, self._settings)
            log.warning("not sent: %s %s", problem.kind, problem.detail)
            await self._discard()
            if problem.kind.is_permanent:
                self._outbox.parked(entry, problem)
                return None
            self._outbox.waiting(entry, problem)
            return problem
        if place is not None:
            self._outbox.sent(entry, *place)
        return None

    async def _publish(self, entry: OutboxEntry) -> tuple[int, int] | None:
        """Where it is. None where it must not go out (any more): looked at again with the producer at hand."""
        if entry.scope != self._scope:
            await self._discard()  # they know another cluster
            self._scope = entry.scope
        self._used_at = time.monotonic()
        producer = await self._producer(self._compression(entry.record))
        if not any(one.seq == entry.seq and one.record == entry.record for one in self._outbox.sendable()):
            return None
        return await publish(producer, self._settings.topic, entry.record, within=_patience(self._settings))

    def _compression(self, record: Outgoing) -> str | None:
        allowed = limits_of(self._settings).compression
        return allowed if allowed != "none" and _size(record) > COMPRESS_FROM_BYTES else None

    async def _producer(self, compression: str | None) -> AIOKafkaProducer:
        known = self._producers.get(compression)
        if known is not None:
            return known
        producer = await started_producer(self._settings, compression)
        self._producers[compression] = producer
        return producer

    async def _discard(self) -> None:
        producers, self._producers = self._producers, {}
        await asyncio.gather(*(abandon_producer(producer) for producer in producers.values()))


def _problem_of(error: Exception, settings: KafkaSettings) -> ClusterProblem:
    if isinstance(error, PolicyViolationError) and cloud_of(settings) is Cloud.EVENT_HUBS:
        return ClusterProblem(
            ClusterProblemKind.THROTTLED
        )  # how it ends there, and nothing that is wrong with the record
    return problem_of(error, topic=settings.topic, address=", ".join(settings.servers))


def _patience(settings: KafkaSettings) -> float:
    """Seconds that a record's acknowledgement is waited for: a cloud that slows us down answers late."""
    return max(SEND_TIMEOUT_S, limits_of(settings).request_timeout_ms / 1000)


def _size(record: Outgoing) -> int:
    return len(record.value) + sum(len(name) + len(content) for name, content in record.headers)


async def started_producer(settings: KafkaSettings, compression: str | None = None) -> AIOKafkaProducer:
    """A producer that is connected: ``acks=all``, and idempotent where the cluster's limits let it.

    Without idempotence a record may be there twice, which folds away. Order needs none: an issue's next record waits
    until the one before was read back.

    Raises:
        KafkaError, OSError, TimeoutError, ClusterError: no contact, or the settings do not fit.
    """
    limits = limits_of(settings)
    producer = AIOKafkaProducer(
        **client_options(settings),
        acks="all",
        enable_idempotence=limits.idempotence,
        compression_type=compression,
        max_request_size=limits.max_request_size,
        metadata_max_age_ms=limits.metadata_max_age_ms,
        linger_ms=0,
    )
    try:
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await producer.start()
    except KafkaConnectionError:
        await abandon_producer(producer)
        await look(settings)  # it tells the cause, which the client hides (docs/kafka.md, 8)
        raise
    except BaseException:
        await abandon_producer(producer)
        raise
    return producer


async def publish(
    producer: AIOKafkaProducer, topic: str, record: Outgoing, *, within: float = SEND_TIMEOUT_S
) -> tuple[int, int]:
    """Send one record and wait ``within`` seconds for the broker's word: (partition, offset).

    Raises:
        TimeoutError: no word in time. The record may or may not be on the topic; abandon the producer.
        KafkaError: the broker or the client refused it; abandon the producer.
    """
    sending = asyncio.ensure_future(_send(producer, topic, record))
    # Not cancelled while the producer lives: that would leave it in an unknown state.
    done, _ = await asyncio.wait({sending}, timeout=within)
    if not done:
        await abandon_producer(producer)
        sending.cancel()
        raise TimeoutError(f"{within:.0f} s")
    return sending.result()


async def _send(producer: AIOKafkaProducer, topic: str, record: Outgoing) -> tuple[int, int]:
    acknowledged = await producer.send_and_wait(
        topic,
        value=record.value,
        key=record.key,
        headers=list(record.headers),
        timestamp_ms=record.timestamp_ms,
    )
    return acknowledged.partition, acknowledged.offset


async def publish_once(settings: KafkaSettings, record: Outgoing) -> tuple[int, int]:
    """Send one record outside the outbox (``andon raise``): (partition, offset).

    Raises:
        ClusterError: it is not known to be on the topic.
    """
    try:
        producer = await started_producer(settings)
        try:
            place = await publish(producer, settings.topic, record, within=_patience(settings))
        finally:
            await close_producer(producer)
    except (KafkaError, OSError, TimeoutError) as error:
        raise ClusterError(_problem_of(error, settings)) from error
    return place
