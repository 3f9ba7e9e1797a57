"""Every text is said in Korean too, with the same placeholders."""

import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from core.support import i18n

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
_PLACEHOLDER = re.compile(r"{[^}]*}")


def _messages() -> set[str | tuple[str, ...]]:
    found: set[str | tuple[str, ...]] = set()
    for package in ("core", "tui"):
        for _file, _line, message, *_rest in extract_from_dir(ROOT / package, keywords=KEYWORDS):
            found.add(message)
    return found


def _korean() -> dict[str | tuple[str, ...], tuple[str, ...]]:
    with files("core").joinpath("locale", "ko", "andon.po").open("rb") as source:
        catalogue = read_po(source, locale="ko")
    known = (message for message in catalogue if message.id and not message.fuzzy)
    return {_keyed(message.id): _worded(message.string) for message in known}


def _keyed(message: str | Sequence[str]) -> str | tuple[str, ...]:
    return message if isinstance(message, str) else tuple(message)


def _worded(translation: str | Sequence[str | None] | None) -> tuple[str, ...]:
    """Each form, the empty text where one is missing."""
    forms = (translation,) if translation is None or isinstance(translation, str) else translation
    return tuple(form or "" for form in forms)


def test_every_message_is_translated() -> None:
    translated = {message for message, words in _korean().items() if all(words)}
    assert not sorted(map(str, _messages() - translated))


def test_no_translation_is_left_over() -> None:
    assert not sorted(map(str, set(_korean()) - _messages()))


def test_translations_keep_the_placeholders() -> None:
    for message, words in _korean().items():
        expected = set(_PLACEHOLDER.findall(message if isinstance(message, str) else message[-1]))
        for text in words:
            assert set(_PLACEHOLDER.findall(text)) == expected, message


def test_no_message_hides_in_an_f_string() -> None:
    """Babel does not look into f-strings: what stands there is never extracted, so never translated."""
    hidden = re.compile(r"{\s*(_|ngettext)\(")
    offenders = [
        str(path.relative_to(ROOT))
        for package in ("core", "tui")
        for path in (ROOT / package).rglob("*.py")
        if hidden.search(path.read_text("utf-8"))
    ]
    assert not offenders


def test_languages_switch_at_once() -> None:
    i18n.use("ko")
    assert i18n._("Resolve") == "해결"
    i18n.use("en")
    assert i18n._("Resolve") == "Resolve"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="xx"):
        i18n.use("xx")
