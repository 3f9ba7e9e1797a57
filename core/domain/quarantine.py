"""What is told of the records that could not be read, wherever the list is shown. Pure."""

from typing import Any

from core.domain.events import Quarantined, showable_ms, utc_text
from core.domain.foreign_values import ANY_REMEDY, remedy_for
from core.support.i18n import _, ngettext
from core.support.text import inert


def unreadable_words(count: int, newest: Quarantined | None) -> str:
    """How many could not be read, what the newest is and where to mend it; empty where all could."""
    if not count:
        return ""
    words = ngettext(
        "{count} record could not be read: the list may lack an alarm.",
        "{count} records could not be read: the list may lack alarms.",
        count,
    ).format(count=f"{count:,}")
    if newest is None:
        return words
    told = _("The newest, {where}: {reason}. {remedy}")
    return f"{words} " + told.format(where=place(newest), reason=_(newest.reason), remedy=_(remedy_for(newest.reason)))


def place(item: Quarantined) -> str:
    """``topic[partition]@offset``."""
    return f"{item.record.topic}[{item.record.partition}]@{item.record.offset}"


def quarantined_as_json(item: Quarantined) -> dict[str, Any]:
    """One record that could not be read, for ``--json``."""
    record = item.record
    return {
        "at": utc_text(showable_ms(record.timestamp_ms)),
        "reason": item.reason,
        "remedy": remedy_for(item.reason),
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "value": None if record.value is None else inert(record.value.decode("utf-8", "replace")),
    }


def has_own_remedy(reason: str) -> bool:
    """Whether there is more to say than to look for whoever writes such records."""
    return remedy_for(reason) != ANY_REMEDY
