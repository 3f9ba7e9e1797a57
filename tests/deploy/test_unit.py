"""andon@.service: systemd's own check of it, and what the program needs of it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.files import DEPLOY


def directives() -> list[tuple[str, str]]:
    lines = (DEPLOY / "andon@.service").read_text().splitlines()
    return [(name, value) for name, sign, value in (line.partition("=") for line in lines if line[:1] != "#") if sign]


def value(name: str) -> str:
    """The one value of a directive."""
    [only] = [text for directive, text in directives() if directive == name]
    return only


def environment() -> dict[str, str]:
    lines = [text for name, text in directives() if name == "Environment"]
    return dict(part.split("=", 1) for line in lines for part in line.split())


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_it(tmp_path: Path) -> None:
    unit = tmp_path / "andon@P1-03.service"
    text = (DEPLOY / "andon@.service").read_text()
    program = value("ExecStart").split()[0]
    unit.write_text(text.replace(program, "/bin/true"))  # tmux need not be on the machine that checks
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if unit.name in line]
    assert (done.returncode, complaints) == (0, []), done.stderr


def test_the_instance_is_the_terminal_with_a_folder_of_its_own() -> None:
    given = environment()
    assert given["ANDON_TERMINAL_ID"] == "%i"
    assert given["ANDON_DATA_DIR"] == f"%S/{value('StateDirectory')}"
    assert given["LANG"] == "C.UTF-8"


def test_the_secret_is_a_credential() -> None:
    name = value("LoadCredential").partition(":")[0]
    assert environment()["KAFKA_SASL_PASSWORD_FILE"] == f"%d/{name}"


def test_it_comes_back_and_may_little() -> None:
    assert value("Restart") == "always"
    assert value("User") == "andon"
    for name, wanted in (("NoNewPrivileges", "yes"), ("ProtectSystem", "strict"), ("CapabilityBoundingSet", "")):
        assert value(name) == wanted


def test_its_tmux_reads_the_shipped_settings_and_takes_no_key() -> None:
    words = value("ExecStart").split()
    assert Path(words[words.index("-f") + 1]).name == "tmux.conf"
    settings = (DEPLOY / "tmux.conf").read_text()
    assert "set -g prefix None" in settings
    assert "set -g default-shell /bin/sh" in settings, "the account's shell is nologin"
