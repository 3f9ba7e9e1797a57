"""The top line: who and where on the left, how fresh the data is on the right, always."""

from tui.view.status import Status
from tui.view.status_line import status_line
from tui.widgets.safe_text import SafeText


class StatusBar(SafeText):
    """One line, drawn anew for each width."""

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ascii = ascii_only
        self._status: Status | None = None

    def show_status(self, status: Status) -> None:
        self._status = status
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._status is not None and self.size.width:
            self.show(status_line(self._status, self.size.width, ascii_only=self._ascii))
