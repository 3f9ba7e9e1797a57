"""A composer for a note: it may send nothing, it stays as it is when sent, and ↑ takes what is offered."""

from textual import events

from core.emergency import Level, assess
from tui.widgets.composer import Composer


class NoteComposer(Composer):
    """A note is welcome, not compulsory. ``offer`` is put into an empty one by ↑."""

    offer = ""
    is_told = True
    """Others will read it: where it tells of people in danger, what to do is shown as well."""

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "up" and self.offer and not self.text:
            event.stop()
            event.prevent_default()
            self.insert(self.offer)
            return
        await super()._on_key(event)

    def action_send(self) -> None:
        if self.calls_emergency():
            return
        self.post_message(self.Sent(self.owner, self.text))
        if self.is_told and assess(self.text).level is Level.YES:
            self.post_message(self.Emergency(self.text))
