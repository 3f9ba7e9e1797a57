"""Opening a terminal's data: one process per data directory, and a scratch copy for those who only look."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from core.domain.errors import OperatorError, StoreError
from core.settings import Settings
from core.store.recovery import Recovery, damage_of, recover
from core.store.store import FILE_NAME, Store, stored_in
from core.support.i18n import _

LOCK_NAME = "andon.lock"


class DataDirInUseError(OperatorError):
    """Another process works in this data directory. The message names it and says what to do."""


@contextmanager
def opened_store(settings: Settings) -> Iterator[Store]:
    """The terminal's own store, locked for this process. A damaged one is set aside first (``Store.recovery``).

    Raises:
        DataDirInUseError: another process has it.
        StoreError: it cannot be opened.
    """
    with _locked(settings.data_dir):
        recovery = _recovered(settings.data_dir)
        store = Store(settings.data_dir, reopen_after_ms=settings.reopen_after_ms)
        try:
            if recovery is not None:
                store.recovery = recovery
                _journal(store, recovery)
            yield store
        finally:
            store.close()


@contextmanager
def scratch_store(settings: Settings, *, with_snapshot: bool = True) -> Iterator[Store]:
    """A store in memory that knows what the terminal's snapshot knows. Works beside a running terminal.

    An issue that is still open after the topic's retention ran out lives only in the snapshot (docs/kafka.md,
    "Rebuilding the issues"), so a command that merely replayed the topic would hide it. ``Store.snapshot_problem`` says
    why one cannot be read.
    """
    store = Store(None, reopen_after_ms=settings.reopen_after_ms)
    try:
        if with_snapshot and stored_in(settings.data_dir):
            try:
                _copy_snapshot(settings, store)
            except StoreError as error:
                store.snapshot_problem = str(error)
        yield store
    finally:
        store.close()


@contextmanager
def reading_store(settings: Settings) -> Iterator[Store]:
    """The terminal's store, to read only; beside a running terminal too.

    Raises:
        StoreError: there is none, or it cannot be read.
    """
    if not stored_in(settings.data_dir):
        raise StoreError(_("{path}: no terminal has kept anything here yet").format(path=settings.data_dir))
    store = Store(settings.data_dir, read_only=True, reopen_after_ms=settings.reopen_after_ms)
    try:
        yield store
    finally:
        store.close()


def _recovered(directory: Path) -> Recovery | None:
    path = directory / FILE_NAME
    why = damage_of(path)
    if not why:
        return None
    try:
        return recover(path, why, datetime.now().astimezone().strftime("%Y%m%d-%H%M%S"))
    except OSError as error:
        raise StoreError(f"{path}: {why}; {error.strerror or error}") from error


def _journal(store: Store, recovery: Recovery) -> None:
    store.journal.append(
        at_ms=time.time_ns() // 1_000_000,
        operator="",
        action="store recovered",
        detail={
            "file": recovery.set_aside.name,
            "why": recovery.why,
            "saved": dict(recovery.saved),
            "partial": recovery.is_partial,
        },
    )


def _copy_snapshot(settings: Settings, scratch: Store) -> None:
    with reading_store(settings) as kept:
        scope = kept.meta.last_scope()
        if scope is None:
            return
        scratch.meta.remember_scope(scope)
        kept.copy_snapshot(scope, scratch)
        scratch.log.remember(scope, kept.log.last_reads(scope))
        scratch.log.add_doubts(scope, kept.log.doubts(scope))
        scratch.overruled.save(scope, kept.overruled.load(scope))


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        words = _("{path} cannot be used as the data folder ({reason}). Set ANDON_DATA_DIR to another one.")
        raise StoreError(words.format(path=directory, reason=error.strerror or error)) from error
    lock = _acquired(directory)
    try:
        with _telling_file(_pid_file(directory)):
            _pid_file(directory).write_text(str(os.getpid()))
        yield
    finally:
        lock.release()


def _acquired(directory: Path) -> FileLock:
    path = directory / LOCK_NAME
    try:
        with _telling_file(path):
            lock = FileLock(path, timeout=0)
            lock.acquire()
    except Timeout:
        raise DataDirInUseError(
            _("Another Andon (process {pid}) is running in {path}. End it, or set ANDON_DATA_DIR.").format(
                pid=_owner(directory), path=directory
            )
        ) from None
    return lock


@contextmanager
def _telling_file(path: Path) -> Iterator[None]:
    """Which file it was, and what to do about it."""
    try:
        yield
    except Timeout:
        raise
    except OSError as error:
        words = _("{path} cannot be written ({reason}). Fix that, or set ANDON_DATA_DIR to another folder.")
        raise StoreError(words.format(path=path, reason=error.strerror or error)) from error


def _pid_file(directory: Path) -> Path:
    return directory / "andon.pid"


def _owner(directory: Path) -> str:
    try:
        return _pid_file(directory).read_text().strip() or "?"
    except OSError:
        return "?"
