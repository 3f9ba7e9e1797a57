"""``python -m tests.kafka.poison BOOTSTRAP TOPIC HOW``: records that a broker takes and aiokafka cannot decode.

Run as a process of its own with AIOKAFKA_NO_EXTENSIONS=1: only the client's pure Python parts can be bent.
"""

import asyncio
import os
import subprocess
import sys
from unittest import mock

from aiokafka import AIOKafkaProducer
from aiokafka.record import default_records

from tests.kafka.stations import issue_value


class Mangled(str):
    """A header's name that goes out as bytes that are not UTF-8."""

    __slots__ = ()

    def encode(self, *_: object) -> bytes:
        return b"\xff\xfe"


async def produce(bootstrap: str, topic: str, how: str) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    try:
        await producer.send_and_wait(topic, issue_value("BEFORE"), partition=0)
        if how == "header":
            await producer.send_and_wait(topic, issue_value("BAD"), partition=0, headers=[(Mangled("x"), b"1")])
        else:
            with mock.patch.object(default_records, "calc_crc32c", return_value=7):
                await producer.send_and_wait(topic, issue_value("BAD"), partition=0)
        await producer.send_and_wait(topic, issue_value("AFTER"), partition=0)
        await producer.send_and_wait(topic, issue_value("BESIDE"), partition=1)
    finally:
        await producer.stop()


def poison(bootstrap: str, topic: str, how: str) -> None:
    """BEFORE, a bad one and AFTER on partition 0, BESIDE on partition 1. ``how``: ``header`` or ``crc``."""
    environment = {**os.environ, "AIOKAFKA_NO_EXTENSIONS": "1"}
    command = (sys.executable, "-m", "tests.kafka.poison", bootstrap, topic, how)
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)


if __name__ == "__main__":
    asyncio.run(produce(*sys.argv[1:]))
