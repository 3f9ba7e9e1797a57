"""``python -m tests.bench.streaming``: typing while an answer of 2,000 fragments streams, in a real pseudo-terminal.

Prints the time from each key to its paint and the share of a core that Andon uses, against the same typing in the
same run with nothing streaming. The broker is the embedded one; the model's server is a process of its own.
"""

import asyncio
import contextlib
import os
import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.demo.embedded_broker import EmbeddedBroker
from core.domain.outbox import raise_issue
from core.kafka.publisher import publish_once
from core.settings import load_settings
from tests.chat.serving import free_port
from tests.tui.terminal import CTRL_Q, ENTER, Terminal, andon_in_terminal

FRAGMENTS = 2_000
EVERY_MS = 10
KEYS_BEFORE = 150
PAUSE_S = 0.05
LONGEST = 40
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
    asyncio.run(publish_once(load_settings(bootstrap_servers=bootstrap), record))


class Watched(Terminal):
    """Knows when each piece of the screen came in, however long the emulator takes over it."""

    def __init__(self, process: "subprocess.Popen[bytes]", master: int, size: tuple[int, int]) -> None:
        super().__init__(process, master, size)
        self.painted_at = 0.0
        """When the last piece came that stands on the emulator's screen, in monotonic seconds."""
        self._pieces: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        threading.Thread(target=self._listen, args=(master,), daemon=True).start()

    def _listen(self, master: int) -> None:
        with contextlib.suppress(OSError):
            while data := os.read(master, 65536):
                self._pieces.put((time.monotonic(), data))

    def _read(self, seconds: float) -> None:
        with contextlib.suppress(queue.Empty):
            self.painted_at, data = self._pieces.get(timeout=seconds)
            self._take(data)


class Typist:
    """Types letters and takes them back, one at a time, and measures when each is seen."""

    def __init__(self, terminal: Watched) -> None:
        self._terminal = terminal
        self._typed = "zq"
        self._grows = True
        terminal.type(self._typed)
        terminal.until(lambda text: self._typed in text)

    def key(self) -> float:
        """Seconds from the next key to its paint."""
        if len(self._typed) in (2, LONGEST):
            self._grows = len(self._typed) == 2
        letter = "qxzj"[len(self._typed) % 4]
        before = self._typed
        self._typed = before + letter if self._grows else before[:-1]
        started = time.monotonic()
        self._terminal.type(letter if self._grows else BACKSPACE)
        self._terminal.until(self._is_seen(before))
        return self._terminal.painted_at - started

    def _is_seen(self, before: str) -> Callable[[str], bool]:
        if self._grows:
            return lambda text: self._typed in text
        return lambda text: self._typed in text and before not in text


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(terminal: Watched, typist: Typist, goes_on: Callable[[int], bool]) -> tuple[list[float], float]:
    """Seconds of each key, and the share of a core, while ``goes_on`` with the number of keys so far."""
    times: list[float] = []
    started, used = time.monotonic(), cpu_seconds(terminal.process.pid)
    while goes_on(len(times)):
        times.append(typist.key())
        time.sleep(PAUSE_S)
    return times, (cpu_seconds(terminal.process.pid) - used) / (time.monotonic() - started)


def told(name: str, times: list[float], share: float, baseline: tuple[float, float]) -> None:
    ranked = sorted(times)
    p50, p99 = statistics.median(ranked), ranked[max(0, int(len(ranked) * 0.99) - 1)]
    print(
        f"{name:26} {len(ranked):4} keys  p50 {p50 * 1e3:5.1f} ms  p99 {p99 * 1e3:5.1f} ms (x{p99 / baseline[0]:.1f})"
        f"  worst {ranked[-1] * 1e3:5.1f} ms  CPU {share:4.0%} of a core (x{share / baseline[1]:.1f})"
    )


def bench(terminal: Watched, bootstrap: str) -> None:
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
    p99 = sorted(quiet)[int(len(quiet) * 0.99) - 1]
    told("baseline: typing alone", quiet, quiet_share, (p99, quiet_share))
    terminal.type(BACKSPACE * LONGEST)
    terminal.until(lambda text: "Write a message" in text)
    terminal.type("why?\r")
    terminal.until(lambda text: "흡입" in text)
    typist = Typist(terminal)
    busy, busy_share = measured(terminal, typist, lambda _keys: "writing" in terminal.text)
    told("while an answer streams", busy, busy_share, (p99, quiet_share))
    terminal.type(CTRL_Q)
    terminal.ended()


def main() -> None:
    sys.setswitchinterval(0.0005)  # the listener waits for nobody
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
            kind=Watched,
        ) as terminal,
    ):
        assert isinstance(terminal, Watched)
        bench(terminal, broker.bootstrap)


if __name__ == "__main__":
    sys.exit(main())
