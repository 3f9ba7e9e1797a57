"""Where the bench runs: what a reader must know to compare its numbers."""

import os
import platform
import time
from importlib.metadata import version
from pathlib import Path


def surroundings(broker: str, runs: int) -> dict[str, str]:
    """Machine, software and date, each as words."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{os.cpu_count()} cores of {_processor()}, {_memory_gb():.0f} GB",
        "python": f"Python {platform.python_version()}",
        "textual": f"Textual {version('textual')}",
        "aiokafka": f"aiokafka {version('aiokafka')}",
        "broker": f"{broker} on the same machine",
        "runs": f"median of {runs} runs (least to most)" if runs > 1 else "one run",
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
