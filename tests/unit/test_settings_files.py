"""Secrets from files: who may read them, what is told when they cannot be used, and that no error repeats one."""

import os
from pathlib import Path

import pytest

from core.domain.errors import SettingsError
from core.kafka.auth.clouds import settings_problem
from core.settings import Settings, load_settings, secret_names, variable_of

SECRET = "hunter2-Xy9"
posix_only = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")


def settings_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "andon.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_every_secret_can_come_from_a_file() -> None:
    assert {"sasl_password", "ssl_key_password", "oauth_client_secret", "chat_api_key"} <= set(secret_names())
    for name in secret_names():
        assert f"{name}_file" in Settings.model_fields


@posix_only
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
@pytest.mark.parametrize("key", ["sasl_password", "chat_api_key", "KAFKA_SASL_PASSWORD"])
def test_a_settings_file_with_a_secret_that_others_can_read_is_refused(tmp_path: Path, key: str, mode: int) -> None:
    path = settings_file(tmp_path, f'{key} = "{SECRET}"\n', mode)
    with pytest.raises(SettingsError) as refused:
        load_settings(config=path)
    assert f"chmod 600 {path}" in str(refused.value)
    assert SECRET not in str(refused.value)
    path.chmod(0o600)
    assert SECRET in load_settings(config=path).secrets


@posix_only
def test_a_settings_file_without_a_secret_may_be_open(tmp_path: Path) -> None:
    path = settings_file(tmp_path, 'topic = "t"\nsasl_password_file = "secret"\nsasl_password = ""\n', 0o644)
    (tmp_path / "secret").write_text(SECRET)
    assert load_settings(config=path).topic == "t"


@posix_only
def test_a_mounted_secret_that_all_can_read_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounted = tmp_path / "password"
    mounted.write_text(f"{SECRET}\n")
    mounted.chmod(0o444)
    monkeypatch.setenv("KAFKA_SASL_PASSWORD_FILE", str(mounted))
    assert load_settings().secrets == (SECRET,)


def test_an_empty_secret_file_is_no_secret_until_one_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").write_text("\n")
    monkeypatch.setenv("KAFKA_SASL_PASSWORD_FILE", str(tmp_path / "empty"))
    assert load_settings().sasl_password is None
    wanting = load_settings(security_protocol="SASL_SSL", sasl_mechanism="PLAIN", sasl_username="kim")
    problem = settings_problem(wanting.kafka)
    assert problem is not None
    assert f"KAFKA_SASL_PASSWORD_FILE={tmp_path / 'empty'}" in problem.words


@pytest.mark.parametrize("name", secret_names())
@pytest.mark.parametrize(("content", "why"), [(None, "cannot be read"), (b"\xff" + SECRET.encode(), "is no text")])
def test_a_secret_file_that_cannot_be_used_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes | None, why: str
) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    variable = variable_of(f"{name}_file")
    monkeypatch.setenv(variable, str(path))
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value).startswith(f"{variable}: {path} {why}")
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        f'[sasl_password]\nvalue = "{SECRET}"\n',
        f'sasl_password = ["{SECRET}"]\n',
        f'sasl_password = "{SECRET}\n',
        f"sasl_password = {SECRET}\n",
        f'sasl_password = "{SECRET}"\nsasl_password = "{SECRET}"\n',
        f'sasl_password = "{SECRET}"\nbell_every = "{SECRET}"\n',
        f'sasl_password = "{SECRET}"\nsecurity_protocol = "{SECRET}"\n',
        f'sasl_password = "{SECRET}"\nlimits = "{SECRET}"\n',
    ],
)
def test_no_error_of_the_settings_file_repeats_a_secret(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(config=settings_file(tmp_path, text))
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("variable", ["ANDON_LIMITS", "ANDON_KEYS"])
def test_a_variable_that_is_no_json_is_named(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, f"{{{SECRET}")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value).startswith(f"{variable}: ")
    assert SECRET not in str(refused.value)


def test_a_settings_file_that_is_no_toml_is_named_with_the_place(tmp_path: Path) -> None:
    path = settings_file(tmp_path, "topic = \n")
    with pytest.raises(SettingsError, match="line 1, column 9") as refused:
        load_settings(config=path)
    assert str(path) in str(refused.value)


def test_a_stray_variable_with_a_keys_bare_name_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("topic", "somebody-elses")
    monkeypatch.setenv("keys", "somebody-elses")
    assert load_settings().topic == "chatbot-issue-events"
