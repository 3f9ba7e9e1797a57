"""The bench's broker: a real Apache Kafka where Java and Maven are, the embedded one otherwise."""

import asyncio
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from core.demo.embedded_broker import EmbeddedBroker
from tests.bench.bare import FETCH_WAIT_MS
from tests.bench.plant import PARTITIONS, Line
from tests.kafka.broker import KAFKA_4, RealKafka, kafka_class_path
from tests.kafka.jars import MissingToolError, java

_EMBEDDED_RECORDS = 60_000
"""The embedded broker keeps about 5 MiB a partition."""
_LONG_LIVED = ("-Xmx1g", "-XX:TieredStopAtLevel=4")
"""The tests' brokers are quick to start instead; the last option wins."""


@dataclass
class Broker:
    """A running broker. ``most_records``: what a topic holds at most, None for no limit."""

    name: str
    bootstrap: str
    most_records: int | None
    create: Callable[[str], None]
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def topic(self) -> str:
        """A new topic of six partitions."""
        name = f"chatbot-issue-events-{next(self._numbers)}"
        self.create(name)
        return name

    def line(self, topic: str, *, linger_ms: float = 0) -> Line:
        """A producer to ``topic``."""
        return Line(self.bootstrap, topic, linger_ms=linger_ms)


@contextmanager
def running_broker(folder: Path, *, embedded: bool) -> Iterator[Broker]:
    """A broker for the length of the bench, ended in any case."""
    missing = "asked for" if embedded else _what_is_missing()
    if missing:
        os.environ[FETCH_WAIT_MS] = "10"
        with EmbeddedBroker({}) as mock:
            name = f"embedded broker ({missing})"
            yield Broker(name, mock.bootstrap, _EMBEDDED_RECORDS, lambda topic: mock.create_topic(topic, PARTITIONS))
        return
    kafka = RealKafka(KAFKA_4, folder, java_options=_LONG_LIVED)
    try:
        asyncio.run(kafka.start())
        yield Broker(
            f"Apache Kafka {KAFKA_4}",
            kafka.bootstrap,
            None,
            lambda topic: asyncio.run(kafka.create_topic(topic, partitions=PARTITIONS)),
        )
    finally:
        kafka.close()


def _what_is_missing() -> str:
    """What a real broker lacks on this machine; empty where nothing is."""
    try:
        java()
        kafka_class_path(KAFKA_4)
    except MissingToolError as missing:
        return str(missing)
    return ""
