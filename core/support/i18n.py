"""The operator's language: gettext catalogues, compiled when the wheel is built, from a checkout at first use.

Message ids are the English texts. ``_()`` looks a text up at the time of use, so a language switched
while running shows at the next paint. ``N_()`` only marks a text for extraction.
"""

from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

import core
from core.support.catalogue import compiled

LANGUAGES = ("ko", "en")

_FOLDER = Path(core.__path__[0]) / "locale"

_current: NullTranslations = NullTranslations()
_language = "en"


def load(language: str) -> NullTranslations:
    """Read the catalogue of ``language`` (``ko``, ``en``); English is the message ids themselves.

    Raises:
        ValueError: a language that Andon does not speak.
    """
    if language == "en":
        return NullTranslations()
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}: one of {', '.join(LANGUAGES)}")
    return GNUTranslations(BytesIO(compiled(_FOLDER / language / "andon.po")))


def use(language: str) -> None:
    """Speak ``language`` from now on, in the whole process."""
    global _current, _language
    if language == _language:
        return
    _current = load(language)
    _language = language


def language() -> str:
    """The language in use: ``ko`` or ``en``."""
    return _language


def _(message: str) -> str:
    return _current.gettext(message)


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a text for the catalogues; it is translated where it is shown."""
    return message


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form for ``n`` in the operator's language."""
    return _current.ngettext(singular, plural, n)
