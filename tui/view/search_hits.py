"""What a search found, as lines: the issue, its fix, and the line of its conversation that holds the words. Pure."""

import re
from collections.abc import Iterator, Sequence

from textual.content import Content

from core.chat.conversation.safety_gate import is_hidden
from core.domain.issue_search import words_of
from core.domain.messages import Author, Message
from core.domain.plant_words import plant_word
from core.station.searching import Hit
from core.support.i18n import _
from core.support.text import inert_line
from tui.view.cells import fit
from tui.view.floor import resolved_words
from tui.view.words import SHAPE_WIDTH, author_word, clock, standing_shape, standing_word

_INDENT = "    "
_BEFORE = 30
"""Characters of a line that are shown before what was found in it."""


def hit_lines(hit: Hit, query: str, now_ms: int, times: int, *, ascii_only: bool) -> Content:
    """``times``: cells of the widest time among all that was found."""
    return Content("\n").join(_lines(hit, _pattern(words_of(query)), now_ms, times, ascii_only=ascii_only))


def _lines(
    hit: Hit, pattern: "re.Pattern[str] | None", now_ms: int, times: int, *, ascii_only: bool
) -> Iterator[Content]:
    listed, issue = hit.listed, hit.listed.issue
    shape = fit(standing_shape(listed.standing, ascii_only=ascii_only), SHAPE_WIDTH)
    head = f"{clock(issue.newest_ms, now_ms):<{times}}  {shape} {standing_word(listed.standing)}  "
    yield Content.assemble(head, marked(listed.shown_id, pattern, "bold"))
    about = " · ".join(part for part in (plant_word(issue.mode_type), inert_line(issue.description, 120)) if part)
    yield Content.assemble(_INDENT, marked(about, pattern))
    if fix := resolved_words(issue, now_ms):
        yield Content.assemble(_INDENT, marked(fix, pattern, "dim"))
    if hit.said is not None:
        yield Content.assemble(_INDENT, (_from(hit.said, now_ms), "dim"), marked(_line(hit.said, pattern), pattern))


def _from(message: Message, now_ms: int) -> str:
    """Where a line stands: in the conversation, when, and who said it."""
    who = inert_line(message.name, 40) if message.author is Author.PERSON else author_word(message.author)
    return _("conversation {at} {who}:").format(at=clock(message.at_ms, now_ms), who=who) + " "


def _line(message: Message, pattern: "re.Pattern[str] | None") -> str:
    """The line that holds a word, from shortly before it; of steps that wait for the safety check none."""
    if is_hidden(message, secured=False):
        return _("steps, shown after the safety check")
    lines = [inert_line(line, 2_000) for line in message.text.split("\n")]
    line = next((one for one in lines if pattern is not None and pattern.search(one)), lines[0])
    found = pattern.search(line) if pattern is not None else None
    start = 0 if found is None or found.start() <= _BEFORE else found.start() - _BEFORE
    return ("…" if start else "") + line[start : start + 120]


def _pattern(words: Sequence[str]) -> "re.Pattern[str] | None":
    return re.compile("|".join(map(re.escape, words)), re.IGNORECASE) if words else None


def marked(text: str, pattern: "re.Pattern[str] | None", style: str = "") -> Content:
    """``text`` with every place that the pattern finds in reverse."""
    pieces: list[tuple[str, str]] = []
    at = 0
    for found in pattern.finditer(text) if pattern is not None else ():
        pieces += [(text[at : found.start()], style), (found[0], f"{style} reverse".strip())]
        at = found.end()
    return Content.assemble(*pieces, (text[at:], style))
