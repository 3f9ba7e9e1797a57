"""A Station, or the feed alone, for the length of one command."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from core.chat.backend import ChatBackend
from core.chat.conversation.factory import chosen_backend
from core.chat.playbook.assistant import PlaybookAssistant
from core.domain.cluster_problems import ClusterError
from core.domain.freshness import FeedState
from core.kafka.feed import Feed
from core.kafka.sinks import FeedSink
from core.settings import Settings, SettingsError
from core.station.station import Station
from core.store.store import Store

log = logging.getLogger(__name__)


@asynccontextmanager
async def running_station(settings: Settings, store: Store, *, publish: bool) -> AsyncIterator[Station]:
    """Run a Station in the background; without ``publish`` it only reads."""
    station = Station(settings, store, _backend(settings) if publish else PlaybookAssistant())
    async with _alongside(station.run() if publish else station.feed.run()):
        yield station


@asynccontextmanager
async def conversing_station(settings: Settings, store: Store, backend: ChatBackend) -> AsyncIterator[Station]:
    """Run a Station that answers, reads the topic where a broker is set, and publishes nothing."""
    station = Station(settings, store, backend)
    async with _alongside(_read_and_answer(station, connect=bool(settings.kafka.servers)), ends_with_it=True):
        yield station


async def _read_and_answer(station: Station, *, connect: bool) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(station.chat.run(), name="chat")
        if connect:
            tasks.create_task(station.feed.run(), name="feed")


@asynccontextmanager
async def running_feed(settings: Settings, sink: FeedSink) -> AsyncIterator[Feed]:
    """Read the topic into ``sink`` in the background, without a Station."""
    feed = Feed(settings.kafka, sink)
    async with _alongside(feed.run()):
        yield feed


@asynccontextmanager
async def _alongside(work: Coroutine[Any, Any, None], *, ends_with_it: bool = False) -> AsyncIterator[None]:
    """``ends_with_it``: should ``work`` fail, nobody waits for ever for what it was to do."""
    task, command = asyncio.create_task(work, name="station"), asyncio.current_task()
    if ends_with_it and command is not None:
        task.add_done_callback(lambda done: done.cancelled() or command.cancel())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error


async def caught_up(station: Station) -> None:
    """Return once the topic is replayed to its end.

    Raises:
        ClusterError: the cluster cannot be used; a command that runs once does not wait for better times.
    """
    with _collector_at_rest():
        await station.wait_until(
            lambda: station.freshness.state is FeedState.LIVE or station.freshness.problem is not None
        )
    if station.freshness.state is not FeedState.LIVE and station.freshness.problem is not None:
        raise ClusterError(station.freshness.problem)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """What a replay makes stays and holds no circles: looking through it again and again finds nothing."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()


def _backend(settings: Settings) -> ChatBackend:
    """Whose server is told how it ended. A chatbot's wrong setting must keep no resolve from Kafka."""
    try:
        return chosen_backend(settings)
    except SettingsError:
        log.exception("the chatbot's settings are wrong; it is told nothing")
        return PlaybookAssistant()
