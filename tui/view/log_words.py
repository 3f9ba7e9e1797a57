"""What is to be said of the log itself: that a transaction hangs on it, that it is another one than it was. Pure."""

from collections.abc import Mapping
from typing import Protocol

from core.domain.freshness import Freshness, Hanging
from core.support.i18n import _, ngettext
from tui.view.words import clock

TOLD_FOR_MS = 12 * 3_600_000
"""How long another log is told where nothing of the old one is left open: longer than a shift."""


class Doubts(Protocol):
    """What another log told, and the one that is read now does not."""

    @property
    def since_ms(self) -> int | None: ...
    @property
    def issues(self) -> Mapping[str, int]: ...


def log_words(freshness: Freshness, doubts: Doubts, now_ms: int) -> str:
    """What is odd about the log, and what to do; empty when nothing is."""
    hanging = "" if freshness.hanging is None or freshness.problem else hanging_words(freshness.hanging, now_ms)
    return " ".join(words for words in (hanging, another_log_words(doubts, now_ms)) if words)


def hanging_words(hanging: Hanging, now_ms: int) -> str:
    """That a transaction does not end: since when, what waits for it, and who can end it."""
    since = "?" if hanging.since_ms is None else clock(hanging.since_ms, now_ms)
    words = [
        _(
            "Transaction without an end since {since} (partitions {partitions}, producer {producer}): restart its"
            " sender. Other alarms are shown."
        ).format(
            since=since,
            partitions=", ".join(str(number) for number in hanging.partitions),
            producer="?" if hanging.producer is None else hanging.producer,
        )
    ]
    if hanging.opens:
        waiting = ngettext(
            "{count} issue is not committed yet.", "{count} issues are not committed yet.", hanging.opens
        )
        words.append(waiting.format(count=hanging.opens))
    return " ".join(words)


def another_log_words(doubts: Doubts, now_ms: int) -> str:
    """That the topic was made anew or restored, and what the log no longer tells of."""
    since_ms, count = doubts.since_ms, len(doubts.issues)
    if since_ms is None or (not count and now_ms - since_ms > TOLD_FOR_MS):
        return ""
    found = _("The topic was recreated or restored ({since}) and read again.").format(since=clock(since_ms, now_ms))
    if not count:
        return found
    left = ngettext(
        "{count} open issue is not in it: check the equipment, then resolve it or type /dismiss.",
        "{count} open issues are not in it: check the equipment, then resolve them or type /dismiss.",
        count,
    ).format(count=count)
    return f"{found} {left}"
