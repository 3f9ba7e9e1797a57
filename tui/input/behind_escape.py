"""What is typed behind an Esc that a window has not handled yet: it waits, for it is meant for what lies below."""

from textual import events
from textual.app import App

ESCAPE_S = 0.5
"""So long at most the keys behind an Esc wait for it: something may have kept it to itself."""


class BehindEscape:
    """Keeps what is typed behind an Esc, and hands it on in its order."""

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._waiting: list[events.Event] | None = None

    def keeps(self, event: events.Event) -> bool:
        """Whether ``event`` waits from now on."""
        if self._waiting is None:
            return False
        self._waiting.append(event)
        return True

    def wait(self) -> None:
        """A window closes only when its Esc has gone through its widgets: what comes behind it is for the floor."""
        self._waiting = []
        self._app.set_timer(ESCAPE_S, self.done)

    def done(self) -> None:
        """What the Esc closes is closed."""
        waiting, self._waiting = self._waiting or (), None
        if not self._app.screen_stack:
            return  # the terminal is left meanwhile
        for event in waiting:
            self._app.post_message(event)
