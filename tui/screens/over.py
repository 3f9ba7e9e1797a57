"""What all screens over the floor have in common."""

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

T = TypeVar("T")


class Over(ModalScreen[T]):
    """A screen over the floor. It goes once: a second key that was on its way takes nothing else away with it."""

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Go, if this screen is still the one in front; Textual would take away whichever is."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
