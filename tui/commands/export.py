"""``andon export``: one issue with its conversation and actions."""

import sys
from collections.abc import Iterable

from core.domain.errors import CommandError
from core.domain.issue_names import Names, exact_id
from core.domain.issues import Issue
from core.domain.lockout import current_lockout
from core.settings import Settings
from core.station.data_dir import reading_store
from core.station.export import export_json, export_markdown
from core.support.i18n import _
from core.support.text import inert, inert_json, inert_line


def print_export(settings: Settings, issue: str, *, as_json: bool) -> None:
    """Print one issue with its conversation and actions.

    Raises:
        StoreError: there is no store.
        CommandError: this terminal does not know the issue, or several that look like it.
    """
    with reading_store(settings) as store:
        scope = store.meta.last_scope() or ""
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
