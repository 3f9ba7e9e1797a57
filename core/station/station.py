"""Station: the one object that a screen or a command talks to. It starts and ends the roads in and out.

It is put together from Intake (the road in), Dispatch (the road out), Commands (what people do) and ChatService, which
share one TerminalState. All of them run in one event loop. Another thread reads ``view`` alone: one frozen value, which
is replaced as a whole.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping

from core.chat.backend import ChatBackend
from core.domain.alarms import AlarmState, Handling, Standing, limits_for, standing_of
from core.domain.freshness import Freshness
from core.domain.issue_register import IssueRegister
from core.domain.issues import Issue
from core.domain.messages import Author, Message
from core.domain.outbox import OutboxEntry
from core.domain.overruled import Raises
from core.emergency import warm_up
from core.settings import Settings
from core.station.changes import Changes
from core.station.chat_service import ChatService
from core.station.commands import Commands
from core.station.dispatch import Dispatch
from core.station.intake import Intake
from core.station.state import TerminalState
from core.station.view import StationView
from core.station.view_maker import ViewMaker
from core.station.view_publisher import ViewPublisher
from core.store.store import Store

LEARN_WORDS_AFTER_S = 1.0
"""By then the first screen is there, and most commands have ended."""


class Station:
    """One terminal at work."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        backend: ChatBackend,
        *,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self.settings = settings
        self.store = store
        self.changes = Changes()
        self.state = state = TerminalState(settings, store, now_ms)
        self.clock = state.clock
        self.chat = ChatService(
            settings,
            store,
            state.scope,
            backend,
            issues=lambda: state.register.issues,
            operator=lambda: state.operator,
            now_ms=now_ms,
            journal=state.journal,
            said=self._said,
            changed=self.changes.tell,
            danger=state.dangers.of,
        )
        self.dispatch = Dispatch(state, self.changes, has_read_all=lambda: self.intake.has_read_all)
        self.intake = Intake(state, self.dispatch, self.chat, self.changes)
        self.commands = Commands(state, self.dispatch, self.chat, self.changes)
        self.feed = self.intake.feed
        self.maker = ViewMaker(state, self.chat, lambda: self.freshness)
        self.views = ViewPublisher(self.maker, now_ms=now_ms)
        self.changes.listen(told=self.views.changed, amended=self.views.amend)

    # --- what is to be seen

    @property
    def view(self) -> StationView:
        """What a screen sees, as one frozen value that is replaced as a whole."""
        return self.views.view

    @property
    def revision(self) -> int:
        """Another number: something is new."""
        return self.changes.revision

    @property
    def freshness(self) -> Freshness:
        return self.feed.freshness

    @property
    def scope(self) -> str:
        """Cluster and topic that are read."""
        return self.state.scope

    @property
    def operator(self) -> str:
        """Who is at this terminal now."""
        return self.state.operator

    @property
    def register(self) -> IssueRegister:
        return self.state.register

    @property
    def outbox(self) -> tuple[OutboxEntry, ...]:
        """What is not confirmed yet, of every scope, oldest first."""
        return self.state.outbox

    @property
    def handling(self) -> Mapping[str, Handling]:
        """Who acknowledged, claimed and shelved what, by issue."""
        return self.state.handling.by_issue

    @property
    def overruled(self) -> Raises:
        """The raises that were folded away by the clocks and not dealt with yet, by issue."""
        return self.state.overruled.raises

    def waiting_here(self) -> list[OutboxEntry]:
        """What is meant for the cluster and topic that are read now, and not confirmed yet."""
        return self.state.waiting_here()

    def issue(self, issue: str) -> Issue | None:
        return self.state.issue(issue)

    def shown(self, issue: Issue) -> str:
        """The issue's id for showing; with what tells it apart where another one looks the same."""
        return self.state.shown(issue)

    def standing(self, issue: Issue) -> Standing:
        """Where ``issue`` stands now."""
        if issue.id in self.overruled and not issue.is_open:
            return Standing(AlarmState.OVERRULED)
        limits = limits_for(issue, self.settings.limits)
        in_danger = self.state.dangers.is_emergency(issue)
        return standing_of(issue, self.handling.get(issue.id), self.state.now_ms(), limits, in_danger=in_danger)

    # --- life

    async def run(self, *, connect: bool = True) -> None:
        """Read, publish and converse until cancelled; without ``connect`` only converse."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self.dispatch.publishes = connect
                if connect:
                    tasks.create_task(self.feed.run(), name="feed")
                    tasks.create_task(self.dispatch.publish(), name="publisher")
                tasks.create_task(self.chat.run(), name="chat")
                tasks.create_task(_learn_words(), name="words")
        finally:
            self.state.completeness.keep(self.freshness)

    async def wait_until(self, condition: Callable[[], bool]) -> None:
        """Return as soon as ``condition`` holds; it is looked at after every change."""
        await self.changes.wait_until(condition)

    def _said(self, message: Message, is_new: bool) -> None:
        if is_new and message.author is not Author.OPERATOR:
            self.state.unread.came([message.issue])
        self.changes.tell()


async def _learn_words() -> None:
    """In a thread that no start and no end waits for: it takes the processor for some tenths of a second."""
    await asyncio.sleep(LEARN_WORDS_AFTER_S)
    threading.Thread(target=_words, name="words", daemon=True).start()


def _words() -> None:
    """What the first message would otherwise wait for."""
    warm_up()
    from core.chat.playbook import past_fixes, reply  # noqa: F401
