"""From what is known of issues to the floor's words: pure functions, no widgets."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from core.domain.alarms import Concern, Handling, Standing, concerns_of, current_handling
from core.domain.events import RESOLVED, IssueEvent
from core.domain.issue_json import duration
from core.domain.issues import Issue, solved_otherwise
from core.domain.outbox import OutboxEntry, OutboxState
from core.domain.plant_words import plant_word
from core.station.view import ListedIssue
from core.support.i18n import _, ngettext
from core.support.text import inert_line
from tui.view.words import clock, outgoing_words, told_words


def counts_of(standings: Mapping[Standing, int]) -> list[tuple[Concern, int]]:
    """What stands above the list: how many need someone, and how many are out of sight; none that is empty.

    ``standings`` counts what the log tells of: the rest is counted apart.
    """
    counts: Counter[Concern] = Counter()
    for standing, count in standings.items():
        counts.update(dict.fromkeys(concerns_of(standing), count))
    return [(concern, counts[concern]) for concern in Concern if counts[concern]]


def next_needy(listed: Sequence[ListedIssue], at: int | None) -> str | None:
    """The next after the one at ``at``, wrapping round, that needs someone most.

    Unacknowledged before raised again before overdue before unread, people in danger before all; where nothing needs
    anyone, simply the next one.

    Every unacknowledged one is reached, in the list's order: the overdue of them first.
    """
    start = 0 if at is None else at + 1
    ahead = [*listed[start:], *listed[:start]]
    needs: tuple[Callable[[ListedIssue], bool], ...] = (
        lambda one: one.standing.is_unseen and one.in_danger,
        lambda one: one.standing.is_unacknowledged,
        lambda one: one.is_overruled,
        lambda one: one.standing.is_overdue,
        lambda one: one.unread > 0,
        lambda _one: True,
    )
    return next((one.id for need in needs for one in ahead if need(one)), None)


def facts_words(issue: Issue) -> str:
    """The header's third line, left: equipment, type, log row."""
    parts = (plant_word(issue.mode_type), plant_word(issue.process_type), issue.mode_log_id)
    return " · ".join(part for part in parts if part)


def handling_words(issue: Issue, handling: Handling | None, now_ms: int) -> str:
    """The header's third line, right: who saw it, who has it, how often it came."""
    parts = []
    current = current_handling(issue, handling)
    if current is not None and current.is_shelved(now_ms):
        parts.append(_shelved_words(current, now_ms))
    if current is not None and current.acknowledged_ms is not None:
        parts.append(_("acknowledged {at}").format(at=clock(current.acknowledged_ms, now_ms)))
    if current is not None and current.claimed_by:
        parts.append(_("owner {name}").format(name=inert_line(current.claimed_by, 40)))
    if issue.occurrences > 1:
        parts.append(ngettext("{count} time", "{count} times", issue.occurrences).format(count=issue.occurrences))
    if issue.episode > 1:
        again = issue.episode - 1
        parts.append(ngettext("recurred {count} time", "recurred {count} times", again).format(count=again))
    return " · ".join(parts)


def unconfirmed_words(since_ms: int | None, now_ms: int) -> str:
    """That the log does not tell of this issue any more, and from when on; empty where it does."""
    return "" if since_ms is None else _("not in the log since {at}").format(at=clock(since_ms, now_ms))


def _shelved_words(handling: Handling, now_ms: int) -> str:
    until = clock(handling.shelved_until_ms or now_ms, now_ms)
    words = _("shelved until {at} by {by}").format(at=until, by=inert_line(handling.shelved_by, 40))
    return f"{words}: {inert_line(handling.shelved_why, 80)}"


def overruled_words(issue: Issue, raised: IssueEvent, now_ms: int) -> str:
    """Why an issue that stands in the list is solved all the same."""
    solved_ms = issue.solved_ms or 0
    if raised.time_ms > solved_ms:
        words = _("Raised again {age} after its resolve: too soon to reopen by itself.")
        return words.format(age=duration((raised.time_ms - solved_ms) / 1000))
    words = _("Raised again after its resolve, but stamped earlier ({raised}, resolve {solved}): a clock is wrong.")
    return words.format(raised=_stamp(raised.time_ms), solved=_stamp(solved_ms))


def _stamp(time_ms: int) -> str:
    """Local date and time to the second: what two clocks are compared by."""
    return datetime.fromtimestamp(time_ms / 1000).strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ006


def resolved_words(issue: Issue, now_ms: int) -> str:
    """Who ended the issue, when and how."""
    resolution = issue.resolution
    if resolution is None:
        return ""
    by = resolution.operator or _("the plant")
    words = _("resolved by {by} at {at}").format(by=by, at=clock(resolution.time_ms, now_ms))
    words += told_words(inert_line(resolution.note), resolution.cause)
    otherwise = " · ".join(inert_line(plant_word(part), 80) for part in solved_otherwise(issue))
    return words + " · " + _("resolved as: {facts}").format(facts=otherwise) if otherwise else words


def under_way_words(entry: OutboxEntry, issue: Issue) -> str:
    """How far a resolve or a reopening has come; of one that is held also the keys that decide it."""
    words = outgoing_words(entry)
    if entry.state is not OutboxState.HELD:
        return words
    is_another = entry.raised_again_ms is not None and issue.is_open and entry.record.action == RESOLVED
    this_too = _("F4 resolves this alarm too") if is_another else ""
    return " · ".join(part for part in (words, this_too, _("Ctrl+R decides")) if part)
