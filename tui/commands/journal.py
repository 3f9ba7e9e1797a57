"""``andon journal``: the audit trail of this terminal."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from core.domain.errors import OperatorError
from core.domain.events import utc_text
from core.domain.journal import JournalEntry, first_break
from core.settings import Settings
from core.station.data_dir import reading_store
from core.support.i18n import N_, _
from core.support.text import inert_json, inert_line
from tui.commands.tables import Cell, Column, is_for_people, print_table

_ACTIONS = {
    "another log": N_("another log"),
    "confirmed": N_("confirmed"),
    "dismissed": N_("dismissed"),
    "held": N_("held back"),
    "left solved": N_("left resolved"),
    "not in the log": N_("not in the log"),
    "parked": N_("parked"),
    "reopened": N_("reopened"),
    "resolved": N_("resolved"),
    "restamped": N_("time corrected"),
    "retried": N_("sent again"),
    "secured": N_("safety check made"),
    "sent again": N_("sent again"),
    "signed in": N_("signed in"),
    "withdrawn": N_("given up"),
}
"""The actions in words; a pipe and the JSON have them as they are kept."""


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
    if is_for_people() and not as_json and entries:
        _print_table(entries)
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
    note = str(entry.detail.get("note", ""))
    parts = (str(entry.seq), _clock(entry), entry.operator, entry.action, entry.issue, note)
    return "  ".join(inert_line(part) for part in parts if part)


def _print_table(entries: Sequence[JournalEntry]) -> None:
    columns = (
        Column("#", is_right=True),
        Column(_("time")),
        Column(_("operator")),
        Column(_("action")),
        Column(_("issue"), is_whole=True),
        Column(_("note")),
    )
    print_table(columns, map(_cells, entries))


def _cells(entry: JournalEntry) -> tuple[Cell, ...]:
    action = _(_ACTIONS[entry.action]) if entry.action in _ACTIONS else entry.action
    note = str(entry.detail.get("note", ""))
    texts = (str(entry.seq), _clock(entry), entry.operator, action, entry.issue, note)
    return tuple(Cell(inert_line(text, 200)) for text in texts)


def _clock(entry: JournalEntry) -> str:
    return datetime.fromtimestamp(entry.at_ms / 1000).strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ006
