"""The bench's command line."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.bench.sizes import QUICK, Sizes

RUNS = 5
PLOT = Path("screenshots/bench-growth.svg")
README = Path("README.md")
_ALSO = """
others, each printing its own table:
  python -m tests.bench.ingest      records into issues, in this process
  python -m tests.bench.panes       from one issue's pane to another's
  python -m tests.bench.streaming   typing while an answer streams
  python -m tests.bench.logins      a terminal whose logins run out all the time
"""


def parser(parts: Sequence[str]) -> argparse.ArgumentParser:
    """For these parts; without one named, all run."""
    found = argparse.ArgumentParser(
        "python -m tests.bench",
        description="Measures Andon against baselines of the same run. Nothing here is asserted.",
        epilog=_ALSO,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found.add_argument("parts", nargs="*", metavar="PART", help=f"one or more of {', '.join(parts)}; all by default")
    found.add_argument("--list", action="store_true", help="say what each part measures, and end")
    found.add_argument("--quick", action="store_true", help="small sizes: to see that it works")
    found.add_argument("--runs", type=_positive, default=RUNS, metavar="N", help=f"of each measurement ({RUNS})")
    found.add_argument("--events", type=_positive, metavar="N", help="on the topic that is replayed (1,000,000)")
    found.add_argument("--idle", type=_positive, metavar="SECONDS", help="to look at an idle terminal (60)")
    found.add_argument("--embedded", action="store_true", help="the embedded broker, also where Java is")
    found.add_argument("--from", dest="earlier", nargs="+", type=Path, default=[], metavar="FILE", help=_FROM)
    found.add_argument("--json", type=Path, metavar="FILE", help="write all values there")
    found.add_argument("--plot", nargs="?", type=Path, const=PLOT, metavar="FILE", help=f"draw the growth ({PLOT})")
    found.add_argument("--readme", nargs="?", type=Path, const=README, metavar="FILE", help="put the table there")
    return found


_FROM = "take the rows of earlier --json files too; without a PART nothing is measured"


def chosen(given: argparse.Namespace, parts: Sequence[str]) -> list[str]:
    """The parts to run, in their order; raises ``ValueError`` for an unknown one."""
    if unknown := [name for name in given.parts if name not in parts]:
        raise ValueError(f"no such part: {', '.join(unknown)} (there are {', '.join(parts)})")
    if not given.parts:
        return [] if given.earlier else list(parts)
    return [name for name in parts if name in given.parts]


def sizes(given: argparse.Namespace) -> Sizes:
    """How much is measured."""
    found = QUICK if given.quick else Sizes()
    found = replace(found, events=given.events) if given.events else found
    return replace(found, idle_s=float(given.idle)) if given.idle else found


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number
