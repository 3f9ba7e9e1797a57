"""Station: the one object that a screen or a command talks to: its life, and the view that it publishes.

The road in is ``intake``, the road out ``dispatch``, what people do ``commands``; they share one state. Everything here
runs in one event loop. Another thread reads ``view`` alone: one frozen value, replaced as a whole.
"""

import asyncio
import threading
import time
from collections.abc import Callable

from core.chat.backend import ChatBackend
from core.domain.errors import CommandError as CommandError
from core.domain.messages import Author, Message
from core.emergency import warm_up
from core.kafka.feed import Feed
from core.kafka.inspect.broker_clock import broker_now
from core.settings import Settings
from core.station.chat_service import ChatService
from core.station.commands import CHECKS_DRAFT as CHECKS_DRAFT
from core.station.commands import DIALOG_DRAFTS as DIALOG_DRAFTS
from core.station.commands import MESSAGE_DRAFT as MESSAGE_DRAFT
from core.station.commands import RESOLVE_DRAFT as RESOLVE_DRAFT
from core.station.commands import WHY_DRAFT as WHY_DRAFT
from core.station.commands import Commands
from core.station.commands import joined as joined
from core.station.dispatch import Dispatch
from core.station.intake import Intake
from core.station.state import StationState
from core.station.view import StationView, frozen
from core.station.view_maker import ViewMaker
from core.station.view_publisher import ViewPublisher
from core.store.store import Store

LEARN_WORDS_AFTER_S = 1.0
"""By then the first screen is there, and most commands have ended."""


class Station(StationState):
    """One terminal at work."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        backend: ChatBackend,
        *,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        super().__init__(settings, store, now_ms)
        self.revision = 0
        self._ticked = asyncio.Event()
        self._publishes = False
        self.dispatch = Dispatch(self, self._tick)
        self.publisher = self.dispatch.publisher
        self.intake = Intake(self, self.dispatch, changed=self._tick, heard=self._heard)
        self.listeners = self.intake.listeners
        self.feed = Feed(settings.kafka, self.intake, connecting=self._compare_clocks)
        self.chat = ChatService(
            settings,
            store,
            self.scope,
            backend,
            issues=lambda: self.register.issues,
            operator=lambda: self.operator,
            now_ms=now_ms,
            journal=self.journal,
            said=self._said,
            changed=self._tick,
            danger=self.dangers.of,
        )
        self.commands = Commands(self, self.dispatch, changed=self._tick, drafted=self._drafted)
        self._views = ViewMaker(settings, store, self.dangers, now_ms)
        self.views = ViewPublisher(
            self._make_view,
            first=lambda: self._views.first(self),
            now_ms=now_ms,
            next_due_ms=self._views.next_due_ms,
        )
        self._name_commands()

    def _name_commands(self) -> None:
        """What callers say to the Station itself."""
        commands, intake, dispatch = self.commands, self.intake, self.dispatch
        self.acknowledge, self.shelve, self.unshelve = commands.acknowledge, commands.shelve, commands.unshelve
        self.resolve, self.reopen, self.retry = commands.resolve, commands.reopen, commands.retry
        self.give_up, self.dismiss, self.leave_solved = commands.give_up, commands.dismiss, commands.leave_solved
        self.sign_in, self.save_draft, self.look_at = commands.sign_in, commands.save_draft, commands.look_at
        self.find, self.quarantined = commands.find, commands.quarantined
        self.ingest, self.set_aside, self.feed_changed = intake.ingest, intake.set_aside, intake.feed_changed
        self.saved_offsets, self.last_reads = intake.saved_offsets, intake.last_reads
        self.distrust = intake.distrust
        self.sendable, self.sent, self.parked = dispatch.sendable, dispatch.sent, dispatch.parked
        self.waiting, self.next_offset = dispatch.waiting, dispatch.next_offset

    # --- what is to be seen

    @property
    def view(self) -> StationView:
        """What a screen sees, as one frozen value that is replaced as a whole."""
        return self.views.view

    def _make_view(self, version: int) -> StationView:
        touched, self.touched = self.touched | self.unsaved, set()
        return self._views.make(version, self, touched)

    def _tick(self) -> None:
        self.revision += 1
        self._ticked.set()
        self.views.changed()

    def _heard(self) -> None:
        """Only a heartbeat: nothing new to show, but a condition may wait for contact."""
        self.views.amend(freshness=self.freshness)
        self._ticked.set()

    def _drafted(self) -> None:
        self.views.amend(drafts=frozen(self.drafts))

    def _said(self, message: Message, is_new: bool) -> None:
        if is_new and message.author is not Author.OPERATOR:
            self.unread_counts.came([message.issue])
        self._tick()

    # --- life

    async def run(self, *, connect: bool = True) -> None:
        """Read, publish and converse until cancelled; without ``connect`` only converse."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._publishes = connect
                if connect:
                    tasks.create_task(self.feed.run(), name="feed")
                    tasks.create_task(self.publisher.run(), name="publisher")
                tasks.create_task(self.chat.run(), name="chat")
                tasks.create_task(_learn_words(), name="words")
        finally:
            self.completeness.keep(self.freshness)

    async def wait_until(self, condition: Callable[[], bool]) -> None:
        """Return as soon as ``condition`` holds; it is looked at after every change."""
        while not condition():
            self._ticked.clear()
            await self._ticked.wait()

    async def _compare_clocks(self) -> None:
        if not self._publishes:
            return  # whoever only reads stamps nothing
        topic = self.feed.topic
        if topic is not None and not topic.continues(self.scope):
            self.clock.forget()  # another cluster's clock
        if told := await broker_now(self.settings.kafka):
            self.clock.told(*told)
        self._tick()


async def _learn_words() -> None:
    """In a thread that no start and no end waits for: it takes the processor for some tenths of a second."""
    await asyncio.sleep(LEARN_WORDS_AFTER_S)
    threading.Thread(target=_words, name="words", daemon=True).start()


def _words() -> None:
    """What the first message would otherwise wait for."""
    warm_up()
    from core.chat.playbook import past_fixes, reply  # noqa: F401
