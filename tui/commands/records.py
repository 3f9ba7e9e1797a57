"""``andon journal`` and ``andon export``."""

import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from core.domain.events import utc_text
from core.domain.issue_names import Names, exact_id
from core.domain.issues import Issue
from core.domain.journal import JournalEntry, first_break
from core.domain.lockout import current_lockout
from core.settings import Settings
from core.station.data_dir import reading_store
from core.station.export import export_json, export_markdown
from core.station.station import CommandError
from core.support.i18n import _
from core.support.text import inert, inert_json, inert_line


class JournalBrokenError(Exception):
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


def print_export(settings: Settings, issue: str, *, as_json: bool) -> None:
    """Print one issue with its conversation and actions.

    Raises:
        StoreError: there is no store.
        CommandError: this terminal does not know the issue, or several that look like it.
    """
    with reading_store(settings) as store:
        scope = store.last_scope() or ""
        known = _named(store.load_snapshot(scope).issues, issue)
        messages = store.conversations(scope).of_issue(known.id)
        journal = list(store.journal.entries(known.id))
        lockout = current_lockout(known, store.lockouts(scope).of_issue(known.id))
    if as_json:
        print(inert_json(export_json(known, messages, journal, lockout), indent=2))
    else:
        print(inert(export_markdown(known, messages, journal, lockout), sys.maxsize))


def _named(issues: Iterable[Issue], name: str) -> Issue:
    known, names = {issue.id: issue for issue in issues}, Names()
    for issue in known:
        names.add(issue)
    found = known.get(exact_id(names, name))
    if found is None:
        raise CommandError(_("This terminal does not know the issue {issue}.").format(issue=inert_line(name, 200)))
    return found
