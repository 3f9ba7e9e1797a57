"""``andon health``: whether a terminal works in this data directory. What probes and healthchecks ask."""

import time
from dataclasses import asdict

from core.domain.errors import CommandError
from core.settings import Settings
from core.station.heartbeat import Sign, last_sign
from core.support.i18n import N_, _, ngettext
from core.support.text import inert_json, inert_line

_FEEDS = {
    "live": N_("in contact with Kafka"),
    "catching-up": N_("catching up with Kafka"),
    "connecting": N_("not in contact with Kafka yet; a restart would not help, andon doctor says why"),
    "lost": N_("no contact with Kafka; a restart would not help, andon doctor says why"),
}
"""Out of contact is healthy all the same: the terminal keeps what is typed, and finds the cluster by itself."""


def print_health(settings: Settings, *, as_json: bool) -> bool:
    """Print one line on the terminal in the data directory; False when there is none that works.

    Raises:
        CommandError: there is none that works, and not ``as_json``; the message says why.
    """
    try:
        sign, age = last_sign(settings.data_dir, time.time())
    except CommandError as error:
        if not as_json:
            raise
        print(inert_json({"ok": False, "reason": str(error)}))
        return False
    print(inert_json({"ok": True, **asdict(sign), "age": round(age, 1)}) if as_json else _line(sign, age))
    return True


def _line(sign: Sign, age: float) -> str:
    words = _("{terminal} works: {feed} · {waiting} · process {pid}, {seconds} s ago")
    count = ngettext("{count} record not confirmed yet", "{count} records not confirmed yet", sign.waiting)
    waiting = count.format(count=sign.waiting)
    feed = _(_FEEDS[sign.feed]) if sign.feed in _FEEDS else inert_line(sign.feed)
    return words.format(terminal=sign.terminal, feed=feed, waiting=waiting, pid=sign.pid, seconds=f"{age:.0f}")
