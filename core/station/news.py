"""What records told and nobody has been told yet: kept until a commit took it.

The register is changed before the commit. Where that fails the records come again, and the register knows them
already: without this their news would be lost.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from core.domain.events import Quarantined
from core.domain.issues import Change, ChangeKind
from core.domain.outbox import HOLDABLE, OutboxEntry, OutboxState


@dataclass(slots=True)
class News:
    """News in the order in which it came, each once."""

    items: list[Change | Quarantined] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    """Of ``items`` the records that are no issue events."""
    confirmed: dict[str, None] = field(default_factory=dict)
    """Event ids of ours that were read back, in their order."""
    held: dict[str, tuple[OutboxEntry, int]] = field(default_factory=dict)
    """Event id -> what must not go out any more, and the time (epoch ms) of the alarm that came after it."""
    unread: list[str] = field(default_factory=list)
    """Issues of which something came that people should look at, once for each time."""

    def add(self, change: Change, *, for_people: bool) -> None:
        """``for_people``: it came since they could look, not in a first replay."""
        self.items.append(change)
        if for_people and change.kind in (ChangeKind.REOPENED, ChangeKind.OVERRULED):
            self.unread.append(change.issue.id)

    def set_aside(self, items: Sequence[Quarantined]) -> None:
        """Records that are no issue events."""
        self.items += items
        self.quarantined += items

    def hold(self, entries: Iterable[OutboxEntry], at_ms: int) -> None:
        """An alarm of ``at_ms`` came after these were decided; what was read back before it is done."""
        for entry in entries:
            if entry.record.event_id in self.confirmed:
                continue
            if entry.record.event_id not in self.held:
                self.unread.append(entry.record.issue)
            self.held[entry.record.event_id] = entry, at_ms

    def outbox_after(self, outbox: Sequence[OutboxEntry]) -> tuple[OutboxEntry, ...]:
        """``outbox`` as the commit left it."""
        return tuple(self._entry_after(entry) for entry in outbox if entry.record.event_id not in self.confirmed)

    def _entry_after(self, entry: OutboxEntry) -> OutboxEntry:
        _entry, at_ms = self.held.get(entry.record.event_id, (entry, None))
        is_held = at_ms is not None and entry.state in HOLDABLE
        return replace(entry, state=OutboxState.HELD, raised_again_ms=at_ms) if is_held else entry

    def forget_quarantined(self) -> None:
        """The commit failed: these come again with their offsets, as nothing but the commit knows them."""
        self.items = [item for item in self.items if isinstance(item, Change)]
        self.quarantined = []
