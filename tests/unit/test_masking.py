"""No configured secret, in none of its forms, and nothing that looks like a token."""

import json
from base64 import b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.support.masking import Masking

SECRET = 'p@ss "w\\ord";=ü'
KEY = "bXlTZWNyZXRLZXk5ODc2NTQzMjE="
CONNECTION = f"Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=root;SharedAccessKey={KEY}"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbmRvbiJ9.c2lnbmF0dXJlLW9mLWl0"


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        repr(SECRET),
        repr(SECRET.encode()),
        json.dumps({"a": SECRET}),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        b64encode(SECRET.encode()).decode(),
        repr(b"\x00kim\x00" + SECRET.encode()),
    ],
)
def test_a_secret_in_any_form_is_masked(form: str) -> None:
    masked = Masking([SECRET]).masked(f"before {form} after")
    assert masked.startswith("before ")
    assert masked.endswith(" after")
    assert "***" in masked
    for part in ("ord", "p@ss", "p%40ss"):
        assert part not in masked.removeprefix("before").removesuffix("after")


def test_a_connection_strings_key_is_masked_alone_too() -> None:
    assert KEY not in Masking([CONNECTION]).masked(f"refused: {KEY}")
    assert KEY not in Masking([]).masked(f"refused: {CONNECTION}")


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {TOKEN}",
        f"{{'access_token': '{TOKEN}'}}",
        f"token {TOKEN} refused",
        "GET http://kim:s3cr3t-word@chatbot:8000/",
        "client_secret=s3cr3t-word&grant_type=x",
        '"password": "s3cr3t-word"',
    ],
)
def test_what_announces_a_secret_masks_it(text: str) -> None:
    masked = Masking([]).masked(text)
    assert "***" in masked
    assert TOKEN not in masked
    assert "s3cr3t-word" not in masked


def test_ordinary_lines_stay_as_they_are() -> None:
    for line in (
        "feed lost: refused 127.0.0.1:9092",
        "reading another cluster or topic: 3Zt7ZvPM/chatbot-issue-events",
        "http://chatbot.plant:8000/issues",
        "Check the SASL mechanism, user name and password.",
    ):
        assert Masking([SECRET, "", "ab"]).masked(line) == line


texts = st.text(st.characters(exclude_characters="*", exclude_categories=["Cs"]), max_size=20)


@given(st.lists(texts.filter(lambda text: len(text) >= 3), max_size=4), texts, texts)
def test_no_configured_secret_is_left(secrets: list[str], before: str, after: str) -> None:
    for secret in secrets:
        assert secret not in Masking(secrets).masked(before + secret + after)
