"""``andon watch``: the flow as it goes by, change by change, or record by record as they are on the topic."""

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TypeAlias, TypeVar

from core.domain.events import IssueEvent, Quarantined, Record, read_event, showable_ms
from core.domain.freshness import FeedState
from core.domain.issue_filter import Wanted
from core.domain.issue_json import change_as_json
from core.domain.issues import Change
from core.domain.quarantine import place
from core.domain.raw_records import raw_json, raw_line
from core.kafka.cluster import client_options
from core.kafka.feed import Feed
from core.kafka.raw_sink import RawSink
from core.settings import Settings
from core.station.data_dir import scratch_store
from core.station.station import Station
from core.support.i18n import _
from core.support.text import inert_json, inert_line
from tui.commands.issues import Listing, issue_line
from tui.commands.session import running_feed, running_station

_GLANCE_S = 0.2
"""How long trouble, or its end, may go untold while nothing comes."""

T = TypeVar("T")
RawItem: TypeAlias = Record | Quarantined


async def watch(settings: Settings, wanted: Wanted, *, as_json: bool, from_now: bool) -> None:
    """Print one line a change until interrupted; trouble goes to stderr, once each.

    Raises:
        ClusterError: the settings cannot work; waiting would not change them.
    """
    client_options(settings.kafka)
    # From the beginning everything is news, also what this terminal knows already.
    with scratch_store(settings, with_snapshot=from_now) as store:
        async with running_station(settings, store, publish=False) as station:
            teller = _Teller(station.feed)
            if from_now:
                await teller.tell_until(partial(station.wait_until, lambda: station.freshness.state is FeedState.LIVE))
            # Printed here and not by the listener: a closed pipe is this command's end, not the feed's trouble.
            changes: asyncio.Queue[Change | Quarantined] = asyncio.Queue()

            def came(change: Change | Quarantined) -> None:
                if wanted.lets_change(change):
                    changes.put_nowait(change)

            station.intake.listeners.append(came)
            await teller.print_all(changes, lambda change: _change_text(change, _listing(station), as_json=as_json))


async def watch_raw(settings: Settings, wanted: Wanted, *, as_json: bool, from_now: bool) -> None:
    """Print each record as it is on the topic until interrupted, also those that are no issue events.

    Raises:
        ClusterError: as ``watch``.
    """
    client_options(settings.kafka)
    sink = RawSink()
    async with running_feed(settings, sink) as feed:
        teller = _Teller(feed)
        if from_now:
            await teller.tell_until(sink.live.wait)
        records: asyncio.Queue[tuple[Record, str | None]] = asyncio.Queue()
        sink.listeners.append(lambda item: _sort_out(item, wanted, records))
        await teller.print_all(records, lambda found: _record_text(*found, as_json=as_json))


def _sort_out(item: RawItem, wanted: Wanted, records: "asyncio.Queue[tuple[Record, str | None]]") -> None:
    read = read_event(item) if isinstance(item, Record) else item
    record = item if isinstance(item, Record) else item.record
    if wanted.lets_record(record, read if isinstance(read, IssueEvent) else None):
        records.put_nowait((record, read.reason if isinstance(read, Quarantined) else None))


class _Teller:
    """Tells how the feed is, on stderr and once each, beside whatever is printed."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._told = ""

    async def tell_until(self, ready: Callable[[], Awaitable[object]]) -> None:
        """Only tell how the feed is until ``ready`` returns."""
        while True:
            self._tell()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GLANCE_S):
                    await ready()
                    return

    async def print_all(self, items: "asyncio.Queue[T]", text: Callable[[T], str]) -> None:
        """Print what comes, for ever."""
        while True:
            self._tell()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GLANCE_S):
                    print(text(await items.get()), flush=True)

    def _tell(self) -> None:
        problem = self._feed.freshness.problem
        words = inert_line(problem.words) if problem else _state_words(self._feed.freshness.state)
        if words != self._told:
            print(words, file=sys.stderr, flush=True)
            self._told = words


def _state_words(state: FeedState) -> str:
    match state:
        case FeedState.LIVE:
            return _("live")
        case FeedState.CATCHING_UP:
            return _("catching up")
        case FeedState.CONNECTING:
            return _("connecting")
        case FeedState.LOST:
            return _("no contact")


def _listing(station: Station) -> Listing:
    return Listing(station.register.names, station.overruled)


def _change_text(change: Change | Quarantined, listing: Listing, *, as_json: bool) -> str:
    if as_json:
        return inert_json(change_as_json(change, listing.overruled))
    if isinstance(change, Change):
        return f"{_clock(change.at_ms)}  {_change_words(change)}  {issue_line(change.issue, listing)}"
    return "  ".join((_clock(change.record.timestamp_ms), _("quarantined"), place(change), _(change.reason)))


def _change_words(change: Change) -> str:
    words = {
        "opened": _("opened"),
        "updated": _("updated"),
        "solved": _("solved"),
        "reopened": _("reopened"),
        "raised-again": _("raised again"),
    }
    return words[change.kind.value]


def _record_text(record: Record, reason: str | None, *, as_json: bool) -> str:
    if as_json:
        return inert_json(raw_json(record, reason))
    return "  ← ".join((raw_line(record), _(reason))) if reason else raw_line(record)


def _clock(time_ms: int) -> str:
    return datetime.fromtimestamp(showable_ms(time_ms) / 1000).strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ006
