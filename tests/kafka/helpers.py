"""What the road tests share: spies on a running Station, a broker's answers lost on the way, odd producers."""

import asyncio
import contextlib
import json
import os
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaProducer, ConsumerRecord
from confluent_kafka import Producer

from core.events import Record
from core.kafka.freshness import Freshness
from core.station import Station
from tests.kafka.ports import LOOPBACK
from tests.kafka.records import read_all
from tests.kafka.stations import Watched


class Spied:
    """Every freshness and every record that a Station is given; attach it before the first ``await``."""

    def __init__(self, station: Station) -> None:
        self.seen: list[Freshness] = []
        self.records: list[Record] = []
        self.known_when_live: int | None = None
        self._station = station
        self._ingest, self._changed = station.ingest, station.feed_changed
        station.ingest = self._take  # type: ignore[method-assign]
        station.feed_changed = self._note  # type: ignore[method-assign]

    def _take(self, records: Sequence[Record], next_offsets: Any) -> None:
        self.records += records
        self._ingest(records, next_offsets)

    def _note(self, before: Freshness, freshness: Freshness) -> None:
        if self.known_when_live is None and freshness.state == "live":
            self.known_when_live = len(self._station.register.issues)
        self.seen.append(freshness)
        self._changed(before, freshness)


class Proxy:
    """A TCP road to a broker that advertises this port; it can lose what the broker answers."""

    def __init__(self, port: int, target: int) -> None:
        self.losing = False
        """While True, requests arrive and answers do not."""
        self.lost = 0
        """Bytes of answers lost since ``losing`` was last set."""
        self._port, self._target = port, target
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()

    def lose_answers(self) -> None:
        self.losing, self.lost = True, 0

    def cut(self) -> None:
        """Drop every connection and let answers pass again."""
        self.losing = False
        for writer in list(self._writers):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection(LOOPBACK, self._target)
        self._writers |= {writer, up_writer}
        ways = (self._pipe(reader, up_writer), self._pipe(up_reader, writer, answers=True))
        with contextlib.suppress(OSError):
            await asyncio.gather(*ways)
        self._writers -= {writer, up_writer}

    async def _pipe(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        try:
            while chunk := await reader.read(65536):
                if answers and self.losing:
                    self.lost += len(chunk)
                    continue
                writer.write(chunk)
                await writer.drain()
        finally:
            writer.close()


def free_port_held_by_nobody() -> int:
    """A port number that was free just now."""
    import socket

    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def send_compressed(bootstrap: str, topic: str, codec: str, values: Sequence[bytes]) -> None:
    """Another client's (librdkafka's) compressed batch; blocks until it is acknowledged."""
    producer = Producer({"bootstrap.servers": bootstrap, "compression.type": codec, "linger.ms": 200})
    for value in values:
        producer.produce(topic, value)
    assert producer.flush(30) == 0


@asynccontextmanager
async def transaction(bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    """A producer inside one transaction, committed on leaving."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=f"plant-{os.urandom(4).hex()}")
    async with producer, producer.transaction():
        yield producer


async def published(bootstrap: str, topic: str, issue: str) -> list[ConsumerRecord]:
    """The records that terminals published for ``issue``, by partition and offset."""
    return [record for record in await read_all(bootstrap, topic) if record.key == issue.encode()]


def headers_of(record: ConsumerRecord) -> dict[str, str]:
    """Header name to text; a name that is there twice fails."""
    names = [name for name, _content in record.headers]
    assert len(names) == len(set(names)), names
    return {name: content.decode() for name, content in record.headers}


def event_ids(records: Sequence[ConsumerRecord]) -> list[str]:
    return [headers_of(record)["ce_id"] for record in records]


def value_of(record: ConsumerRecord) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(record.value)
    return value


async def gone_out(watched: Watched, within: float = 60.0) -> None:
    """Every record of the outbox was read back."""
    await watched.until(lambda s: not s.outbox, within=within)


def in_thread(work: Callable[[], None]) -> None:
    """Run blocking work in a thread while this event loop stands still: nothing of ours reads meanwhile."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def our_sockets() -> int:
    """Open sockets of this process."""
    links = []
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            links.append(os.readlink(f"/proc/self/fd/{name}"))
    return sum(link.startswith("socket:") for link in links)
