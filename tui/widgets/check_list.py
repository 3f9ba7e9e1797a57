"""A list of checks: a digit or Space makes one and goes to the next, so that a gloved thumb does all of them."""

from collections.abc import Iterable, Mapping

from textual import events
from textual.content import Content
from textual.message import Message

from core.support.i18n import _
from tui.widgets.safe_text import SafeText


class CheckList(SafeText, can_focus=True):
    """Checks by id, with message ids for their words. Enter sends what the dialog holds."""

    BINDINGS = [
        ("up", "move(-1)", ""),
        ("down", "move(1)", ""),
        ("space", "check", ""),
        ("enter", "send", ""),
        *((str(number), f"check_number({number})", "") for number in range(1, 10)),
    ]

    class Changed(Message):
        """A check was made or taken back."""

    class Sent(Message):
        """Enter was pressed."""

    class Typed(Message):
        """A letter was typed, or a text pasted: it is no check, but the beginning of a reason."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, checks: Mapping[str, str], *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._checks = checks
        self._ascii = ascii_only
        self._at = 0
        self.done: set[str] = set()

    def load(self, done: Iterable[str]) -> None:
        """Begin with these made."""
        self.done = {check for check in done if check in self._checks}
        self._at = 0
        self._draw()

    def words(self, checks: Iterable[str]) -> list[str]:
        """What these of its checks are called."""
        return [_(self._checks[check]) for check in checks if check in self._checks]

    def go_to_open(self) -> None:
        """Take the focus, at the first check that is not made."""
        checks = list(self._checks)
        self._at = next((number for number, check in enumerate(checks) if check not in self.done), self._at)
        self.focus()
        self._draw()

    def on_focus(self) -> None:
        self._draw()

    def on_blur(self) -> None:
        self._draw()

    def _draw(self) -> None:
        lines = []
        for number, (check, words) in enumerate(self._checks.items()):
            made = check in self.done
            mark = ("[x]" if made else "[ ]") if self._ascii else ("☑" if made else "☐")
            style = "reverse" if self.screen.focused is self and number == self._at else ""
            said = _(words)
            lines.append(Content.assemble((f"{mark} {number + 1} {said}", style)))
        self.show(Content("\n").join(lines))

    def on_key(self, event: events.Key) -> None:
        if event.character and event.is_printable and not (event.character.isdigit() or event.character == " "):
            event.stop()
            self.post_message(self.Typed(event.character))

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.post_message(self.Typed(event.text))

    def action_move(self, step: int) -> None:
        self._at = min(max(self._at + step, 0), len(self._checks) - 1)
        self._draw()

    def action_check(self) -> None:
        self.done ^= {list(self._checks)[self._at]}
        self.post_message(self.Changed())
        self.action_move(1)

    def action_check_number(self, number: int) -> None:
        if number <= len(self._checks):
            self._at = number - 1
            self.action_check()

    def action_send(self) -> None:
        self.post_message(self.Sent())
