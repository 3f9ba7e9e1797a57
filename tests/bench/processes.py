"""Processes as the system sees them: how long, how much CPU, how much memory."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

GIVE_UP_S = 1800.0


class FailedError(RuntimeError):
    """A process did not do what is measured."""


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used, in user and system mode."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid: int | None = None) -> float:
    """Resident memory of a process, or of this one, in MiB."""
    pages = Path(f"/proc/{pid or 'self'}/statm").read_text().split()[1]
    return int(pages) * resource.getpagesize() / 2**20


def python(arguments: Sequence[str], given: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """Run this Python with ``arguments``; raises :class:`FailedError` with what it complained of."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONUTF8": "1", **(given or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=GIVE_UP_S,
        start_new_session=True,
    )
    if done.returncode:
        raise FailedError(f"{' '.join(arguments)} exited {done.returncode}: {done.stderr[-2000:]}")
    return done


def timed(arguments: Sequence[str], given: Mapping[str, str] | None = None) -> float:
    """Seconds from the start of that process to its end."""
    started = time.monotonic()
    python(arguments, given)
    return time.monotonic() - started
