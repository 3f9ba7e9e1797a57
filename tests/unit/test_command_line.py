"""The command line: what is typed is understood, what is wrong is one line, help is in one language and fits."""

import contextlib
import io
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from importlib.metadata import version as of_package
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from core.support import i18n
from core.support.cells import cell_width, filled
from core.support.version import version
from tests.unit.commands import andon
from tui.cli import LINE, answer
from tui.command_line import running
from tui.command_line.help import page
from tui.command_line.parser import WrongUseError, parse
from tui.command_line.spec import Command, Given, Option

COMMANDS = [*LINE.commands, LINE.terminal]
NAMES = [command.name for command in LINE.commands]
FLAGS = [option for command in LINE.commands for option in command.options if option.value is None]


def given_by(*words: str) -> Given:
    return parse(LINE, words).given


def complaint(*words: str) -> str:
    with pytest.raises(WrongUseError) as wrong:
        parse(LINE, words)
    return str(wrong.value)


# --- what is understood


def test_options_stand_anywhere_and_take_the_next_word_or_what_follows_the_sign() -> None:
    for words in (
        ("resolve", "A", "--note", "ok", "--wait", "3"),
        ("resolve", "--note=ok", "A", "--wait=3"),
        ("--topic", "t", "resolve", "--note", "ok", "--wait", "3", "A"),
        ("resolve", "--wait", "3", "--note", "ok", "--", "A"),
    ):
        found = given_by(*words)
        assert (found.text("ISSUE"), found.text("--note"), found.number("--wait", 0)) == ("A", "ok", 3)


def test_what_every_command_takes_is_taken_before_and_behind_it() -> None:
    for words in (("--topic", "t", "issues", "--json"), ("issues", "--topic", "t", "--json")):
        found = given_by(*words)
        assert found.text("--topic") == "t"
        assert found.flag("--json")


@pytest.mark.parametrize("note", ["-5 °C", "--json", "-", "--", "", "a=b", "-h", "--note"])
def test_a_value_may_look_like_an_option(note: str) -> None:
    for words in (("resolve", "A", "--note", note), ("resolve", "A", f"--note={note}")):
        found = given_by(*words)
        assert (found.text("--note", "none"), found.text("ISSUE")) == (note, "A")
        assert not parse(LINE, words).wants_help


def test_an_issue_may_begin_with_a_dash_behind_two_of_them() -> None:
    assert given_by("export", "--", "--version").text("ISSUE") == "--version"
    assert given_by("ask", "A", "--json", "what now").text("TEXT") == "what now"


def test_what_is_said_twice_counts_as_said_last_or_as_two() -> None:
    assert given_by("resolve", "A", "--note", "x", "--note", "y").text("--note") == "y"
    assert given_by("watch", "--issue", "A", "--issue=B").texts("--issue") == ("A", "B")


def test_an_earlier_name_goes_on_working() -> None:
    assert given_by("reopen", "A", "--note", "again").text("--why") == "again"


def test_bytes_of_another_encoding_become_visible() -> None:
    assert given_by("resolve", "A\udce9").text("ISSUE") == "A\ufffd"


@given(st.lists(st.one_of(st.text(max_size=8), st.sampled_from([*NAMES, "--", "-h", "--json", "--note", "--wait=1"]))))
def test_any_words_are_understood_or_refused_in_one_line(words: list[str]) -> None:
    said = ""
    with contextlib.suppress(WrongUseError):
        try:
            assert parse(LINE, words).command in COMMANDS
        except WrongUseError as wrong:
            said = str(wrong)
            raise
    assert "\n" not in said
    assert "andon help" in said or not said


@given(st.text(), st.text())
def test_a_value_arrives_as_it_was_typed(issue: str, note: str) -> None:
    found = given_by("resolve", f"--note={note}", "--", issue)
    expected = [text.encode("utf-8", "replace").decode() for text in (issue, note)]
    if "\ufffd" not in "".join(expected) and "?" not in "".join(expected):
        assert [found.text("ISSUE"), found.text("--note")] == expected


# --- what is wrong

WRONG = {
    ("nix",): "There is no command 'nix'.",
    ("",): "There is no command ''.",
    ("isues",): "Did you mean issues",
    ("--nix",): "There is no option '--nix'.",
    ("issues", "--jsn"): "Did you mean --json?",
    ("issues", "--json=1"): "--json takes no value.",
    ("resolve",): "Missing: ISSUE.",
    ("resolve", "A", "B"): "Unexpected argument: 'B'.",
    ("resolve", "A", "--wait"): "--wait needs a value.",
    ("resolve", "A", "--wait", "soon"): "--wait: 'soon' is no number of seconds.",
    ("resolve", "A", "--wait", "-1"): "--wait: '-1' is no number of seconds.",
    ("resolve", "A", "--wait", "nan"): "--wait: 'nan' is no number of seconds.",
    ("watch", "--from", "then"): "--from: not 'then', but one of beginning, now.",
    ("completion", "tcsh"): "SHELL: not 'tcsh', but one of bash, zsh, fish.",
    ("raise", "--issue", "A"): "Missing: --process-type, --mode-type.",
    ("help", "nix"): "There is no command 'nix'.",
    ("export", "\x1b]52;c;x\x07\n", "B\x1b[31m"): "Unexpected argument: 'B␛[31m'.",
}


@pytest.mark.parametrize("words", WRONG, ids=repr)
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_what_is_wrong_is_one_line_with_where_to_look(words: tuple[str, ...], lang: str) -> None:
    ran = andon({"ANDON_LANG": lang}, *words)
    assert (ran.code, ran.text) == (2, "")
    [line] = ran.complaint.splitlines()
    assert "andon help" in line
    if lang == "en":
        assert WRONG[words] in line
    else:
        assert not _english(line.replace("andon help", ""), [*words, *NAMES]), line


def _english(text: str, quoted: list[str]) -> list[str]:
    """Latin words that are no option, no command, no choice and nothing that was typed."""
    options = {name for command in COMMANDS for option in (*command.options, *LINE.options) for name in option.names}
    values = [one.value for command in COMMANDS for one in (*command.options, *LINE.options)]
    values += [one.value for command in COMMANDS for one in command.arguments]
    choices = {choice for value in values if value is not None for choice in value.choices}
    known = options | choices | {"--version", "--help", "-h", "andon", "A", "B"} | set(quoted)
    return [word for word in re.findall(r"-{0,2}[A-Za-z][A-Za-z-]+", text) if word not in known]


# --- help


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("width", [40, 60, 80, 96])
def test_help_names_all_that_is_taken_and_fits(command: Command, lang: str, width: int) -> None:
    i18n.use(lang)
    shown = page(LINE, command, width)
    assert max(map(cell_len, shown.splitlines())) <= width
    options = LINE.options if command is LINE.terminal else command.options
    assert all(re.search(rf"^  (-h, )?{re.escape(option.name)}\b", shown, re.MULTILINE) for option in options)
    assert "--version" in shown
    assert "--help" in shown
    assert not any(option.other_name and f"  {option.other_name}" in shown for option in options)


_NAMES_IN_KOREAN = {"other", "Kafka", "ssh", "JSON", "Markdown", "modeType", "toml"}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_korean_help_is_korean(command: Command) -> None:
    i18n.use("ko")
    assert not set(_english(page(LINE, command, 96), NAMES)) - _NAMES_IN_KOREAN


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["help"], ["--lang", "en", "--help"]], ids=str)
def test_the_programs_help_lists_every_command(words: list[str]) -> None:
    ran = andon({}, *words)
    assert ran.code == 0
    assert all(re.search(rf"^  {name}  ", ran.text, re.MULTILINE) for name in NAMES)
    assert "__complete" not in ran.text


@pytest.mark.parametrize("name", NAMES)
def test_help_of_a_command_is_the_same_by_both_ways(name: str) -> None:
    by_flag, by_command = io.StringIO(), io.StringIO()
    with redirect_stdout(by_flag):
        assert answer([name, "--help"]) == 0
    with redirect_stdout(by_command):
        assert answer(["help", name]) == 0
    assert by_flag.getvalue() == by_command.getvalue()
    assert f"andon {name}" in by_flag.getvalue()


@pytest.mark.parametrize("name", ["", *NAMES])
def test_every_command_tells_the_version(name: str) -> None:
    printed = io.StringIO()
    with redirect_stdout(printed):
        assert answer([*filter(None, [name]), "--version"]) == 0
    assert printed.getvalue() == f"andon {version()}\n"


def test_the_version_is_the_packages() -> None:
    assert version() == of_package("andon")
    assert andon({}, "--version").text == f"andon {of_package('andon')}\n"


# --- the description itself


def test_names_are_clear() -> None:
    everywhere = [name for option in LINE.options for name in option.names]
    for command in LINE.commands:
        names = [name for option in command.options for name in option.names]
        assert len({*names, *everywhere, "--help", "-h", "--version"}) == len(names) + len(everywhere) + 3, command.name
        required = [argument.is_required for argument in command.arguments]
        assert required == sorted(required, reverse=True), command.name


def test_a_flag_is_a_flag() -> None:
    assert FLAGS
    assert all(given_by(command.name, *_needed(command), flag.name).flag(flag.name) for command, flag in _with_flags())


def _with_flags() -> list[tuple[Command, Option]]:
    return [(command, option) for command in LINE.commands for option in command.options if option.value is None]


def _needed(command: Command) -> list[str]:
    options = [word for option in command.options if option.is_required for word in (option.name, "x")]
    arguments = [(one.value.choices or ("x",))[0] for one in command.arguments if one.is_required]
    return [*options, *arguments]


# --- cells, and what surrounds a command


@given(st.text(alphabet="aZ 9.가힣漢ㄱé→·…"))
def test_cells_are_counted_as_the_screens_count_them(text: str) -> None:
    assert cell_width(text) == cell_len(text)


@given(st.text(alphabet="ab 가나 "), st.integers(4, 30))
def test_filled_lines_keep_every_word_and_fit(text: str, width: int) -> None:
    lines = filled(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cell_width(line) <= width for line in lines)
    if max(map(cell_width, text.split()), default=0) <= width:
        assert " ".join(lines).split() == text.split(), "no word is broken without need"


def test_a_full_disk_behind_standard_output_is_one_line() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full")
    with full.open("w") as output:
        ran = subprocess.run(
            [sys.executable, "-m", "tui", "--help"], stdout=output, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) == 1
    assert "Traceback" not in ran.stderr


def test_an_interrupt_is_no_traceback() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    told = io.StringIO()
    with redirect_stderr(told):
        assert running.exit_code(interrupted) == running.INTERRUPTED
    assert told.getvalue() == ""
