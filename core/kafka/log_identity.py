"""Is it still the same log? A topic's name, and even its id, may stay while what it holds becomes another.

The topic may be deleted and made anew, or a broker be restored from a backup: other records stand at the same offsets.
So the last record read of each partition is fetched and compared before offsets are trusted (docs/kafka.md, 19).
"""

import asyncio
import logging
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, for_code

from core.domain.events import Record
from core.domain.last_read import LastRead, last_read
from core.kafka.aiokafka_internals import ask, some_node
from core.kafka.cluster import TopicInfo
from core.kafka.lenient_decoder import Batch, batches, offset_of
from core.kafka.raw_fetch import READ_UNCOMMITTED, fetch
from core.kafka.topic_id import topic_id

log = logging.getLogger(__name__)

CHECK_S = 3.0
"""The longest that the check holds a running feed up."""
_FETCH_BYTES = 4096
_OUT_OF_RANGE = 1


class Found(Enum):
    """What stands where the last record was read."""

    SAME = auto()
    OTHER = auto()
    UNKNOWN = auto()
    """It cannot be told: retention or compaction removed it. That alone is no reason for distrust."""


async def is_another_log(
    consumer: AIOKafkaConsumer, topic: str, known: Mapping[int, LastRead], ends: Mapping[int, int] | None = None
) -> bool:
    """Whether one of the records in ``known`` is another one now, or gone behind ``ends`` (the high watermarks).

    Raises:
        KafkaError: it could not be found out.
    """
    gone = [] if ends is None else [number for number, one in known.items() if one.offset >= ends.get(number, 0)]
    if gone:
        log.warning("%s is shorter than it was, in partitions %s", topic, gone)
        return True
    asked = [_found(consumer, TopicPartition(topic, number), record) for number, record in known.items()]
    found = dict(zip(known, await asyncio.gather(*asked), strict=True))
    others = [number for number, one in found.items() if one is Found.OTHER]
    if others:
        log.warning("%s holds other records than were read, in partitions %s", topic, others)
    return bool(others)


async def is_still_the_log(consumer: AIOKafkaConsumer, topic: str, known: Mapping[int, LastRead]) -> bool:
    """As ``is_another_log``, asked while a feed runs. What cannot be found out now is asked again.

    A topic that is made anew with as many records, or a broker that comes back with a backup's data, ends no fetch.
    """
    try:
        async with asyncio.timeout(CHECK_S):
            return not await is_another_log(consumer, topic, known)
    except (KafkaError, TimeoutError, OSError) as error:
        log.info("whether %s is the same log could not be found out: %r", topic, error)
        return True


async def has_another_id(consumer: AIOKafkaConsumer, topic: TopicInfo) -> bool:
    """Whether the cluster tells another id of the topic than it did."""
    node = some_node(consumer)
    if not topic.topic_id or node is None:
        return False

    async def ask_node(request: Any) -> Any:
        return await ask(consumer, node, request)

    told = await topic_id(ask_node, topic.topic)
    return bool(told) and told != topic.topic_id


async def _found(consumer: AIOKafkaConsumer, partition: TopicPartition, known: LastRead) -> Found:
    """Compare one record with what stands there.

    Raises:
        KafkaError: the leader does not answer, or refuses.
    """
    fetched = await fetch(consumer, partition, known.offset, _FETCH_BYTES, READ_UNCOMMITTED)
    if fetched is None or fetched.error == _OUT_OF_RANGE:
        return Found.UNKNOWN
    if fetched.error:
        raise for_code(fetched.error)(partition)
    end = max(fetched.high_watermark, known.offset + 1)
    for batch in batches(fetched.data, partition, known.offset, end):
        if batch.next_offset > known.offset:
            return _compared(batch, known)
    return Found.UNKNOWN


def _compared(batch: Batch, known: LastRead) -> Found:
    if batch.first_offset > known.offset:
        return Found.UNKNOWN
    if batch.is_control:
        return Found.OTHER
    item = next((item for item in batch.items if offset_of(item) == known.offset), None)
    if not isinstance(item, Record):
        return Found.UNKNOWN
    return Found.SAME if last_read(item) == known else Found.OTHER
