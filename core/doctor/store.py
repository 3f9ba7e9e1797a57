"""What this terminal keeps: its store, what waits in the outbox, what was set aside."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.doctor.check import Finding, Verdict, failed, ok, warning
from core.domain.errors import StoreError
from core.domain.foreign_values import remedy_for
from core.domain.outbox import OutboxState
from core.domain.quarantine import place
from core.settings import Settings
from core.store.recovery import damage_of, set_aside_before
from core.store.store import FILE_NAME, Store, stored_in
from core.support.i18n import N_, _
from core.support.text import inert_line

_FREE_BYTES = 200 * 1024 * 1024
_RECOVERS = N_("Start andon: it sets the damaged file aside, saves what can be saved and reads the topic again.")


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
    path = settings.data_dir / FILE_NAME
    if damage := damage_of(path, with_log=False):
        return failed(f"{path}: {inert_line(damage, 200)}", _(_RECOVERS))
    try:
        with _opened(settings) as opened:
            return _integrity(settings, opened)
    except StoreError as error:
        return failed(str(error), _(_RECOVERS))


def _folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    while not os.path.exists(folder):  # noqa: PTH110 - Path.exists raises where there is no right to look
        folder = folder.parent
    if not folder.is_dir():
        return failed(f"{folder}: " + _("a file stands where the data folder must be"), _("Set ANDON_DATA_DIR."))
    if reason := _refusal(folder):
        return failed(f"{folder}: {reason}", _("Set ANDON_DATA_DIR."))
    return ok(_("{path}: nothing kept yet").format(path=settings.data_dir))


def _refusal(folder: Path) -> str:
    """Why no folder can be made in ``folder``; empty where it can. Tried: rights alone do not tell of every disk."""
    try:
        Path(tempfile.mkdtemp(prefix=".andon-", dir=folder)).rmdir()
    except PermissionError:
        return _("no right to write")
    except OSError as error:
        return _("no folder can be made here ({reason})").format(reason=error.strerror or error)
    return ""


def _integrity(settings: Settings, opened: Store) -> Finding:
    word = opened.database.check()
    free = shutil.disk_usage(settings.data_dir).free
    found = f"{settings.data_dir} · {word} · " + _("{count} MB free").format(count=free // 2**20)
    if word != "ok":
        return failed(found, _(_RECOVERS))
    if not os.access(settings.data_dir, os.W_OK):
        return failed(f"{settings.data_dir}: " + _("no right to write"), _("Set ANDON_DATA_DIR."))
    if free < _FREE_BYTES:
        return warning(found, _("Make room on this disk."))
    return _with_set_aside(settings, found)


def _with_set_aside(settings: Settings, found: str) -> Finding:
    """A store that was damaged once tells of a disk that may do it again."""
    damaged = set_aside_before(settings.data_dir, FILE_NAME)
    if not damaged:
        return ok(found)
    words = _("{count} damaged store(s) set aside, the newest: {name}")
    remedy = _("Have the disk looked at. Remove the files that were set aside once nobody needs them.")
    return warning(f"{found} · " + words.format(count=len(damaged), name=inert_line(damaged[-1].name, 100)), remedy)


async def outbox(settings: Settings) -> Finding | None:
    """How many records wait, and each that is parked: somebody has to act on it."""
    if not stored_in(settings.data_dir):
        return None
    try:
        with _opened(settings) as opened:
            waiting = opened.outbox.unconfirmed()
            scope = opened.meta.last_scope() or ""
    except StoreError as error:
        return failed(str(error), _(_RECOVERS))
    found = _("{count} records not confirmed yet").format(count=len(waiting))
    parked = [entry for entry in waiting if entry.state is OutboxState.PARKED]
    other = sum(entry.scope != scope for entry in waiting)
    if other:
        found += " · " + _("{count} for another cluster or topic").format(count=other)
    held = [inert_line(entry.record.issue, 100) for entry in waiting if entry.state is OutboxState.HELD]
    if held:
        found += " · " + _("held until a person decides: {list}").format(list="; ".join(held[:5]))
    if held and not parked:
        return warning(found, _("Decide on each in the terminal (Ctrl+R), or by andon resolve or andon withdraw."))
    if not parked:
        return Finding(Verdict.WARNING if other else Verdict.OK, found)
    words = "; ".join(
        f"{inert_line(entry.record.issue, 100)}: {entry.problem.words if entry.problem else ''}" for entry in parked[:5]
    )
    remedy = _("Fix the cause, then send them again or give them up: menu, Outbox.")
    return warning(f"{found} · " + _("parked: {list}").format(list=words), remedy)


async def quarantine(settings: Settings) -> Finding | None:
    """Records that were no issue events."""
    if not stored_in(settings.data_dir):
        return None
    try:
        with _opened(settings) as opened:
            count = opened.quarantine.count()
            newest = opened.quarantine.newest(limit=1)
    except StoreError as error:
        return failed(str(error), _(_RECOVERS))
    if not newest:
        return ok(_("empty"))
    found = _("{count} records were no issue events; the newest: {where}: {reason}")
    words = found.format(count=count, where=place(newest[0]), reason=_(newest[0].reason))
    return warning(words, _(remedy_for(newest[0].reason)))
