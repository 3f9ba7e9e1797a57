"""``python -m tests.bench [PART ...]``: Andon's speed against baselines of the same run."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.bench import commands, idle, keys, latency, memory, options, replay, resolve, stall, startup
from tests.bench.brokers import running_broker
from tests.bench.context import Bench
from tests.bench.plot import growth_svg
from tests.bench.results import Report, Row, merged
from tests.bench.surroundings import surroundings
from tests.bench.table import surroundings_words, text_table, with_table

Part = Callable[[Bench], Iterator[Row]]
PARTS: Mapping[str, Part] = {
    module.PART: module.measure for module in (replay, startup, keys, latency, resolve, idle, memory, stall, commands)
}
_FAILURES = (AssertionError, OSError, RuntimeError, subprocess.SubprocessError)
_OURS = ("ANDON_", "KAFKA_")
_TESTS_OWN = "ANDON_TEST_CACHE"


def main() -> None:
    parser = options.parser(list(PARTS))
    given = parser.parse_args()
    if given.list:
        for name, part in PARTS.items():
            print(f"{name:10} {(sys.modules[part.__module__].__doc__ or '').splitlines()[0]}")
        return
    try:
        names = options.chosen(given, list(PARTS))
    except ValueError as wrong:
        parser.error(str(wrong))
    reports = [Report.from_json(path.read_text()) for path in given.earlier]
    if names:
        reports.append(_measured(given, names))
    try:
        _written(merged(reports), given)
    except ValueError as wrong:
        sys.exit(f"{wrong}")


def _measured(given: argparse.Namespace, names: Sequence[str]) -> Report:
    """Run these parts. One that fails is told on stderr, and the others run all the same."""
    for name in [name for name in os.environ if name.startswith(_OURS) and name != _TESTS_OWN]:
        del os.environ[name]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, running_broker(Path(folder), embedded=given.embedded) as broker:
        bench = Bench(broker, Path(folder), options.sizes(given), given.runs)
        report = Report(surroundings(broker.name, given.runs), rows)
        for name in names:
            print(f"{name} …", file=sys.stderr, flush=True)
            began = time.monotonic()
            try:
                rows += PARTS[name](bench)
            except _FAILURES:
                traceback.print_exc()
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            if given.json:  # What was measured is not lost with what comes after it.
                given.json.write_text(report.to_json())
    return report


def _written(report: Report, given: argparse.Namespace) -> None:
    print(surroundings_words(report))
    print(text_table(report.rows), end="")
    if given.json:
        given.json.write_text(report.to_json())
    if given.plot:
        given.plot.write_text(growth_svg(report.rows, f"Growth with open issues ({report.surroundings['date']})"))
    if given.readme:
        page, picture = given.readme.read_text(), given.plot.as_posix() if given.plot else ""
        given.readme.write_text(with_table(page, report, picture))


if __name__ == "__main__":
    main()
