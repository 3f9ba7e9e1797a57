"""One Java process of a test: started, signalled and ended by its process id, never outliving pytest."""

import atexit
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.kafka.jars import java

_QUICK_START = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto")
_LOGGING = ("-Dorg.slf4j.simpleLogger.showDateTime=true", "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS")

_running: "set[Jvm]" = set()


def java_command(
    class_path: str, main: str, *arguments: str, heap_mb: int = 256, options: Sequence[str] = ()
) -> list[str]:
    """The command line of a short-lived or small JVM: quick to start rather than fast."""
    return [java(), f"-Xmx{heap_mb}m", *_QUICK_START, *_LOGGING, *options, "-cp", class_path, main, *arguments]


class Jvm:
    """A running JVM whose output goes to ``log``."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*_dies_with_parent(), *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl+C is for pytest: its fixtures then end the broker.
                start_new_session=True,
            )
        _running.add(self)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """What it exited with (negative: the signal), None while it runs."""
        return self._process.poll()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; nothing happens when it has ended."""
        self._process.send_signal(number)
        if number is signal.SIGSTOP:
            # A thread that runs goes on until the signal reaches it: whoever freezes wants all of them to stand.
            with contextlib.suppress(ChildProcessError):
                os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def wait(self, seconds: float) -> bool:
        """Block until it has ended, at most ``seconds``; whether it has."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        if self.exit_code is None:
            return False
        _running.discard(self)
        return True

    def kill(self) -> None:
        """End it at once (SIGKILL works on a frozen process too) and reap it."""
        self._process.kill()
        self.wait(30)


def _dies_with_parent() -> list[str]:
    """Prefix that has the kernel kill the JVM when pytest itself is killed and no finalizer can run."""
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []


@atexit.register
def _kill_all() -> None:
    for process in list(_running):
        process.kill()


# A forked child (multiprocessing) must not end its parent's brokers.
os.register_at_fork(after_in_child=_running.clear)
