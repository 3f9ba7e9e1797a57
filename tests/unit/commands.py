"""``andon`` as a subprocess."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

GIVE_UP_S = 90.0


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def complaint(self) -> str:
        return self.err.decode()

    def json(self) -> Any:
        return json.loads(self.out)


def environment(given: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "ANDON_LANG": "en", "ANDON_OPERATOR": "kim", "PYTHONUTF8": "1", **given}


def andon(given: Mapping[str, str], *arguments: str, within: float = 90.0) -> Ran:
    """Run ``andon`` with these variables; the machine's own settings are not there."""
    done = subprocess.run(
        [sys.executable, "-m", "tui", *arguments],
        env=environment(given),
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # without a terminal, also where the tests run in one
        capture_output=True,
        timeout=within,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@contextmanager
def started(
    given: dict[str, str], *arguments: str, stderr: int = subprocess.PIPE
) -> "Iterator[subprocess.Popen[bytes]]":
    """``andon`` in the background, killed at the end."""
    with subprocess.Popen(
        [sys.executable, "-m", "tui", *arguments],
        env=environment(given),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        start_new_session=True,
    ) as process:
        # Whoever reads a line that never comes gets the end of the stream instead.
        give_up = threading.Timer(GIVE_UP_S, process.kill)
        give_up.start()
        try:
            yield process
        finally:
            give_up.cancel()
            process.kill()


def until_live(watching: "subprocess.Popen[bytes]") -> None:
    assert watching.stderr is not None
    while line := watching.stderr.readline():
        if line == b"live\n":
            return
    raise AssertionError("watch ended")
