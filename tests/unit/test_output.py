"""What a stream cannot show is replaced; it never ends a command, and JSON stays whole."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.support.terminal_charset import terminal_charset
from tests.unit.commands import andon

PROGRAM = "import sys; from tui.output import show_what_can_be_shown as show; show(sys.argv[1:]); print(sys.argv[-1])"
TEXT = '"프레스 \U0001f525 é"'


@pytest.mark.parametrize("charset", ["euc-kr", "latin-1", "ascii", "cp949", "utf-8"])
@pytest.mark.parametrize("flags", [[], ["--json"], ["--format", "json"]])
def test_any_character_goes_to_any_stream(charset: str, flags: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *flags, TEXT],
        env={"PYTHONIOENCODING": charset, "PYTHONUTF8": "0", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=True,
    )
    said = done.stdout.decode(charset).strip()
    if flags:
        assert json.loads(said) == TEXT.strip('"')
    elif charset == "utf-8":
        assert said == TEXT
    else:
        assert "?" in said


@pytest.mark.parametrize("charset", ["euc-kr", "latin-1"])
@pytest.mark.parametrize("command", [["--help"], ["doctor"], ["doctor", "--json"], ["issues"]])
def test_commands_end_as_they_would_in_utf_8(charset: str, command: list[str], tmp_path: object) -> None:
    given = {"ANDON_LANG": "ko", "ANDON_DATA_DIR": str(tmp_path), "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}
    whole = andon(given, *command)
    cut = andon({**given, "PYTHONUTF8": "0", "PYTHONIOENCODING": charset}, *command)
    assert cut.code == whole.code
    assert b"Traceback" not in cut.err
    assert len(cut.out.decode(charset).splitlines()) >= len(whole.out.decode().splitlines()) - 1


@pytest.mark.parametrize(
    ("environment", "charset"),
    [
        ({}, "utf-8"),
        ({"LANG": "C"}, "utf-8"),
        ({"LANG": "ko_KR.UTF-8"}, "utf-8"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "ko_KR.eucKR"}, "euc_kr"),
        ({"LANG": "de_DE.ISO8859-1@euro"}, "iso8859-1"),
        ({"LC_CTYPE": "ko_KR.CP949", "LANG": "C"}, "cp949"),
        ({"LANG": "x.none-such"}, "utf-8"),
    ],
)
def test_the_locale_names_the_terminal_s_charset(environment: Mapping[str, str], charset: str) -> None:
    assert terminal_charset(environment) == charset


def test_a_character_that_the_terminal_cannot_show_leaves_as_many_cells(tmp_path: Path) -> None:
    driver = "import tui.input.terminal_driver as t, codecs; codecs.register_error('x', t._replaced_by_cells)"
    done = subprocess.run(
        [sys.executable, "-c", f"{driver}; import sys; sys.stdout.buffer.write('프레스 1●é'.encode('latin-1', 'x'))"],
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"?????? 1?\xe9"
