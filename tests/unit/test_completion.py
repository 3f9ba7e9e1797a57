"""What Tab offers: by the completer itself, and through the scripts in the real shells where they are installed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.issues import issue_of
from core.store.store import Batch, Store
from tests.unit.commands import andon, environment
from tests.unit.making import NOW, event
from tui.cli import LINE
from tui.command_line.completion import offers, print_offers, script

SHELLS = ("bash", "zsh", "fish")
NAMES = [command.name for command in LINE.commands]
GLOBAL = [option.name for option in LINE.options]


def offered(*words: str) -> list[str]:
    return [word for word, _means in offers(LINE, words)]


# --- what is offered


def test_commands_come_first_and_those_that_begin_so() -> None:
    assert offered("") == offered() == NAMES
    assert offered("is") == ["issues"]
    assert offered("--slow", "res") == ["resolve"]
    assert offered("help", "to") == ["topic"]


def test_options_of_the_command_then_of_every_command() -> None:
    assert offered("resolve", "--") == ["--note", "--cause", "--wait", *GLOBAL, "--version", "--help"]
    assert offered("resolve", "--n") == ["--note"]
    assert offered("journal", "--j") == ["--json"]
    assert offered("-") == [*GLOBAL, "--version", "--help"]


def test_what_is_there_is_not_offered_again_but_what_may_be_repeated() -> None:
    assert "--json" not in offered("watch", "--json", "--")
    assert "--state" in offered("watch", "--state", "open", "--")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("export", "A", "--format", ""), ["md", "json"]),
        (("export", "A", "--format", "j"), ["json"]),
        (("export", "A", "--format=j"), ["--format=json"]),
        (("export", "A", "--format", "=", "j"), ["json"]),  # as bash parts it
        (("export", "A", "--format", "="), ["md", "json"]),
        (("completion", ""), list(SHELLS)),
        (("--lang", ""), ["ko", "en"]),
        (("--config", "x"), [":files"]),
        (("--data-dir", ""), [":folders"]),
        (("resolve", "A", "--note", ""), []),
        (("resolve", "A", "--", ""), []),
    ],
)
def test_values(words: Sequence[str], expected: list[str]) -> None:
    assert offered(*words) == expected


@given(st.lists(st.one_of(st.sampled_from([*NAMES, "--", "--wait", "=", ""]), st.text(max_size=5)), max_size=5))
def test_whatever_was_typed_nothing_fails(words: list[str]) -> None:
    if not {"resolve", "reopen", "retry", "withdraw", "ask", "export"} & set(words):
        print_offers(LINE, words)


def test_no_sense_offers_nothing_and_says_nothing() -> None:
    ran = andon({}, "__complete", "nix", "")
    assert (ran.code, ran.out, ran.err) == (0, b"", b"")


def test_what_it_means_is_said_in_the_operators_language() -> None:
    assert andon({"ANDON_LANG": "ko"}, "__complete", "isu", "").text == ""
    assert "이슈" in andon({"ANDON_LANG": "ko"}, "__complete", "iss").text


# --- issues, from the terminal's own store

EVIL = ("$(touch ran)", "`touch ran`", "a;touch ran", "a b", "-x", "a'b", "a|b", "&", "\x1b]0;x\x07", "a\nb", "*", "~")


@pytest.fixture
def given_store(tmp_path: Path) -> dict[str, str]:
    """A terminal that knows three open issues, one that is solved, and some with names that a shell would run."""
    store = Store(tmp_path / "data", reopen_after_ms=30_000)
    opened = [issue_of(event(NOW + at, issue=name)) for at, name in enumerate(("PRESS-1", "PRESS-2", "용접-3"))]
    solved = issue_of(event(NOW + 9, kind="solved", issue="WELD-1"))
    evil = [issue_of(event(NOW, issue=name, description="$(touch ran) \x1b[31m:`x`\\")) for name in EVIL]
    store.meta.remember_scope("c/t")
    store.commit_batch("c/t", Batch([*opened, solved, *evil], {}))
    store.close()
    return {"ANDON_DATA_DIR": str(tmp_path / "data"), "KAFKA_BOOTSTRAP_SERVERS": "192.0.2.1:1"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("resolve", ""), ["용접-3", "PRESS-2", "PRESS-1"]),
        (("resolve", "P"), ["PRESS-2", "PRESS-1"]),
        (("resolve", "--note", "x", "용"), ["용접-3"]),
        (("reopen", ""), ["WELD-1"]),
        (("export", "W"), ["WELD-1"]),
        (("ask", "--", "WELD"), ["WELD-1"]),
    ],
)
def test_issues_are_offered_without_contact_and_none_that_a_shell_would_run(
    given_store: dict[str, str], words: Sequence[str], expected: list[str]
) -> None:
    ran = andon(given_store, "__complete", *words)
    assert (ran.code, ran.err) == (0, b"")
    assert [line.partition("\t")[0] for line in ran.text.splitlines()] == expected


def test_the_data_directory_on_the_line_is_the_one_that_is_read(given_store: dict[str, str], tmp_path: Path) -> None:
    elsewhere = {**given_store, "ANDON_DATA_DIR": str(tmp_path / "none")}
    assert andon(elsewhere, "__complete", "reopen", "").text == ""
    assert "WELD-1" in andon(elsewhere, "__complete", "--data-dir", given_store["ANDON_DATA_DIR"], "reopen", "").text


def test_nothing_is_made_where_there_is_no_terminal(tmp_path: Path) -> None:
    andon({"ANDON_DATA_DIR": str(tmp_path / "none")}, "__complete", "resolve", "")
    assert not (tmp_path / "none").exists()


# --- the shells themselves

BASH = """
eval "$(andon completion bash)"
complete -p andon
COMP_WORDS=(andon "$@"); COMP_CWORD=$#
_andon
printf '%s\n' "${COMPREPLY[@]}"
"""
ZSH = """
compdef() { print -r -- "complete $*"; }
_describe() { local one; for one in "${(@P)3}"; do print -r -- "${one%%:*}"; done; }
_files() { print -r -- "files $*"; }
eval "$(andon completion zsh)"
words=(andon "$@"); CURRENT=$#words
_andon
"""
FISH = """
andon completion fish | source
complete -c andon >/dev/null; and echo complete andon
complete -C (string join ' ' -- andon $argv) | string replace -r '\\t.*' ''
"""
COMMANDS = {
    "bash": ["bash", "--norc", "-c", BASH, "bash"],
    "zsh": ["zsh", "-f", "-c", ZSH, "zsh"],
    "fish": ["fish", "--no-config", "-c", FISH, "--"],
}


def by_shell(shell: str, given: dict[str, str], *words: str) -> list[str]:
    """What ``shell`` offers for ``andon WORDS``, its first line aside: that completion is in force."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        [*COMMANDS[shell], *words],
        env={**environment(given), "PATH": path, "TERM": "dumb"},
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # a shell takes hold of the terminal that it finds, and would stop whoever tests
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    first, *found = done.stdout.splitlines()
    assert first.startswith("complete")
    assert first.endswith("andon")
    return [line for line in found if line]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_offers_what_the_completer_does(shell: str, given_store: dict[str, str]) -> None:
    assert set(by_shell(shell, given_store, "re")) == {"resolve", "reopen", "retry"}
    assert set(by_shell(shell, given_store, "export", "A", "--fo")) == {"--format"}
    assert set(by_shell(shell, given_store, "watch", "--from", "n")) == {"now"}
    assert set(by_shell(shell, given_store, "resolve", "P")) == {"PRESS-1", "PRESS-2"}
    assert by_shell(shell, given_store, "resolve", "PRESS-1", "--note", "zzz") == []


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_nothing_typed_yet_offers_every_command(shell: str) -> None:
    assert by_shell(shell, {}, "") == NAMES


@pytest.mark.parametrize("shell", SHELLS)
def test_no_name_of_an_issue_is_run(shell: str, given_store: dict[str, str], tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    for words in (("export", ""), ("export", "-"), ("export", "a")):
        assert not set(by_shell(shell, given_store, *words)) & set(EVIL)
    assert not Path("ran").exists()


def test_fish_completes_files_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    assert by_shell("fish", {}, "--config", "mi") == ["mine.toml"]


def test_zsh_completes_files_and_folders_by_itself() -> None:
    assert by_shell("zsh", {}, "--config", "") == ["files "]
    assert by_shell("zsh", {}, "--data-dir", "") == ["files -/"]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_names_the_command_that_prints_it(shell: str) -> None:
    assert f"andon completion {shell}" in script(shell)
    assert andon({}, "completion", shell).text == script(shell)
