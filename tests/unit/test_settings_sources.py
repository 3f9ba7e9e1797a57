"""Where each setting came from, with no secret in it."""

from pathlib import Path

import pytest

from core.settings import Settings, load_settings
from core.settings.sources import MASK, Sourced, sourced

SECRET = "hunter2-Xy9"


@pytest.fixture(autouse=True)
def _away_from_other_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def by_name(settings: Settings) -> dict[str, Sourced]:
    return {found.name: found for found in sourced(settings)}


def test_flag_before_environment_before_file_before_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('topic = "a"\nstation = "b"\nlang = "en"\n')
    monkeypatch.setenv("KAFKA_TOPIC", "")
    monkeypatch.setenv("KAFKA_TOPIC_CHATBOT_ISSUES", "c")
    monkeypatch.setenv("ANDON_OPERATOR", "lee")
    found = by_name(load_settings(config=path, operator="kim"))
    assert (found["operator"].value_text, found["operator"].source_text) == ("kim", "flag --operator")
    assert (found["topic"].value_text, found["topic"].source_text) == (
        "c",
        "environment variable KAFKA_TOPIC_CHATBOT_ISSUES",
    )
    assert (found["station"].value_text, found["station"].source_text) == ("b", f"file {path}")
    assert (found["theme"].source_text, found["theme"].is_default) == ("default", True)
    assert found["security_protocol"].variable == "KAFKA_SECURITY_PROTOCOL"
    assert set(found) == set(Settings.model_fields)


def test_secrets_are_masked_wherever_they_come_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(SECRET)
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", SECRET)
    monkeypatch.setenv("ANDON_CHAT_API_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("ANDON_CHAT_URL", f"http://kim:{SECRET}@chatbot:8000")
    settings = load_settings()
    found = by_name(settings)
    assert found["sasl_password"].value_text == found["chat_api_key"].value_text == MASK
    assert found["sasl_password"].source_text == "environment variable KAFKA_SASL_PASSWORD"
    assert found["chat_api_key"].source_text == f"file {tmp_path / 'key'}"
    assert found["chat_url"].value_text == f"http://{MASK}@chatbot:8000"
    assert SECRET not in repr(sourced(settings))


def test_what_is_told_is_inert(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDON_STATION", "\x1b[2J\u202eA\nB")
    monkeypatch.setenv("ANDON_KEYS", '{"quit": "\\u001b[2J\\u202e"}')
    found = by_name(load_settings())
    for text in (found["station"].value_text, found["keys"].value_text):
        assert text
        assert not any(active in text for active in "\x1b\u202e\n")
