"""What a command prints for people on a terminal: a table on the grid. In a pipe: plain lines, no colour, no rich."""

import io
import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st
from rich.cells import cell_len

from core.domain.issues import issue_of
from core.store.store import Batch, Store
from tests.unit.commands import andon, environment
from tests.unit.making import NOW, event
from tests.unit.test_commands_embedded import broker as broker
from tests.unit.test_commands_embedded import given as given
from tests.unit.test_commands_embedded import send, value_of
from tui.commands.tables import Cell, Column, column_widths, print_table

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ACTIVE = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u202e]")
EVIL = "[bold]x[/] :smile: \x1b]52;c;eA==\x07 \u202e끝"


def on_terminal(given: dict[str, str], *arguments: str, columns: int = 80, term: str = "xterm-256color") -> str:
    """What ``andon ARGUMENTS`` prints on a terminal of that width; it asks nothing."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", *arguments],
        env={**environment(given), "TERM": term, "COLUMNS": str(columns)},
        stdin=subprocess.DEVNULL,
        stdout=slave,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(slave)
    shown, give_up = b"", time.monotonic() + 60
    while time.monotonic() < give_up:
        if not select.select([master], [], [], 0.1)[0]:
            continue
        try:
            part = os.read(master, 65_536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    process.wait(60)
    os.close(master)
    return shown.decode().replace("\r\n", "\n")


def starts(line: str) -> Iterator[int]:
    """The cells in which the columns of ``line`` begin: what stands behind two blanks."""
    for found in re.finditer(r"(?:^|(?<=  ))\S", line):
        yield cell_len(line[: found.start()])


@pytest.fixture
def kept(tmp_path: Path) -> dict[str, str]:
    """A terminal with a journal of its own."""
    store = Store(tmp_path / "data", reopen_after_ms=30_000)
    store.meta.remember_scope("c/t")
    store.commit_batch("c/t", Batch([issue_of(event(NOW, issue="PRESS-1"))], {}))
    for action, issue, note in (("resolved", "PRESS-1", "흡입 필터 교체"), ("confirmed", "용접-22", EVIL)):
        store.journal.append(at_ms=NOW, operator="김민수", action=action, issue=issue, detail={"note": note})
    store.close()
    return {"ANDON_DATA_DIR": str(tmp_path / "data"), "ANDON_LANG": "ko"}


def test_the_journal_is_a_table_on_a_terminal_and_lines_in_a_pipe(kept: dict[str, str]) -> None:
    piped = andon(kept, "journal").text
    assert not COLOUR.search(piped)
    assert "  resolved  PRESS-1  흡입 필터 교체" in piped
    shown = on_terminal(kept, "journal", columns=100)
    head, first, second = COLOUR.sub("", shown).splitlines()[:3]
    assert head.split() == ["#", "시각", "작업자", "조치", "이슈", "메모"]
    assert "해결됨" in first
    assert list(starts(first))[:5] == list(starts(second))[:5] == list(starts(head))[:5]


def test_untrusted_text_is_inert_and_no_markup_in_a_table(kept: dict[str, str]) -> None:
    shown = COLOUR.sub("", on_terminal(kept, "journal", columns=120))
    assert not ACTIVE.search(shown)
    assert "[bold]x[/] :smile:" in shown


def test_no_colour_without_colours(kept: dict[str, str]) -> None:
    for variables, term in (({**kept, "NO_COLOR": "1"}, "xterm-256color"), (kept, "dumb")):
        shown = on_terminal(variables, "config", term=term)
        assert not re.search(r"\x1b\[[0-9;]*[34][0-9]", shown)
        assert "KAFKA_TOPIC" in shown


@pytest.mark.parametrize("columns", [60, 80, 200])
@pytest.mark.parametrize("command", ["config", "journal"])
def test_no_line_is_wider_than_the_terminal(kept: dict[str, str], command: str, columns: int) -> None:
    shown = COLOUR.sub("", on_terminal(kept, command, columns=columns))
    assert shown
    assert max(map(cell_len, shown.splitlines())) <= columns


CELLS = st.text(alphabet="ab 가힣→[]:…", max_size=60)


@hypothesis.given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=4), st.integers(1, 130))
def test_nothing_is_cut_off_at_any_width(rows: list[tuple[str, ...]], width: int) -> None:
    """A table that cuts off what does not fit hides an alarm's words."""
    columns = [Column("이슈", is_whole=True), Column("n", is_right=True), Column("내용"), Column("x")]
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed):
        patch.setenv("COLUMNS", str(width))
        print_table(columns, [[Cell(text) for text in row] for row in rows])
    expected = Counter("".join(text for row in rows for text in row))
    found = Counter(printed.getvalue())
    assert all(found[sign] >= count for sign, count in expected.items() if sign != " ")
    table = column_widths(columns, [[Cell(text) for text in row] for row in rows], width)
    assert table is None or max(map(cell_len, printed.getvalue().splitlines())) <= width


def test_open_issues_are_a_table_on_a_terminal(given: dict[str, str]) -> None:
    send(
        given,
        value_of("PRESS-VIB1-ANOMALY-20261125101010", description=EVIL),
        value_of("용접-2", description="가" * 90),
    )
    piped = andon(given, "issues").text
    assert len(piped.splitlines()) == 2
    assert not COLOUR.search(piped)
    shown = COLOUR.sub("", on_terminal(given, "issues"))
    assert not ACTIVE.search(shown)
    assert shown.splitlines()[0].split()[:2] == ["issue", "state"]
    assert "PRESS-VIB1-ANOMALY-20261125101010" in shown, "an id is copied from here"
    assert max(map(cell_len, shown.splitlines())) <= 80
    assert shown.count("가") == 90, "nothing is cut off"


def test_the_topic_and_the_doctor_are_in_colour_on_a_terminal_alone(given: dict[str, str]) -> None:
    looks = {"topic": "\x1b[1m", "doctor": "\x1b[32m[ok]"}
    for command, look in looks.items():
        piped = andon(given, command).text
        assert not COLOUR.search(piped)
        shown = on_terminal(given, command)
        assert max(cell_len(COLOUR.sub("", line)) for line in shown.splitlines()) <= 80
        assert look in shown


_LOADED = """
import contextlib, io, json, sys
sys.modules["httpx._main"] = None  # httpx's own command line, which takes rich where it is installed
sys.argv[1:] = json.loads(sys.argv[1])
from tui.__main__ import main
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main()
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules} & {"rich", "textual"})))
"""


@pytest.mark.parametrize("command", ["issues", "topic", "doctor", "config", "journal"])
def test_rich_is_loaded_for_a_terminal_alone(given: dict[str, str], command: str) -> None:
    andon(given, "resolve", "NONE", "--wait", "1")  # so that there is a store
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, json.dumps([command])],
        env=environment(given),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == []
