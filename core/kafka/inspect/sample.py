"""The newest records of the topic, read to look at what is in it; nothing is kept or committed."""

import asyncio
import logging
from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from core.domain.events import Record
from core.kafka.aiokafka_internals import keep_to_all_topics
from core.kafka.cluster import client_options
from core.kafka.reader import MAX_RECORDS, Undecodable, record_of
from core.kafka.teardown import close_consumer
from core.settings import KafkaSettings

log = logging.getLogger(__name__)

MOST = 500
"""Records of each partition, its newest."""
_LONGEST_S = 5.0
_POLL_MS = 250


async def newest_records(settings: KafkaSettings, spans: Mapping[int, tuple[int, int]]) -> list[Record]:
    """The newest records of each partition; fewer where the cluster is slow or a record cannot be decoded.

    Args:
        settings: the cluster and the topic, which is known to be there.
        spans: by partition the first offset, and the one after the last.
    """
    found: list[Record] = []
    consumer = AIOKafkaConsumer(
        **client_options(settings), group_id=None, enable_auto_commit=False, auto_offset_reset="none"
    )
    try:
        async with asyncio.timeout(_LONGEST_S):
            await consumer.start()
            await _read(consumer, settings.topic, spans, found)
    except (TimeoutError, KafkaError, OSError, *Undecodable) as error:
        log.info("the newest records were not all read: %r", error)
    finally:
        await close_consumer(consumer)
    return found


async def _read(
    consumer: AIOKafkaConsumer, topic: str, spans: Mapping[int, tuple[int, int]], found: list[Record]
) -> None:
    ends = {TopicPartition(topic, number): end for number, (first, end) in spans.items() if first < end}
    if not ends:
        return
    consumer.assign(list(ends))
    for partition, end in ends.items():
        consumer.seek(partition, max(spans[partition.partition][0], end - MOST))
    keep_to_all_topics(consumer)  # asking for this topic by name could create it anew, were it deleted now
    while any([await consumer.position(partition) < end for partition, end in ends.items()]):
        for batch in (await consumer.getmany(timeout_ms=_POLL_MS, max_records=MAX_RECORDS)).values():
            found += map(record_of, batch)
