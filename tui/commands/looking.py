"""``andon issues`` and ``andon watch``: the plain way in, for pipes and for screen readers."""

import asyncio
import contextlib
import sys
import time
from datetime import datetime

from core.alarms import Limits, by_urgency, state_of
from core.events import Quarantined, showable_ms
from core.i18n import _, ngettext
from core.issues import Change, Issue
from core.kafka.freshness import FeedState
from core.listing import change_as_json, duration, issue_as_json
from core.opening import scratch_store
from core.settings import Settings
from core.station import Station
from core.text import inert_json, inert_line
from tui.commands.running import caught_up, running_station


async def print_issues(settings: Settings, *, everything: bool, as_json: bool) -> None:
    """Replay the topic to its end, print the open issues (or all), done.

    Raises:
        ClusterError: the cluster cannot be used.
    """
    with scratch_store(settings) as store:
        async with running_station(settings, store, publish=False) as station:
            await caught_up(station)
            issues = list(station.register.issues.values())
            starts_ms = station.freshness.log_starts_ms
    now_ms = time.time_ns() // 1_000_000
    states = {issue.id: state_of(issue, None, now_ms, Limits()) for issue in issues}
    chosen = by_urgency((i for i in issues if everything or i.is_open), states)
    if as_json:
        print(inert_json([issue_as_json(issue) for issue in chosen], indent=2))
        return
    for issue in chosen:
        print(_issue_line(issue))
    print(_summary(chosen, starts_ms), file=sys.stderr)


async def watch(settings: Settings, *, as_json: bool, from_now: bool) -> None:
    """Print one line a change until interrupted; trouble goes to stderr, once each."""
    # From the beginning everything is news, also what this terminal knows already.
    with scratch_store(settings, with_snapshot=from_now) as store:
        async with running_station(settings, store, publish=False) as station:
            if from_now:
                await station.wait_until(lambda: station.freshness.state is FeedState.LIVE)
            # Printed here and not by the listener: a closed pipe is this command's end, not the feed's trouble.
            changes: asyncio.Queue[Change | Quarantined] = asyncio.Queue()
            station.listeners.append(changes.put_nowait)
            await _tell(station, changes, as_json=as_json)


async def _tell(station: Station, changes: asyncio.Queue[Change | Quarantined], *, as_json: bool) -> None:
    told = ""
    while True:
        problem = station.freshness.problem
        words = inert_line(problem.words) if problem else _state_words(station.freshness.state)
        if words != told:
            print(words, file=sys.stderr, flush=True)
            told = words
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.2):
                print(_change_text(await changes.get(), as_json=as_json), flush=True)


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


def _change_text(change: Change | Quarantined, *, as_json: bool) -> str:
    if as_json:
        return inert_json(change_as_json(change))
    if isinstance(change, Change):
        return f"{_clock(change.at_ms)}  {_change_words(change)}  {_issue_line(change.issue)}"
    record = change.record
    where = f"{record.topic}[{record.partition}]@{record.offset}"
    return "  ".join((_clock(record.timestamp_ms), _("quarantined"), where, _(change.reason)))


def _change_words(change: Change) -> str:
    words = {
        "opened": _("opened"),
        "updated": _("updated"),
        "solved": _("solved"),
        "reopened": _("reopened"),
    }
    return words[change.kind.value]


def _issue_line(issue: Issue) -> str:
    latest = issue.latest
    state = duration(time.time() - issue.opened_ms / 1000) if issue.is_open else _("solved")
    parts = (issue.shown_id, state, latest.mode_type, latest.process_type, inert_line(latest.description, 200))
    return "  ".join(part for part in parts if part)


def _summary(issues: list[Issue], starts_ms: int | None) -> str:
    count = sum(issue.is_open for issue in issues)
    words = ngettext("{count} open issue", "{count} open issues", count).format(count=count)
    if starts_ms is None:
        return words
    return f"{words} · " + _("the log starts at {date}").format(date=_date(starts_ms))


def _clock(time_ms: int) -> str:
    return datetime.fromtimestamp(showable_ms(time_ms) / 1000).strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ006


def _date(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000).strftime("%Y-%m-%d %H:%M")  # noqa: DTZ006
