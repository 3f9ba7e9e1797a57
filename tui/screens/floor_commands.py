"""Slash commands in the floor's composer are completed while they are typed: Tab takes the first that fits."""

from textual import on
from textual.widget import Widget

from tui.screens.floor_actions import FloorPart
from tui.widgets.command_line import CommandLine
from tui.widgets.composer import Composer


class CommandPart(FloorPart):
    """What completes a command, and Tab in the midst of one."""

    @on(Composer.Drafted)
    @on(Composer.Sent)
    def complete_command(self) -> None:
        """Show what the composer's text may become."""
        composer = self.query_one(Composer)
        self.query_one(CommandLine).complete(composer.text if composer.display else "")

    def focus_next(self, selector: str | type[Widget] = "*") -> Widget | None:
        composer, line = self.query_one(Composer), self.query_one(CommandLine)
        if self.focused is not composer or not line.taken or not composer.text.startswith("/"):
            return super().focus_next(selector)
        composer.text = line.taken + " "
        composer.move_cursor(composer.document.end)
        line.complete("")
        return composer
