"""``python -m tests.bench.ingest``: how fast records become issues, against merely parsing their JSON."""

import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from core.chat.playbook.assistant import PlaybookAssistant
from core.domain.events import IssueEvent, Record, read_event
from core.domain.issue_register import IssueRegister
from core.settings import load_settings
from core.station.station import Station
from core.store.store import Store

RECORDS = 50_000
BATCH = 500


def records(issues: int) -> list[Record]:
    """Opens, repeats and solves of ``issues`` issues, shuffled."""
    rng = random.Random(1)
    found = []
    for number in range(RECORDS):
        issue = f"PRESS_{rng.randrange(issues):05}"
        value = {
            "issue": issue,
            "processType": "장애접수",
            "modeType": "프레스",
            "modeLogId": "PRESS_LOG_001",
            "description": "100톤 프레스 유압 이상",
            "isSolved": rng.random() < 0.3,
            "timestamp": "2025-08-08T17:05:37.123Z",
        }
        raw = json.dumps(value, ensure_ascii=False).encode()
        found.append(Record("t", number % 6, number // 6, 1_754_000_000_000 + rng.randrange(10**9), None, raw))
    return found


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def fold(batch: list[Record]) -> None:
    register = IssueRegister()
    for record in batch:
        event = read_event(record)
        if isinstance(event, IssueEvent):
            register.apply(event)


def ingest(batch: list[Record]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(data_dir=Path(folder))
        store = Store(Path(folder))
        station = Station(settings, store, PlaybookAssistant())
        for start in range(0, len(batch), BATCH):
            part = batch[start : start + BATCH]
            station.intake.ingest(part, {0: start + len(part)})
        store.close()


def main() -> None:
    for issues in (5_000, 1):
        batch = records(issues)
        parse = timed(lambda: [json.loads(record.value or b"") for record in batch])  # noqa: B023 - called at once
        folding = timed(lambda: fold(batch))  # noqa: B023
        whole = timed(lambda: ingest(batch))  # noqa: B023
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        sys.stdout.write(
            f"{RECORDS:,} records, {issues:,} issues: JSON alone 1.0, folded {folding / parse:.1f}, "
            f"stored {whole / parse:.1f} ({RECORDS / whole:,.0f} records/s), peak {peak} MB\n"
        )


if __name__ == "__main__":
    main()
