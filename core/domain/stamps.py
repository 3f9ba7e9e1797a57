"""Whose clock is wrong, by the newest event's stamp. Pure."""

from urllib.parse import quote, unquote

from core.domain.events import TERMINALS, IssueEvent
from core.domain.issue_json import duration
from core.support.i18n import _
from core.support.text import inert_line

TOLERANCE_MS = 60_000
"""From here on a clock matters: what is resolved by it can hide the next alarm for so long."""


def ahead_words(newest: IssueEvent | None, now_ms: int, terminal: str) -> str:
    """Whose clock stamped ``newest`` ahead of ``now_ms``, this ``terminal``'s now; empty while none matters."""
    if newest is None or newest.time_ms - now_ms < TOLERANCE_MS:
        return ""
    age = duration((newest.time_ms - now_ms) / 1000)
    if newest.by_broker:
        words = _("This terminal's clock is {age} behind the broker's. Set it right.")
        return words.format(age=age)
    if newest.source == TERMINALS + quote(terminal, safe=""):
        words = _(
            "This terminal had to stamp {issue} {age} ahead, after a record from the future: until then its next alarm "
            "is shown as raised again."
        )
    elif newest.source.startswith(TERMINALS):
        words = _(
            "The clock of terminal {who} is {age} ahead of this one's ({issue}): what it resolves hides later alarms. "
            "Check both clocks."
        )
    else:
        words = _(
            "The plant's producer stamped {issue} {age} ahead of this terminal's clock: a solve from then hides later "
            "alarms. Check the producer's clock, and this one's."
        )
    who = inert_line(unquote(newest.source.removeprefix(TERMINALS)), 40)
    return words.format(age=age, issue=newest.shown_id, who=who)
