"""``andon`` as a subprocess."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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
        capture_output=True,
        timeout=within,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
