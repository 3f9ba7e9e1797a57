"""``python -m tests.bench.streaming``: typing while an answer of 2,000 fragments streams, in a real pseudo-terminal.

Prints the time from each key to its paint and the share of a core that Andon uses, against the same typing in the
same run with nothing streaming. The broker is the embedded one; the model's server is a process of its own.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.demo.embedded_broker import EmbeddedBroker
from core.domain.outbox import raise_issue
from core.kafka.publisher import publish_once
from core.settings import load_settings
from tests.bench.processes import cpu_seconds
from tests.bench.screen import Screen, Typist
from tests.bench.spread import percentile
from tests.chat.serving import free_port
from tests.tui.terminal import ENTER, andon_in_terminal

FRAGMENTS = 2_000
EVERY_MS = 10
KEYS_BEFORE = 150
PAUSE_S = 0.05
TOPIC = "chatbot-issue-events"
CTRL_L, BACKSPACE = b"\x0c", b"\x7f"


@contextmanager
def model() -> Iterator[str]:
    """The address of a model's server in a process of its own."""
    port = free_port()
    options = ["--port", str(port), "--fragments", str(FRAGMENTS), "--every-ms", str(EVERY_MS)]
    command = [sys.executable, "-m", "tests.chat.openai_server", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def press_issue(bootstrap: str) -> None:
    fields: dict[str, str | None] = {
        "issue": "PRESS_1",
        "processType": "장애접수",
        "modeType": "프레스",
        "modeLogId": None,
        "description": "유압 저하",
    }
    record = raise_issue(fields, now_ms=round(time.time() * 1000), operator="", terminal="plant")
    asyncio.run(publish_once(load_settings(bootstrap_servers=bootstrap).kafka, record))


def measured(terminal: Screen, typist: Typist, goes_on: Callable[[int], bool]) -> tuple[list[float], float]:
    """Seconds of each key, and the share of a core, while ``goes_on`` with the number of keys so far."""
    times: list[float] = []
    started, used = time.monotonic(), cpu_seconds(terminal.process.pid)
    while goes_on(len(times)):
        times.append(typist.key())
        time.sleep(PAUSE_S)
    return times, (cpu_seconds(terminal.process.pid) - used) / (time.monotonic() - started)


def told(name: str, times: list[float], share: float, baseline: tuple[float, float]) -> None:
    p50, p99 = percentile(times, 0.5), percentile(times, 0.99)
    print(
        f"{name:26} {len(times):4} keys  p50 {p50 * 1e3:5.1f} ms  p99 {p99 * 1e3:5.1f} ms (x{p99 / baseline[0]:.1f})"
        f"  worst {max(times) * 1e3:5.1f} ms  CPU {share:4.0%} of a core (x{share / baseline[1]:.1f})"
    )


def bench(terminal: Screen, bootstrap: str) -> None:
    terminal.until(lambda text: "live" in text)
    press_issue(bootstrap)
    terminal.until(lambda text: "PRESS_1" in text)
    terminal.type(CTRL_L)
    terminal.until(lambda text: "Verified" in text)
    terminal.type("    ")
    terminal.type(ENTER)
    terminal.until(lambda text: "locked, tagged, verified" in text)
    terminal.type(ENTER)  # from the list into the composer
    terminal.until(lambda text: "Write a message" in text)
    typist = Typist(terminal)
    quiet, quiet_share = measured(terminal, typist, lambda keys: keys < KEYS_BEFORE)
    p99 = percentile(quiet, 0.99)
    told("baseline: typing alone", quiet, quiet_share, (p99, quiet_share))
    terminal.type(BACKSPACE * Typist.LONGEST)
    terminal.until(lambda text: "Write a message" in text)
    terminal.type("why?\r")
    terminal.until(lambda text: "흡입" in text)
    typist = Typist(terminal)
    busy, busy_share = measured(terminal, typist, lambda _keys: "writing" in terminal.text)
    told("while an answer streams", busy, busy_share, (p99, quiet_share))
    terminal.ask_to_leave()
    terminal.ended()


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedBroker({TOPIC: 3}) as broker,
        model() as url,
        andon_in_terminal(
            {
                "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap,
                "ANDON_DATA_DIR": folder,
                "ANDON_OPERATOR": "kim",
                "ANDON_LANG": "en",
                "ANDON_CHAT": "openai",
                "ANDON_CHAT_URL": url,
            },
            kind=Screen,
        ) as terminal,
    ):
        assert isinstance(terminal, Screen)
        bench(terminal, broker.bootstrap)


if __name__ == "__main__":
    main()
