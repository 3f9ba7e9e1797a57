"""The composer: Enter sends the whole text, its last syllable too; nothing typed is lost."""

import unicodedata
from collections.abc import Sequence

from textual import events
from textual.message import Message
from textual.widgets import TextArea

from tui.input.keys import Area, bindings
from tui.input.slash import emergency_call

_ROWS = 5


class Composer(TextArea):
    """A text area of one to five lines. Its owner keeps the draft: every change is told."""

    BINDINGS = bindings(Area.COMPOSER)

    class Sent(Message):
        """Enter was pressed on a text that is not blank; it belongs to ``owner``."""

        def __init__(self, owner: str, text: str, instead_of: str = "") -> None:
            super().__init__()
            self.owner = owner
            self.text = text
            self.instead_of = instead_of
            """The question that failed and was taken back to be put in these words."""

    class GoOn(Message):
        """Enter was pressed on an empty text of ``owner``."""

        def __init__(self, owner: str) -> None:
            super().__init__()
            self.owner = owner

    class Emergency(Message):
        """``/119`` was sent, with what was written behind it, or a note that tells of people in danger.

        It reaches the app from every screen.
        """

        def __init__(self, about: str) -> None:
            super().__init__()
            self.about = about

    class Recalling(Message):
        """↑ in an empty composer: its owner may ``recall`` what was sent before."""

        def __init__(self, composer: "Composer") -> None:
            super().__init__()
            self.composer = composer

        @property
        def control(self) -> "Composer":
            return self.composer

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
        self._sent_before: Sequence[tuple[str, str]] = ()
        self._recalled = 0
        """Which of them stands here, while nothing was changed in it."""
        self._instead_of = ""
        """The question that failed and is put in other words here."""

    def load(self, owner: str, text: str) -> None:
        """Show the draft of ``owner``, with the cursor at its end; this tells nobody."""
        self.owner = owner
        self._sent_before, self._instead_of = (), ""
        self._loaded = text
        if not (text or self.text):
            self.history.clear()  # nothing of another's text comes back; a box that stays empty is not drawn anew
            return
        self.text = text
        self.move_cursor(self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        """Every key in the order in which it was typed.

        Textual asks for a binding only after the event has bubbled up, when letters that were typed after it are in the
        text already: a quick Backspace and a letter would take away the letter.
        """
        action = self._action_of(event.key)
        if action is None or event.is_printable:
            await super()._on_key(event)
            return
        event.stop()
        event.prevent_default()
        await self.run_action(action)

    def _action_of(self, key: str) -> str | None:
        bindings = self._bindings.copy()
        bindings.apply_keymap(self.app._keymap)  # the keys that the settings chose
        bound = bindings.key_to_bindings.get(key, ())
        return next((binding.action for binding in bound if not binding.priority), None)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._compose_syllables()
        self._grow()
        if not self.text:
            self._instead_of = ""  # what is written now has nothing to do with it
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
        if not text:
            self.post_message(self.GoOn(self.owner))
        elif not self.calls_emergency():
            owner, instead_of = self.owner, self._instead_of
            self.load(owner, "")
            self.post_message(self.Sent(owner, text, instead_of))

    def calls_emergency(self) -> bool:
        """Whether ``/119`` stands here: then it is taken out, and what to do is asked for, whatever this box is for."""
        about = emergency_call(unicodedata.normalize("NFC", self.text))
        if about is None:
            return False
        owner = self.owner
        self.load(owner, "")
        self.post_message(self.Drafted(self, owner, ""))
        self.post_message(self.Emergency(about))
        return True

    def give_back(self, text: str) -> None:
        """The text could not be kept: it stands before what was typed meanwhile."""
        self.text = f"{text}\n{self.text}" if self.text else text
        self.move_cursor(self.document.end)

    def action_newline(self) -> None:
        self.insert("\n")

    # --- what was sent before

    def recall(self, sent_before: Sequence[tuple[str, str]]) -> None:
        """Take back the newest of these: (id of a question that failed, or empty; text), newest first.

        Whoever typed on meanwhile keeps what they typed.
        """
        if not self.text:
            self._sent_before = sent_before
            self._show_recalled(0)

    def action_recall(self) -> None:
        """The one sent before; in a text, a line up."""
        if self._is_as_recalled and self.cursor_at_first_line:
            self._show_recalled(self._recalled + 1)
        elif not self.text:
            self.post_message(self.Recalling(self))
        else:
            self.action_cursor_up()

    def action_recall_newer(self) -> None:
        """Back towards what was sent last; in a text, a line down."""
        if self._is_as_recalled and self.cursor_at_last_line:
            self._show_recalled(self._recalled - 1)
        else:
            self.action_cursor_down()

    @property
    def _is_as_recalled(self) -> bool:
        """What stands here was sent before and not changed since: another may take its place."""
        return self._recalled < len(self._sent_before) and self.text == self._sent_before[self._recalled][1]

    def _show_recalled(self, number: int) -> None:
        if number >= len(self._sent_before):
            return
        self._instead_of, text = self._sent_before[number] if number >= 0 else ("", "")
        self._recalled = max(0, number)
        if number < 0:
            self._sent_before = ()
        self.text = text
        self.move_cursor(self.document.end)
