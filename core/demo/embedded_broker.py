"""The in-process Kafka broker of the demo and the tests: librdkafka's mock cluster, out of the confluent-kafka wheel.

It speaks the real protocol on a loopback TCP port, so that aiokafka meets it by the same road as a cluster. It keeps
everything in memory and forgets it on ``close()``. Its limits (no SASL, no TLS, about 5 MiB a partition, a fetch is not
woken by new records: use ``fetch_max_wait_ms=10``) are listed in docs/kafka.md
("Brokers for development").

The calls are those of librdkafka's ``rdkafka_mock.h``. confluent-kafka does not wrap them in Python, its shared library
exports them, and ctypes reaches them. librdkafka calls that header experimental: where a call is not there, the broker
still starts (``_AutoCreatingCluster``), and only what needs the call raises ``EmbeddedBrokerUnsupported``.
"""

from __future__ import annotations

import ctypes
import importlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from core.domain.errors import OperatorError

DISCONNECT: Final = -195
"""For ``fail_next()``: the broker drops the connection in place of an answer (``RD_KAFKA_RESP_ERR__TRANSPORT``)."""

_ALL_BROKERS: Final = -1
_PRODUCER: Final = 0
_ERROR_SIZE: Final = 512
_ADDRESS_TIMEOUT_S: Final = 10.0

_POINTER = ctypes.c_void_p
_ERROR = ctypes.c_int
_CALLS: Final[Mapping[str, tuple[object, Sequence[object]]]] = {
    "rd_kafka_conf_new": (_POINTER, ()),
    "rd_kafka_conf_set_log_cb": (None, (_POINTER, _POINTER)),
    "rd_kafka_new": (_POINTER, (ctypes.c_int, _POINTER, ctypes.c_char_p, ctypes.c_size_t)),
    "rd_kafka_destroy": (None, (_POINTER,)),
    "rd_kafka_err2str": (ctypes.c_char_p, (_ERROR,)),
    "rd_kafka_mock_cluster_new": (_POINTER, (_POINTER, ctypes.c_int)),
    "rd_kafka_mock_cluster_destroy": (None, (_POINTER,)),
    "rd_kafka_mock_cluster_bootstraps": (ctypes.c_char_p, (_POINTER,)),
    "rd_kafka_mock_topic_create": (_ERROR, (_POINTER, ctypes.c_char_p, ctypes.c_int, ctypes.c_int)),
}
"""What no broker starts without: function name -> (result, arguments)."""

_FAULT_CALLS: Final[Mapping[str, tuple[object, Sequence[object]]]] = {
    "rd_kafka_mock_broker_set_down": (_ERROR, (_POINTER, ctypes.c_int32)),
    "rd_kafka_mock_broker_set_up": (_ERROR, (_POINTER, ctypes.c_int32)),
    "rd_kafka_mock_broker_set_rtt": (_ERROR, (_POINTER, ctypes.c_int32, ctypes.c_int)),
    "rd_kafka_mock_push_request_errors_array": (
        None,
        (_POINTER, ctypes.c_int16, ctypes.c_size_t, ctypes.POINTER(_ERROR)),
    ),
    "rd_kafka_mock_clear_request_errors": (None, (_POINTER, ctypes.c_int16)),
    "rd_kafka_mock_topic_delete": (_ERROR, (_POINTER, ctypes.c_char_p)),
    "rd_kafka_mock_partition_delete_records": (
        _ERROR,
        (_POINTER, ctypes.c_char_p, ctypes.c_int32, ctypes.c_int64),
    ),
}
"""What only a test's faults need; older librdkafkas lack some of them."""


class EmbeddedBrokerMissing(OperatorError):  # noqa: N818 - the state it names is the message
    """The confluent-kafka wheel, and with it the broker, is not installed. The message says how to get it."""

    is_wrong_use = True


class EmbeddedBrokerUnsupported(RuntimeError):  # noqa: N818 - likewise
    """This build of librdkafka has no call for what was asked, or it refused."""


class EmbeddedBroker:
    """One Kafka broker inside this process, on a free loopback port.

    ``topics`` maps each topic to be created to its number of partitions. Any number of them live side by side.
    All methods are quick and synchronous; none waits for a client.
    """

    def __init__(self, topics: Mapping[str, int]) -> None:
        self._topics = dict(topics)
        self._cluster: _Cluster | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def bootstrap(self) -> str:
        """``host:port`` for ``bootstrap_servers``; the same after ``take_down()`` and ``bring_up()``."""
        return self._running.bootstrap

    def start(self) -> None:
        """Start listening, the topics created. Does nothing when it is running.

        Raises ``EmbeddedBrokerMissing`` without the confluent-kafka wheel.
        """
        if self._cluster is not None:
            return
        module = _import_cimpl()
        library = _find_library(module)
        self._cluster = _AutoCreatingCluster(self._topics) if library is None else _MockCluster(library, self._topics)

    def close(self) -> None:
        """Drop every connection and all records, free the port. Does nothing when it is not running."""
        cluster, self._cluster = self._cluster, None
        if cluster is not None:
            cluster.close()

    def create_topic(self, topic: str, partitions: int) -> None:
        """Add a topic while running. A topic cannot gain partitions: delete it and create it again."""
        self._mock.call("rd_kafka_mock_topic_create", topic.encode(), partitions, 1)

    def delete_topic(self, topic: str) -> None:
        """Delete a topic with its records, as an administrator would."""
        self._mock.call("rd_kafka_mock_topic_delete", topic.encode())

    def delete_records_before(self, topic: str, partition: int, offset: int) -> None:
        """Let retention overrun a partition: its log begins at ``offset`` from now on."""
        self._mock.call("rd_kafka_mock_partition_delete_records", topic.encode(), partition, offset)

    def take_down(self) -> None:
        """Drop every connection and refuse new ones. Records are kept."""
        self._mock.call("rd_kafka_mock_broker_set_down", _ALL_BROKERS)

    def bring_up(self) -> None:
        """Listen again, on the same port, with the same records."""
        self._mock.call("rd_kafka_mock_broker_set_up", _ALL_BROKERS)

    def set_rtt(self, milliseconds: int) -> None:
        """Delay every answer by this much. A very long delay is a frozen broker; 0 ends it for later requests."""
        self._mock.call("rd_kafka_mock_broker_set_rtt", _ALL_BROKERS, milliseconds)

    def fail_next(self, api_key: int, errors: Iterable[int]) -> None:
        """Answer the next requests of this kind with these Kafka error codes, one each, in order.

        ``api_key`` is the protocol's: 0 Produce, 1 Fetch, 2 ListOffsets, 3 Metadata, 22 InitProducerId. 0 among the
        errors lets one request pass, ``DISCONNECT`` drops the connection.
        """
        codes = tuple(errors)
        array = (_ERROR * len(codes))(*codes)
        self._mock.call("rd_kafka_mock_push_request_errors_array", api_key, len(codes), array)

    def clear_failures(self, api_key: int) -> None:
        """Forget what ``fail_next()`` still holds for this kind of request."""
        self._mock.call("rd_kafka_mock_clear_request_errors", api_key)

    @property
    def _running(self) -> _Cluster:
        if self._cluster is None:
            raise EmbeddedBrokerUnsupported("the embedded broker is not running; call start() first")
        return self._cluster

    @property
    def _mock(self) -> _MockCluster:
        cluster = self._running
        if not isinstance(cluster, _MockCluster):
            raise EmbeddedBrokerUnsupported("this confluent-kafka build does not export rd_kafka_mock_* calls")
        return cluster


class _Cluster(Protocol):
    """A running mock cluster, however it was made."""

    @property
    def bootstrap(self) -> str: ...

    def close(self) -> None: ...


class _MockCluster:
    """A mock cluster of one broker, made and steered by librdkafka's own calls."""

    def __init__(self, library: ctypes.CDLL, topics: Mapping[str, int]) -> None:
        self._library = library
        self._client = _new_silent_client(library)
        self._handle: int | None = library.rd_kafka_mock_cluster_new(self._client, 1)
        if self._handle is None:
            library.rd_kafka_destroy(self._client)
            raise EmbeddedBrokerUnsupported("librdkafka could not open a port for its mock broker")
        self._bootstrap: str = library.rd_kafka_mock_cluster_bootstraps(self._handle).decode()
        for topic, partitions in topics.items():
            self.call("rd_kafka_mock_topic_create", topic.encode(), partitions, 1)

    @property
    def bootstrap(self) -> str:
        return self._bootstrap

    def call(self, name: str, *arguments: object) -> None:
        """Call a function that takes the cluster first.

        Raises ``EmbeddedBrokerUnsupported`` when it is missing or says that it failed.
        """
        function = getattr(self._library, name, None)
        if function is None:
            raise EmbeddedBrokerUnsupported(f"this librdkafka has no {name}; a newer confluent-kafka has it")
        error = function(self._handle, *arguments)
        if error:
            raise EmbeddedBrokerUnsupported(f"{name}: {self._library.rd_kafka_err2str(error).decode()}")

    def close(self) -> None:
        handle, self._handle = self._handle, None
        if handle is None:
            return
        self._library.rd_kafka_mock_cluster_destroy(handle)
        self._library.rd_kafka_destroy(self._client)


class _AutoCreatingCluster:
    """The way without C calls: a producer that carries a mock cluster, where asking for a topic creates it.

    Every topic then has librdkafka's default number of partitions (4), and no fault can be made.
    """

    def __init__(self, topics: Iterable[str]) -> None:
        from confluent_kafka import Producer

        self._producer: Producer | None = Producer(
            {"test.mock.num.brokers": 1, "log_level": 0, "error_cb": _ignore}, logger=_silent_logger()
        )
        metadata = self._producer.list_topics(timeout=_ADDRESS_TIMEOUT_S)
        broker = next(iter(metadata.brokers.values()))
        self._bootstrap = f"{broker.host}:{broker.port}"
        for topic in topics:
            self._producer.list_topics(topic, timeout=_ADDRESS_TIMEOUT_S)

    @property
    def bootstrap(self) -> str:
        return self._bootstrap

    def close(self) -> None:
        self._producer = None


def _import_cimpl() -> object:
    """The wheel's extension module, which is linked to librdkafka. The package's import sets Windows' DLL path."""
    try:
        importlib.import_module("confluent_kafka")
        return importlib.import_module("confluent_kafka.cimpl")
    except ImportError as error:
        raise EmbeddedBrokerMissing(
            'the embedded broker needs the confluent-kafka package; install it with: pip install "andon[demo]"'
        ) from error


def _find_library(module: object) -> ctypes.CDLL | None:
    """The loaded librdkafka with the needed calls declared; None when no candidate exports them."""
    for path in _candidates(Path(str(getattr(module, "__file__", "")))):
        try:
            library = ctypes.CDLL(str(path))
            _declare(library, _CALLS)
        except (OSError, AttributeError):
            continue
        _declare(library, {name: call for name, call in _FAULT_CALLS.items() if hasattr(library, name)})
        return library
    return None


def _candidates(extension: Path) -> Iterator[Path]:
    """Files that may answer for librdkafka, the surest first.

    A handle of the extension also finds the symbols of what it is linked to, on Linux and macOS, however the wheel or
    the distribution named and placed librdkafka. Windows looks into the named file only: hence the wheels' folders.
    """
    yield extension
    package = extension.parent
    for folder in (package.parent / "confluent_kafka.libs", package / ".dylibs", package):
        yield from sorted(folder.glob("*rdkafka*"))


def _declare(library: ctypes.CDLL, calls: Mapping[str, tuple[object, Sequence[object]]]) -> None:
    """Tell ctypes the types of each call: a pointer does not fit into its default, a C int.

    Raises ``AttributeError`` for a call that the library has not.
    """
    for name, (result, arguments) in calls.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments


def _new_silent_client(library: ctypes.CDLL) -> int:
    """The client handle that a mock cluster hangs on. It logs nowhere: stderr belongs to the full-screen app."""
    configuration = library.rd_kafka_conf_new()
    library.rd_kafka_conf_set_log_cb(configuration, None)
    reason = ctypes.create_string_buffer(_ERROR_SIZE)
    client: int | None = library.rd_kafka_new(_PRODUCER, configuration, reason, _ERROR_SIZE)
    if client is None:
        raise EmbeddedBrokerUnsupported(f"librdkafka did not start: {reason.value.decode(errors='replace')}")
    return client


def _silent_logger() -> logging.Logger:
    logger = logging.getLogger("andon.embedded")
    logger.disabled = True
    return logger


def _ignore(_error: object) -> None:
    """An outage of the mock broker is no news to anyone."""
