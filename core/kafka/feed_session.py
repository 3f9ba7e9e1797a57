"""One session of the feed: a consumer's life, from a fresh connection to the first trouble.

Every partition is assigned and sought by hand and no consumer group is ever joined: a terminal needs every
event. The traps that shape this file are in docs/kafka.md, "Consuming".
"""

import asyncio
import time
from collections.abc import Awaitable, Coroutine, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError, TopicAuthorizationFailedError

from core.domain.cluster_problems import ClusterError, ClusterProblem, ClusterProblemKind
from core.domain.errors import StoreError
from core.domain.freshness import FeedState
from core.domain.last_read import LastRead
from core.kafka.advertised_listeners import astray
from core.kafka.cluster import TopicInfo, client_options
from core.kafka.last_stable import LastStable
from core.kafka.limits import limits_of
from core.kafka.log_identity import has_another_id, is_another_log, is_still_the_log
from core.kafka.problems import problem_of
from core.kafka.raw_fetch import READ_UNCOMMITTED, ends
from core.kafka.reader import Reader
from core.kafka.sinks import FeedSink
from core.kafka.teardown import close_consumer
from core.settings import KafkaSettings

if TYPE_CHECKING:
    from core.kafka.feed import Feed

FETCH_WAIT_MS = 250
"""How long a broker holds an empty answer back: the grain of the freshness."""
FETCH_BYTES = 256 * 1024
"""Of each partition at a time. Small, so that all of them are read side by side: what one tells of an issue and what
another does then come close together, nearly in their order in time. A larger record still comes whole.
"""
SILENCE_S = 12.0
"""Without a word for this long the client is given up: a new one asks the bootstrap servers afresh."""
BEGIN_S = 20.0
"""To connect to a cluster that answered just now, and for the first questions: each may wait as long as a request."""
PARTITION_CHECK_S = 5.0


EXPECTED = (ClusterError, KafkaError, OSError, TimeoutError, StoreError)
"""What a session ends with where the cluster, the network or the disk are to blame."""


def feed_problem(error: BaseException, settings: KafkaSettings) -> ClusterProblem:
    """What ended a session, as a problem that is told."""
    if isinstance(error, StoreError):
        return ClusterProblem(ClusterProblemKind.STORE, str(error))
    if isinstance(error, TopicAuthorizationFailedError):
        return ClusterProblem(ClusterProblemKind.NO_READ, settings.topic)
    return problem_of(error, topic=settings.topic, address=", ".join(settings.servers))


async def run_session(feed: "Feed", settings: KafkaSettings, sink: FeedSink) -> None:
    """Connect, replay and follow, until something goes wrong: that is raised."""
    topic = await feed.look()
    feed.topic = topic
    consumer = AIOKafkaConsumer(
        **client_options(settings),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        fetch_max_wait_ms=FETCH_WAIT_MS,
        isolation_level="read_committed",
        max_partition_fetch_bytes=FETCH_BYTES,
        metadata_max_age_ms=min(limits_of(settings).metadata_max_age_ms, round(PARTITION_CHECK_S * 1000)),
    )
    beside = asyncio.ensure_future(feed.connecting())
    try:
        async with asyncio.timeout(BEGIN_S):
            await consumer.start()
        await FeedSession(feed, settings, consumer, topic, sink, beside).run()
    finally:
        beside.cancel()
        await asyncio.wait({beside})
        await close_consumer(consumer)


class FeedSession:
    """One consumer's life: from a fresh connection to the first trouble."""

    def __init__(
        self,
        feed: "Feed",
        settings: KafkaSettings,
        consumer: AIOKafkaConsumer,
        topic: TopicInfo,
        sink: FeedSink,
        beside: asyncio.Future[object],
    ) -> None:
        """``beside``: what must have ended before anybody is told that all was read."""
        self._feed = feed
        self._settings = settings
        self._beside = beside
        self._consumer = consumer
        self._topic = topic
        self._sink = sink
        self._reader = Reader(consumer, topic.topic, sink)
        self._stable = LastStable(consumer, topic.topic, self._reader)
        self._start: dict[int, int] = {}
        self._end: dict[int, int] = {}
        """Up to where the log was decided when this session began."""
        self._whole: dict[int, int] = {}
        """Up to where it was written then."""
        self._knows_ends = False
        """Every partition's leader told where it ends."""
        self._caught_up = False
        self._partitions_checked_at = time.monotonic()
        self._evidence: Mapping[int, LastRead] = {}
        """Records that were read at the last check or before, and that must still be there at the next."""

    async def run(self) -> None:
        try:
            async with asyncio.timeout(BEGIN_S):
                await self._begin()
        except (TimeoutError, KafkaError) as error:
            problem = await astray(self._settings)
            if problem is None:
                raise
            raise ClusterError(problem) from error
        self._tell()
        await self._note_caught_up()
        self._tell()
        while True:
            try:
                await self._reader.step()
            except OffsetOutOfRangeError as error:
                await self._retention_overran(error.args[0])
            # The first record of each partition is evidence at once: a new topic's may come before the first check.
            self._evidence = {**self._sink.last_reads(self._topic), **self._evidence}
            await self._stable.step(time.monotonic(), at_once=not self._caught_up)
            self._check_contact()
            await self._note_caught_up()
            self._tell()
            await self._check_partitions()
            await asyncio.sleep(0)  # a full buffer is handed out without a wait: everyone else wants a turn too

    async def _begin(self) -> None:
        partitions = [TopicPartition(self._topic.topic, number) for number in self._topic.partitions]
        await self._reader.learn_partitions()
        first, self._end = await _together(
            _numbered(self._consumer.beginning_offsets(partitions)), _numbered(self._consumer.end_offsets(partitions))
        )
        written = await ends(self._consumer, partitions, READ_UNCOMMITTED)
        self._whole, self._knows_ends = self._end | written, written.keys() >= self._end.keys()
        saved = dict(self._sink.saved_offsets(self._topic))
        unfit = any(number not in self._whole or offset > self._whole[number] for number, offset in saved.items())
        self._evidence = dict(self._sink.last_reads(self._topic))
        if (
            unfit
            or self._feed.topic_was_missing
            or await is_another_log(self._consumer, self._topic.topic, self._evidence, self._whole)
        ):
            self._sink.distrust(self._topic)
            saved, self._evidence = {}, {}
        self._feed.topic_was_missing = False
        missed = sum(max(0, first[number] - offset) for number, offset in saved.items())
        # An older Andon saved offsets behind the last stable one.
        saved = {number: min(offset, self._end[number]) for number, offset in saved.items()}
        self._start = {number: max(saved.get(number, 0), first[number]) for number in first}
        if missed:
            self._note_missed(missed, self._start)
        await self._note_log_start(first)
        self._reader.assign(self._start)

    async def _retention_overran(self, offsets: Mapping[TopicPartition, int]) -> None:
        """What was not read yet is gone: go on with what is left, and say so."""
        first = _by_number(await self._consumer.beginning_offsets(list(offsets)))
        last = await ends(self._consumer, list(offsets), READ_UNCOMMITTED)
        if any(offset > last.get(partition.partition, offset) for partition, offset in offsets.items()):
            # The topic was made anew under the same name.
            self._sink.distrust(self._topic)
            raise ClusterError(ClusterProblem(ClusterProblemKind.TOPIC_MISSING, self._topic.topic))
        missed = sum(max(0, first[partition.partition] - offset) for partition, offset in offsets.items())
        self._reader.move({p.partition: max(first[p.partition], offset) for p, offset in offsets.items()})
        self._note_missed(missed, self._reader.next)

    def _note_missed(self, missed: int, positions: Mapping[int, int]) -> None:
        """Say it once: with the new offsets committed, the next connection does not find the same gap again."""
        self._sink.set_aside([], positions)
        self._feed.progress(replace(self._feed.freshness, missed=self._feed.freshness.missed + missed))

    def _check_contact(self) -> None:
        silence = time.monotonic() - self._reader.contact.since
        if silence > SILENCE_S:
            raise TimeoutError(f"{silence:.0f} s")

    async def _note_caught_up(self) -> None:
        """Once all that was there when the session began is read.

        Where there is nothing to read the ends say so, and a poll would say no more. An unknown end needs one.
        """
        if self._caught_up or not (self._knows_ends or self._reader.contact.is_complete):
            return
        position = self._reader.next
        read = all(position[n] >= self._end.get(n, 0) for n in position)
        if read and self._stable.has_seen(self._whole):
            await self._beside
            self._caught_up = True

    def _tell(self) -> None:
        now, position = time.monotonic(), self._reader.next
        self._feed.has_backlog = self._reader.has_backlog()
        state = FeedState.LIVE if self._caught_up else FeedState.CATCHING_UP
        known = self._feed.freshness
        since = known.since if known.state is state else now
        total = sum(max(0, self._end.get(n, 0) - start) for n, start in self._start.items())
        done = sum(min(position[n], self._end.get(n, 0)) - self._start[n] for n in self._start if n in position)
        self._feed.progress(
            replace(
                known,
                state=state,
                since=since,
                contact_at=self._reader.contact.since,
                done=max(0, done),
                total=total,
                problem=None,
                hanging=self._stable.hanging(now),
            )
        )

    async def _check_partitions(self) -> None:
        """Pick up partitions that were added; they are read from their beginning."""
        if time.monotonic() - self._partitions_checked_at < PARTITION_CHECK_S:
            return
        self._partitions_checked_at = time.monotonic()
        await self._check_identity()
        known = self._consumer.partitions_for_topic(self._topic.topic) or set()
        if not known:
            await self._feed.look()  # at once: a topic that is made anew meanwhile would be taken for the old one
            raise KafkaError(f"no metadata for {self._topic.topic}")
        added = sorted(set(known) - set(self._reader.next))
        if not added:
            return
        first = await self._consumer.beginning_offsets([TopicPartition(self._topic.topic, n) for n in added])
        self._reader.assign(self._reader.next | _by_number(first))

    async def _check_identity(self) -> None:
        """Whether it is still the log that this session began with. First what was read before the last check."""
        if await has_another_id(self._consumer, self._topic):
            raise ClusterError(
                ClusterProblem(ClusterProblemKind.ANOTHER_LOG, self._topic.topic)
            )  # the next session has its new id
        if not await is_still_the_log(self._consumer, self._topic.topic, self._evidence):
            self._sink.distrust(self._topic)
            raise ClusterError(ClusterProblem(ClusterProblemKind.ANOTHER_LOG, self._topic.topic))
        self._evidence = dict(self._sink.last_reads(self._topic))

    async def _note_log_start(self, first: Mapping[int, int]) -> None:
        """Where older records are gone, the date from which the log tells anything."""
        cut = [TopicPartition(self._topic.topic, n) for n, offset in first.items() if offset > 0]
        if not cut:
            return
        found = await self._consumer.offsets_for_times(dict.fromkeys(cut, 0))
        times = [at.timestamp for at in found.values() if at is not None]
        if times:
            self._feed.progress(replace(self._feed.freshness, log_starts_ms=max(times)))


def _by_number(offsets: Mapping[TopicPartition, int]) -> dict[int, int]:
    return {partition.partition: offset for partition, offset in offsets.items()}


async def _numbered(answer: Awaitable[Mapping[TopicPartition, int]]) -> dict[int, int]:
    return _by_number(await answer)


async def _together(*questions: Coroutine[Any, Any, dict[int, int]]) -> list[dict[int, int]]:
    """The answers to questions that are asked at once; where one fails, nobody waits for the others."""
    asked = [asyncio.ensure_future(question) for question in questions]
    try:
        return await asyncio.gather(*asked)
    finally:
        for one in asked:
            one.cancel()
