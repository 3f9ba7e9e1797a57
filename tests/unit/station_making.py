"""A Station without a broker, for tests that give it records and freshness by hand."""

import time
from collections.abc import Callable
from pathlib import Path

from core.chat.playbook.assistant import PlaybookAssistant
from core.domain.events import Record
from core.domain.freshness import FeedState, Freshness
from core.domain.issues import Issue
from core.domain.outbox import OutboxEntry
from core.kafka.cluster import TopicInfo
from core.settings import load_settings
from core.station.station import Station
from core.store.store import Store
from tests.unit.making import NOW

TOPIC = TopicInfo("cluster", "t", (0,))


def make_station(folder: Path, *, now_ms: Callable[[], int] = lambda: NOW) -> Station:
    """A terminal that begins to read the topic; again on the same folder: after a restart."""
    settings = load_settings(data_dir=folder, operator="kim", terminal_id="T")
    station = Station(settings, Store(folder), PlaybookAssistant(), now_ms=now_ms)
    station.intake.saved_offsets(TOPIC)
    return station


def take(station: Station, *records: Record) -> None:
    station.intake.ingest(records, {0: records[-1].offset + 1})


def say_live(station: Station) -> None:
    """The feed says that the topic is read to its end."""
    become(station, FeedState.LIVE, contact_age=0.0)


def become(station: Station, state: FeedState, *, contact_age: float = 0.0) -> None:
    """The feed says ``state``, and that the cluster was heard ``contact_age`` seconds ago."""
    now = time.monotonic()
    before, after = station.feed.freshness, Freshness(state, now, now - contact_age)
    station.feed.freshness = after
    station.intake.feed_changed(before, after)


def listed(station: Station) -> list[Issue]:
    """What is to stand in the list, put together plainly: what is open, and what was raised again by the clocks."""
    raised = (station.issue(issue) for issue in station.overruled)
    return [*station.register.open_issues(), *(one for one in raised if one is not None and not one.is_open)]


def tells_of_danger(station: Station, issue: Issue) -> bool:
    """Whether the event that raised it, be it overruled, tells for certain of people in danger."""
    return station.state.dangers.is_emergency(issue, station.overruled.get(issue.id))


def read_back(entry: OutboxEntry, *, offset: int = 9) -> Record:
    """What was sent, as the topic gives it back."""
    sent = entry.record
    return Record("t", 0, offset, sent.timestamp_ms, sent.key, sent.value, sent.headers)
