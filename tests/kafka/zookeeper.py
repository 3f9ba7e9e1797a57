"""A ZooKeeper for Kafka 3.4, which cannot keep SCRAM users without one (KIP-900 came with 3.5)."""

import asyncio
from pathlib import Path

from tests.kafka.jvm import Jvm, java_command
from tests.kafka.ports import LOOPBACK, ReservedPorts


class ZooKeeper:
    """One server on loopback, its files in ``directory``."""

    def __init__(self, directory: Path, ports: ReservedPorts) -> None:
        self._directory = directory
        self._port = ports.take()
        self._jvm: Jvm | None = None

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self._port}"

    async def start(self, classes: str) -> None:
        """Start it and wait until it takes connections. Raises ``TimeoutError`` after a minute."""
        self._directory.mkdir(parents=True, exist_ok=True)
        settings = self._directory / "zookeeper.properties"
        lines = (
            f"dataDir={self._directory / 'data'}",
            f"clientPort={self._port}",
            f"clientPortAddress={LOOPBACK}",
            "admin.enableServer=false",
            "maxClientCnxns=0",
            "tickTime=500",
        )
        settings.write_text("\n".join(lines) + "\n")
        main = "org.apache.zookeeper.server.quorum.QuorumPeerMain"
        self._jvm = Jvm(java_command(classes, main, str(settings), heap_mb=128), self._directory / "zookeeper.log")
        async with asyncio.timeout(60):
            while not await self._answers():
                await asyncio.sleep(0.05)

    async def _answers(self) -> bool:
        try:
            _reader, writer = await asyncio.open_connection(LOOPBACK, self._port)
        except OSError:
            return False
        writer.close()
        return True

    def kill(self) -> None:
        """End it at once."""
        if self._jvm is not None:
            self._jvm.kill()
            self._jvm = None
