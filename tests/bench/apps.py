"""Baselines on the screen: ``python -m tests.bench.apps empty`` or ``input``, Textual apps that do nothing else."""

import sys

from textual.app import App, ComposeResult
from textual.widgets import Input, Static

READY = "ready"
QUIT = "\x11"


class EmptyApp(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        yield Static(READY)


class InputApp(App[None]):
    """One input, and it has the focus."""

    def compose(self) -> ComposeResult:
        yield Static(READY)
        yield Input()

    def on_mount(self) -> None:
        self.query_one(Input).focus()


def main() -> None:
    (InputApp if sys.argv[1:] == ["input"] else EmptyApp)().run()


if __name__ == "__main__":
    main()
