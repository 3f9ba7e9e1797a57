"""Drives the real Spring for Apache Kafka peer in ``spring/``: a producer and a consumer as the plant has them."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

from tests.kafka.jars import copy_dependencies, made_once, run_maven
from tests.kafka.jvm import java_command

_PROJECT = Path(__file__).with_name("spring")
_MAIN = "andon.peer.Main"
_EXTRA_SECONDS = 30.0


class SpringPeerError(RuntimeError):
    """The peer ended with an error: what a Spring service would have logged is in the message."""


class SpringPeer:
    """The peer's two programs. Call :meth:`build` once; each call afterwards is a JVM of its own (1 to 2 s)."""

    def __init__(self) -> None:
        self._class_path = ""

    def build(self) -> None:
        """Compile it into the cache directory, the first time and after a change. Blocks."""
        sources = [_PROJECT / "pom.xml", *_PROJECT.rglob("src/**/*.java")]
        built = made_once("spring-peer", sources, _compile)
        self._class_path = os.pathsep.join((str(built / "classes"), str(built / "lib" / "*")))

    async def produce(
        self,
        bootstrap: str,
        topic: str,
        issue: str,
        process_type: str = "장애접수",
        mode_type: str = "프레스",
        mode_log_id: str = "PRESS_LOG_001",
        description: str = "100톤 프레스 유압 이상",
    ) -> dict[str, Any]:
        """Send one open event with KafkaTemplate.

        Answers a dict of ``partition``, ``offset``, ``timestamp`` (epoch ms) and the ``value`` sent.
        """
        lines = await self._run(
            _EXTRA_SECONDS, "produce", bootstrap, topic, issue, process_type, mode_type, mode_log_id, description
        )
        return lines[0]

    async def consume(self, bootstrap: str, topic: str, count: int, timeout: float = 20.0) -> list[dict[str, Any]]:  # noqa: ASYNC109
        """Read ``count`` records from the beginning with JsonDeserializer.

        Each is a dict of ``valueClass``, ``value``, ``key``, ``headers``, ``partition``, ``offset``, ``timestamp``.
        Raises :class:`SpringPeerError` on a record it cannot read, or with fewer after ``timeout`` seconds.
        """
        return await self._run(timeout + _EXTRA_SECONDS, "consume", bootstrap, topic, str(count), str(timeout))

    async def _run(self, seconds: float, *arguments: str) -> list[dict[str, Any]]:
        process = await asyncio.create_subprocess_exec(
            *java_command(self._class_path, _MAIN, *arguments, heap_mb=128),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "LC_ALL": "C.UTF-8"},  # Java reads its arguments in the locale's encoding.
        )
        try:
            async with asyncio.timeout(seconds):
                output, errors = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise SpringPeerError(f"{arguments[0]} ended with {process.returncode}\n{errors.decode()[-4000:]}")
        return [json.loads(line) for line in output.decode().splitlines()]


def _compile(into: Path) -> None:
    pom = _PROJECT / "pom.xml"
    run_maven(pom, "compile", f"-Dbuild.into={into}")
    copy_dependencies(pom, into / "lib", [f"-Dbuild.into={into}"])
