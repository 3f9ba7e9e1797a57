"""Commands as processes, from their start to their end, and what ``--help`` loads."""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator

from tests.bench.context import Bench
from tests.bench.history import Plant
from tests.bench.plant import now_ms
from tests.bench.processes import FailedError, python, timed
from tests.bench.results import Goal, Row, Rule

PART = "commands"
LIMITS_S = {"andon --help": 0.2, "andon --version": 0.2, "andon issues, empty topic": 0.5, "andon resolve": 0.5}
HEAVY = ("textual", "aiokafka", "httpx")
"""What ``--help`` has no use for."""
_MODULES = """
import json, sys
from tui.__main__ import main
sys.argv[1:] = ["--help"]
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def measure(bench: Bench) -> Iterator[Row]:
    """Rows of this part. A command that fails is told on stderr and has none."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for _ in range(bench.runs):
        seconds["pass"].append(timed(["-c", "pass"]))
        for name, arguments, given in _commands(bench):
            try:
                seconds[name].append(timed(["-m", "tui", *arguments], given))
            except FailedError as failed:
                print(failed, file=sys.stderr)
    for name in [name for name in LIMITS_S if seconds[name]]:
        goal = Goal(Rule.AT_MOST, LIMITS_S[name])
        yield Row(PART, name, "s", tuple(seconds[name]), tuple(seconds["pass"]), goal, "python -c pass")
    modules = loaded_by_help()
    yield Row(PART, "modules loaded by --help", "", (float(len(modules)),))
    heavy = sum(name in modules for name in HEAVY)
    yield Row(PART, f"of {', '.join(HEAVY)} loaded by --help", "", (float(heavy),), goal=Goal(Rule.AT_MOST, 0.0))


def _commands(bench: Bench) -> Iterator[tuple[str, list[str], dict[str, str]]]:
    """Each command once, its arguments and variables: on a topic and in a data directory of its own."""
    given = {"KAFKA_BOOTSTRAP_SERVERS": bench.broker.bootstrap, "ANDON_OPERATOR": "kim", "ANDON_LANG": "en"}
    empty = {**given, "KAFKA_TOPIC": bench.broker.topic(), "ANDON_DATA_DIR": str(bench.data())}
    yield "andon --help", ["--help"], empty
    yield "andon --version", ["--version"], empty
    yield "andon issues, empty topic", ["issues"], empty
    topic = bench.broker.topic()
    event = Plant().raised(now_ms())
    bench.broker.line(topic).send_all([event])
    raised = {**given, "KAFKA_TOPIC": topic, "ANDON_DATA_DIR": str(bench.data())}
    yield "andon resolve", ["resolve", event.issue], raised


def loaded_by_help() -> list[str]:
    """The modules that are loaded when ``andon --help`` ends."""
    told = python(["-c", _MODULES], {"ANDON_LANG": "en"}).stderr
    found: list[str] = json.loads(told.splitlines()[-1])
    return found
