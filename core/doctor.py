"""Checks of one terminal's set-up: a line each, with the remedy."""

import os
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.chat.playbook_files import install, library
from core.i18n import N_, _, ngettext
from core.kafka.cluster import fast_client, look
from core.kafka.problems import ClusterError
from core.outbox import OutboxState
from core.settings import Settings, config_path, variable_of
from core.store.store import Store, StoreError, stored_in
from core.text import inert_line

SMALLEST = (80, 24)
_FREE_BYTES = 200 * 1024 * 1024


DUMB_REMEDY = N_("This terminal cannot show screens. Use andon watch or andon issues, or set TERM.")


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was looked at, what was found, what to do about it."""

    name: str
    verdict: Verdict
    found: str
    remedy: str = ""


async def examine(settings: Settings, environment: Mapping[str, str] = os.environ) -> AsyncIterator[Check]:
    """Yield the checks one by one, as they are done."""
    yield _configuration(settings)
    yield await _cluster(settings)
    yield _client()
    for check in _store(settings):
        yield check
    yield _playbooks(settings)
    yield _terminal(environment)


def _configuration(settings: Settings) -> Check:
    name = _("configuration")
    if not settings.servers:
        remedy = _("Set {name} (host:port), or try: andon demo").format(name=variable_of("bootstrap_servers"))
        return Check(name, Verdict.FAILED, _("no broker is set"), remedy)
    source = config_path(settings.config)
    found = f"{', '.join(settings.servers)} · {settings.topic} · {settings.security_protocol} · {settings.terminal_id}"
    return Check(name, Verdict.OK, f"{found} · {source}" if source else found)


async def _cluster(settings: Settings) -> Check:
    name = _("broker and topic")
    if not settings.servers:
        return Check(name, Verdict.FAILED, _("no broker is set"))
    try:
        topic = await look(settings)
    except ClusterError as error:
        return Check(name, Verdict.FAILED, error.problem.words)
    found = _("{topic} on cluster {cluster}, {count} partitions")
    return Check(
        name, Verdict.OK, found.format(topic=topic.topic, cluster=topic.cluster_id, count=len(topic.partitions))
    )


def _playbooks(settings: Settings) -> Check:
    """The plant's own files. Their precautions must not be missing without anybody knowing."""
    name = _("playbooks")
    wrong = install(settings.playbooks_dir)
    if wrong:
        remedy = _("Correct the file; until then it is left out as a whole.")
        return Check(name, Verdict.FAILED, " · ".join(wrong), remedy)
    count = len(library().playbooks)
    found = ngettext("for {count} equipment", "for {count} kinds of equipment", count)
    return Check(name, Verdict.OK, found.format(count=count))


def _client() -> Check:
    name = _("Kafka client")
    if not fast_client():
        remedy = _("Install the aiokafka wheel for this platform.")
        return Check(name, Verdict.WARNING, _("without its C extension: ten times slower"), remedy)
    return Check(name, Verdict.OK, _("aiokafka with its C extension"))


def _store(settings: Settings) -> list[Check]:
    name = _("store")
    if not stored_in(settings.data_dir):
        return [_folder(settings, name)]
    try:
        store = Store(settings.data_dir, read_only=True)
        try:
            return [_integrity(settings, store, name), _outbox(store), _quarantine(store)]
        finally:
            store.close()
    except StoreError as error:
        remedy = _("Move the file away and start again: the topic is replayed, but drafts and the journal stay in it.")
        return [Check(name, Verdict.FAILED, str(error), remedy)]


def _folder(settings: Settings, name: str) -> Check:
    folder = settings.data_dir
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK):
        return Check(name, Verdict.FAILED, f"{folder}: " + _("no right to write"), _("Set ANDON_DATA_DIR."))
    return Check(name, Verdict.OK, _("{path}: nothing kept yet").format(path=settings.data_dir))


def _integrity(settings: Settings, store: Store, name: str) -> Check:
    word = store.database.check()
    free = shutil.disk_usage(settings.data_dir).free
    found = f"{settings.data_dir} · {word} · " + _("{count} MB free").format(count=free // 2**20)
    if word != "ok":
        return Check(name, Verdict.FAILED, found, _("Move the file away and start again."))
    if free < _FREE_BYTES:
        return Check(name, Verdict.WARNING, found, _("Make room on this disk."))
    return Check(name, Verdict.OK, found)


def _outbox(store: Store) -> Check:
    """How many records wait, and each that is parked: somebody has to act on it."""
    name = _("outbox")
    waiting = store.outbox.unconfirmed()
    found = _("{count} records not confirmed yet").format(count=len(waiting))
    parked = [entry for entry in waiting if entry.state is OutboxState.PARKED]
    other = sum(entry.scope != (store.last_scope() or "") for entry in waiting)
    if other:
        found += " · " + _("{count} for another cluster or topic").format(count=other)
    if not parked:
        return Check(name, Verdict.WARNING if other else Verdict.OK, found)
    words = "; ".join(
        f"{inert_line(entry.record.issue, 100)}: {entry.problem.words if entry.problem else ''}" for entry in parked[:5]
    )
    remedy = _("Mend the cause, then send them again or give them up: menu, Outbox.")
    return Check(name, Verdict.WARNING, f"{found} · " + _("parked: {list}").format(list=words), remedy)


def _quarantine(store: Store) -> Check:
    count = store.quarantine_count()
    if not count:
        return Check(_("quarantine"), Verdict.OK, _("empty"))
    newest = store.quarantine(limit=1)[0]
    record = newest.record
    where = f"{record.topic}[{record.partition}]@{record.offset}"
    found = _("{count} records were no issue events; the newest: {where}: {reason}")
    remedy = _("Find out who writes them; they are kept whole in the store.")
    return Check(
        _("quarantine"), Verdict.WARNING, found.format(count=count, where=where, reason=_(newest.reason)), remedy
    )


def _terminal(environment: Mapping[str, str]) -> Check:
    name = _("terminal")
    size = shutil.get_terminal_size()
    term = environment.get("TERM", "")
    found = f"{size.columns}x{size.lines} · TERM={term or '-'} · {sys.stdout.encoding}"
    if not sys.stdout.isatty():
        return Check(name, Verdict.OK, _("not a terminal; the screens need one"))
    if term in ("", "dumb"):
        return Check(name, Verdict.FAILED, found, _(DUMB_REMEDY))
    if (sys.stdout.encoding or "").lower().replace("-", "") != "utf8":
        return Check(name, Verdict.FAILED, found, _("Set a UTF-8 locale, such as LANG=ko_KR.UTF-8 or C.UTF-8."))
    if (size.columns, size.lines) < SMALLEST or size.lines < SMALLEST[1]:
        return Check(name, Verdict.WARNING, found, _("Make it at least 80 columns by 24 lines."))
    return Check(name, Verdict.OK, found)
