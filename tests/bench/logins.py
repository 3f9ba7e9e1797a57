"""``python -m tests.bench.logins [MINUTES [LIFE_S [KAFKA]]]``: a terminal whose logins run out all the time.

By default for 10 minutes, with tokens of 60 s, on the newest Kafka. Prints how late events were at that terminal,
against one without a login in the same run, how often it was out of contact, and what grew: tasks, descriptors, memory.
"""

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from aiokafka import AIOKafkaProducer

from core.domain.events import Record
from core.station.station import Station
from tests.bench.processes import resident_mib
from tests.bench.spread import percentile
from tests.kafka.broker import KAFKA_4
from tests.kafka.issuer import token_server
from tests.kafka.secure import SecureKafka, secure_kafka
from tests.kafka.stations import Watched, issue_value, running

EVERY_S = 0.25
ISSUES = 20
RESOLVE_EVERY = 40
"""Events: the terminal with the token writes too."""
TOPIC = "t"


@dataclass
class Lateness:
    """When each event reached a terminal; ``sent`` is shared by all."""

    station: Station
    sent: dict[str, float]
    seconds: list[float] = field(default_factory=list)
    silences: int = 0

    def __post_init__(self) -> None:
        self._ingest = self.station.intake.ingest
        self.station.intake.ingest = self._take  # type: ignore[method-assign]

    def _take(self, records: Sequence[Record], next_offsets: Mapping[int, int]) -> None:
        self._ingest(records, next_offsets)
        now = time.monotonic()
        known = (dict(record.headers).get("bench", b"").decode() for record in records)
        self.seconds += [now - self.sent[name] for name in known if name in self.sent]

    def look(self) -> None:
        """What the status bar shows at this moment."""
        self.silences += not self.station.freshness.is_live(time.monotonic())

    def told(self, name: str) -> str:
        p50, p99 = percentile(self.seconds, 0.5), percentile(self.seconds, 0.99)
        return (
            f"{name:10} {len(self.seconds)} events, late p50 {p50 * 1e3:.0f} ms, p99 {p99 * 1e3:.0f} ms, worst"
            f" {max(self.seconds) * 1e3:.0f} ms; out of contact in {self.silences} looks"
        )


def footprint() -> str:
    gc.collect()
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    return f"{len(asyncio.all_tasks())} tasks, {descriptors} descriptors, {resident_mib():.1f} MiB"


async def plant(secure: SecureKafka, watched: Watched, lates: Sequence[Lateness], until: float) -> None:
    """Send events evenly, and look at the terminals each time."""
    sent = lates[0].sent
    number = len(sent)
    async with AIOKafkaProducer(bootstrap_servers=secure.broker.bootstrap) as producer:
        while time.monotonic() < until:
            number += 1
            issue = f"I{number % ISSUES}"
            name = str(number)
            sent[name] = time.monotonic()
            await producer.send_and_wait(TOPIC, issue_value(issue), headers=[("bench", name.encode())])
            known = watched.station.issue(issue)
            if number % RESOLVE_EVERY == 0 and known is not None and known.is_open:
                await watched.station.commands.resolve(issue, "bench")
            for late in lates:
                late.look()
            await asyncio.sleep(EVERY_S)


async def bench(folder: Path, minutes: float, life_s: float, version: str) -> None:
    with secure_kafka(version, folder) as secure, token_server(secure.signer) as tokens:
        tokens.life_s = life_s
        await secure.start()
        await secure.broker.create_topic(TOPIC, partitions=3)
        sent: dict[str, float] = {}
        given = secure.bearer(tokens.url, "BRIEF")
        async with AsyncExitStack() as stack:
            plain = await stack.enter_async_context(running(secure.broker.bootstrap, TOPIC, folder / "plain"))
            servers = given.pop("bootstrap_servers")
            login = await stack.enter_async_context(running(servers, TOPIC, folder / "login", **given))
            lates = [Lateness(plain.station, sent), Lateness(login.station, sent)]
            await plain.live()
            await login.live()
            began = time.monotonic()
            warm = began + min(120.0, minutes * 12)
            await plant(secure, login, lates, warm)
            print(f"{'after':10} {time.monotonic() - began:.0f} s: {footprint()}", flush=True)
            await plant(secure, login, lates, began + minutes * 60)
            await login.until(lambda s: not s.outbox)
            print(f"{'after':10} {time.monotonic() - began:.0f} s: {footprint()}")
            print(lates[0].told("baseline"))
            print(lates[1].told("logins"))
            print(f"{'tokens':10} {len(tokens.given)} given; Kafka {version}, each for {life_s:.0f} s")


def main() -> None:
    minutes, life_s, version = (*sys.argv[1:], *("10", "60", KAFKA_4)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(bench(Path(folder), float(minutes), float(life_s), version))


if __name__ == "__main__":
    main()
