"""``python -m tests.bench.panes``: switching between the panes of 200 open issues with 500 messages each.

Prints the time from the key to the painted pane, against painting the same screen again in the same run, and how the
memory grows while all panes are looked at three times.
"""

import asyncio
import gc
import statistics
import tempfile
import time
from pathlib import Path

from textual.pilot import Pilot

from core.domain.messages import Author, Message, MessageState
from core.domain.safety_checks import SECURING, checked
from core.store.store import Store
from tests.bench.processes import resident_mib
from tests.bench.spread import percentile
from tests.tui.stage import NOW_MS, Stage, event, set_stage
from tui.commands.terminal import settle_memory
from tui.widgets.transcript import Transcript

ISSUES = 200
MESSAGES = 500
ROUNDS = 3
_WORDS = "작동유 유면계를 확인하고 하한선 아래면 같은 등급의 작동유를 보충하세요. Check the suction filter's gauge. "


def fill(store: Store, scope: str) -> None:
    """Conversations as weeks of work leave them: questions, answers of some lines, notes."""
    kept = store.conversations(scope)
    for issue in range(ISSUES):
        kept.save(*(_message(f"I{issue:03}", number) for number in range(MESSAGES)))


def _message(issue: str, number: int) -> Message:
    author = (Author.OPERATOR, Author.CHATBOT, Author.PERSON, Author.BUILTIN)[number % 4]
    text = f"{issue} {number}. " + _WORDS * (1 + number % 5)
    state = MessageState.ANSWERED if author is Author.OPERATOR else MessageState.SENT
    at_ms = NOW_MS - (MESSAGES - number) * 20_000
    return Message(f"{issue}-{number}", issue, author, "이영희", text, at_ms, state)


async def painted(stage: Stage, pilot: "Pilot[None]", issue: str) -> float:
    """Seconds until the newest message of ``issue`` is on the screen."""
    transcript = stage.app.floor.query_one(Transcript)
    started = time.perf_counter()
    stage.app.floor.go_to(issue)
    while True:
        await refreshed(stage)
        took = time.perf_counter() - started
        shown = "\n".join(strip.text for strip in transcript.render_lines(transcript.size.region))
        if f"{issue} {MESSAGES - 1}. " in shown:
            break
    await pilot.pause()
    return took


async def again(stage: Stage, pilot: "Pilot[None]") -> float:
    """Seconds until the screen as it is has been painted once more."""
    started = time.perf_counter()
    stage.app.floor.refresh(layout=True)
    await refreshed(stage)
    took = time.perf_counter() - started
    await pilot.pause()
    return took


async def refreshed(stage: Stage) -> None:
    """Wait until the screen has been painted."""
    painted = asyncio.Event()
    stage.app.floor.call_after_refresh(painted.set)
    await painted.wait()


def told(name: str, seconds: list[float], baseline: float) -> None:
    p50, p99 = percentile(seconds, 0.5), percentile(seconds, 0.99)
    print(f"{name:28} p50 {p50 * 1e3:6.1f} ms  p99 {p99 * 1e3:6.1f} ms  x{p50 / baseline:.1f} of the baseline")


async def bench(folder: Path) -> None:
    with set_stage(folder) as stage:
        stage.take(*(event(f"I{number:03}", minutes_ago=number) for number in range(ISSUES)))
        fill(stage.station.store, stage.station.scope)
        for number in range(ISSUES):
            await stage.host.call(stage.station.chat.secure(f"I{number:03}", checked(SECURING, set(SECURING))))
        async with stage.running((120, 36)) as pilot:
            stage.show()
            await painted(stage, pilot, "I000")
            baseline = statistics.median([await again(stage, pilot) for _ in range(20)])
            told("baseline: painted again", [baseline], baseline)
            for number in range(ROUNDS):
                times = [await painted(stage, pilot, f"I{issue:03}") for issue in range(ISSUES)]
                gc.collect()
                told(f"round {number + 1}: another pane", times, baseline)
                print(f"{'':28} resident {resident_mib():.0f} MiB")


def main() -> None:
    settle_memory()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(bench(Path(folder)))


if __name__ == "__main__":
    main()
