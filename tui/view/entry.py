"""One entry of a transcript, as values: ``tui.view.entries`` makes them, ``tui.widgets.transcript`` shows them."""

from dataclasses import dataclass

from core.domain.card import Card
from core.domain.messages import Alert, Author, MessageState


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; every text is inert and translated."""

    id: str
    """Unique within the transcript."""
    author: Author
    who: str
    clock: str
    text: str
    precautions: tuple[str, ...] = ()
    status: str = ""
    state: MessageState | None = None
    """What ``status`` tells of; it is shown as a shape before the words."""
    alarming: bool = False
    continued: bool = False
    """It belongs under the name and time of the entry before."""
    divides: bool = False
    """No entry, but a line: before what is new, or where another day begins."""
    card: Card | None = None
    ends: bool = False
    """It stands below all that was said, however much comes."""
    counts: bool = False
    """Somebody else's words, or a reopening: what is counted as unread."""
    alert: Alert = Alert.NONE
    """Said at once where people may be in danger: it is the loudest thing here."""
    danger: str = ""
    """What threatens somebody, in words; of an emergency answer."""
    hidden: bool = False
    """Its text stands in place of an answer that waits for the safety check."""
