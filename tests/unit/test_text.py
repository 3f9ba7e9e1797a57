"""What comes from outside only ever shows."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.support.text import inert, inert_json, inert_line

BIDI = set("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
anything = st.text(st.characters(exclude_categories=[]), max_size=60) | st.text(
    "\x1b\x9b[]\u202e\r\n\tㅎ\u0301a", max_size=60
)


@given(anything)
def test_nothing_active_is_left(text: str) -> None:
    shown = inert(text)
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in shown)
    assert not BIDI & set(shown)
    assert unicodedata.is_normalized("NFC", shown)
    shown.encode()


@given(anything)
def test_once_is_enough(text: str) -> None:
    assert inert(inert(text)) == inert(text)


@given(anything)
def test_a_line_is_one_line(text: str) -> None:
    assert len(inert_line(text).splitlines()) <= 1


@given(
    st.recursive(anything | st.none() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(anything, inner))
)
def test_json_is_exact_and_inert(value: object) -> None:
    text = inert_json(value)
    assert json.loads(text) == value
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text)
    assert not BIDI & set(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "␛[31m"),
        ("\x9b31m", "\ufffd31m"),
        ("a\u202eb", "a\ufffdb"),
        ("a\r\nb", "a\nb"),
        ("\u1112\u1161\u11ab", "한"),
        ("\u3164\u115f\u1160\uffa0", "\ufffd\ufffd\ufffd\ufffd"),
        ("[/red] [x", "[/red] [x"),
    ],
)
def test_what_is_taken_out_is_seen(text: str, shown: str) -> None:
    assert inert(text) == shown


def test_long_text_is_cut_and_says_so() -> None:
    assert inert("가" * 200_000, 10) == "가" * 10 + "… (+199990)"


def test_stacks_of_marks_do_not_climb() -> None:
    assert len(inert("z" + "\u0335" * 100)) < 8
