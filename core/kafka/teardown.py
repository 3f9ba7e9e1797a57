"""Ending aiokafka clients that may hang or raise while the cluster is away (docs/kafka.md, 5 and 6).

aiokafka offers no public way to abandon a client.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from core.kafka.aiokafka_internals import close_client, refuse_sends, sender_task

log = logging.getLogger(__name__)

STOP_S = 2.0


async def close_consumer(consumer: AIOKafkaConsumer) -> None:
    """Stop a consumer in a task of its own, since ``stop()`` can raise CancelledError; then close its client."""
    await _bounded(consumer.stop(), "consumer")
    await _bounded(close_client(consumer), "consumer's client")


async def abandon_producer(producer: AIOKafkaProducer) -> None:
    """Leave a producer whose ``stop()`` would wait for ever for what it could not send.

    Sends that are under way are woken by nobody: their tasks are the caller's to cancel, after this.
    """
    refuse_sends(producer)
    await _bounded(producer.client.close(), "producer's client")
    sender = sender_task(producer)
    for _ in range(3):
        if sender is None or sender.done():
            return
        sender.cancel()  # after the first it may still wait for metadata that never comes
        await asyncio.wait({sender}, timeout=0.5)


async def close_producer(producer: AIOKafkaProducer) -> None:
    """Stop a producer that has nothing left to send."""
    await _bounded(producer.stop(), "producer")
    await abandon_producer(producer)


async def _bounded(ending: Coroutine[Any, Any, None], what: str) -> None:
    task = asyncio.ensure_future(ending)
    done, _ = await asyncio.wait({task}, timeout=STOP_S)
    if not done:
        log.info("%s did not stop within %s s", what, STOP_S)
        task.cancel()
        await asyncio.wait({task}, timeout=STOP_S)
    if task.done() and not task.cancelled() and (error := task.exception()) is not None:
        log.info("%s stopped with %r", what, error)
