"""The line under the composer: what just happened, until something else is done, or for ten seconds.

In a small window it stands under the list as well, which hides the composer there.
"""

from textual.content import Content
from textual.timer import Timer

from tui.screens.floor_actions import FloorPart
from tui.widgets.issue_pane import IssuePane
from tui.widgets.safe_text import SafeText
from tui.widgets.transcript import Transcript

NOTICE_S = 10.0


class NoticePart(FloorPart):
    """A key that comes after a notice takes it away: whoever goes on has read it."""

    _notice_ends: Timer | None = None

    def say(self, words: str) -> None:
        """Tell ``words`` under the composer; an empty text takes away what stands there."""
        if self._notice_ends is not None:
            self._notice_ends.stop()
        self._notice_ends = self.set_timer(NOTICE_S, self._end_notice) if words else None
        self.query_one(IssuePane).notice(words)
        beside = self.query_one("#side-notice", SafeText)
        beside.display = bool(words) and self.query_one("#side").has_class("alone")
        beside.show(Content(words))

    def end_notice(self) -> None:
        """A key was pressed, wherever: whoever goes on has read it."""
        if self._notice_ends is not None:
            self._end_notice()

    def on_screen_suspend(self) -> None:
        """Something opened over it."""
        self.end_notice()

    def _end_notice(self) -> None:
        """While a search runs its keys stay told."""
        if self.is_mounted and len(self.children) and not self.query_one(Transcript).is_searching:
            self.say("")
