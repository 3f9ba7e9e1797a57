"""The demo: a simulated plant at work, and an operator who plays the whole loop by keypresses."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from textual.pilot import Pilot

from core.chat.playbook.assistant import PlaybookAssistant
from core.demo.plant import SimulatedPlant
from core.domain.alarms import AlarmState
from core.domain.events import FAULT
from core.domain.messages import MessageState
from core.domain.outbox import OutboxState, raise_issue
from core.domain.safety_checks import SECURING
from core.kafka.publisher import publish_once
from core.settings import Settings
from core.station.data_dir import opened_store
from core.station.host import StationHost
from core.support.i18n import _

if TYPE_CHECKING:
    from tui.app import AndonApp

DEMO_PARTITIONS = 3
_STEP_S = 30.0
_ISSUE = {
    "issue": "PRESS_001_DEMO",
    "processType": FAULT,
    "modeType": "프레스",
    "modeLogId": "PRESS_LOG_001",
    "description": "100톤 프레스 유압 이상",
}
_QUESTION = "유압 펌프에서 큰 소음이 나요"
_NOTE = "흡입 필터 교체, 유압 오일 2L 보충"


def demo_settings(settings: Settings, bootstrap: str, folder: Path) -> Settings:
    """The operator's settings, but for the demo's own cluster and a data directory that goes with it."""
    return settings.model_copy(
        update={
            "bootstrap_servers": bootstrap,
            "security_protocol": "PLAINTEXT",
            "sasl_mechanism": None,
            "data_dir": folder,
            "terminal_id": "demo",
            "station": settings.station or _("demo line"),
        }
    )


@contextmanager
def plant_at_work(settings: Settings) -> Iterator[None]:
    """The simulated plant, in a thread of its own, until the block ends."""
    loop = asyncio.new_event_loop()
    work = loop.create_task(SimulatedPlant().run(settings.kafka.bootstrap_servers or "", settings.kafka.topic))
    thread = Thread(target=_run_until_cancelled, args=(loop, work), name="plant", daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(work.cancel)
        thread.join(10)


def _run_until_cancelled(loop: asyncio.AbstractEventLoop, work: "asyncio.Task[None]") -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(asyncio.wait({work}))
    finally:
        loop.close()


class StepFailedError(Exception):
    """A step of the played loop did not come to its end in time."""


async def play(settings: Settings) -> bool:
    """Drive the real screens through the whole loop; True when every step was done. Tells each as it happens."""
    from tui.app import AndonApp

    with (
        opened_store(settings) as store,
        StationHost(settings, store, PlaybookAssistant(), after_first_screen=True) as host,
    ):
        app = AndonApp(settings, host, blinks=False)
        with plant_at_work(settings):
            async with app.run_test(size=(120, 36)) as pilot:
                return await _Player(settings, app, pilot).play()


class _Player:
    """The operator of ``andon demo --auto``: knows keys, looks at the screen's state, waits for conditions."""

    def __init__(self, settings: Settings, app: "AndonApp", pilot: "Pilot[None]") -> None:
        self._settings = settings
        self._app = app
        self._pilot = pilot
        self._issue = _ISSUE["issue"]
        self._started = time.monotonic()

    async def play(self) -> bool:
        try:
            await self._loop()
        except StepFailedError as failure:
            self._tell(_("failed: {step}").format(step=failure))
            return False
        self._tell(_("done: raised, seen, talked about, acknowledged, resolved, read back, closed"))
        return True

    async def _loop(self) -> None:
        await self._until(_("the terminal is live"), lambda: self._app.host.station.freshness.is_live(time.monotonic()))
        await self._raise()
        await self._look()
        await self._talk()
        await self._secure()
        await self._acknowledge()
        await self._resolve()

    async def _raise(self) -> None:
        fields: dict[str, str | None] = dict(_ISSUE)
        record = raise_issue(fields, now_ms=time.time_ns() // 1_000_000, operator="", terminal="plant")
        await publish_once(self._settings.kafka, record)
        self._tell(_("the plant raised {issue}: {what}").format(issue=self._issue, what=_ISSUE["description"]))

    async def _look(self) -> None:
        """F3 from issue to issue, as an operator would, until the pane shows ours."""
        await self._until(_("the issue is in the list"), self._listed)
        for _row in range(len(self._app.host.station.register.issues) + 1):
            if self._app.floor.selected == self._issue:
                break
            await self._pilot.press("f3")
        await self._until(_("its pane is open"), lambda: self._app.floor.selected == self._issue)
        await self._until(_("the assistant gave the precautions"), self._precautions_given)

    async def _talk(self) -> None:
        await self._pilot.press("enter")
        await self._type(_QUESTION)
        await self._pilot.press("enter")
        await self._until(_("asked and answered: {question}").format(question=_QUESTION), self._answered)

    async def _secure(self) -> None:
        await self._pilot.press("ctrl+l")
        await self._until(_("the safety check is open"), lambda: self._app.screen is not self._app.floor)
        await self._pilot.press(*["space"] * len(SECURING), "enter")
        await self._until(_("safety check made, steps are shown"), self._secured)

    async def _acknowledge(self) -> None:
        await self._pilot.press("f2")
        await self._until(_("acknowledged"), lambda: self._state() is AlarmState.ACKNOWLEDGED)
        await self._pilot.press("f2")
        await self._until(_("claimed"), lambda: self._state() is AlarmState.CLAIMED)

    async def _resolve(self) -> None:
        await self._pilot.press("f4")
        await self._until(_("the resolve dialog is open"), lambda: self._app.screen is not self._app.floor)
        await self._type(_NOTE)
        await self._pilot.press("tab", "space", "space", "space", "enter")
        await self._until(_("in outbox and journal: {note}").format(note=_NOTE), self._committed)
        await self._until(_("read back from the topic"), self._confirmed)
        await self._until(_("the pane says who resolved it, and the list no longer shows it"), self._closed)

    # --- what the screen and the station show

    def _listed(self) -> bool:
        return any(row.id == self._issue for row in self._app.floor.rows)

    def _precautions_given(self) -> bool:
        return any(m.precautions for m in self._app.host.station.chat.conversations.messages(self._issue))

    def _answered(self) -> bool:
        messages = self._app.host.station.chat.conversations.messages(self._issue)
        asked = [n for n, m in enumerate(messages) if m.text == _QUESTION and m.state is MessageState.ANSWERED]
        return bool(asked) and len(messages) > asked[0] + 1

    def _secured(self) -> bool:
        station = self._app.host.station
        issue = station.issue(self._issue)
        return issue is not None and station.chat.lockout(issue) is not None

    def _state(self) -> AlarmState | None:
        return next((row.standing.state for row in self._app.floor.rows if row.id == self._issue), None)

    def _committed(self) -> bool:
        entries = self._app.host.station.store.journal.entries(self._issue)
        return any(entry.action == "resolved" and entry.detail.get("note") == _NOTE for entry in entries)

    def _confirmed(self) -> bool:
        issue = self._app.host.station.issue(self._issue)
        mark = issue.resolution if issue else None
        entry = self._app.host.station.store.outbox.get(mark.event_id) if mark else None
        return entry is not None and entry.state is OutboxState.CONFIRMED

    def _closed(self) -> bool:
        shown = self._app.floor.pane
        return not self._listed() and shown is not None and bool(shown.closed)

    # --- hands

    async def _type(self, text: str) -> None:
        await self._pilot.press(*("space" if letter == " " else letter for letter in text))

    async def _until(self, step: str, condition: Callable[[], bool]) -> None:
        give_up = time.monotonic() + _STEP_S
        while not condition():
            if time.monotonic() > give_up:
                raise StepFailedError(step)
            await self._pilot.pause(0.02)
        self._tell(step)

    def _tell(self, what: str) -> None:
        print(f"{time.monotonic() - self._started:6.2f} s  {what}", flush=True)
