"""What the road tests share: spies on a running Station, a broker's answers lost on the way, odd producers."""

import asyncio
import contextlib
import json
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer, ConsumerRecord
from confluent_kafka import Producer

from core.domain.events import Record
from core.domain.freshness import Freshness
from core.station.station import Station
from tests.kafka.ports import LOOPBACK
from tests.kafka.records import read_all
from tests.kafka.stations import Watched, running


class Spied:
    """Every freshness and every record that a Station is given; attach it before the first ``await``."""

    def __init__(self, station: Station) -> None:
        self.seen: list[Freshness] = []
        self.records: list[Record] = []
        self.known_when_live: int | None = None
        self._station = station
        self._ingest, self._changed = station.intake.ingest, station.intake.feed_changed
        station.intake.ingest = self._take  # type: ignore[method-assign]
        station.intake.feed_changed = self._note  # type: ignore[method-assign]

    def _take(self, records: Sequence[Record], next_offsets: Any) -> None:
        self.records += records
        self._ingest(records, next_offsets)

    def _note(self, before: Freshness, freshness: Freshness) -> None:
        if self.known_when_live is None and freshness.state == "live":
            self.known_when_live = len(self._station.register.issues)
        self.seen.append(freshness)
        self._changed(before, freshness)


class Proxy:
    """A TCP road to a broker, on a port of its own that the broker advertises; it can lose what comes back."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self.target = target
        """The broker's port; it may be known later than this one's."""
        self._losing = False
        self._is_cut = False
        self._roads: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.heal()
        await asyncio.gather(*self._roads, return_exceptions=True)

    def lose_answers(self) -> None:
        """From now on requests arrive and no answer does."""
        self._losing = True

    def cut(self) -> None:
        """Drop every connection there is, and each new one, until it is healed."""
        self.heal()
        self._is_cut = True

    def heal(self) -> None:
        """Drop every connection there is, as a switch that restarts; new ones work."""
        self._losing = self._is_cut = False
        for road in self._roads:
            road.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        road = asyncio.create_task(self._carry(reader, writer))
        self._roads.add(road)
        road.add_done_callback(self._roads.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.close()
            return
        with contextlib.suppress(OSError):
            up_reader, up_writer = await asyncio.open_connection(LOOPBACK, self.target)
            try:
                await asyncio.gather(self._requests(reader, up_writer), self._answers(up_reader, writer))
            finally:
                writer.close()
                up_writer.close()

    async def _requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
        raise ConnectionResetError

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65536):
            if not self._losing:
                writer.write(chunk)
                await writer.drain()
        raise ConnectionResetError


def unused_port() -> int:
    """A port number that was free just now."""
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


def open_sockets() -> int:
    """Sockets that this process holds (Linux)."""
    links = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            links.append(str(descriptor.readlink()))
    return sum(link.startswith("socket:") for link in links)


async def resolve_and_tell(bootstrap: str, topic: str, folder: Path, issue: str, note: str) -> None:
    """A terminal that resolves ``issue``, prints ``typed`` the moment that is promised, and works on."""
    async with running(bootstrap, topic, folder) as watched:
        await watched.until(lambda s: s.issue(issue) is not None)
        await watched.station.commands.resolve(issue, note)
        print("typed", flush=True)
        await watched.until(lambda s: not s.outbox)
        print("confirmed", flush=True)


if __name__ == "__main__":
    asyncio.run(resolve_and_tell(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4], sys.argv[5]))
