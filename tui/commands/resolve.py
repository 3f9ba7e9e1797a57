"""``andon resolve``."""

from core.settings import Settings
from tui.commands.outgoing import through_outbox


async def resolve_one(settings: Settings, issue: str, note: str, wait: float, cause: str = "") -> None:
    """Resolve through the same outbox as the screen; return once it is read back.

    ``cause``: its code, or its digit as the resolve dialog has it; empty: none is told.

    Raises:
        CommandError: there is no such open issue, or no such cause.
        NotConfirmedError: not read back within ``wait`` seconds, or held as the issue was raised again meanwhile; the
            outbox keeps it.
        ClusterError: no contact, and this terminal does not know the issue.
    """
    await through_outbox(settings, issue, wait, solved=True, note=note, cause=cause)
