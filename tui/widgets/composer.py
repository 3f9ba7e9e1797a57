"""The composer: Enter sends the whole text, its last syllable too; nothing typed is lost."""

import unicodedata

from textual import events
from textual.message import Message
from textual.widgets import TextArea

from tui.keys import Area, bindings

_ROWS = 5


class Composer(TextArea):
    """A text area of one to five lines. Its owner keeps the draft: every change is told."""

    BINDINGS = bindings(Area.COMPOSER)

    class Sent(Message):
        """Enter was pressed on a text that is not blank; it belongs to ``owner``."""

        def __init__(self, owner: str, text: str) -> None:
            super().__init__()
            self.owner = owner
            self.text = text

    class Drafted(Message):
        """The operator changed the text that belongs to ``owner``."""

        def __init__(self, composer: "Composer", owner: str, text: str) -> None:
            super().__init__()
            self.composer = composer
            self.owner = owner
            self.text = text

        @property
        def control(self) -> "Composer":
            return self.composer

    def __init__(self, *, id: str | None = None, classes: str | None = None, blink: bool = True) -> None:
        super().__init__(
            "",
            id=id,
            classes=classes,
            soft_wrap=True,
            show_line_numbers=False,
            compact=True,
            highlight_cursor_line=False,
        )
        self.cursor_blink = blink
        self._loaded = ""
        self.owner = ""
        """The id of the issue whose text this is."""

    def load(self, owner: str, text: str) -> None:
        """Show the draft of ``owner``, with the cursor at its end; this tells nobody."""
        self.owner = owner
        self._loaded = text
        self.text = text
        self.move_cursor(self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            # TextArea would insert a newline before any binding is asked.
            event.stop()
            event.prevent_default()
            self.action_send()
            return
        await super()._on_key(event)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._compose_syllables()
        self._grow()
        if self.text != self._loaded:
            self._loaded = self.text
            self.post_message(self.Drafted(self, self.owner, self.text))

    def _compose_syllables(self) -> None:
        """Jamo that a terminal sent one by one (NFD) become syllables: Backspace must not take them apart."""
        if unicodedata.is_normalized("NFC", self.text):
            return
        row, column = self.cursor_location
        before = unicodedata.normalize("NFC", self.document.get_line(row)[:column])
        self.text = unicodedata.normalize("NFC", self.text)
        self.move_cursor((row, len(before)))

    def _grow(self) -> None:
        """As tall as the text, up to five lines, and what the border takes."""
        self.styles.height = min(_ROWS, max(1, self.wrapped_document.height)) + self.gutter.height

    def action_send(self) -> None:
        """Hand the text over and be empty at once: what is typed while it is being kept is the next message."""
        text = unicodedata.normalize("NFC", self.text).strip()
        if text:
            owner = self.owner
            self.load(owner, "")
            self.post_message(self.Sent(owner, text))

    def give_back(self, text: str) -> None:
        """The text could not be kept: it stands before what was typed meanwhile."""
        self.text = f"{text}\n{self.text}" if self.text else text
        self.move_cursor(self.document.end)

    def action_newline(self) -> None:
        self.insert("\n")
