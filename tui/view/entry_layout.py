"""From an entry to lines on the cell grid. Pure: no widget, no state but a cache of wrapped lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from core.domain.card import Card, CardAction, Priority
from core.domain.messages import CHATBOTS, Alert, Author
from core.support.i18n import _, ngettext
from tui.view.cells import fit
from tui.view.entry import Entry
from tui.view.words import author_shape, danger_shape, message_shape, priority_words

_COLUMNS_FROM = 70
"""Cells from which time and author stand in columns beside the text rather than above it."""
_CLOCK, _WHO, _GAP, _INDENT = 5, 13, 2, 2
_NARROWEST = 10
_POINT = re.compile(r"(\s*(?:[•·*-]|\d{1,2}[.)])\s+)(.*)")
_FOUND = Style(reverse=True)
_PLAIN = Style()
_CONSOLE = Console(width=80, color_system=None, force_terminal=False)
"""Only for wrapping, which needs one; nothing is written to it."""


Line = tuple[Segment, ...]
"""A line in parts. Not a ``Strip``, of which each drags seven caches along."""


@dataclass(frozen=True, slots=True)
class LineStyle:
    """What an entry's lines depend on besides the entry."""

    width: int
    ascii_only: bool = False
    needle: str = ""
    """What is searched for; it is shown in reverse."""
    accent: Style = _PLAIN
    warning: Style = _PLAIN
    quiet: Style = _PLAIN
    danger: Style = _PLAIN
    """Text on its ground: the loudest that there is."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph of a body: a sign, and words that go on under the words and not under the sign."""

    words: str
    style: Style = _PLAIN
    sign: str = ""
    sign_style: Style = _PLAIN


def laid_out(entry: Entry, look: LineStyle) -> tuple[Line, ...]:
    """The lines of ``entry``, at most ``look.width`` cells wide; at least one."""
    if entry.divides:
        return (_rule(entry.text, look),)
    body_width = _body_width(entry, look)
    body = [line for piece in _pieces(entry, look, body_width) for line in _wrapped(piece, body_width, look.needle)]
    lines = _in_columns(entry, look, body) if look.width >= _COLUMNS_FROM else _below_name(entry, look, body)
    return tuple(map(tuple, lines))


def guessed_lines(entry: Entry, width: int) -> int:
    """About how many lines ``entry`` takes; in no time."""
    room = max(_NARROWEST, width - (_CLOCK + _WHO + 2 * _GAP if width >= _COLUMNS_FROM else _INDENT))
    lines = entry.text.count("\n") + len(entry.text) * 3 // (2 * room) + 1
    lines += len(entry.precautions) + bool(entry.status) + (8 if entry.card else 0)
    return lines + (width < _COLUMNS_FROM and not entry.continued)


def found_at(lines: Sequence[Line]) -> int:
    """The first line in which what is searched for is shown; 0 where none is."""
    marked = (n for n, line in enumerate(lines) if any(part.style and part.style.reverse for part in line))
    return next(marked, 0)


def holds(entry: Entry, pattern: re.Pattern[str]) -> bool:
    """Whether what ``entry`` shows has a match."""
    card = (piece.words for piece in _card_pieces(entry.card, LineStyle(80))) if entry.card else ()
    return any(pattern.search(text) for text in (entry.text, entry.status, *entry.precautions, *card))


@lru_cache(maxsize=8)
def pattern_of(needle: str) -> re.Pattern[str]:
    """A search for ``needle`` as it is written, in capitals or not."""
    return re.compile(re.escape(needle), re.IGNORECASE)


# --- an entry's frame


def _rule(words: str, look: LineStyle) -> Line:
    line = "-" if look.ascii_only else "─"
    title = f" {fit(words, min(cell_len(words), look.width - 2))} "
    left = max(0, look.width - cell_len(title)) // 2
    right = max(0, look.width - cell_len(title) - left)
    parts = ((line * left, look.accent), (title, Style(bold=True) + look.accent), (line * right, look.accent))
    return tuple(Segment(text, style) for text, style in parts if text)


def _body_width(entry: Entry, look: LineStyle) -> int:
    left = _left_width(entry) if look.width >= _COLUMNS_FROM else _INDENT
    return max(_NARROWEST, look.width - left)


def _left_width(entry: Entry) -> int:
    return max(_CLOCK, len(entry.clock)) + _GAP + _WHO + _GAP


def _name(entry: Entry, look: LineStyle) -> tuple[str, Style]:
    return f"{author_shape(entry.author, ascii_only=look.ascii_only)} {entry.who}", _author_style(entry.author, look)


def _author_style(author: Author, look: LineStyle) -> Style:
    if author is Author.SYSTEM:
        return look.quiet
    if author in CHATBOTS:
        return Style(bold=True) + look.accent
    return Style(bold=True) + (look.warning if author is Author.PERSON else _PLAIN)


def _in_columns(entry: Entry, look: LineStyle, body: list[list[Segment]]) -> Iterator[list[Segment]]:
    left = _left_width(entry)
    name, style = _name(entry, look)
    first = [Segment(entry.clock.ljust(left - _WHO - _GAP), look.quiet), Segment(fit(name, _WHO) + " " * _GAP, style)]
    blank = [Segment(" " * left)]
    for number, line in enumerate(body or [[]]):
        yield [*(blank if number or entry.continued else first), *line]


def _below_name(entry: Entry, look: LineStyle, body: list[list[Segment]]) -> Iterator[list[Segment]]:
    if not entry.continued:
        name, style = _name(entry, look)
        time = [Segment(f"{entry.clock}  ", look.quiet)] if entry.clock else []
        used = cell_len(entry.clock) + _INDENT if entry.clock else 0
        yield [*time, Segment(fit(name, max(0, look.width - used)).rstrip(), style)]
    elif not body:
        yield []
    for line in body:
        yield [Segment(" " * _INDENT), *line]


# --- its body


def _pieces(entry: Entry, look: LineStyle, width: int) -> Iterator[_Piece]:
    """Precautions above all else."""
    if entry.alert is not Alert.NONE:
        yield from _alert_pieces(entry, look, width)
        return
    for line in entry.precautions:
        yield _Piece(line, look.warning, "! " if look.ascii_only else "▲ ", look.warning)
    if entry.text:
        yield from _paragraphs(entry.text, look.warning if entry.hidden else _PLAIN)
    if entry.card is not None:
        yield from _card_pieces(entry.card, look, width)
    if entry.status:
        style = look.warning if entry.alarming else look.quiet
        shape = message_shape(entry.state, ascii_only=look.ascii_only) + " " if entry.state else ""
        yield _Piece(entry.status, style, shape, style)


def _alert_pieces(entry: Entry, look: LineStyle, width: int) -> Iterator[_Piece]:
    """What is said at once where people may be in danger: a bar with its word, and nothing quiet in it."""
    sign, strong = f"{danger_shape(ascii_only=look.ascii_only)} ", Style(bold=True)
    if entry.alert is Alert.EMERGENCY:
        words = "  ".join(filter(None, (sign + _("EMERGENCY"), entry.danger)))
        yield _Piece(fit(words, width), strong + look.danger)
        for line in entry.precautions:
            yield _Piece(line, strong, sign, strong + look.danger)
        yield from _paragraphs(entry.text, _PLAIN)
        return
    loud = look.danger if entry.alert is Alert.ASK else look.warning
    lines = entry.text.split("\n")
    for number, line in enumerate(lines):
        is_question = entry.alert is Alert.ASK and number == len(lines) - 1
        yield _Piece(line, strong + (loud if is_question else look.warning), sign, strong + loud)


def _paragraphs(text: str, style: Style) -> Iterator[_Piece]:
    for line in text.expandtabs(4).split("\n"):
        point = _POINT.fullmatch(line)
        yield _Piece(line, style) if point is None else _Piece(point[2], style, point[1])


def _card_pieces(card: Card, look: LineStyle, width: int = 80) -> Iterator[_Piece]:
    """The structured part of an answer: what to do at once, the phases, what it costs, who took part."""
    title = Style(bold=True) + look.accent
    air = [_Piece("")] if look.width >= _COLUMNS_FROM else []
    if card.actions:
        yield from air
        yield _Piece(_("Immediate actions"), title)
        yield from _action_pieces(card.actions, look, width)
    for phase in card.phases:
        yield from air
        yield _Piece(" · ".join(filter(None, (phase.phase, phase.time))), title)
        for number, action in enumerate(phase.actions, 1):
            yield _Piece(action, sign=f"{number:>2}. ", sign_style=look.quiet)
    yield from air
    yield from _facts(card, look)


def _action_pieces(actions: Sequence[CardAction], look: LineStyle, width: int) -> Iterator[_Piece]:
    """Rank and time in columns of their own."""
    ranks = [priority_words(one.priority, ascii_only=look.ascii_only) for one in actions]
    rank_width = max(map(cell_len, ranks))
    time_width = min(max(cell_len(one.time) for one in actions), max(0, width // 4))
    for number, (one, rank) in enumerate(zip(actions, ranks, strict=True), 1):
        columns = [fit(text, cells) for text, cells in ((rank, rank_width), (one.time, time_width)) if cells]
        sign = "  ".join([f"{number:>2}.", *columns, ""]) if columns else f"{number:>2}. "
        yield _Piece(one.action, sign=sign, sign_style=look.warning if one.priority is Priority.HIGH else look.quiet)


def _facts(card: Card, look: LineStyle) -> Iterator[_Piece]:
    strong = Style(bold=True)
    if card.costs:
        names = {"parts": _("parts"), "labor": _("labour"), "total": _("in all")}
        costs = " · ".join(f"{names[kind]} {amount}" for kind, amount in card.costs)
        yield _Piece(costs, sign=_("Cost") + "  ", sign_style=strong)
    if card.experts:
        yield _Piece(", ".join(card.experts), sign=_("Experts") + "  ", sign_style=strong)
    for expert, why in card.failed_experts:
        yield _Piece(f"{expert} · {why}" if why else expert, sign=_("No answer from") + "  ", sign_style=look.warning)
    rounds, seconds = card.rounds, card.seconds
    effort = [
        "" if rounds is None else ngettext("{count} round", "{count} rounds", rounds).format(count=rounds),
        "" if seconds is None else _("{seconds} s").format(seconds=f"{seconds:.0f}"),
    ]
    if any(effort):
        yield _Piece(" · ".join(filter(None, effort)), look.quiet)


def _wrapped(piece: _Piece, width: int, needle: str) -> Iterator[list[Segment]]:
    indent, sign = cell_len(piece.sign), [Segment(piece.sign, piece.sign_style)]
    if indent > width // 2:  # too narrow for both beside each other
        yield from ([Segment(part, piece.sign_style)] for part in _cut(piece.sign, width))
        indent, sign = _INDENT, [Segment(" " * _INDENT)]
    lines = _broken(piece.words.expandtabs(4), max(_NARROWEST, width - indent), needle)
    for number, line in enumerate(lines):
        words = [Segment(text, piece.style + _FOUND if found else piece.style) for text, found in line]
        if not indent:
            yield words
        else:
            yield [*([Segment(" " * indent)] if number else sign), *words]


def _cut(sign: str, width: int) -> list[str]:
    return ["".join(text for text, _found in line) for line in _broken(sign.strip(), width, "")]


@lru_cache(maxsize=2_048)
def _broken(words: str, width: int, needle: str) -> tuple[tuple[tuple[str, bool], ...], ...]:
    """``words`` in lines of ``width`` cells; each line in parts, and whether a part is what is searched for.

    Cached by paragraph: of an answer that is still being written only the last one is broken anew.
    """
    text = Text(words)
    if needle:
        text.highlight_regex(pattern_of(needle), _FOUND)
    return tuple(
        tuple((part.text, bool(part.style and part.style.reverse)) for part in line.render(_CONSOLE) if part.text)
        for line in text.wrap(_CONSOLE, width, overflow="fold")
    )
