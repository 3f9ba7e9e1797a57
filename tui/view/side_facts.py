"""The third column of a wide window: facts of the issue that is looked at, who was at it, what solved its like before.

Pure: values in, titled lines out. It repeats nothing of the pane's head, and every text of it is inert.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from core.domain.alarms import Handling, current_handling
from core.domain.issues import Issue
from core.domain.messages import Author
from core.domain.past_fix import PastFix
from core.domain.plant_words import plant_word
from core.station.view import ListedIssue, PaneView
from core.support.i18n import _, ngettext
from core.support.text import inert_line
from tui.view.cells import broken_at, fit
from tui.view.floor_layout import TEXT
from tui.view.words import clock

_MOST_FIXES = 5


@dataclass(frozen=True, slots=True)
class Fact:
    """A name in a column of its own, and what it is; without a name it is a line."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    facts: tuple[Fact, ...]


def side_facts(facts: ListedIssue, read: PaneView | None, fixes: Sequence[PastFix], now_ms: int) -> tuple[Section, ...]:
    """What there is to tell; a section without anything is left out. ``fixes``: best first."""
    sections = (
        Section(_("Facts"), tuple(_facts(facts.issue, now_ms))),
        Section(_("People"), tuple(_people(facts, read, now_ms))),
        Section(_("Similar fixes"), tuple(_fixes(fixes, now_ms))),
    )
    return tuple(section for section in sections if section.facts)


def _facts(issue: Issue, now_ms: int) -> Iterator[Fact]:
    told = (
        (_("equipment"), plant_word(issue.mode_type)),
        (_("type"), plant_word(issue.process_type)),
        (_("log row"), issue.mode_log_id or ""),
        (_("raised"), clock(issue.opened_ms, now_ms)),
        (_("repeats"), _times(issue.occurrences) if issue.occurrences > 1 else ""),
        (_("recurred"), _times(issue.episode - 1) if issue.episode > 1 else ""),
    )
    yield from (Fact(name, inert_line(value, 200)) for name, value in told if value)


def _times(count: int) -> str:
    return ngettext("{count} time", "{count} times", count).format(count=count)


def _people(facts: ListedIssue, read: PaneView | None, now_ms: int) -> Iterator[Fact]:
    handling = current_handling(facts.issue, facts.handling)
    if handling is not None:
        yield from _handlers(handling, now_ms)
    if read is None:
        return
    if read.lockout is not None:
        yield Fact(_("safety check"), _who(read.lockout.by, read.lockout.at_ms, now_ms))
    notes = (one for one in read.messages if one.author is Author.PERSON)
    wrote = {inert_line(one.name, 40): one.at_ms for one in notes}
    yield from (Fact(_("note"), _who(name, at_ms, now_ms)) for name, at_ms in wrote.items())


def _handlers(handling: Handling, now_ms: int) -> Iterator[Fact]:
    done = (
        (_("acknowledged"), handling.acknowledged_by, handling.acknowledged_ms),
        (_("in hand"), handling.claimed_by, handling.claimed_ms),
    )
    yield from (Fact(name, _who(by, at_ms, now_ms)) for name, by, at_ms in done if at_ms is not None)
    if handling.is_shelved(now_ms) and handling.shelved_until_ms is not None:
        until = _("until {at}").format(at=clock(handling.shelved_until_ms, now_ms))
        words = (inert_line(handling.shelved_by, 40), until, inert_line(handling.shelved_why, 80))
        yield Fact(_("shelved"), " · ".join(filter(None, words)))


def _who(name: str, at_ms: int, now_ms: int) -> str:
    return " ".join(filter(None, (inert_line(name, 40), clock(at_ms, now_ms))))


def _fixes(fixes: Sequence[PastFix], now_ms: int) -> Iterator[Fact]:
    for fix in fixes[:_MOST_FIXES]:
        by = inert_line(fix.by, 40) or _("the plant")
        yield Fact("", inert_line(fix.note, 300) or _("nothing was noted"))
        about = inert_line(fix.description or fix.issue, 120)
        yield Fact("", f"  {about} · {by} {clock(fix.at_ms, now_ms)}")


def side_content(sections: Sequence[Section], width: int) -> Content:
    """The sections in lines of at most ``width`` cells, and never more than ``TEXT``."""
    width = min(width, TEXT)
    lines: list[Content] = []
    for section in sections:
        lines += [Content(""), Content.styled(fit(section.title, width).rstrip(), "bold")]
        column = max((cell_len(fact.name) for fact in section.facts), default=0)
        column = min(column + 2, width // 2) if column else 0
        for fact in section.facts:
            lines += _fact_lines(fact, column, width)
    return Content("\n").join(lines[1:])


def _fact_lines(fact: Fact, column: int, width: int) -> Iterator[Content]:
    """A name, and beside it what it is, in as many lines as it takes."""
    name, is_second = fit(fact.name, column) if column else "", fact.value.startswith("  ")
    room, rest = max(2, width - column - (2 if is_second else 0)), fact.value.strip()
    while rest or name.strip():
        line, rest = broken_at(rest, room)
        value = ("  " if is_second else "") + line
        yield Content.assemble((name, "$quiet"), (value, "$quiet" if is_second else ""))
        name = " " * column
        if not line:
            return
