"""The bench's hand at the plant: events onto a topic, all at once or evenly in time, by librdkafka."""

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from confluent_kafka import KafkaError, Message, Producer

from tests.bench.history import Event

PARTITIONS = 6
MARK = "bench"
"""The header with an event's number, by which a bare consumer tells when it was sent."""
_QUEUED = 50_000
_FLUSH_S = 120.0


class LostError(RuntimeError):
    """The broker did not take an event."""


class Line:
    """A producer to one topic. Keys are null, as the plant's are: partitions are drawn by lot."""

    def __init__(self, bootstrap: str, topic: str, *, linger_ms: float = 0) -> None:
        options = {"bootstrap.servers": bootstrap, "linger.ms": linger_ms, "log_level": 0}
        self._producer = Producer({**options, "queue.buffering.max.messages": 2 * _QUEUED})
        self._topic = topic
        self._random = random.Random(2)
        self.lost: list[str] = []

    def send(self, event: Event, mark: int | None = None) -> None:
        """Hand it over; it is on its way when this returns."""
        headers: dict[str, str | bytes | None] = {} if mark is None else {MARK: str(mark)}
        partition = self._random.randrange(PARTITIONS)
        self._producer.produce(
            self._topic,
            event.value,
            partition=partition,
            timestamp=event.time_ms,
            headers=headers,
            on_delivery=self._delivered,
        )
        self._producer.poll(0)

    def flush(self) -> None:
        """Wait until all were acknowledged; raises :class:`LostError`."""
        left = self._producer.flush(_FLUSH_S)
        if left or self.lost:
            raise LostError(f"{left} not acknowledged, {self.lost[:3]}")

    def send_all(self, events: Iterable[Event]) -> None:
        """Send many and wait for their acknowledgements."""
        for place, event in enumerate(events, 1):
            self.send(event)
            if place % _QUEUED == 0:
                self.flush()
        self.flush()

    def _delivered(self, error: KafkaError | None, _message: Message) -> None:
        if error is not None:
            self.lost.append(str(error))


def now_ms() -> int:
    """Epoch ms of this machine's clock."""
    return round(time.time() * 1000)


def evenly(rate: float, count: int, send: Callable[[int], None]) -> None:
    """Call ``send`` with 0 to ``count`` - 1, ``rate`` times a second: what came late does not delay the next."""
    began = time.monotonic()
    for place in range(count):
        time.sleep(max(0.0, began + place / rate - time.monotonic()))
        send(place)


@contextmanager
def news(line: Line, events: Iterator[Event], rate: float) -> Iterator[None]:
    """``events`` arrive ``rate`` times a second, from a thread, until the block ends."""
    ended = threading.Event()

    def work() -> None:
        for event in events:
            if ended.wait(1 / rate):
                return
            line.send(event)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        line.flush()
