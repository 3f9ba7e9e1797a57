"""``andon issues``: the plain way in, for pipes and for screen readers."""

import logging
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain.alarms import by_urgency, limits_for, standing_of
from core.domain.errors import StoreError
from core.domain.event_danger import EventDangers
from core.domain.issue_json import duration, issue_as_json, unreadable_as_json
from core.domain.issue_names import Names
from core.domain.issues import Issue
from core.domain.log_scope import is_same_name
from core.domain.outbox import OutboxState
from core.domain.overruled import Raises
from core.domain.plant_words import plant_word
from core.domain.quarantine import unreadable_words
from core.settings import Settings
from core.station.data_dir import reading_store, scratch_store
from core.store.store import stored_in
from core.support.i18n import _, ngettext
from core.support.text import inert_json, inert_line
from tui.commands.session import caught_up, running_station
from tui.commands.tables import Cell, Column, is_for_people, print_table
from tui.view.log_words import log_words
from tui.view.words import outgoing_words

log = logging.getLogger(__name__)

_MOST_UNREADABLE = 200
"""Records that could not be read, in the JSON; the rest is counted on stderr."""


async def print_issues(settings: Settings, *, everything: bool, as_json: bool) -> None:
    """Replay the topic to its end, print the open issues (or all), done.

    Raises:
        ClusterError: the cluster cannot be used.
    """
    with scratch_store(settings) as store:
        async with running_station(settings, store, publish=False) as station:
            await caught_up(station)
            known = station.register.issues
            issues = list(known.everything()) if everything else known.held()
            starts_ms = station.freshness.log_starts_ms
            lost = station.state.unconfirmed.issues
            listing = Listing(station.register.names, station.overruled, frozenset(lost))
            unreadable = await station.commands.quarantined(_MOST_UNREADABLE)
            trouble = [
                _overruled_words(listing),
                unreadable_words(station.state.quarantine_count, station.state.quarantine_newest),
                log_words(station.freshness, station.state.unconfirmed, station.state.now_ms()),
            ]
            scope = station.scope
        if store.snapshot_problem:
            words = _("What this terminal had kept cannot be read ({why}): issues older than the topic are missing.")
            print(inert_line(words.format(why=store.snapshot_problem)), file=sys.stderr)
    now_ms = time.time_ns() // 1_000_000
    _tell_held(settings, scope)
    dangers = EventDangers()

    def in_danger(issue: Issue) -> bool:
        return dangers.is_emergency(issue, listing.overruled.get(issue.id))

    wanted = [i for i in issues if everything or i.is_open or i.id in listing.overruled]
    standings = {
        one.id: standing_of(one, None, now_ms, limits_for(one, settings.limits), in_danger=in_danger(one))
        for one in wanted
    }
    chosen = by_urgency(wanted, standings, in_danger)
    if as_json:
        told = [issue_as_json(one, listing.overruled, is_in_log=one.id not in lost) for one in chosen]
        print(inert_json([*told, *map(unreadable_as_json, unreadable)], indent=2))
    else:
        _print([(issue, in_danger(issue)) for issue in chosen], listing)
        trouble.append(_summary([issue for issue in chosen if issue.id not in lost], starts_ms))
    for words in filter(None, trouble):
        print(words, file=sys.stderr)


@dataclass(frozen=True, slots=True)
class Listing:
    """What an issue's line takes from the others."""

    names: Names
    overruled: Raises
    unconfirmed: frozenset[str] = frozenset()
    """Open issues that the log that is read now does not tell of."""


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


def _print(chosen: Sequence[tuple[Issue, bool]], listing: Listing) -> None:
    if not (is_for_people() and chosen):
        for issue, in_danger in chosen:
            print(issue_line(issue, listing, in_danger=in_danger))
        return
    columns = (
        Column(_("issue"), is_whole=True),
        Column(_("state"), is_right=True),
        Column(_("equipment")),
        Column(_("type")),
        Column(_("description")),
    )
    print_table(columns, (_cells(issue, listing, in_danger=in_danger) for issue, in_danger in chosen))


def _cells(issue: Issue, listing: Listing, *, in_danger: bool) -> tuple[Cell, ...]:
    look = "bold red" if in_danger else "" if issue.is_open else "dim"
    danger = "[" + _("EMERGENCY") + "]" if in_danger else ""
    doubt = "(" + _("not in the log") + ")" if issue.id in listing.unconfirmed else ""
    words = " ".join(filter(None, (danger, inert_line(issue.description, 200), doubt)))
    return (
        Cell(listing.names.shown(issue.id), look),
        Cell(_state_words(issue, listing), look),
        Cell(inert_line(plant_word(issue.mode_type), 40), look),
        Cell(inert_line(plant_word(issue.process_type), 40), look),
        Cell(words, look),
    )


def issue_line(issue: Issue, listing: Listing, *, in_danger: bool = False) -> str:
    """One issue for people: id, how long it is open, that people are in danger, equipment, kind, description."""
    danger = "[" + _("EMERGENCY") + "]" if in_danger else ""
    parts = (
        listing.names.shown(issue.id),
        _state_words(issue, listing),
        danger,
        plant_word(issue.mode_type),
        plant_word(issue.process_type),
        inert_line(issue.description, 200),
        _("not in the log") if issue.id in listing.unconfirmed else "",
    )
    return "  ".join(part for part in parts if part)


def _state_words(issue: Issue, listing: Listing) -> str:
    if issue.is_open:
        return duration(time.time() - issue.opened_ms / 1000)
    return _("raised again") if issue.id in listing.overruled else _("solved")


def _overruled_words(listing: Listing) -> str:
    if not listing.overruled:
        return ""
    words = ngettext(
        "{count} issue was raised again after its resolve and counts as resolved. To reopen it: andon reopen {names}",
        "{count} issues were raised again after their resolve and count as resolved. To reopen one: "
        "andon reopen {names}",
        len(listing.overruled),
    )
    names = ", ".join(listing.names.shown(issue) for issue in listing.overruled)
    return inert_line(words.format(count=len(listing.overruled), names=names))


def _summary(issues: list[Issue], starts_ms: int | None) -> str:
    count = sum(issue.is_open for issue in issues)
    words = ngettext("{count} open issue", "{count} open issues", count).format(count=count)
    if starts_ms is None:
        return words
    return f"{words} · " + _("the log starts at {date}").format(date=_date(starts_ms))


def _date(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000).strftime("%Y-%m-%d %H:%M")  # noqa: DTZ006
