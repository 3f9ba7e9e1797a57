"""A resolve or a reopening through the same outbox as the screen's, and until it is read back."""

import asyncio
import sys
import time

from core.chat.conversation.answering import brief_of
from core.chat.playbook.causes import causes_of, chosen_code
from core.domain.cluster_problems import ClusterError
from core.domain.errors import OperatorError
from core.domain.events import REOPENED, RESOLVED
from core.domain.outbox import STUCK, OutboxEntry, OutboxState
from core.settings import Settings
from core.station.data_dir import opened_store
from core.station.station import Station
from core.support.i18n import _
from core.support.text import inert_line
from tui.commands.session import running_station
from tui.view.words import recovery_words


class NotConfirmedError(OperatorError):
    """The record was not read back in time. The message says where it is now."""


async def through_outbox(
    settings: Settings, issue: str, wait: float, *, solved: bool, note: str, cause: str = ""
) -> None:
    """Put it into the outbox and send it; return once it is read back. ``cause``: a code or a digit (``chosen_code``).

    Raises:
        CommandError: no such issue, it is as wanted already, or there is no such cause.
        NotConfirmedError: not read back within ``wait`` seconds, or held as the issue was raised again meanwhile; the
            outbox keeps it.
        ClusterError: no contact, and this terminal does not know the issue.
    """
    with opened_store(settings) as store:
        if words := recovery_words(store.recovery, is_rebuilding=False).removesuffix(" Ctrl+S"):
            print(inert_line(words), file=sys.stderr)
        async with running_station(settings, store, publish=True) as station:
            # An earlier command may have left it there: it may be read back before this one sees the issue open.
            action = RESOLVED if solved else REOPENED
            told = _code(station, issue, cause) if _is_known(station, issue) else ""
            entry = station.commands.under_way(station.state.exact_id(issue), action, note, told)
            try:
                async with asyncio.timeout(wait):
                    if entry is None:
                        await _whole_picture(station, issue)
                        entry = await _enqueue(station, issue, solved=solved, note=note, cause=cause)
                    await _settled(station, entry)
            except TimeoutError:
                if entry is None and _is_known(station, issue):
                    entry = await _enqueue(station, issue, solved=solved, note=note, cause=cause)
                raise _not_confirmed(station, entry) from None
            _report(station, entry)


async def retry_one(settings: Settings, issue: str, wait: float) -> None:
    """Send the parked record of ``issue`` again, as Ctrl+R does; return once it is read back.

    Raises:
        CommandError: nothing of it is parked, or the issue has moved on since.
        NotConfirmedError: not read back within ``wait`` seconds, or refused again; the outbox keeps it.
        ClusterError: no contact, and this terminal does not know the issue.
    """
    entry: OutboxEntry | None = None
    with opened_store(settings) as store:
        async with running_station(settings, store, publish=True) as station:
            try:
                async with asyncio.timeout(wait):
                    await _whole_picture(station, issue)
                    known = station.state.exact_id(issue)
                    await station.commands.retry(known)
                    entry = station.state.outgoing(known)
                    if entry is not None:
                        await _settled(station, entry)
            except TimeoutError:
                raise _not_confirmed(station, entry) from None
            if entry is not None:
                _report(station, entry)


async def _whole_picture(station: Station, issue: str) -> None:
    """Wait until the topic is replayed; without contact, what the snapshot knows of the issue will do."""
    await station.wait_until(
        lambda: (
            station.freshness.is_live(time.monotonic())
            or (station.freshness.problem is not None and _is_known(station, issue))
        )
    )


def _is_known(station: Station, name: str) -> bool:
    return station.issue(station.state.exact_id(name)) is not None


async def _enqueue(station: Station, issue: str, *, solved: bool, note: str, cause: str) -> OutboxEntry:
    if not solved:
        return await station.commands.reopen(issue, note)
    return await station.commands.resolve(issue, note, cause=_code(station, issue, cause))


def _code(station: Station, name: str, cause: str) -> str:
    """The code of the cause that was named; empty where none was, or for an issue that is not known.

    Raises:
        CommandError: there is no such cause.
    """
    known = station.issue(station.state.exact_id(name))
    if not cause or known is None:
        return ""
    return chosen_code(cause, causes_of(brief_of(known), station.chat.messages(known.id)))


async def _settled(station: Station, entry: OutboxEntry) -> None:
    await station.wait_until(lambda: _now(station, entry).state in (OutboxState.CONFIRMED, *STUCK))


def _now(station: Station, entry: OutboxEntry) -> OutboxEntry:
    return station.store.outbox.get(entry.record.event_id) or entry


def _report(station: Station, entry: OutboxEntry) -> None:
    now = _now(station, entry)
    if now.state is OutboxState.PARKED:
        raise NotConfirmedError(
            _("Not sent, kept in the outbox: {why}").format(why=now.problem.words if now.problem else "")
        )
    issue = station.register.names.shown(now.record.issue)
    if now.state is OutboxState.HELD:
        raise NotConfirmedError(_held_words(now).format(issue=issue))
    print(_("confirmed {issue}").format(issue=issue))
    known = station.issue(now.record.issue)
    if known is not None and known.is_open is (now.record.action == RESOLVED):
        words = _("{issue}: newer events have changed its state since.")
        print(words.format(issue=issue), file=sys.stderr)


def _held_words(entry: OutboxEntry) -> str:
    """What was held, and what a person can say to it."""
    if entry.record.action == RESOLVED:
        return _(
            "{issue} was raised again after that resolve was decided, so it is held back. andon resolve again resolves"
            " the new alarm too; andon withdraw gives the old one up."
        )
    return _("{issue} was raised again by itself, so the reopening is held back. andon withdraw gives it up.")


def _not_confirmed(station: Station, entry: OutboxEntry | None) -> Exception:
    problem = station.freshness.problem
    if entry is None and problem is not None:
        return ClusterError(problem)
    if entry is None:
        return NotConfirmedError(_("The topic was not read to its end in time; nothing was sent. Try a longer --wait."))
    why = f" {problem.words}" if problem else ""
    return NotConfirmedError(_("Not confirmed in time; the outbox keeps it and sends it at the next start.") + why)
