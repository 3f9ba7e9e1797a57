"""What stands in the composer belongs to its issue, and is kept at every change."""

from collections.abc import Callable

from core.station.commands import MESSAGE_DRAFT
from tui.shell import Floor, attempt
from tui.widgets.composer import Composer


class Drafts:
    """The texts that were begun, by issue. Nobody waits until one is kept."""

    def __init__(self, floor: Floor, start: Callable[..., None]) -> None:
        """``start`` runs a command in the background."""
        self._floor = floor
        self._start = start
        self._texts: dict[str, str] = {}

    def forget(self) -> None:
        """Another log's issue of the same id is another issue."""
        self._texts = {}

    def of(self, issue: str) -> str:
        """What was begun on ``issue``, now or in an earlier run."""
        known = self._texts.get(issue)
        return self._floor.shell.view.drafts.get((issue, MESSAGE_DRAFT), "") if known is None else known

    def keep(self, issue: str, text: str) -> None:
        if self._texts.get(issue) != text:
            self._texts[issue] = text
            self._start(attempt(self._floor, self._floor.shell.commands.save_draft(issue, MESSAGE_DRAFT, text)))

    def leave(self, composer: Composer) -> None:
        """Keep what stands in the composer: its last key may not have been told yet."""
        if composer.owner:
            self.keep(composer.owner, composer.text)

    def give_back(self, composer: Composer, owner: str, text: str, *, done: bool) -> None:
        """What could not be done goes back to where it was typed, or to that issue's draft."""
        if composer.owner == owner:
            if not done:
                composer.give_back(text)
            self.keep(owner, composer.text)
        elif not done:
            begun = self._texts.get(owner, "")
            self.keep(owner, f"{text}\n{begun}" if begun else text)
