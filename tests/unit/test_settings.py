"""Flags before environment before andon.toml before defaults; no secret in anything that is shown."""

from pathlib import Path

import pytest

from core.settings import SettingsError, load_settings


def test_precedence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings().topic == "chatbot-issue-events"
    (tmp_path / "andon.toml").write_text('topic = "from-file"\nterminal_id = "P1"\n')
    assert load_settings().topic == "from-file"
    monkeypatch.setenv("KAFKA_TOPIC_CHATBOT_ISSUES", "from-chatbot")
    assert load_settings().topic == "from-chatbot"
    monkeypatch.setenv("KAFKA_TOPIC", "from-config-map")
    assert load_settings().topic == "from-config-map"
    assert load_settings(topic="from-flag").topic == "from-flag"
    assert load_settings().terminal_id == "P1"
    monkeypatch.setenv("KAFKA_TOPIC", "")
    assert load_settings().topic in ("from-chatbot", "from-file")


def test_the_plants_consumer_group_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_CONSUMER_GROUP", "chatbot-issue-consumer-group")
    assert "chatbot-issue-consumer-group" not in repr(load_settings())


def test_reopen_after(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().reopen_after_ms == 30_000
    monkeypatch.setenv("ANDON_REOPEN_AFTER", "never")
    assert load_settings().reopen_after_ms is None
    monkeypatch.setenv("ANDON_REOPEN_AFTER", "-1")
    with pytest.raises(SettingsError, match="ANDON_REOPEN_AFTER"):
        load_settings()


def test_wrong_settings_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('topik = "x"\n')
    with pytest.raises(SettingsError, match="topik"):
        load_settings(config=file)
    with pytest.raises(SettingsError, match="is not there"):
        load_settings(config=tmp_path / "missing.toml")
    monkeypatch.setenv("KAFKA_SECURITY_PROTOCOL", "TLS")
    with pytest.raises(SettingsError, match="KAFKA_SECURITY_PROTOCOL"):
        load_settings()


def test_a_secret_from_a_file_is_never_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2;=\n")
    monkeypatch.setenv("KAFKA_SASL_PASSWORD_FILE", str(tmp_path / "secret"))
    settings = load_settings()
    assert settings.sasl_password is not None
    assert settings.sasl_password.get_secret_value() == "hunter2;="
    assert "hunter2" not in repr(settings) + str(settings) + settings.model_dump_json()
    monkeypatch.setenv("KAFKA_SASL_PASSWORD_FILE", str(tmp_path / "none"))
    with pytest.raises(SettingsError, match="none"):
        load_settings()
