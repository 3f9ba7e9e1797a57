"""``andon issues``: the plain way in, for pipes and for screen readers."""

import logging
import sys
import time
from datetime import datetime

from core.alarms import Limits, by_urgency, state_of
from core.event_danger import EventDangers
from core.i18n import _, ngettext
from core.issues import Issue
from core.listing import duration, issue_as_json
from core.log_scope import is_same_name
from core.opening import reading_store, scratch_store
from core.outbox import OutboxState
from core.settings import Settings
from core.store.store import StoreError, stored_in
from core.text import inert_json, inert_line
from tui.commands.running import caught_up, running_station
from tui.log_words import log_words
from tui.words import outgoing_words

log = logging.getLogger(__name__)


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
            lost = station.unconfirmed.issues
            odd = log_words(station.freshness, station.unconfirmed, station.now_ms())
            scope = station.scope
        if store.snapshot_problem:
            words = _("What this terminal had kept cannot be read ({why}): issues older than the topic are missing.")
            print(inert_line(words.format(why=store.snapshot_problem)), file=sys.stderr)
    now_ms = time.time_ns() // 1_000_000
    _tell_held(settings, scope)
    in_danger = EventDangers().is_emergency
    states = {one.id: state_of(one, None, now_ms, Limits(), in_danger=in_danger(one)) for one in issues}
    chosen = by_urgency((i for i in issues if everything or i.is_open), states, in_danger)
    if as_json:
        print(inert_json([issue_as_json(issue, is_in_log=issue.id not in lost) for issue in chosen], indent=2))
    else:
        for issue in chosen:
            mark = [_("not in the log")] if issue.id in lost else []
            print(issue_line(issue, in_danger=in_danger(issue)), *mark, sep="  ")
        print(_summary([issue for issue in chosen if issue.id not in lost], starts_ms), file=sys.stderr)
    if odd:
        print(odd, file=sys.stderr)


def _tell_held(settings: Settings, scope: str) -> None:
    """What this terminal's outbox holds back until a person decides, on stderr; a broken store is told elsewhere."""
    if not stored_in(settings.data_dir):
        return
    try:
        with reading_store(settings) as store:
            waiting = store.outbox.unconfirmed()
    except StoreError:
        log.exception("the outbox could not be read")
        return
    held = [entry for entry in waiting if entry.state is OutboxState.HELD and is_same_name(entry.scope, scope)]
    for entry in held:
        print(f"{inert_line(entry.record.issue, 200)}: {inert_line(outgoing_words(entry))}", file=sys.stderr)


def issue_line(issue: Issue, *, in_danger: bool = False) -> str:
    """One issue for people: id, how long it is open, that people are in danger, equipment, kind, description."""
    latest = issue.latest
    state = duration(time.time() - issue.opened_ms / 1000) if issue.is_open else _("solved")
    danger = "[" + _("EMERGENCY") + "]" if in_danger else ""
    parts = (issue.shown_id, state, danger, latest.mode_type, latest.process_type, inert_line(latest.description, 200))
    return "  ".join(part for part in parts if part)


def _summary(issues: list[Issue], starts_ms: int | None) -> str:
    count = sum(issue.is_open for issue in issues)
    words = ngettext("{count} open issue", "{count} open issues", count).format(count=count)
    if starts_ms is None:
        return words
    return f"{words} · " + _("the log starts at {date}").format(date=_date(starts_ms))


def _date(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000).strftime("%Y-%m-%d %H:%M")  # noqa: DTZ006
