"""``andon withdraw``: what is held or parked is given up."""

from core.chat.playbook.assistant import PlaybookAssistant
from core.domain.errors import CommandError
from core.domain.outbox import STUCK
from core.settings import Settings
from core.station.data_dir import opened_store
from core.station.station import Station
from core.support.i18n import _
from core.support.text import inert_line


async def withdraw_one(settings: Settings, issue: str) -> None:
    """Give up what is held or parked of ``issue``: it is not sent (again). Needs no contact.

    Raises:
        CommandError: nothing of it is held or parked.
        StoreError, DataDirInUseError: see ``opened_store``.
    """
    with opened_store(settings) as store:
        station = Station(settings, store, PlaybookAssistant())
        stuck = [e for e in station.waiting_here() if e.record.issue == issue and e.state in STUCK]
        if not stuck:
            raise CommandError(_("Nothing of {issue} is held or parked.").format(issue=inert_line(issue, 200)))
        for entry in stuck:
            await station.commands.give_up(entry.record.event_id)
    print(_("withdrawn {issue}").format(issue=inert_line(issue)))
