"""Baselines without Andon: ``python -m tests.bench.bare MODE BOOTSTRAP TOPIC [COUNT]``, each a process of its own.

``read``, ``json`` and ``pydantic`` read a topic to its end and do that with each value. ``arrivals`` prints when each
of COUNT marked records came, in monotonic seconds; ``roundtrip`` the seconds from producing to reading back.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

READY = "reading"
FETCH_WAIT_MS = "BENCH_FETCH_WAIT_MS"
"""The variable with the fetches' longest wait. A broker wakes them, except the embedded one."""
_WAIT_MS = 100


def decoder(mode: str) -> Callable[[bytes], object]:
    """What is done with each value."""
    match mode:
        case "json":
            return json.loads
        case "pydantic":
            from pydantic import TypeAdapter

            return TypeAdapter(dict[str, Any]).validate_json
        case _:
            return len


@asynccontextmanager
async def _consumer(bootstrap: str, topic: str, start: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer of every partition, without a group; ``start``: ``earliest`` or ``latest``, settled on entering."""
    wait_ms = int(os.environ.get(FETCH_WAIT_MS, "500"))
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset=start, fetch_max_wait_ms=wait_ms
    ) as consumer:
        for partition in consumer.assignment():
            await consumer.position(partition)
        yield consumer


async def read(bootstrap: str, topic: str, mode: str) -> None:
    """To the end of the topic as it is now."""
    decode = decoder(mode)
    async with _consumer(bootstrap, topic, "earliest") as consumer:
        starts = await consumer.beginning_offsets(consumer.assignment())
        ends = await consumer.end_offsets(consumer.assignment())
        left = sum(ends[partition] - starts[partition] for partition in ends)
        while left > 0:
            for records in (await consumer.getmany(timeout_ms=_WAIT_MS)).values():
                left -= len(records)
                for record in records:
                    decode(record.value)


async def arrivals(bootstrap: str, topic: str, count: int) -> None:
    """Mark and time of each record, printed once all came; says when it began to read."""
    came: list[tuple[str, float]] = []
    async with _consumer(bootstrap, topic, "latest") as consumer:
        print(READY, flush=True)
        while len(came) < count:
            record = await consumer.getone()
            came += [(mark.decode(), time.monotonic()) for _name, mark in record.headers]
    for mark, at in came:
        print(mark, at)


async def roundtrip(bootstrap: str, topic: str, count: int) -> None:
    """Produce, wait for the acknowledgement, and for the record itself."""
    async with _consumer(bootstrap, topic, "latest") as consumer, AIOKafkaProducer(bootstrap_servers=bootstrap) as line:
        for _ in range(count):
            started = time.monotonic()
            await line.send_and_wait(topic, b"{}")
            await consumer.getone()
            print(time.monotonic() - started)


def main() -> None:
    mode, bootstrap, topic, *count = sys.argv[1:]
    match mode:
        case "arrivals":
            asyncio.run(arrivals(bootstrap, topic, int(count[0])))
        case "roundtrip":
            asyncio.run(roundtrip(bootstrap, topic, int(count[0])))
        case _:
            asyncio.run(read(bootstrap, topic, mode))


if __name__ == "__main__":
    main()
