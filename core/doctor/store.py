"""What this terminal keeps: its store, what waits in the outbox, what was set aside."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from core.doctor.check import Finding, Verdict, failed, ok, warning
from core.foreign_values import remedy_for
from core.i18n import _
from core.outbox import OutboxState
from core.quarantine import place
from core.settings import Settings
from core.store.store import Store, StoreError, stored_in
from core.text import inert_line

_FREE_BYTES = 200 * 1024 * 1024


@contextmanager
def _opened(settings: Settings) -> Iterator[Store]:
    """The store as it is, also beside a terminal that works in it."""
    store = Store(settings.data_dir, read_only=True)
    try:
        yield store
    finally:
        store.close()


async def store(settings: Settings) -> Finding:
    """Whether the store is whole, and has room and the right to grow."""
    if not stored_in(settings.data_dir):
        return _folder(settings)
    try:
        with _opened(settings) as opened:
            return _integrity(settings, opened)
    except StoreError as error:
        remedy = _("Move the file away and start again: the topic is replayed, but drafts and the journal stay in it.")
        return failed(str(error), remedy)


def _folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK):
        return failed(f"{folder}: " + _("no right to write"), _("Set ANDON_DATA_DIR."))
    return ok(_("{path}: nothing kept yet").format(path=settings.data_dir))


def _integrity(settings: Settings, opened: Store) -> Finding:
    word = opened.database.check()
    free = shutil.disk_usage(settings.data_dir).free
    found = f"{settings.data_dir} · {word} · " + _("{count} MB free").format(count=free // 2**20)
    if word != "ok":
        return failed(found, _("Move the file away and start again."))
    if not os.access(settings.data_dir, os.W_OK):
        return failed(f"{settings.data_dir}: " + _("no right to write"), _("Set ANDON_DATA_DIR."))
    return warning(found, _("Make room on this disk.")) if free < _FREE_BYTES else ok(found)


async def outbox(settings: Settings) -> Finding | None:
    """How many records wait, and each that is parked: somebody has to act on it."""
    if not stored_in(settings.data_dir):
        return None
    with _opened(settings) as opened:
        waiting = opened.outbox.unconfirmed()
        scope = opened.last_scope() or ""
    found = _("{count} records not confirmed yet").format(count=len(waiting))
    parked = [entry for entry in waiting if entry.state is OutboxState.PARKED]
    other = sum(entry.scope != scope for entry in waiting)
    if other:
        found += " · " + _("{count} for another cluster or topic").format(count=other)
    if not parked:
        return Finding(Verdict.WARNING if other else Verdict.OK, found)
    words = "; ".join(
        f"{inert_line(entry.record.issue, 100)}: {entry.problem.words if entry.problem else ''}" for entry in parked[:5]
    )
    remedy = _("Mend the cause, then send them again or give them up: menu, Outbox.")
    return warning(f"{found} · " + _("parked: {list}").format(list=words), remedy)


async def quarantine(settings: Settings) -> Finding | None:
    """Records that were no issue events."""
    if not stored_in(settings.data_dir):
        return None
    with _opened(settings) as opened:
        count = opened.quarantine_count()
        newest = opened.quarantine(limit=1)
    if not newest:
        return ok(_("empty"))
    found = _("{count} records were no issue events; the newest: {where}: {reason}")
    words = found.format(count=count, where=place(newest[0]), reason=_(newest[0].reason))
    return warning(words, _(remedy_for(newest[0].reason)))
