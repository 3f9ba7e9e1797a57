"""RealKafka: one Apache Kafka broker, a JVM of its own that tests may stop, kill, freeze and move."""

import asyncio
import base64
import contextlib
import os
import shutil
import signal
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from aiokafka.errors import KafkaError

from tests.kafka import access, listeners, topics
from tests.kafka.jars import class_path
from tests.kafka.jvm import Jvm, java_command
from tests.kafka.listeners import Listener
from tests.kafka.ports import LOOPBACK, ReservedPorts
from tests.kafka.zookeeper import ZooKeeper

KAFKA_3 = "3.4.1"
"""The Kafka inside cp-kafka 7.4.0, the plant's."""
KAFKA_4 = "4.4.0"
"""The newest."""

_POM = Path(__file__).with_name("pom.xml")
_START_SECONDS = 90.0
_STOP_SECONDS = 20.0
_STARTED = ("Kafka Server started", "[KafkaServer id=1] started")
"""What the log says in KRaft mode, and with ZooKeeper."""

_BROKER: Mapping[str, str] = {
    "inter.broker.listener.name": "CLIENT",
    "auto.create.topics.enable": "false",
    # One broker holds every copy, and consumer groups form at once.
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "1",
    "group.initial.rebalance.delay.ms": "0",
    # Nothing is deleted unless a topic says so: a record with a fixed timestamp of some past year must stay.
    "log.retention.ms": "-1",
    # Retention is seen within a second or two; its first run waits for log.initial.task.delay.ms, which Kafka 3.4
    # does not know (always 30 s there): a test in a hurry uses delete_records_before().
    "log.retention.check.interval.ms": "500",
    "log.segment.delete.delay.ms": "100",
    "log.initial.task.delay.ms": "500",
    # Small buffers: several brokers live side by side.
    "log.cleaner.dedupe.buffer.size": "4194304",
    "num.network.threads": "2",
    "num.io.threads": "4",
}

_KRAFT: Mapping[str, str] = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    # A broker that was killed or frozen is let in again soon.
    "broker.heartbeat.interval.ms": "500",
    "broker.session.timeout.ms": "3000",
}
_LOGIN = "LOGIN"


class KafkaNotReadyError(RuntimeError):
    """The broker did not come up; the message ends with its log."""


def kafka_class_path(version: str) -> str:
    """The class path of that broker; downloads it the first time."""
    return class_path(f"kafka-{version}", _POM, {"kafka.version": version})


class RealKafka:
    """One broker and controller on loopback, its files in ``directory``.

    ``port`` None takes a free one. ``properties`` are server properties over the defaults (``message.max.bytes``,
    ``auto.create.topics.enable``). With ``users`` (name to password) a second listener asks for a SASL/PLAIN login;
    see :meth:`with_sasl_plain`. ``more`` are further listeners. It runs in KRaft mode, or ``with_zookeeper`` (3.x).
    ``java_options`` and ``classes`` are given to its JVM. Not bound to an event loop: a session fixture may start it
    and any test use it.
    """

    def __init__(
        self,
        version: str,
        directory: Path,
        *,
        port: int | None = None,
        properties: Mapping[str, str] | None = None,
        users: Mapping[str, str] | None = None,
        more: Sequence[Listener] = (),
        with_zookeeper: bool = False,
        java_options: Sequence[str] = (),
        classes: Sequence[Path] = (),
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.version = version
        self.directory = directory
        self.log = directory / "broker.log"
        self._extra = dict(properties or {})
        self._users = dict(users or {})
        self._ports = ReservedPorts()
        self._port = self._ports.take(port or 0)
        self._controller_port = self._ports.take()
        self.more = [*more]
        """The listeners besides the harness's own."""
        if self._users:
            self.more.append(Listener(_LOGIN, "SASL_PLAINTEXT", listeners.plain(self._users)))
        self._bound = {one.name: f"{LOOPBACK}:{self._ports.take()}" for one in self.more}
        self._zookeeper = ZooKeeper(directory / "zookeeper", self._ports) if with_zookeeper else None
        self._java_options = [*java_options]
        self._classes = [str(path) for path in classes]
        self._jvm: Jvm | None = None

    @classmethod
    def with_sasl_plain(
        cls, version: str, directory: Path, users: Mapping[str, str], *, properties: Mapping[str, str] | None = None
    ) -> Self:
        """A broker that also has a SASL_PLAINTEXT listener for ``users``, at :attr:`login_bootstrap`.

        The plain listener stays (the harness itself uses it, as super user). Rights can be taken and given back
        with :meth:`deny` and :meth:`permit`.
        """
        return cls(version, directory, properties=properties, users=users)

    # Addresses

    @property
    def port(self) -> int:
        """The plain listener's port."""
        return self._port

    @property
    def bootstrap(self) -> str:
        """``127.0.0.1:port`` of the listener without login."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def login_bootstrap(self) -> str:
        """``127.0.0.1:port`` of the listener with login; only with users."""
        return self.address(_LOGIN)

    def address(self, listener: str) -> str:
        """``host:port`` of one of the further listeners, as clients are told."""
        return next(one.advertised or self._bound[one.name] for one in self.more if one.name == listener)

    def bound(self, listener: str) -> tuple[str, int]:
        """Address and port where one of the further listeners is."""
        host, _, port = self._bound[listener].partition(":")
        return host, int(port)

    def login(self, user: str, password: str | None = None) -> dict[str, Any]:
        """aiokafka's keyword arguments to log in as ``user``, with another ``password`` where one is given."""
        return {
            "bootstrap_servers": self.login_bootstrap,
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "PLAIN",
            "sasl_plain_username": user,
            "sasl_plain_password": self._users.get(user, "") if password is None else password,
        }

    # Life

    @property
    def is_running(self) -> bool:
        """Whether the process lives (a frozen one does)."""
        return self._jvm is not None and self._jvm.exit_code is None

    async def start(self, within: float = _START_SECONDS) -> None:
        """Start and wait until it answers a metadata request; raises :class:`KafkaNotReadyError` with its log."""
        if self.is_running:
            raise KafkaNotReadyError("already running")
        kafka = await asyncio.to_thread(kafka_class_path, self.version)
        classes = os.pathsep.join((*self._classes, kafka))
        settings = self._write_properties()
        self.log.unlink(missing_ok=True)
        if self._zookeeper is None:
            await self._format_once(classes, settings)
        else:
            await self._zookeeper.start(classes)
        self._jvm = Jvm(java_command(classes, "kafka.Kafka", str(settings), options=self._java_options), self.log)
        try:
            async with asyncio.timeout(within):
                await self._wait_until_it_answers()
        except TimeoutError as late:
            self.kill()
            raise KafkaNotReadyError(f"no answer within {within:g} s\n{self.log_tail()}") from late
        except BaseException:
            self.kill()
            raise

    async def stop(self) -> None:
        """End it in order (SIGTERM); one that does not end within 20 s is killed."""
        if self._jvm is None:
            return
        self.thaw()
        self._jvm.signal(signal.SIGTERM)
        if not await asyncio.to_thread(self._jvm.wait, _STOP_SECONDS):
            self.kill()
        self._jvm = None
        if self._zookeeper is not None:
            self._zookeeper.kill()

    def kill(self) -> None:
        """End it at once (SIGKILL), as a power cut does."""
        if self._jvm is not None:
            self._jvm.kill()
            self._jvm = None
        if self._zookeeper is not None:
            self._zookeeper.kill()

    def freeze(self) -> None:
        """SIGSTOP: connections stay open and nothing answers, as when a machine hangs."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on where it was."""
        self._signal(signal.SIGCONT)

    async def restart(self, port: int | None = None) -> None:
        """Stop (when running) and start on the same data; on another port when one is given, 0 for any free one.

        The port it left stays reserved, and refuses connections, until :meth:`close`.
        """
        await self.stop()
        if port is not None:
            self._port = self._ports.take(port)
        await self.start()

    def close(self) -> None:
        """Kill it, give its ports back and delete its data (the log stays). For finalizers."""
        self.kill()
        self._ports.release()
        shutil.rmtree(self._data, ignore_errors=True)

    def log_tail(self, characters: int = 4000) -> str:
        """The end of what the broker printed."""
        return self.log.read_text(errors="replace")[-characters:] if self.log.exists() else "(no log)"

    def said_that_it_started(self) -> bool:
        """Whether this run's log has the line, in all of it: a controller goes on printing behind it."""
        if not self.log.exists():
            return False
        printed = self.log.read_text(errors="replace")
        return any(words in printed for words in _STARTED)

    # Topics, over the plain listener

    async def create_topic(self, name: str, partitions: int = 1, **config: object) -> None:
        """Create a topic, settings as keywords (``retention_ms=1000``); returns when it can be written to."""
        await topics.create_topic(self.bootstrap, name, partitions, config)

    async def add_partitions(self, name: str, total: int) -> None:
        """Widen a topic to ``total`` partitions."""
        await topics.add_partitions(self.bootstrap, name, total)

    async def delete_topic(self, name: str) -> None:
        """Delete a topic; returns when it is gone from the metadata."""
        await topics.delete_topic(self.bootstrap, name)

    async def configure_topic(self, name: str, **config: object) -> None:
        """Replace a topic's own settings."""
        await topics.configure_topic(self.bootstrap, name, config)

    async def delete_records_before(self, name: str, offset: int, partition: int = 0) -> None:
        """Let the log start at ``offset``, as after retention."""
        await topics.delete_records_before(self.bootstrap, name, offset, partition)

    # Rights of the users, only with users

    async def deny(self, user: str, operation: str, topic: str) -> None:
        """Take the right to ``operation`` (``READ``, ``WRITE``, ``DESCRIBE``) on ``topic`` from ``user``."""
        await access.deny(self.bootstrap, user, operation, topic)

    async def permit(self, user: str, operation: str, topic: str) -> None:
        """Take back a :meth:`deny`."""
        await access.permit(self.bootstrap, user, operation, topic)

    # Within

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    def _signal(self, number: signal.Signals) -> None:
        if self._jvm is not None:
            self._jvm.signal(number)

    def _write_properties(self) -> Path:
        path = self.directory / "server.properties"
        lines = [f"{name}={value}" for name, value in self._properties().items()]
        path.write_text("\n".join(lines) + "\n")
        return path

    def _properties(self) -> dict[str, str]:
        plaintext = {"CLIENT": "PLAINTEXT", "CONTROLLER": "PLAINTEXT"}
        protocols = plaintext | {one.name: one.protocol for one in self.more}
        here = [f"CLIENT://{self.bootstrap}"]
        advertised = [*here, *(f"{one.name}://{self.address(one.name)}" for one in self.more)]
        here += [f"{name}://{address}" for name, address in self._bound.items()]
        return {
            **_BROKER,
            **self._quorum(here),
            "log.dirs": str(self._data),
            "advertised.listeners": ",".join(advertised),
            "listener.security.protocol.map": ",".join(f"{name}:{protocol}" for name, protocol in protocols.items()),
            **(access.AUTHORIZED if self.more else {}),
            **({"authorizer.class.name": self._authorizer} if self.more else {}),
            **listeners.server_properties(self.more),
            **self._extra,
        }

    def _quorum(self, here: Sequence[str]) -> dict[str, str]:
        """Who keeps the cluster's metadata, and where the broker listens."""
        if self._zookeeper is not None:
            return {"broker.id": "1", "zookeeper.connect": self._zookeeper.address, "listeners": ",".join(here)}
        controller = f"{LOOPBACK}:{self._controller_port}"
        return {
            **_KRAFT,
            "listeners": ",".join((*here, f"CONTROLLER://{controller}")),
            "controller.quorum.voters": f"1@{controller}",
        }

    @property
    def _authorizer(self) -> str:
        if self._zookeeper is not None:
            return "kafka.security.authorizer.AclAuthorizer"
        return "org.apache.kafka.metadata.authorizer.StandardAuthorizer"

    async def _format_once(self, classes: str, settings: Path) -> None:
        """Give the data directory its cluster id, a new one for each broker, the first time only."""
        if (self._data / "meta.properties").exists():
            return
        arguments = ("format", "-t", _new_cluster_id(), "-c", str(settings))
        formatter = Jvm(java_command(classes, "kafka.tools.StorageTool", *arguments), self.log)
        if not await asyncio.to_thread(formatter.wait, _START_SECONDS):
            formatter.kill()
        if formatter.exit_code:
            raise KafkaNotReadyError(f"StorageTool format failed\n{self.log_tail()}")

    async def _wait_until_it_answers(self) -> None:
        while not await self._answers():
            if not self.is_running:
                raise KafkaNotReadyError(f"it ended while starting\n{self.log_tail()}")
            await asyncio.sleep(0.05)

    async def _answers(self) -> bool:
        """Whether a client's metadata request names the broker.

        Asked only once its log says so: aiokafka would log every attempt before that as an error.
        """
        if not self.is_running or not self.said_that_it_started():
            return False
        with contextlib.suppress(KafkaError, TimeoutError):
            return await topics.broker_count(self.bootstrap) > 0
        return False


def _new_cluster_id() -> str:
    """A random id in Kafka's form (16 bytes, base64url, no padding), none that looks like an option."""
    while True:
        encoded = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not encoded.startswith("-"):
            return encoded
