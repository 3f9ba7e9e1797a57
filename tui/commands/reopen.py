"""``andon reopen``."""

from core.settings import Settings
from tui.commands.outgoing import through_outbox


async def reopen_one(settings: Settings, issue: str, note: str, wait: float) -> None:
    """Reopen through the same outbox. Raises as ``through_outbox``."""
    await through_outbox(settings, issue, wait, solved=False, note=note)
