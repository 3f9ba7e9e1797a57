"""Which language is spoken: flag, ``ANDON_LANG``, the settings file, the locale, and where nothing is said Korean."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.settings import load_settings
from core.support.locale_language import locale_language
from tests.unit.commands import andon


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "ko"),
        ({"LANG": ""}, "ko"),
        ({"LANG": "C"}, "ko"),
        ({"LANG": "POSIX"}, "ko"),
        ({"LANG": "C.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.eucKR"}, "ko"),
        ({"LANG": "ko"}, "ko"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en"}, "en"),
        ({"LANG": "en_GB.ISO8859-15@euro"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "kok_IN"}, "en"),
        ({"LC_MESSAGES": "en_US.UTF-8", "LANG": "ko_KR.UTF-8"}, "en"),
        ({"LC_ALL": "ko_KR.UTF-8", "LC_MESSAGES": "en_US.UTF-8", "LANG": "en_US.UTF-8"}, "ko"),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, "ko"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "en_US.UTF-8"}, "en"),
        ({"LC_CTYPE": "en_US.UTF-8", "LANGUAGE": "en"}, "ko"),
    ],
)
def test_the_first_variable_that_is_set_names_the_language(environment: dict[str, str], language: str) -> None:
    assert locale_language(environment) == language


@given(st.dictionaries(st.sampled_from(["LC_ALL", "LC_MESSAGES", "LANG"]), st.text()))
def test_whatever_the_locale_says_a_language_is_spoken(environment: dict[str, str]) -> None:
    assert locale_language(environment) in ("ko", "en")


def test_flag_before_variable_before_file_before_locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert load_settings().lang == "en"
    Path("andon.toml").write_text('lang = "ko"\n')
    assert load_settings().lang == "ko"
    monkeypatch.setenv("ANDON_LANG", "en")
    assert load_settings().lang == "en"
    assert load_settings(lang="ko").lang == "ko"


KOREAN, ENGLISH = "사용법", "Usage"
NONE_SET = {"ANDON_LANG": "", "LANG": "C.UTF-8"}


@pytest.mark.parametrize(
    ("given", "flags", "said"),
    [
        ({}, [], KOREAN),
        ({"LANG": "en_US.UTF-8"}, [], ENGLISH),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "ko_KR.UTF-8"}, [], KOREAN),
        ({"LANG": "en_US.UTF-8", "ANDON_LANG": "ko"}, [], KOREAN),
        ({"ANDON_LANG": "ko"}, ["--lang", "en"], ENGLISH),
        ({"ANDON_LANG": "ko"}, ["--lang=en"], ENGLISH),
        ({"ANDON_LANG": "xx"}, [], KOREAN),
    ],
)
def test_help_speaks_it_before_any_settings_are_read(given: dict[str, str], flags: list[str], said: str) -> None:
    assert said in andon({**NONE_SET, **given}, *flags, "issues", "--help").text


def test_help_speaks_the_language_of_the_settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = Path(os.environ["XDG_CONFIG_HOME"]) / "andon" / "andon.toml"
    file.parent.mkdir(parents=True)
    file.write_text('lang = "en"\n')
    assert ENGLISH in andon(NONE_SET, "issues", "--help").text
    (tmp_path / "other.toml").write_text('lang = "ko"\n')
    assert KOREAN in andon(NONE_SET, "--config", str(tmp_path / "other.toml"), "issues", "--help").text
    (tmp_path / "andon.toml").write_text("no toml =\n")
    monkeypatch.chdir(tmp_path)
    assert KOREAN in andon(NONE_SET, "issues", "--help").text


@pytest.mark.parametrize(("locale", "said"), [("en_US.UTF-8", "No broker is set"), ("ko_KR.UTF-8", "브로커")])
def test_a_commands_own_words_follow_the_locale(locale: str, said: str, tmp_path: Path) -> None:
    ran = andon({**NONE_SET, "LANG": locale, "ANDON_DATA_DIR": str(tmp_path)}, "issues")
    assert said in ran.complaint
