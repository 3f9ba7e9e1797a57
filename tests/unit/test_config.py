"""``andon config``: what is in force and where it came from, and a settings file that explains itself."""

import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.alarms import Limits
from core.settings import Settings, load_settings
from core.settings.descriptions import DESCRIPTIONS
from core.settings.model import secret_names
from core.settings.written import FileNotWrittenError, settings_toml, write_settings
from core.support import i18n
from tests.unit.commands import andon

NO_SETTINGS = {"config", *secret_names()}
"""Not of the file: its own place, and what no file of others' may hold."""


def read_back(text: str, folder: Path) -> Settings:
    path = folder / "back.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(config=path)


def test_each_setting_is_explained() -> None:
    assert set(DESCRIPTIONS) == set(Settings.model_fields) - NO_SETTINGS


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_what_is_not_the_default_is_in_force_again(lang: str, tmp_path: Path) -> None:
    i18n.use(lang)
    flags: dict[str, Any] = {
        "bootstrap_servers": 'a:1,"b":2\\',
        "topic": "토픽",
        "lang": lang,
        "reopen_after": "never",
        "bell_every": 1.5,
        "chat_history": 1_000_000,
        "slow": True,
        "limits": {"도장설비": Limits(acknowledge=2)},
        "keys": {"find": "f7,ctrl+f"},
        "data_dir": tmp_path / "data of mine",
        "station": "line\t\x7f\n3",
    }
    text = settings_toml(load_settings(**flags), {})
    kept = set(tomllib.loads(text))
    assert kept == set(flags)
    again = read_back(text, tmp_path)
    expected = load_settings(**flags)
    assert [getattr(again, name) for name in flags] == [getattr(expected, name) for name in flags]
    assert all(line.startswith("#") for line in settings_toml(load_settings(), {}).splitlines() if line)


def test_what_is_commented_out_is_what_holds_without_it(tmp_path: Path) -> None:
    """Take every ``#`` away: the values are those in force, but where nothing is the default."""
    settings = load_settings()
    lines = [line.removeprefix("# ") for line in settings_toml(settings, {}).splitlines()]
    lines = [line for line in lines if line.partition(" = ")[0] in DESCRIPTIONS and not line.endswith(' = ""')]
    again = read_back("\n".join(lines), tmp_path)
    assert again.model_dump(exclude={"config"}) == settings.model_dump(exclude={"config"})


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_is_written_as_toml(text: str) -> None:
    written = settings_toml(load_settings(operator=text), {})
    assert tomllib.loads(written)["operator"] == text


def test_no_secret_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", "hunter2")
    monkeypatch.setenv("ANDON_CHAT_API_KEY", "hunter2")
    write_settings(load_settings(), tmp_path / "andon.toml")
    assert "hunter2" not in (tmp_path / "andon.toml").read_text(encoding="utf-8")
    assert stat.S_IMODE((tmp_path / "andon.toml").stat().st_mode) == 0o600


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "andon.toml"
    path.write_text("mine")
    with pytest.raises(FileNotWrittenError, match="already"):
        write_settings(load_settings(), path)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileNotWrittenError):
        write_settings(load_settings(), link)
    with pytest.raises(FileNotWrittenError, match="cannot be written"):
        write_settings(load_settings(), tmp_path / "none" / "andon.toml")
    assert path.read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


def test_the_command_tells_every_setting_with_its_source_and_no_secret() -> None:
    given = {"KAFKA_TOPIC": "t", "KAFKA_SASL_PASSWORD": "hunter2"}
    ran = andon(given, "--operator", "lee", "config", "--json")
    told = {one["name"]: one for one in ran.json()}
    assert set(told) == set(Settings.model_fields)
    assert (told["topic"]["value"], told["topic"]["isDefault"]) == ("t", False)
    assert "--operator" in told["operator"]["source"]
    assert told["sasl_password"]["value"] == "***"
    plain = andon(given, "config").text
    assert "KAFKA_TOPIC" in plain
    assert "hunter2" not in plain + ran.text


def test_the_command_writes_here_or_where_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = andon({"KAFKA_TOPIC": "t"}, "config", "--write")
    assert ran.code == 0, ran.complaint
    assert tomllib.loads(Path("andon.toml").read_text(encoding="utf-8"))["topic"] == "t"
    assert andon({}, "config", "--json").json()[1]["source"].endswith("andon.toml")
    again = andon({}, "config", "--write")
    assert again.code == 1
    assert "already" in again.complaint
    assert andon({}, "config", "--write", "--config", "mine.toml").code == 0
    assert Path("mine.toml").exists()
