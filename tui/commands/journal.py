"""``andon journal``: the audit trail of this terminal."""

from dataclasses import asdict
from datetime import datetime

from core.domain.errors import OperatorError
from core.domain.events import utc_text
from core.domain.journal import JournalEntry, first_break
from core.settings import Settings
from core.station.data_dir import reading_store
from core.support.i18n import _
from core.support.text import inert_json, inert_line


class JournalBrokenError(OperatorError):
    """The chain does not hold. The message names the first entry that does not follow."""


def print_journal(settings: Settings, *, as_json: bool, verify: bool) -> None:
    """Print the audit trail, or check its chain.

    Raises:
        StoreError: there is no store.
        JournalBrokenError: with ``verify``, an entry was changed or removed.
    """
    with reading_store(settings) as store:
        entries = list(store.journal.entries())
    if verify:
        _verify(entries)
        return
    for entry in entries:
        print(inert_json(_entry_json(entry)) if as_json else _entry_line(entry))


def _verify(entries: list[JournalEntry]) -> None:
    broken = first_break(entries)
    if broken is not None:
        raise JournalBrokenError(_("The journal was changed at entry {seq}.").format(seq=broken))
    last = entries[-1].hash if entries else "-"
    print(_("The journal is whole: {count} entries, last hash {hash}").format(count=len(entries), hash=last))


def _entry_json(entry: JournalEntry) -> dict[str, object]:
    return {**asdict(entry), "at": utc_text(entry.at_ms)}


def _entry_line(entry: JournalEntry) -> str:
    at = datetime.fromtimestamp(entry.at_ms / 1000).strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ006
    note = str(entry.detail.get("note", ""))
    parts = (str(entry.seq), at, entry.operator, entry.action, entry.issue, note)
    return "  ".join(inert_line(part) for part in parts if part)
