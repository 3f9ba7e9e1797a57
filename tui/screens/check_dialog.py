"""What the dialogs with a list of checks have in common: every check, or a reason; Enter goes to the first open one."""

from typing import ClassVar

from textual.content import Content

from core.domain.safety_checks import Checked
from core.support.i18n import _
from tui.screens.overlay import Overlay
from tui.widgets.check_list import CheckList
from tui.widgets.note_composer import NoteComposer
from tui.widgets.safe_text import SafeText


class CheckDialog(Overlay[None]):
    """Its parts have ids that begin with ``PREFIX``: ``missing``, ``reason`` (the label), ``why``, ``keys``."""

    PREFIX: ClassVar[str]

    @property
    def checks(self) -> CheckList:
        return self.query_one(CheckList)

    @property
    def why(self) -> NoteComposer:
        return self.query_one(f"#{self.PREFIX}-why", NoteComposer)

    def keys_here(self) -> list[tuple[str, str]]:
        """The keys that work where the focus is, and what each does."""
        raise NotImplementedError

    def on_descendant_focus(self) -> None:
        self.draw_keys()

    def draw_keys(self) -> None:
        keys = (Content.assemble((key, "bold"), " ", does) for key, does in self.keys_here())
        self.line("keys", Content("   ").join(keys))

    def line(self, part: str, content: Content) -> None:
        """Show ``content`` in a line of the dialog, which is away while that is empty."""
        line = self.query_one(f"#{self.PREFIX}-{part}", SafeText)
        line.display = bool(content.plain)
        line.show(content)

    def show_why(self, *, is_shown: bool) -> None:
        """The field for the reason, with its label."""
        self.line("reason", Content(_("Why not:") if is_shown else ""))
        self.why.display = is_shown

    def name_missing(self, answer: Checked, words: str) -> None:
        """What is not checked, and that a reason will do; ``words`` with ``{checks}``."""
        self.line("missing", Content(words.format(checks=", ".join(self.checks.words(answer.missing)))))
        self.show_why(is_shown=True)

    def was_ticked(self) -> None:
        """What was named as missing may be made now."""
        self.line("missing", Content(""))
        self.show_why(is_shown=bool(self.why.text))
        self.draw_keys()

    def action_later(self) -> None:
        self.dismiss()
